"""From facts to labelled listings: what counts as seen, what follows, and what is left out."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.attributes import DEFAULT
from features.log.reader import Fact
from features.log.schema import Kind
from training.dataset import Dataset, dataset
from training.labelling import CLICK_SECONDS, ORDER_SECONDS

AT: Final = 1_795_348_800.0


def event(name: str, at: float, *item_ids: str, **fields: Any) -> Fact:
    blank = {
        "event_id": f"{name} {at} {item_ids}",
        "visitor_id": "v",
        "session_id": "s",
        "page": "home",
        "ranking_id": None,
        "detail": None,
        "search_term": None,
        "time": at,
        "received_at": at,
    }
    indexes = fields.pop("indexes", [None] * len(item_ids))
    items = [
        {"item_id": i, "index": index, "price": None, "quantity": None}
        for i, index in zip(item_ids, indexes, strict=True)
    ]
    return Fact(Kind.EVENTS, {"name": name, **blank, "items": items, **fields})


def exposure(ranking_id: str, at: float, *item_ids: str, **fields: Any) -> Fact:
    answered = reversed(range(len(item_ids)))
    items = [
        {"item_id": i, "index": index, "shop_index": place}
        for place, (i, index) in enumerate(zip(item_ids, answered, strict=True))
    ]
    blank = {"visitor_id": "v", "session_id": "s", "page": "category/x", "time": at, "received_at": at}
    context = {"device": "mobile", "country": None, "search_term": None, "filters": None, "referrer": None}
    row = {"ranking_id": ranking_id, **blank, "items": items[::-1], "said": None, "context": context}
    return Fact(Kind.EXPOSURES, row | fields)


def listed(at: float = AT, *item_ids: str, **fields: Any) -> Fact:
    return event("view_item_list", at, *(item_ids or ("a", "b", "c")), **fields)


def made(*facts: Fact) -> Dataset:
    return dataset(facts, DEFAULT)


def labels(*facts: Fact) -> list[int]:
    values: list[int] = made(*facts).label.tolist()
    return values


def test_a_seen_listing_is_a_group_in_shown_order() -> None:
    found = made(listed(AT, "a", "b", "c", page="search/x", indexes=[2, 0, 1]))
    assert found.group.tolist() == [3]
    assert found.shop_index.tolist() == [0, 1, 2]
    assert (found.time.tolist(), found.page) == ([AT], ("search/x",))
    assert found.X.shape == (3, len(found.names))
    followed = made(listed(AT, "a", "b", "c", indexes=[2, 0, 1]), event("select_item", AT + 1, "a"))
    assert followed.label.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("name", "fields", "label"),
    [
        ("select_item", {}, 1),
        ("view_item", {}, 1),
        ("view_item", {"detail": "image"}, 0),
        ("add_to_cart", {}, 2),
        ("purchase", {}, 3),
        ("add_to_wishlist", {}, 0),
        ("remove_from_cart", {}, 0),
    ],
)
def test_what_follows_is_the_label(name: str, fields: dict[str, Any], label: int) -> None:
    assert labels(listed(), event(name, AT + 60, "b", **fields)) == [0, label, 0]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("select_item", CLICK_SECONDS), ("add_to_cart", CLICK_SECONDS), ("purchase", ORDER_SECONDS)],
)
def test_a_label_has_a_window(name: str, seconds: float) -> None:
    assert max(labels(listed(), event(name, AT + seconds, "b"))) > 0
    assert max(labels(listed(), event(name, AT + seconds + 1, "b"))) == 0


def test_the_highest_label_counts() -> None:
    follow = [event(n, AT + k, "b") for k, n in enumerate(("add_to_cart", "purchase", "select_item"), 1)]
    assert labels(listed(), *follow) == [0, 3, 0]


def test_what_came_before_is_no_label_but_a_feature() -> None:
    found = made(event("select_item", AT - 1, "b"), listed())
    assert found.label.tolist() == [0, 0, 0]
    assert found.X[:, found.names.index("clicks")].tolist() == [0.0, 1.0, 0.0]


def test_what_follows_is_no_feature() -> None:
    alone, followed = made(listed()), made(listed(), event("select_item", AT + 1, "b"))
    assert alone.X.tobytes() == followed.X.tobytes()


def test_a_click_belongs_to_the_visitors_latest_listing_that_holds_the_item() -> None:
    facts = [
        listed(AT, "a", "b"),
        listed(AT + 1, "b", "c"),
        listed(AT + 2, "c", "d"),
        event("select_item", AT + 3, "b"),
    ]
    assert labels(*facts) == [0, 0, 1, 0, 0, 0]


def test_somebody_elses_click_is_no_label() -> None:
    assert labels(listed(), event("select_item", AT + 1, "b", visitor_id="w")) == [0, 0, 0]
    assert labels(listed(), event("select_item", AT + 1, "b", visitor_id=None)) == [0, 0, 0]


drawn_facts = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, 600.0, 3_700.0, 90_000.0]),
        st.sampled_from(["view_item_list", "view_item_list", "select_item", "view_item", "purchase", "item"]),
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True),
        st.sampled_from(["v", "w", None]),
        st.sampled_from([0.0, 0.0, 5.0, 4_000.0]),
    ),
    max_size=12,
)


def as_facts(drawn: Sequence[tuple[float, str, list[str], str | None, float]], at: float) -> list[Fact]:
    facts = []
    for number, (gap, name, ids, visitor, late) in enumerate(drawn):
        at += gap
        if name == "item":
            said: dict[str, Any] = {
                "price": number + 1.0,
                "in_stock": None,
                "created_at": None,
                "attributes": {},
            }
            facts.append(
                Fact(Kind.ITEMS, {"item_id": ids[0], "received_at": at, "deleted": number % 3 == 0, **said})
            )
        else:
            facts.append(event(name, at, *ids, visitor_id=visitor, time=at - late, event_id=f"{at} {number}"))
    return facts


@settings(max_examples=100, deadline=None)
@given(drawn_facts, drawn_facts)
def test_no_row_depends_on_what_comes_after_it(before: list[Any], after: list[Any]) -> None:
    first = as_facts(before, AT)
    rest = as_facts(after, first[-1].row["received_at"] if first else AT)
    alone, followed = made(*first), made(*first, *rest)
    assert followed.X[: len(alone.X)].tobytes() == alone.X.tobytes()
    assert followed.tie[: len(alone.tie)].tolist() == alone.tie.tolist()
    assert (followed.label[: len(alone.label)] >= alone.label).all()


def ranked(*seen: str) -> list[Fact]:
    return [exposure("r", AT, "a", "b", "c", "d"), event("view_item_list", AT + 1, *seen, ranking_id="r")]


def test_of_a_ranking_only_seen_items_are_rows_in_the_shops_order() -> None:
    found = made(*ranked("d", "b"), event("select_item", AT + 2, "d", ranking_id="r"))
    assert found.shop_index.tolist() == [1, 3]
    assert found.label.tolist() == [0, 1]
    assert found.page == ("category/x",)
    assert found.X[:, found.names.index("shop_index")].tolist() == [1.0, 3.0]
    assert found.X[:, found.names.index("device")].tolist() == [2.0, 2.0]


def test_rows_of_a_ranking_are_of_its_moment_and_not_of_when_it_was_seen() -> None:
    between = event("view_item", AT + 0.5, "a", detail="image")
    exposed, shown = ranked("a", "b")
    found = made(exposed, between, shown)
    assert found.X[:, found.names.index("looks")].tolist() == [0.0, 0.0]


def test_an_event_that_names_another_ranking_is_no_label() -> None:
    assert labels(*ranked("a", "b"), event("select_item", AT + 2, "b", ranking_id="other")) == [0, 0]


def test_what_the_call_said_is_said_again() -> None:
    said = orjson.dumps([{"price": 5.0}, None, {"price": 20.0}, None]).decode()
    found = made(exposure("r", AT, "a", "b", "c", "d", said=said), ranked("a", "b", "c")[1])
    assert found.X[:, found.names.index("log_price")] == pytest.approx(
        [np.log(5), np.nan, np.log(20)], nan_ok=True, rel=1e-6
    )


@pytest.mark.parametrize(
    "left_out",
    [
        [],
        [listed(AT, "a")],
        [listed(AT, "a", "a")],
        [listed(visitor_id=None)],
        [exposure("r", AT, "a", "b")],
        [exposure("r", AT, "a", "b", visitor_id=None), event("view_item_list", AT, "a", "b", ranking_id="r")],
        ranked("a"),
        ranked("never ranked", "nor this"),
        [event("view_item_list", AT, "a", "b", ranking_id="not in the log")],
    ],
    ids=[
        "nothing",
        "one item",
        "one twice",
        "nobody",
        "unseen",
        "nobody ranked",
        "one seen",
        "others",
        "lost",
    ],
)
def test_what_nothing_can_be_learned_from_is_left_out(left_out: Sequence[Fact]) -> None:
    found = made(*left_out)
    assert len(found) == 0
    assert found.X.shape == (0, len(found.names))
    assert [len(part) for part in (found.label, found.tie, found.session, found.page)] == [0, 0, 0, 0]


def test_an_item_listed_twice_stands_at_its_first_place() -> None:
    found = made(listed(AT, "a", "b", "a", "c"), event("select_item", AT + 1, "c"))
    assert found.label.tolist() == [0, 0, 1]


def test_ties_know_nothing_of_place_or_label() -> None:
    many = [listed(AT + n, *(f"{k}" for k in range(20)), event_id=f"e{n}") for n in range(200)]
    ties = made(*many).tie.reshape(200, 20)
    assert len(np.unique(ties)) == ties.size
    ranks = ties.argsort(1).argsort(1).mean(0)
    assert np.abs(ranks - 9.5).max() < 2.0


def test_listings_can_be_chosen() -> None:
    found = made(listed(AT, "a", "b"), listed(AT + 1, "c", "d", "e"), event("select_item", AT + 2, "e"))
    later = found.listings(found.time > AT)
    assert (later.group.tolist(), later.label.tolist(), later.page) == ([3], [0, 0, 1], ("home",))
    assert later.X.tobytes() == found.X[2:].tobytes()
    assert (later.names, later.table_hash) == (found.names, found.table_hash)
