"""What visitors may ask for: access, erasure, objection."""
