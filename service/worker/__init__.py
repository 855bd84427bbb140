"""The worker: from the stream to the log and the counters."""
