"""The table of all routes of the console."""

from itertools import chain
from typing import Final

from service.console.route import Route
from service.console.screens import audit, data, home, login, models, people, settings, stop

ROUTES: Final[tuple[Route, ...]] = tuple(
    chain.from_iterable(
        module.ROUTES for module in (home, login, stop, data, models, audit, settings, people)
    )
)
