"""How long a ranking waits for a store that does not answer: never so long that its own answer is late."""

from typing import Final

ANSWER_SECONDS: Final = 0.02  # of the deadline, to rank and answer in from what is held; on busy machines too
ANSWER_SHARE: Final = 0.4  # of a deadline so short that ANSWER_SECONDS would be more


def patience(left_seconds: float) -> float:
    """Return how much of what is left until the deadline the store may take.

    >>> [round(patience(left), 3) for left in (0.200, 0.050, 0.010)]
    [0.18, 0.03, 0.006]
    """
    return left_seconds - min(ANSWER_SECONDS, ANSWER_SHARE * left_seconds)
