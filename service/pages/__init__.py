"""The per-page switch: what a merchant set, what a page inherits from it, and who is held out."""
