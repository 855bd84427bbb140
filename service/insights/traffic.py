"""Which pages visitors saw, how often, and how much of it was personalised: one question about a whole shop."""

from collections.abc import Callable
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final, NamedTuple

from features.log.place import Log
from features.pages import DEFAULT_PAGE
from features.store.protocol import WorkStore
from service.insights.question import DAY_SECONDS, Question
from service.rankings.exposure import OFF_SHARE

DAYS: Final = 28
MOST_PAGES: Final = 2_000  # the busiest; a shop's searches may be without number
_KEPT_SECONDS: Final = 60.0
_MOST_SHOPS: Final = 64


class PageTraffic(NamedTuple):
    """Rankings of one page itself, without those below it."""

    page: str
    rankings: int
    personalized: int


class Traffic:
    """The pages of all shops; each answer is kept for a minute."""

    def __init__(self, log_url: str, store: WorkStore, clock: Callable[[], float]) -> None:
        self._log_url = log_url
        self._store = store
        self._clock = clock
        self._kept: dict[str, tuple[float, list[PageTraffic]]] = {}
        self._one_at_a_time = Lock()

    def of(self, shop: str) -> list[PageTraffic]:
        """Return the pages of the last DAYS, the busiest first. Raises StoreUnavailable."""
        with self._one_at_a_time:
            at, found = self._kept.get(shop, (-_KEPT_SECONDS, []))
            now = self._clock()
            if not 0.0 <= now - at < _KEPT_SECONDS:
                if len(self._kept) >= _MOST_SHOPS:
                    self._kept.clear()
                self._kept[shop] = now, (found := self._computed(shop, now))
            return found

    def _computed(self, shop: str, now: float) -> list[PageTraffic]:
        from service.insights.database import database  # noqa: PLC0415 - loads Arrow and DuckDB
        from service.insights.sources import sources_of  # noqa: PLC0415

        log, question = Log(self._log_url), Question(DEFAULT_PAGE, now - DAYS * DAY_SECONDS, now + 1.0)
        sources = sources_of(log, self._store, shop, question)
        with TemporaryDirectory() as directory, database(log, sources, directory) as db:
            asked = {
                "since": question.since,
                "until": question.until,
                "sampled": OFF_SHARE,
                "most": MOST_PAGES,
            }
            return [PageTraffic(*row) for row in db.run("pages", **asked)]
