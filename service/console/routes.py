"""The table of all routes of the console."""

from itertools import chain
from typing import Final

from service.console.route import Route
from service.console.screens import (
    audit,
    data,
    history,
    home,
    login,
    models,
    ordering,
    overview,
    page,
    pages,
    people,
    preview,
    rollout,
    rules,
    settings,
    stop,
)

_SCREENS: Final = (
    *(home, login, stop, overview, pages, page, rules, preview, ordering, history),
    *(data, models, rollout, audit, settings, people),
)
ROUTES: Final[tuple[Route, ...]] = tuple(chain.from_iterable(module.ROUTES for module in _SCREENS))
