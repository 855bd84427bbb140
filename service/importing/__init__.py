"""What the shop has from before: files into the log, and the log into the state."""
