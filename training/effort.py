"""How much to look for better parameters; apart from the search, whose library takes a second and more to load."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """So many trials beside the usual parameters, but no longer than `seconds`."""

    trials: int
    seconds: float
