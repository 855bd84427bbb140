"""Building a dataset from a log that is larger than memory: cut by visitor, in parallel, taken up after a kill."""
