"""Live state: Redis or Valkey, and a twin in memory that keeps the same promises."""
