"""From which index on a column is said to have drifted, learned from the days on which nothing was wrong. Pure.

A fixed level cries wolf in a small shop, whose days differ by chance, and sleeps in a large one. So a column's level is
what its own clean days reached, with room above; until there are enough of them, the usual one.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from service.drift.found import Day

USUAL: Final = 0.25  # what the field reads as a large shift
LEAST: Final = 0.1  # below it nobody would act, however steady a column was
ROOM: Final = 2.0  # times the highest of the clean days
FEWEST_DAYS: Final = 5
FEWEST_ROWS: Final = 500  # of a day, or it says nothing


def level(clean: Sequence[float]) -> float:
    """Return the alarm level of a column from its indexes on clean days.

    >>> level([0.01, 0.02, 0.04, 0.02, 0.01]), level([0.2] * 5), level([0.01])
    (0.1, 0.4, 0.25)
    """
    return max(ROOM * max(clean), LEAST) if len(clean) >= FEWEST_DAYS else USUAL


def drifted(days: Iterable[Day]) -> dict[str, dict[str, float]]:
    """Return by date the columns that drifted, each with the level it passed; dates in which none did have none.

    Days are taken in order: one on which a column drifted teaches that column nothing. Days of few rows are left out.
    """
    clean: dict[str, list[float]] = {}
    found: dict[str, dict[str, float]] = {}
    for day in sorted(days, key=lambda one: one.date):
        if day.rows < FEWEST_ROWS:
            continue
        levels = {name: level(clean.get(name, ())) for name in day.moved}
        found[day.date] = {name: levels[name] for name, moved in day.moved.items() if moved > levels[name]}
        for name, moved in day.moved.items():
            if name not in found[day.date]:
                clean.setdefault(name, []).append(moved)
    return found


def alarms(days: Sequence[Day]) -> dict[str, float]:
    """Return the columns that drifted on the newest day, each with the level it passed; of no days, none."""
    return drifted(days).get(days[-1].date, {}) if days else {}
