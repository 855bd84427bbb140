"""Three days of a small shop: listings, rankings, what followed, late events, and people who are not known."""

from typing import Any, Final

import numpy as np
import pytest

from features.log.place import Log
from features.log.schema import SCHEMAS, Kind
from features.log.writer import write

START: Final = 1_790_000_000.0
VISITORS, ITEMS = 40, 30
Row = dict[str, Any]


def event(rng: np.random.Generator, number: int, at: float) -> Row:
    name = rng.choice(["view_item_list", "view_item_list", "view_item", "select_item", "purchase", "search"])
    shown = rng.permutation(ITEMS)[: 8 if name == "view_item_list" else 1]
    items = [
        {"item_id": f"i{i}", "index": n, "price": 5.0 + i, "quantity": None} for n, i in enumerate(shown)
    ]
    who = int(rng.integers(VISITORS))
    blank: Row = dict.fromkeys(SCHEMAS[Kind.EVENTS].names)
    return blank | {
        "event_id": f"e{number}",
        "name": str(name),
        "time": at - float(rng.choice([0.0, 0.0, 5.0, 7_200.0])),
        "received_at": at,
        "sequence": number,
        "visitor_id": None if rng.random() < 0.1 else f"v{who}",
        "session_id": f"s{who}",
        "page": f"search/{who % 3}",
        "consent": True,
        "transaction_id": f"t{number}" if name == "purchase" else None,
        "search_term": "shoes" if name == "search" else None,
        "items": [] if name == "search" else items,
    }


def exposure(rng: np.random.Generator, number: int, at: float) -> tuple[Row, Row]:
    """A ranking, and that some of it was seen a second later."""
    who, shown = int(rng.integers(VISITORS)), rng.permutation(ITEMS)[:8]
    same = {"visitor_id": f"v{who}", "session_id": f"s{who}", "page": "category/x", "consent": True}
    ranked: Row = dict.fromkeys(SCHEMAS[Kind.EXPOSURES].names)
    items = [
        {"item_id": f"i{i}", "index": 7 - n, "shop_index": n, "score": 0.1, "price": None, "in_stock": None}
        for n, i in enumerate(shown)
    ]
    ranked |= {**same, "ranking_id": f"r{number}", "time": at, "received_at": at, "items": items}
    seen = event(rng, number, at + 1.0) | {**same, "name": "view_item_list", "ranking_id": f"r{number}"}
    seen["items"] = [{"item_id": f"i{i}", "index": None, "price": None, "quantity": None} for i in shown[:5]]
    return ranked | {"sequence": number}, seen | {"time": at + 1.0, "transaction_id": None}


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Three days of a shop, in files of a hundred facts."""
    found, rng = Log(f"file://{tmp_path_factory.mktemp('log')}"), np.random.default_rng(7)
    at, events, ranked = START, [], []
    for number in range(1_200):
        at += float(rng.exponential(3 * 86_400.0 / 1_200))
        if number % 10:
            events.append(event(rng, number, at))
        else:
            shown, seen = exposure(rng, number, at)
            ranked.append(shown)
            events.append(seen)
    events.sort(key=lambda row: row["received_at"])
    for batch in range(0, len(events), 100):
        write(found, "acme", Kind.EVENTS, batch + 1, events[batch : batch + 100])
    write(found, "acme", Kind.EXPOSURES, 1, ranked)
    said: Row = dict.fromkeys(SCHEMAS[Kind.ITEMS].names)
    changes = [
        said | {"item_id": f"i{i}", "received_at": START + 3_600.0 * i, "sequence": i, "price": 4.0 + i}
        for i in range(ITEMS)
    ]
    write(found, "acme", Kind.ITEMS, 1, [c | {"deleted": False, "attributes": {}} for c in changes])
    return found
