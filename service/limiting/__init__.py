"""How much a publishable key, and a visitor behind it, may ask for."""
