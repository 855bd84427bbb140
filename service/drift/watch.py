"""The worker's daily look at drift: each finished day of the live model once, kept as the finding `drift`."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from features.bundle import BundleError, Shelf
from features.log.place import Log, date_of
from features.store.findings import Findings
from service.drift.days import Reference, served_rows
from service.drift.found import FINDING, Drift
from service.drift.levels import alarms
from service.models.loading import scorer_of
from service.worker.held import Held

DAYS: Final = 28  # that are kept and learned from
_CLOSED_SECONDS: Final = 900.0  # after midnight: what was served before it is in the log
_AGAIN_SECONDS: Final = 3600.0
_LOG: Final = logging.getLogger(__name__)


def reference_of(shelf: Shelf, shop: str) -> Reference | None:
    """Return what the live model learned from; None where there is none. Raises BundleError where it cannot be read."""
    pointer = shelf.live(shop)
    if pointer is None:
        return None
    bundle = shelf.read(shop, pointer.version)
    return Reference(bundle, scorer_of(bundle, len(bundle.manifest.features)))


def looked_at(log: Log, shop: str, reference: Reference, dates: Sequence[str]) -> Drift:
    """Return the drift of a model on some dates."""
    columns = len(reference.names)
    rows = ((day, served_rows(log, shop, day, reference.version, columns)) for day in dates)
    return Drift(reference.version, tuple(reference.day(day, found) for day, found in rows))


def finished_dates(now: float, days: int = DAYS) -> list[str]:
    """Return the last so many dates that are over, the oldest first.

    >>> finished_dates(1_795_348_800.0, 2)
    ['2026-11-20', '2026-11-21']
    """
    last = date.fromisoformat(date_of(now - _CLOSED_SECONDS))
    return [(last - timedelta(days=ago)).isoformat() for ago in range(days, 0, -1)]


class DriftWatch:
    """The drift of one shop, as one process sees it."""

    def __init__(self, shop: str, shelf: Shelf, findings: Findings) -> None:
        self._shop = shop
        self._shelf = shelf
        self._findings = findings
        self._look_at = float("-inf")

    def is_due(self, now: float) -> bool:
        """Whether an hour has passed: a day that is over is then looked at, and a new model noticed."""
        return now >= self._look_at

    def step(self, held: Held, now: float) -> bool:
        """Look at one day that was not looked at; True if there may be more."""
        try:
            reference = reference_of(self._shelf, self._shop)
        except (OSError, BundleError) as error:
            _LOG.warning("drift of shop %s is not looked at: %s", self._shop, error)
            reference = None
        more = reference is not None and self._next(held, reference, now)
        if not more:
            self._look_at = now + _AGAIN_SECONDS
        return more

    def _next(self, held: Held, reference: Reference, now: float) -> bool:
        text = self._findings.get(self._shop, FINDING)
        known = None if text is None else Drift.of(text)
        days = known.days if known is not None and known.version == reference.version else ()
        dates = finished_dates(now)
        missing = [day for day in dates if day not in {one.date for one in days}]
        if not missing:
            return False
        new = looked_at(held.log, self._shop, reference, missing[:1]).days
        kept = sorted((one for one in (*days, *new) if one.date in dates), key=lambda one: one.date)
        drift = Drift(reference.version, tuple(kept))
        self._findings.put(self._shop, FINDING, drift.text())
        if len(missing) == 1 and (found := alarms(drift.days)):
            _LOG.warning("shop %s: %s drifted on %s", self._shop, ", ".join(found), kept[-1].date)
        return len(missing) > 1
