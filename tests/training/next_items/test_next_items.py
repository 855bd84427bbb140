"""What comes next is learned from looks alone, sees nothing later, and serves where it is surely better than none."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from features.bundle import NEXT_ITEMS, Shelf
from features.identity import hash64
from features.log.place import Log
from features.log.reader import Fact
from features.log.schema import Kind
from features.log.writer import write
from features.sessions.trail import Tracks, Trail
from service.models.next_items import load
from training.cli.train import train
from training.next_items.examples import Walk, examples, trails_of
from training.next_items.run import grow
from training.usable import UnusableLogError

START = 1_700_000_000.0
ITEMS = 120


def look(visitor: str, item: object, at: float, name: str = "view_item") -> dict[str, Any]:
    return {
        "name": name,
        "event_id": f"{visitor}-{at}-{name}",
        "time": at,
        "received_at": at,
        "sequence": 0,
        "visitor_id": visitor,
        "session_id": None,
        "page": "product",
        "consent": True,
        "items": [{"item_id": str(item), "index": None, "price": None, "quantity": None}],
    }


def looks(sessions: int, *, knowing: bool, seed: int = 3) -> Iterator[dict[str, Any]]:
    """Sessions of four looks; where `knowing`, each mostly at the item five further on, which no blend knows."""
    rng = np.random.default_rng(seed)
    for who in range(sessions):
        item = int(rng.integers(ITEMS))
        for step in range(4):
            yield look(f"v{who}", f"i{item}", START + who * 60.0 + step)
            item = (item + 5) % ITEMS if knowing and rng.random() < 0.7 else int(rng.integers(ITEMS))


def trails(events: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> list[Trail]:
    return trails_of(Fact(Kind.EVENTS, event) for event in events)


def place(tmp_path: Path, shop: str, events: list[dict[str, Any]]) -> Any:
    url = str(tmp_path / "log")
    log = Log(url)
    write(log, shop, Kind.EVENTS, 1, events)
    said = json.dumps({"shop": shop, "attributes": [], "keys": [], "created_at": START})
    setting = {"name": "shop", "actor": "test", "time": START, "received_at": START, "sequence": 0}
    write(log, shop, Kind.SETTINGS, 1, [setting | {"before": None, "after": said}])
    return SimpleNamespace(
        data=tmp_path,
        log_url=url,
        models_url=str(tmp_path / "models"),
        redis_url=None,
        appendfsync="everysec",
    )


def nexts(*events: dict[str, Any]) -> list[tuple[int, ...] | None]:
    tracks = Tracks()
    for event in events:
        tracks.event(event)
    return [found and tuple(found.asked.touched) for found in Walk().nexts(tracks.trail())]


def test_each_look_after_the_first_is_an_example_of_the_session_so_far() -> None:
    a, b = hash64("a"), hash64("b")
    found = nexts(look("v", "a", 1.0), look("v", "b", 2.0), look("v", "c", 3.0), look("w", "a", 4.0))
    assert found == [None, (a,), (a, b), None]


def test_the_page_behind_a_click_is_no_choice() -> None:
    found = nexts(look("v", "a", 1.0), look("v", "b", 2.0, "select_item"), look("v", "b", 3.0))
    assert [each is not None for each in found] == [False, True, False]


def test_silence_ends_what_is_known_of_a_session() -> None:
    assert nexts(look("v", "a", 1.0), look("v", "b", 1_802.0)) == [None, None]


def test_examples_see_nothing_that_comes_after_them() -> None:
    before = list(looks(2_000, knowing=True))
    shorter = examples(trails(before), most=10**9)
    changed = [*before[:7_000], *(look(f"late-{n}", f"i{n % 9}", START + 10**6 + n) for n in range(1_000))]
    longer = examples(trails(changed), most=10**9)
    shared = min(len(shorter), len(longer)) // 4
    rows = int(shorter.group[:shared].sum())
    assert shared > 300
    assert np.array_equal(shorter.X[:rows], longer.X[:rows])


def test_the_same_examples_grow_the_same_forest() -> None:
    data = examples(trails(looks(600, knowing=True)))
    assert grow(data, 17).text == grow(data, 17).text
    assert grow(data, 17).text != grow(data, 18).text


def test_a_log_of_looks_alone_gives_a_model_that_recommends(tmp_path: Path) -> None:
    shop = place(tmp_path, "acme", list(looks(1_500, knowing=True)))
    done = CliRunner().invoke(train, ["--shop", "acme", "--json"], obj=shop, standalone_mode=False)
    said = json.loads(done.stdout)
    assert done.return_value == (0 if said["next_items"]["passed"] else 3), done.output
    assert said["published"] is False
    assert "view_item_list" in said["why_not"]
    assert said["next_items"]["mrr"] >= said["next_items"]["own_mrr"]
    shelf = Shelf(shop.models_url, NEXT_ITEMS)
    (version,) = shelf.versions("acme")
    assert load(shelf.read("acme", version), ()).version == version
    assert (shelf.live("acme") is not None) == said["next_items"]["published"]
    assert Shelf(shop.models_url).versions("acme") == []


def test_what_comes_next_by_chance_does_not_serve(tmp_path: Path) -> None:
    shop = place(tmp_path, "noise", list(looks(1_500, knowing=False)))
    done = CliRunner().invoke(train, ["--shop", "noise"], obj=shop, standalone_mode=False)
    assert done.return_value == 3, done.output
    assert "not surely better" in done.stdout
    assert Shelf(shop.models_url, NEXT_ITEMS).live("noise") is None


@pytest.mark.parametrize("events", [[], list(looks(5, knowing=True))], ids=["no event", "five sessions"])
def test_a_log_that_can_carry_neither_model_says_what_is_missing(
    tmp_path: Path, events: list[dict[str, Any]]
) -> None:
    shop = place(tmp_path, "small", events)
    done = CliRunner().invoke(train, ["--shop", "small"], obj=shop, standalone_mode=False)
    assert isinstance(done.exception, UnusableLogError)
    assert "view_item with visitor_id" in str(done.exception)
