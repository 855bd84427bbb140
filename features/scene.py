"""One ranking's inputs together."""

from typing import NamedTuple

from features.candidates import Candidates, Context
from features.visit import Visit


class Scene(NamedTuple):
    """Who looks, at what and where."""

    visit: Visit
    candidates: Candidates  # in the shop's order
    context: Context
