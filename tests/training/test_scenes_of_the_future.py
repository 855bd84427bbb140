"""A replay that has seen too much is caught: every column of its scenes knows what came after the listing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import training.labelling
from features.attributes import DEFAULT, Attribute
from features.candidates import Context, Listing
from features.facts import Event
from features.log.reader import Fact
from features.log.schema import SCHEMAS, Kind
from features.replay import Counting, Replay, Visitor
from features.scene import Scene
from training.dataset import dataset
from training.gates.controls import no_leak

START = 1_700_000_000.0
SESSIONS, ITEMS, SHOWN = 150, 40, 8
AHEAD_SECONDS = 60.0


def events() -> Iterator[dict[str, Any]]:
    """Sessions of a listing, and 30 s later a click on any of its items: nothing before it tells which."""
    rng = np.random.default_rng(3)
    for who in range(SESSIONS):
        at = START + who * 300.0
        listing = [
            {"item_id": f"i{i}", "index": n} for n, i in enumerate(rng.permutation(ITEMS)[:SHOWN].tolist())
        ]
        yield event("view_item_list", at, who, listing)
        yield event("select_item", at + 30.0, who, [listing[int(rng.integers(SHOWN))]])


def event(name: str, at: float, who: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMAS[Kind.EVENTS].names)
    said = {"event_id": f"{name}{who}", "name": name, "time": at, "received_at": at, "visitor_id": f"v{who}"}
    about = [{"price": None, "quantity": None, **item} for item in items]
    return row | said | {"session_id": f"s{who}", "page": "search/shoes", "consent": True, "items": about}


class Seer(Replay):
    """A replay with an error: it has read the log to its end, and looks a minute ahead."""

    def __init__(self, attributes: tuple[Attribute, ...], counting: Counting) -> None:
        super().__init__(attributes, counting)
        for row in events():
            super().take_event(row)

    def take_event(self, event: Event) -> None:
        """It has it already."""

    def scene(self, listing: Listing, context: Context, visitor: Visitor, at: float) -> Scene:
        return super().scene(listing, context, visitor, at + AHEAD_SECONDS)


def test_scenes_of_a_minute_later_sound_the_leak_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [Fact(Kind.EVENTS, row) for row in events()]
    assert no_leak(dataset(facts, DEFAULT)).passed
    monkeypatch.setattr(training.labelling, "Replay", Seer)
    check = no_leak(dataset(facts, DEFAULT))
    assert (check.passed, "it has seen what came after" in check.says) == (False, True)
