"""How a page's list is ordered, in words for shoppers and regulators, and since when that has been so."""
