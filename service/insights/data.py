"""Is the data there: what arrives, what joins, what the catalogue knows, how far the worker is behind."""

from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Final

from features.facts import SESSION_GAP_SECONDS
from features.log.kind import Kind
from features.log.place import Log
from features.pages import DEFAULT_PAGE
from features.store.protocol import StreamState, WorkStore
from service.catalogue import item_of
from service.insights.question import DAY_SECONDS, Question

if TYPE_CHECKING:
    from service.insights.database import Database
    from service.insights.sources import Sources

WINDOW_SECONDS: Final = 28 * DAY_SECONDS
MINUTES: Final = 60
MOST_ITEMS: Final = (
    1_000  # those that most events are about: nearly all of the traffic, in one look at the catalogue
)
KEPT_SECONDS: Final = 30.0
FIELDS: Final = ("item_name", "price", "item_category", "item_brand", "created_at")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Events of one name."""

    name: str
    last_day: int
    window: int
    newest_at: float


@dataclass(frozen=True, slots=True)
class Joins:
    """What belongs together, of the archived part of the log; shares are None where there is nothing to share."""

    listings: int = 0  # seen by a visitor, in the window
    clicks: int = 0
    joined_clicks: int = 0  # with a listing that the visitor saw before
    learned_listings: int = 0  # listings with such a click
    learned_sessions: int = 0
    day_listings: int = 0
    day_ranked: int = 0  # that name a ranking
    day_known: int = 0  # whose ranking is in the log

    @property
    def click_share(self) -> float | None:
        """The share of clicks that a listing explains."""
        return self.joined_clicks / self.clicks if self.clicks else None

    @property
    def ranking_share(self) -> float | None:
        """The share of listings of the last day that are tied to the ranking that made them."""
        return self.day_known / self.day_listings if self.day_listings else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the catalogue knows of the items that events are about."""

    items: int
    share: float | None  # of what events say about items, the part that is about items in the catalogue
    fields: dict[str, float]  # of those items, the share that has the field
    unknown: tuple[str, ...]  # the most frequent ones that are not there


@dataclass(frozen=True, slots=True)
class DataFigures:
    """What the screen Data shows."""

    at: float
    arrivals: list[Arrivals]
    minutes: list[int]  # events of the last MINUTES minutes, the oldest first
    joins: Joins
    coverage: Coverage
    stream: StreamState

    @property
    def newest_at(self) -> float | None:
        """When the newest event happened."""
        return max((one.newest_at for one in self.arrivals), default=None)


class DataHealth:
    """The figures of all shops' data, as one process sees them; kept for a while."""

    def __init__(self, log_url: str, store: WorkStore, clock: Callable[[], float]) -> None:
        self._log_url = log_url
        self._store = store
        self._clock = clock
        self._kept: dict[str, DataFigures] = {}
        self._one_at_a_time = Lock()

    def of(self, shop: str) -> DataFigures:
        """Return the figures, at most half a minute old. Raises StoreUnavailable."""
        with self._one_at_a_time:
            found = self._kept.get(shop)
            if found is None or not 0.0 <= self._clock() - found.at < KEPT_SECONDS:
                found = self._kept[shop] = self._computed(shop)
            return found

    def _computed(self, shop: str) -> DataFigures:
        # Here, not above: they load Arrow and DuckDB, 45 MB that a process which only ranks does without.
        from service.insights.database import database  # noqa: PLC0415
        from service.insights.sources import sources_of  # noqa: PLC0415

        now, log = self._clock(), Log(self._log_url)
        until = now + DAY_SECONDS  # a clock of ours may be behind that of another process
        question = Question(DEFAULT_PAGE, now - WINDOW_SECONDS, until)
        sources = sources_of(log, self._store, shop, question)
        with TemporaryDirectory() as directory, database(log, sources, directory) as db:
            arrivals = _arrivals(db, now, question)
            minutes = _minutes(db, now)
            joins = _joins(db, sources, now, question)
            items = _items(db, sources, question)
        coverage = self._coverage(shop, items)
        return DataFigures(now, arrivals, minutes, joins, coverage, self._store.stream_state(shop))

    def _coverage(self, shop: str, counts: dict[str, int]) -> Coverage:
        rows = self._store.get_items(shop, list(counts)) if counts else {}
        known = {item_id: item_of(row) for item_id, row in rows.items() if row is not None}
        said = sum(counts.values())
        share = sum(counts[item_id] for item_id in known) / said if said else None
        fields = {
            field: sum(item[field] is not None for item in known.values()) / len(known) if known else 0.0
            for field in FIELDS
        }
        unknown = tuple(item_id for item_id in counts if item_id not in known)[:5]
        return Coverage(len(counts), share, fields, unknown)


def _arrivals(db: "Database", now: float, question: Question) -> list[Arrivals]:
    window = {"since": question.since, "until": question.until}
    return [Arrivals(*row) for row in db.run("data_names", day=now - DAY_SECONDS, **window)]


def _minutes(db: "Database", now: float) -> list[int]:
    hour = (now // 60.0 + 1) * 60.0 - MINUTES * 60.0
    found = dict(db.run("data_minutes", hour=hour, until=hour + MINUTES * 60.0))
    return [found.get(minute, 0) for minute in range(MINUTES)]


def _joins(db: "Database", sources: "Sources", now: float, question: Question) -> Joins:
    if not sources.parts[Kind.EVENTS]:
        return Joins()
    window = {"since": question.since, "until": question.until}
    ((listings, clicks, joined, learned, sessions),) = db.run(
        "data_joined", gap=SESSION_GAP_SECONDS, **window
    )
    day = (0, 0, 0)
    if sources.parts[Kind.EXPOSURES]:
        (day,) = db.run("data_ranked", day=now - DAY_SECONDS, until=question.until)
    return Joins(listings, clicks, joined, learned, sessions, *day)


def _items(db: "Database", sources: "Sources", question: Question) -> dict[str, int]:
    if not sources.parts[Kind.EVENTS]:
        return {}
    window = {"since": question.since, "until": question.until}
    return dict(db.run("data_items", most=MOST_ITEMS, **window))
