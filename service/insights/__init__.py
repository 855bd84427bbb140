"""What a page earns: figures of both arms from the log, with intervals that survive looking every day."""
