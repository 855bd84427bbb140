"""What records of each kind become: rows of the log, or a reason why not. The models are those of the HTTP calls."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import orjson
from pydantic import TypeAdapter, ValidationError

from features.attributes import Attribute
from features.log.schema import Kind
from features.store.protocol import Store
from service.contract.catalogue import FIELDS, judge_items
from service.contract.event import Window, dedupe_id, judge_events
from service.contract.quantities import Time
from service.contract.verdicts import Rejection
from service.importing.exposures import as_shown, judge_exposures
from service.importing.typed import typed_event, typed_item
from service.receiving import AHEAD_SECONDS, as_received

ALWAYS: Final = 0.0  # when a catalogue row that states no time is taken to have been written
_TIME: Final[TypeAdapter[float]] = TypeAdapter(Time)


class Verdicts(NamedTuple):
    """Rows of the log, and the rejections of the other records by their place in the batch."""

    rows: list[dict[str, Any]]
    rejections: list[Rejection]


class Intake(Protocol):
    """How records of one kind become rows."""

    kind: Kind
    joined: bool  # whether rows of a table are one item each of an event

    def typed(self, said: object) -> object:
        """Return what a row of a table says, with values in place of text."""

    def judge(self, raw: Sequence[object], now: float) -> Verdicts:
        """Return rows, in order, and a rejection for each of the other records."""

    def id_of(self, row: Mapping[str, Any]) -> str:
        """Return what a row counts once by, as `features.log.reader.ids_on` has it."""


class Events:
    """Events; each says when it happened, and counts as received then."""

    kind = Kind.EVENTS
    joined = True

    def typed(self, said: object) -> object:
        """Return what a row of a table says, with values in place of text."""
        return typed_event(said)

    def judge(self, raw: Sequence[object], now: float) -> Verdicts:
        """Return rows, in order, and a rejection for each of the other records."""
        window = Window(0.0, now + AHEAD_SECONDS)
        valid, rejections = judge_events(raw, window)
        refused = {rejection.index for rejection in rejections}
        rows = []
        for index, event in zip((i for i in range(len(raw)) if i not in refused), valid, strict=True):
            if event["time"] is None:
                message = "An imported event says when it happened"
                rejections.append(Rejection(index, event["event_id"], "missing", "time", message))
            else:
                rows.append(as_received(event, now, trusted=True))
        return Verdicts(rows, rejections)

    def id_of(self, row: Mapping[str, Any]) -> str:
        """Return the event's id; of an order, its transaction."""
        return dedupe_id(row)


class Exposures:
    """Rankings that were shown before."""

    kind = Kind.EXPOSURES
    joined = False

    def typed(self, said: object) -> object:
        """Return what a row of a table says: as it is, a ranking has parts that no row can hold."""
        return said

    def judge(self, raw: Sequence[object], now: float) -> Verdicts:
        """Return rows, in order, and a rejection for each of the other records."""
        valid, rejections = judge_exposures(raw, now + AHEAD_SECONDS)
        return Verdicts([as_shown(exposure) for exposure in valid], rejections)

    def id_of(self, row: Mapping[str, Any]) -> str:
        """Return the ranking's id."""
        return str(row["ranking_id"])


class Items:
    """Catalogue rows.

    A row that states a `time` holds from then on. One that states none holds from now, or, of an item that the
    catalogue does not have, since the item was created, or always: then past events know their items. A row that says
    what the catalogue says already is left out.
    """

    kind = Kind.ITEMS
    joined = False

    def __init__(self, store: Store, shop: str, attributes: tuple[Attribute, ...]) -> None:
        self._store = store
        self._shop = shop
        self._attributes = attributes

    def typed(self, said: object) -> object:
        """Return what a row of a table says, with values in place of text and its attributes together."""
        return typed_item(said, self._attributes)

    def judge(self, raw: Sequence[object], now: float) -> Verdicts:
        """Return rows, in order, and a rejection for each of the other records."""
        valid, rejections = judge_items(raw, self._attributes)
        refused = {rejection.index for rejection in rejections}
        places = [index for index in range(len(raw)) if index not in refused]
        known = self._store.get_items(self._shop, list({item["item_id"]: None for item in valid}))
        rows = []
        for index, item in zip(places, valid, strict=True):
            each = raw[index]
            time = _stated_time(each.get("time") if isinstance(each, dict) else None, now)
            if isinstance(time, str):
                rejections.append(Rejection(index, item["item_id"], "time", "time", time))
            elif (row := self._row(item, time, known[item["item_id"]], now)) is not None:
                rows.append(row)
                known[item["item_id"]] = orjson.dumps(row)
        return Verdicts(rows, rejections)

    def _row(
        self, item: Mapping[str, Any], time: float | None, stored: bytes | None, now: float
    ) -> dict[str, Any] | None:
        """Return the change that an item makes; None if it makes none."""
        said = {name: item.get(name) for name in FIELDS}
        if stored is None:
            time = item["created_at"] or ALWAYS if time is None else time
        elif {name: orjson.loads(stored)[name] for name in FIELDS} == said:
            return None
        received_at = min(now if time is None else time, now)
        return {"time": received_at, "received_at": received_at, "deleted": False, **said}

    def id_of(self, row: Mapping[str, Any]) -> str:
        """Return the item with the moment of its change."""
        return f"{row['item_id']} {row['received_at']!r}"


def _stated_time(said: object, now: float) -> float | str | None:
    """Return the time that a record states, None if none, or what is wrong with it."""
    if said is None:
        return None
    try:
        time = _TIME.validate_python(said, strict=True)
    except ValidationError as error:
        return error.errors()[0]["msg"]
    return time if time <= now + AHEAD_SECONDS else "Time is in the future"
