"""How listings were shown, from the log to a dataset."""

from typing import Any

import numpy as np

from features.attributes import DEFAULT
from features.log.reader import Fact
from features.log.schema import SCHEMAS, Kind
from training.dataset import Dataset, dataset
from training.fit import in_tie_order
from training.off_policy.listings import as_logged, drawn_listings

AT = 1_790_000_000.0


def fact(kind: Kind, at: float, **said: Any) -> Fact:
    row: dict[str, Any] = dict.fromkeys(SCHEMAS[kind].names)
    return Fact(kind, row | {"time": at, "received_at": at, "sequence": 0} | said)


def ranked(n: int, index: list[int | None], **said: Any) -> list[Fact]:
    """A ranking of A, B, C (the shop's order), and that what has an index was seen."""
    who = {"visitor_id": f"v{n}", "session_id": f"s{n}", "page": "category/shoes", "ranking_id": f"r{n}"}
    items = [
        {"item_id": i, "index": at, "shop_index": place, "score": 0.0}
        for place, (i, at) in enumerate(zip("ABC", index, strict=True))
    ]
    seen = [
        {"item_id": item["item_id"], "index": item["index"], "price": None, "quantity": None}
        for item in items
        if item["index"] is not None
    ]
    context = {"context": {"device": "mobile"}}
    return [
        fact(Kind.EXPOSURES, AT + n, items=items, **who, **context, **said),
        fact(Kind.EVENTS, AT + n + 0.5, event_id=f"e{n}", name="view_item_list", items=seen, **who),
    ]


def clicked(n: int, item: str) -> Fact:
    items = [{"item_id": item, "index": None, "price": None, "quantity": None}]
    who = {"visitor_id": f"v{n}", "session_id": f"s{n}", "page": "category/shoes", "ranking_id": f"r{n}"}
    return fact(Kind.EVENTS, AT + n + 0.8, event_id=f"c{n}", name="select_item", items=items, **who)


CHANCES = [0.5, 0.25, 1.0]  # B first with 1/4, then A with 1/2, then C


def shown_of(facts: list[Fact]) -> Dataset:
    return dataset(sorted(facts, key=lambda each: each.row["time"]), DEFAULT)


def test_a_drawn_listing_keeps_where_each_item_stood_and_its_chance() -> None:
    data = shown_of([*ranked(0, [1, 0, 2], propensity=CHANCES), *ranked(1, [0, 1, 2])])
    assert data.shown is not None
    assert data.shown.index.tolist() == [1, 0, 2, 0, 1, 2]
    assert data.shown.propensity[:3].tolist() == CHANCES
    assert np.isnan(data.shown.propensity[3:]).all()
    assert data.shown.device.tolist() == ["mobile", "mobile"]
    assert len(drawn_listings(data)) == 1


def test_what_the_limit_cut_or_a_rule_moved_has_no_chance_that_is_known() -> None:
    cut, ruled = (
        ranked(0, [1, 0, None], propensity=CHANCES),
        ranked(1, [1, 0, 2], propensity=CHANCES, rules=["r"]),
    )
    data = shown_of([*cut, *ruled])
    assert len(data) == 2
    assert len(drawn_listings(data)) == 0


def test_rows_and_listings_are_chosen_and_sorted_together() -> None:
    data = shown_of([*ranked(0, [1, 0, 2], propensity=CHANCES), *ranked(1, [2, 0, 1])])
    later = data.listings(np.array([False, True]))
    assert later.shown is not None
    assert later.shown.index.tolist() == [2, 0, 1]
    tied = in_tie_order(data)
    assert tied.shown is not None
    for place, shop_index in enumerate(tied.shop_index.tolist()):
        first = 0 if place < 3 else 3
        assert tied.shown.index[place] == data.shown.index[first + shop_index]  # type: ignore[union-attr]


def test_a_position_is_an_index_on_a_kind_of_page_and_device() -> None:
    data = shown_of([*ranked(0, [1, 0, 2]), *ranked(1, [0, 1, 2])])
    assert data.shown is not None
    pages = ("category/shoes", "search/red")
    same = data.shown.position(("category/shoes", "category/hats"), data.group)
    apart = data.shown.position(pages, data.group)
    assert same.tolist() == [1, 0, 2, 0, 1, 2]
    assert len(set(apart.tolist())) == 6


def test_the_item_put_first_is_weighed_by_its_own_chance() -> None:
    """Drawn twice as B, A, C; one model would have put B first, another A."""
    data = shown_of(
        [
            *ranked(0, [1, 0, 2], propensity=CHANCES),
            *ranked(1, [1, 0, 2], propensity=CHANCES),
            clicked(0, "B"),
        ]
    )
    drawn = drawn_listings(data)
    likes_b, likes_a = np.tile([0.0, 1.0, 0.0], 2), np.tile([1.0, 0.0, 0.0], 2)
    logged, _ = as_logged(drawn, likes_b)
    assert logged.weight[:, 0].tolist() == [4.0, 4.0]
    assert logged.reward[:, 0].tolist() == [1.0, 0.0]
    assert as_logged(drawn, likes_a)[0].weight[:, 0].tolist() == [0.0, 0.0]
    down, _ = as_logged(drawn, np.tile([1.0, 2.0, 0.0], 2), places=4)
    assert down.weight[0].tolist() == [4.0, 8.0, 8.0, 8.0]  # beyond the end nothing is chosen
    assert down.reward[0].tolist() == [1.0, 0.0, 0.0, 0.0]
