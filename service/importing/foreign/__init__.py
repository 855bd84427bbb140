"""Files of other systems: each record read as one of ours, or counted under the name of what has no place here."""
