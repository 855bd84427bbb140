"""A shop to try, under /demo/: a person clicks products and sees the listing reorder beside the shop's own order."""
