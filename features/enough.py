"""How much a log must hold before a model can be learned from it and judged: one answer for training and console."""

from typing import Final

FEWEST_LISTINGS: Final = 300  # with something wanted: half of them are judged on, and an interval needs 100
FEWEST_SESSIONS: Final = 60
