"""The HTTP contract: one public endpoint per file, its models beside it."""
