"""Whether what the live model reads and says today is still what it learned from."""
