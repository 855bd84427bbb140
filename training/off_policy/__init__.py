"""What another policy would have earned on logged traffic, from the chances with which the shown was chosen.

All estimators here say nothing of what the logging policy never shows, and need the true chances, as logged.
"""
