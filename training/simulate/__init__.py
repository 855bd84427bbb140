"""A generated shop and shoppers whose tastes are known, so that what a ranking should be is known too."""
