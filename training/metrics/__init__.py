"""How good an order is, one metric per file; each returns one number per listing, ties scored by expectation."""
