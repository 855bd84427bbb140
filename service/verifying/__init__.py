"""Whether Redis and the log hold the same: `balad verify`."""
