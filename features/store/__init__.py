"""Live state: shops, visitors, items and the stream, in Redis or in memory under one contract."""
