"""Statistics against dictionaries of integers: what is counted, folded and seen."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bounded import A_VISITOR_AN_HOUR, Tally
from features.facts import INTERACTION, interactions_of
from features.identity import hash64
from features.increments import (
    CARTS,
    CLICKS,
    GROUPS,
    ORDERS,
    PAIR_WEIGHTS,
    PRIOR_RECORDS,
    SHOP,
    VIEWS,
    increments_of,
)
from features.statistics import GRACE_SECONDS, counted, visible, visible_hour
from features.statistics_kernel import WINDOW_DAYS

HOUR: Final = 3_600.0
START: Final = 24 * 20_000  # an hour that begins a day
Counted = tuple[dict[str, Any], bytes]


def event(
    name: str, at: float, *item_ids: str, index: int | None = None, session: str = "s"
) -> dict[str, Any]:
    return {
        "name": name,
        "time": at,
        "received_at": at,
        "visitor_id": "v",
        "session_id": session,
        "detail": None,
        "search_term": "x",
        "items": [{"item_id": i, "index": index, "price": None, "quantity": None} for i in item_ids],
    }


def with_priors(events: Sequence[dict[str, Any]]) -> list[Counted]:
    """Each event with what its one visitor did before it."""
    done, found = b"", []
    for each in events:
        found.append((each, done[-PRIOR_RECORDS * INTERACTION.itemsize :]))
        done += interactions_of(each, lambda _: (nan, (0,) * 6))
    return found


@dataclass
class Store:
    """Records by item, as the worker keeps them."""

    records: dict[int, bytes] = field(default_factory=dict)
    batch: int = 0
    tally: Tally = field(default_factory=Tally)

    def take(self, events: Sequence[Counted], batch: int | None = None) -> None:
        self.batch = self.batch + 1 if batch is None else batch
        for part in increments_of(events, self.tally).parts(2):
            old = [self.records.get(i) for i in part.items]
            self.records.update(zip(part.items, counted(old, part, self.batch), strict=True))

    def counts(self, item: int, hour: int) -> list[Counter[int]]:
        rows = visible([self.records.get(item)], hour).counts[0]
        return [Counter({c: int(n) for c, n in enumerate(row) if n}) for row in rows]

    def met(self, item: int, hour: int) -> dict[int, float]:
        seen = visible([self.records.get(item)], hour)
        known = seen.neighbours[0] != 0
        return dict(zip(seen.neighbours[0][known].tolist(), seen.weights[0][known].tolist(), strict=True))


class Book:
    """The textbook: every count under its hour, for ever."""

    def __init__(self, events: Sequence[Counted]) -> None:
        self.tallies: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.pairs: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self.times: Counter[tuple[int, str, str]] = Counter()
        for each, _ in events:
            for place, item in enumerate(each["items"]):
                done = int(each["received_at"] // HOUR), each["name"], item["item_id"]
                self.times[done] += 1
                counter = self.counter(each["name"], item["index"], place)
                if counter is not None and self.times[done] <= A_VISITOR_AN_HOUR:
                    for key in (hash64(item["item_id"]), SHOP):
                        self.tallies[key].append((int(each["received_at"] // HOUR), counter))

    @staticmethod
    def counter(name: str, index: int | None, place: int) -> int | None:
        starts = (0, 1, 2, 3, 6, 12, 25)
        if name == "view_item_list":
            return sum(s <= (place if index is None else index) for s in starts) - 1
        if name == "select_item":
            return CLICKS.start + (GROUPS - 1 if index is None else sum(s <= index for s in starts) - 1)
        return {"view_item": VIEWS, "add_to_cart": CARTS, "purchase": ORDERS}.get(name)

    def counts(self, item: int, hour: int) -> list[Counter[int]]:
        found = []
        for days in WINDOW_DAYS:
            first = hour - 24 if days == 1 else (hour // 24 - days) * 24
            found.append(Counter(c for h, c in self.tallies[item] if first <= h < hour))
        return found


names = st.sampled_from(
    ["view_item_list", "select_item", "view_item", "view_item", "add_to_cart", "purchase", "search", "refund"]
)
event_lists = st.lists(
    st.tuples(
        names,
        st.sampled_from([0.0, 1.0, 30.0, HOUR, 5 * HOUR, 25 * HOUR, 24 * 9 * HOUR]),
        st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=3),
        st.sampled_from([None, 0, 5, 40]),
        st.sampled_from(["s", "t"]),
    ),
    max_size=40,
)


def as_events(drawn: Sequence[tuple[str, float, list[str], int | None, str]]) -> list[Counted]:
    at, found = START * HOUR, []
    for name, gap, item_ids, index, session in drawn:
        at += gap
        found.append(event(name, at, *item_ids, index=index, session=session))
    return with_priors(found)


def last_hour(events: Sequence[Counted]) -> int:
    return int(events[-1][0]["received_at"] // HOUR) if events else START


@settings(max_examples=150, deadline=None)
@given(event_lists, st.integers(-30, 40))
def test_windows_hold_what_the_textbook_counts(drawn: list[Any], ahead: int) -> None:
    events = as_events(drawn)
    store, book = Store(), Book(events)
    store.take(events)
    hour = last_hour(events) + max(ahead, -1) if ahead < 0 else last_hour(events) + ahead * 24
    for item in (SHOP, *map(hash64, "abcd")):
        assert store.counts(item, hour) == book.counts(item, hour)


@settings(max_examples=150, deadline=None)
@given(event_lists, st.data())
def test_batches_split_anywhere_give_the_records_of_one_batch(drawn: list[Any], data: st.DataObject) -> None:
    events = as_events(drawn)
    whole, split = Store(), Store()
    whole.take(events, batch=9)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))
    for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
        split.take(events[start:end], batch=split.batch + 1)
    assert {i: r[8:] for i, r in whole.records.items()} == {i: r[8:] for i, r in split.records.items()}


@settings(max_examples=100, deadline=None)
@given(event_lists)
def test_a_batch_counted_again_changes_nothing(drawn: list[Any]) -> None:
    events = as_events(drawn)
    store = Store()
    store.take(events, batch=5)
    before = dict(store.records)
    store.take(events, batch=5)
    store.take(events[::-1], batch=4)
    assert store.records == before


@settings(max_examples=100, deadline=None)
@given(event_lists, event_lists, st.integers(0, 3))
def test_what_rankings_of_an_hour_see_does_not_depend_on_later_hours(
    drawn: list[Any], later: list[Any], after: int
) -> None:
    events = as_events(drawn)
    hour = last_hour(events) + 1
    more = [(dict(e), p) for e, p in as_events(later)]
    for each, _ in more:
        each["received_at"] += (hour - START + after) * HOUR
        each["received_at"] = min(each["received_at"], (hour + 2) * HOUR - 1)
    now, then = Store(), Store()
    now.take(events)
    then.take(events)
    then.take(more)
    for item in (SHOP, *map(hash64, "abcd")):
        assert now.counts(item, hour) == then.counts(item, hour)
        assert now.met(item, hour) == then.met(item, hour)


def test_an_hour_counts_from_its_close_and_grace() -> None:
    store = Store()
    store.take(with_priors([event("view_item", START * HOUR, "a")]))
    close = (START + 1) * HOUR

    def views(at: float) -> int:
        return store.counts(hash64("a"), visible_hour(at))[0][VIEWS]

    assert [views(at) for at in (close, close + GRACE_SECONDS - 0.01, close + GRACE_SECONDS)] == [0, 0, 1]


def test_windows_end_a_day_a_week_and_a_month_back_whether_folded_or_not() -> None:
    def seen_after(hours: int, *, folded: bool) -> list[int]:
        store = Store()
        store.take(with_priors([event("view_item", START * HOUR, "a")]))
        if folded:
            store.take(with_priors([event("add_to_cart", (START + hours) * HOUR, "a")]))
        return [c[VIEWS] for c in store.counts(hash64("a"), START + hours)]

    for folded in (False, True):
        assert seen_after(24, folded=folded) == [1, 1, 1]
        assert seen_after(25, folded=folded) == [0, 1, 1]
        assert seen_after(8 * 24 - 1, folded=folded) == [0, 1, 1]
        assert seen_after(8 * 24, folded=folded) == [0, 0, 1]
        assert seen_after(31 * 24 - 1, folded=folded) == [0, 0, 1]
        assert seen_after(31 * 24, folded=folded) == [0, 0, 0]


def test_a_record_has_a_bound() -> None:
    store = Store()
    for hour in range(24 * 40):
        store.take(with_priors([event("view_item", (START + hour) * HOUR, "a")]))
    assert len(store.records[hash64("a")]) <= 16 + 48 * 80 + 32 * 80


def test_pairs_are_symmetric_and_the_nearest_weighs_most() -> None:
    looks = [event("view_item", START * HOUR + n, i) for n, i in enumerate("abcdefg")]
    store = Store()
    store.take(with_priors(looks))
    last = store.met(hash64("g"), START + 1)
    assert last == dict(zip(map(hash64, "fedcb"), PAIR_WEIGHTS, strict=True))
    for other in "abcdefg":
        for neighbour, weight in store.met(hash64(other), START + 1).items():
            assert store.met(neighbour, START + 1)[hash64(other)] == weight


def test_ten_looks_at_one_item_pair_it_no_more_than_one() -> None:
    once, often = Store(), Store()
    once.take(with_priors([event("view_item", START * HOUR + n, i) for n, i in enumerate("ab")]))
    often.take(with_priors([event("view_item", START * HOUR + n, i) for n, i in enumerate("ab" + "b" * 9)]))
    assert often.met(hash64("b"), START + 1) == once.met(hash64("b"), START + 1) == {hash64("a"): 60.0}


@pytest.mark.parametrize(
    "apart",
    [
        [event("view_item", START * HOUR, "a"), event("view_item", START * HOUR + 1_801, "b")],
        [event("view_item", START * HOUR, "a"), event("view_item", START * HOUR + 1, "b", session="t")],
        [event("search", START * HOUR), event("view_item", START * HOUR + 1, "b")],
        [event("view_item", START * HOUR, "a"), event("view_item", START * HOUR + 1, "b", "c")],
        [event("view_item", START * HOUR, "a"), event("view_item_list", START * HOUR + 1, "b")],
    ],
    ids=["long ago", "another session", "a search", "several at once", "only shown"],
)
def test_what_was_not_met_makes_no_pair(apart: list[dict[str, Any]]) -> None:
    store = Store()
    store.take(with_priors(apart))
    assert store.met(hash64("b"), START + 1) == {}


def test_records_that_do_not_fit_the_increments_are_refused() -> None:
    increments = increments_of(with_priors([event("view_item", START * HOUR, "a")]), Tally())
    with pytest.raises(ValueError, match="1 records for the increments of 2 items"):
        counted([None], increments, 1)


def test_one_visitor_counts_so_often_an_hour_for_an_item_and_others_go_on_counting() -> None:
    events = with_priors([event("view_item", START * HOUR + n, "a") for n in range(50)])
    others = [({**each, "visitor_id": f"v{n}"}, b"") for n, (each, _) in enumerate(events)]
    nobodys = [({**each, "visitor_id": None}, b"") for each, _ in events]
    store = Store()
    store.take(events[:30])
    store.take(events[30:])
    assert store.counts(hash64("a"), START + 1)[0] == {VIEWS: A_VISITOR_AN_HOUR}
    assert store.counts(SHOP, START + 1)[0] == {VIEWS: A_VISITOR_AN_HOUR}
    store.take([*others, *nobodys])
    assert store.counts(hash64("a"), START + 1)[0] == {VIEWS: A_VISITOR_AN_HOUR + 100}


def test_neither_impressions_nor_pairs_are_pumped_by_alternating() -> None:
    seconds = [START * HOUR + n for n in range(60)]
    shown = [event("view_item_list", at, "a") for at in seconds]
    looked = [event("view_item", at, "ab"[n % 2]) for n, at in enumerate(seconds)]
    store = Store()
    store.take(with_priors(shown))
    store.take(with_priors(looked))
    assert store.counts(hash64("a"), START + 1)[0] == {VIEWS: A_VISITOR_AN_HOUR, 0: A_VISITOR_AN_HOUR}
    assert store.met(hash64("a"), START + 1) == {hash64("b"): PAIR_WEIGHTS[0] * (2 * A_VISITOR_AN_HOUR - 1)}


def test_events_that_count_no_more_are_told() -> None:
    events = [event("search", START * HOUR), *(event("view_item", START * HOUR, "a") for _ in range(12))]
    assert increments_of(with_priors(events), Tally()).refused == {11, 12}
