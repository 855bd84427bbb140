"""Every column of a visit against a loop that a reader can check, on random sessions and listings."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.attributes import code, declared
from features.candidates import Context, Listing
from features.facts import IMPRESSION, INTERACTION, Action, Records
from features.identity import hash64
from features.items import ItemTable
from features.matrix import Matrix, matrix
from features.scene import Scene
from features.table import PLACED, STANDING, feature_table
from features.visit import Visit

AT: Final = 1_795_341_600.0
NAN: Final = float("nan")
ATTRIBUTES: Final = declared(["colour:categorical", "sizes:multi", "weight:numeric", "released:time"])
TABLE: Final = feature_table(ATTRIBUTES)
SESSION: Final = 7
IDS: Final = [f"i{n}" for n in range(9)]
COLOURS: Final = ("red", "blue")


class Item(NamedTuple):
    """What a call says of an item, and its neighbours in co-visitation with their weights."""

    item_id: str
    price: float
    created_at: float
    in_stock: float
    colour: str | None
    sizes: int  # a set of bits
    weight: float
    released: int  # days
    met: tuple[tuple[str, int], ...]


class Act(NamedTuple):
    item_id: str
    ago: float
    action: int
    detail: int
    price: float
    colour: str | None
    sizes: int
    weight: float
    released: int
    place: int = -1


@dataclass
class Book:
    """One scene in plain words: acts oldest first, items as listed."""

    acts: Sequence[Act]
    earlier: Sequence[Act]
    shown: Sequence[str]
    items: Sequence[Item]
    context: Context

    @property
    def touches(self) -> list[Act]:
        return [a for a in self.acts if a.action != Action.SEARCH]

    def of(self, item: Item) -> list[Act]:
        return [a for a in self.touches if a.item_id == item.item_id]


prices = st.sampled_from([NAN, 0.0, 5.0, 5.0, 20.0]) | st.floats(1, 500, width=32)
maybe_colour = st.sampled_from([None, *COLOURS])
described = {
    "colour": maybe_colour,
    "sizes": st.sampled_from([0, 1, 2, 3, 0x8000_0001]),
    "weight": st.sampled_from([NAN, 1.0, 2.5, -8.0]),
    "released": st.sampled_from([0, 20_000, 20_500]),
}
acts = st.lists(
    st.builds(
        Act,
        item_id=st.sampled_from(IDS),
        ago=st.sampled_from([0.0, 1.0, 60.0, 700.0, 1_700.0]) | st.integers(0, 9_000).map(float),
        action=st.sampled_from([1, 1, 2, 3, 4, 5, 6, 7, 9]),
        detail=st.sampled_from([0, 1, 2]),
        price=prices,
        place=st.sampled_from([-1, 0, 1, 7]),
        **described,
    ),
    max_size=12,
).map(lambda some: sorted(some, key=lambda act: -act.ago))
met = st.lists(
    st.tuples(st.sampled_from(IDS), st.integers(12, 500)), unique_by=lambda m: m[0], max_size=4
).map(tuple)
items = st.lists(
    st.builds(
        Item,
        item_id=st.sampled_from(IDS),
        price=prices,
        created_at=st.sampled_from([NAN, 1.7e9, 1.75e9]),
        in_stock=st.sampled_from([NAN, 0.0, 1.0]),
        met=met,
        **described,
    ),
    unique_by=lambda item: item.item_id,
    min_size=1,
    max_size=9,
)
contexts = st.builds(
    Context,
    page=st.sampled_from(["home", "category/shoes", "deal/now", ""]),
    device=st.sampled_from([None, "mobile", "fridge"]),
    search_term=st.sampled_from([None, "", "Red shoes"]),
    filters=st.sampled_from([(), ("colour:blue",), ("colour:red", "colour:blue"), ("size:3",)]),
)
books = st.builds(Book, acts, acts, st.lists(st.sampled_from(IDS), max_size=6), items, contexts)


def half_bits(number: float) -> int:
    return int(np.float16(number).view(np.uint16))


def slots(item: Item | Act) -> list[int]:
    colour = 0 if item.colour is None else code(item.colour)
    return [colour, item.sizes & 0xFFFF, item.sizes >> 16, half_bits(item.weight), item.released, 0]


def records(some: Sequence[Act], session: int) -> Records:
    rows = np.zeros(len(some), INTERACTION)
    for row, act in zip(rows, some, strict=True):
        row["item"], row["time"], row["session"] = hash64(act.item_id), AT - act.ago, session
        row["price"], row["action"], row["detail"], row["index"] = (
            act.price,
            act.action,
            act.detail,
            act.place,
        )
        row["slots"] = slots(act)
    return rows


def scene_of(book: Book) -> Scene:
    done = np.concatenate((records(book.earlier, SESSION + 1), records(book.acts, SESSION)))
    shown = np.zeros(len(book.shown), IMPRESSION)
    shown["item"], shown["time"], shown["session"] = [hash64(i) for i in book.shown], AT - 5.0, SESSION
    shown["price"] = 33.0
    visit = Visit.of(done.tobytes(), shown.tobytes(), SESSION, AT)
    candidates = ItemTable(ATTRIBUTES).candidates(Listing.of([{"item_id": i.item_id} for i in book.items]))
    for row, item in zip(candidates.rows, book.items, strict=True):
        row["price"], row["created_at"], row["in_stock"] = item.price, item.created_at, item.in_stock
        row["slots"] = slots(item)
        for place, (other, weight) in enumerate(item.met):
            row["neighbours"][place], row["weights"][place] = hash64(other), weight
    return Scene(visit, candidates, book.context)


def first(numbers: Sequence[float], otherwise: float) -> float:
    return numbers[0] if numbers else otherwise


def mean(numbers: Sequence[float]) -> float:
    known = [x for x in numbers if not math.isnan(x)]
    return sum(known) / len(known) if known else NAN


def percentiles(numbers: Sequence[float]) -> list[float]:
    known = [x for x in numbers if not math.isnan(x)]
    return [
        NAN if math.isnan(x) else (sum(o < x for o in known) + sum(o == x for o in known) / 2) / len(known)
        for x in numbers
    ]


class Step(NamedTuple):
    step: int
    run: int  # runs since; -1 where another touch of the same item came right after
    act: Act
    dwell: float


def steps(book: Book) -> list[Step]:
    """Each touch, the newest first."""
    found, run = [], -1
    later: Act | None = None
    for step, act in enumerate(reversed(book.touches)):
        ends_run = later is None or later.item_id != act.item_id
        run += ends_run
        dwell = min(act.ago - (later.ago if later else 0.0), 1_800.0)
        found.append(Step(step, run if ends_run else -1, act, dwell))
        later = act
    return found


def action_columns(book: Book) -> dict[str, list[float]]:
    def counted(action: int) -> list[float]:
        return [sum(a.action == action for a in book.of(i)) for i in book.items]

    carts, removals, clicks = counted(Action.CART), counted(Action.UNCART), counted(Action.CLICK)
    past = [[a for a in book.earlier if a.item_id == i.item_id] for i in book.items]
    bought = [sum(a.action == Action.PURCHASE for a in p) for p in past]
    shown = [book.shown.count(i.item_id) for i in book.items]
    return {
        "looks": counted(Action.VIEW),
        "clicks": clicks,
        "cart_adds": carts,
        "cart_removals": removals,
        "in_cart": [float(a > b) for a, b in zip(carts, removals, strict=True)],
        "purchases": [a + b for a, b in zip(counted(Action.PURCHASE), bought, strict=True)],
        "touches_before_session": [len(p) for p in past],
        "kinds_of_look": [len({a.detail for a in book.of(i)}) for i in book.items],
        "times_shown": [float(s) for s in shown],
        "shown_not_clicked": [0.0 if c else s for c, s in zip(clicks, shown, strict=True)],
    }


def recency_columns(book: Book) -> dict[str, list[float]]:
    m, walk = len(book.touches), steps(book)
    mine = [[w for w in walk if w.act.item_id == i.item_id] for i in book.items]
    runs = [sum(1 / (1 + w.run) for w in ws if w.run >= 0) for ws in mine]
    distinct = list(dict.fromkeys(w.act.item_id for w in walk))
    ranks = [float(distinct.index(i.item_id)) if i.item_id in distinct else -1.0 for i in book.items]
    return {
        "linear_recency": [sum((m - w.step) / m for w in ws) for ws in mine],
        "harmonic_recency": [sum(1 / (1 + w.step) for w in ws) for ws in mine],
        "run_recency": runs,
        "half_life_recency": [sum(0.5 ** (w.act.ago / 600) for w in ws) for ws in mine],
        "share_of_touches": [r / sum(runs) if sum(runs) else 0.0 for r in runs],
        "total_dwell": [sum(w.dwell for w in ws) for ws in mine],
        "longest_dwell": [max((w.dwell for w in ws), default=0.0) for ws in mine],
        "steps_since_touched": [first([w.step for w in ws], -1.0) for ws in mine],
        "seconds_since_touched": [first([w.act.ago for w in ws], -1.0) for ws in mine],
        "seconds_since_clicked": [first([w.act.ago for w in ws if w.act.action == 2], -1.0) for ws in mine],
        "last_action_with": [first([w.act.action for w in ws], 0.0) for ws in mine],
        "last_look_with": [first([w.act.detail for w in ws], 0.0) for ws in mine],
        "items_since_touched": ranks,
        "is_last_touched": [float(r == 0) for r in ranks],
    }


def place_columns(book: Book) -> dict[str, list[float]]:
    n = len(book.items)
    listed = [i.item_id for i in book.items]
    distinct = list(dict.fromkeys(w.act.item_id for w in steps(book)))
    order = [listed.index(i) for i in distinct if i in listed]
    clicked = [
        listed.index(w.act.item_id) for w in steps(book) if w.act.action == 2 and w.act.item_id in listed
    ]

    indexes = [float(a.place) for a in book.touches if a.action == Action.CLICK and a.place >= 0]

    def below(places: Sequence[int]) -> list[float]:
        return [i - places[0] if places else NAN for i in range(n)]

    return {
        "places_below_last_touched": below(order),
        "places_below_previous_touched": below(order[1:]),
        "places_below_deepest_touched": below([max(order)] if order else []),
        "places_below_last_clicked": below(clicked),
        "untouched_above": [sum(j not in order for j in range(i)) for i in range(n)],
        "places_below_mean_click": [i - mean(indexes) for i in range(n)],
        "places_below_last_click": [i - (indexes[-1] if indexes else NAN) for i in range(n)],
        "mean_clicked_index": [mean(indexes)] * n,
        "last_look": [book.touches[-1].detail if book.touches else 0.0] * n,
        "touched_above": [sum(p < i for p in order) for i in range(n)],
        "places_to_touched_above": [min((i - p for p in order if p <= i), default=NAN) for i in range(n)],
        "places_to_touched_below": [min((p - i for p in order if p >= i), default=NAN) for i in range(n)],
        "shop_index": [float(i) for i in range(n)],
        "relative_shop_index": [i / max(n - 1, 1) for i in range(n)],
        "list_size": [n] * n,
        "listed_touches": [len(order)] * n,
        "last_touched_is_listed": [float(distinct[0] in listed) if distinct else -1.0] * n,
        "session_items": [len(distinct)] * n,
    }


def looked_prices(book: Book) -> list[float]:
    """Logs of the known prices of what was touched."""
    by_id = {i.item_id: i.price for i in book.items}

    def remembered(act: Act) -> float:
        price = by_id.get(act.item_id, NAN) if math.isnan(act.price) else act.price
        price = 33.0 if math.isnan(price) and act.item_id in book.shown else price
        return math.log(price) if price > 0 else NAN

    return [x for x in map(remembered, book.touches) if not math.isnan(x)]


def price_columns(book: Book) -> dict[str, list[float]]:
    n = len(book.items)
    listed = [i.price if i.price > 0 else NAN for i in book.items]
    known = [p for p in listed if not math.isnan(p)]
    logs = [math.log(p) for p in known]
    spread = math.sqrt(sum((x - mean(logs)) ** 2 for x in logs) / len(logs)) if logs else NAN
    looked = looked_prices(book)
    past = mean([math.log(a.price) if a.price > 0 else NAN for a in book.earlier])
    columns: dict[str, list[float]] = {"price_percentile": percentiles(listed), "price_spread": [spread] * n}
    for name in PRICES:
        columns[name] = [NAN] * n
    passed: list[float] = []
    for i, price in enumerate(listed):
        if math.isnan(price):
            continue
        near = [p for j, p in enumerate(listed) if 0 < abs(i - j) <= 2 and not math.isnan(p)]
        log = math.log(price)
        cheaper = sum(p < price for p in passed)
        numbers = (
            log,
            price / mean(known),
            price / min(known),
            price / mean(near),
            (log - mean(logs)) / spread if spread > 0 else 0.0,
            log - math.log(min(passed)) if passed else 0.0,
            cheaper,
            cheaper / len(passed) if passed else 0.5,
            log - mean(looked),
            log - (looked[-1] if looked else NAN),
            log - (max(looked) if looked else NAN),
            log - past,
        )
        for name, number in zip(PRICES, numbers, strict=True):
            columns[name][i] = number
        passed.append(price)
    shares = [s for s in columns["price_percentile"] if not math.isnan(s)]
    rising = sum((s - 0.5) * ((k + 0.5) / len(shares) - 0.5) for k, s in enumerate(shares))
    columns["price_order"] = [12 * rising / len(shares) if len(shares) > 1 else 0.0] * n
    return columns


PRICES: Final = (
    *("log_price", "price_to_mean", "price_to_cheapest", "price_to_neighbours", "price_deviation"),
    *("price_to_cheapest_above", "cheaper_above", "share_cheaper_above", "price_to_session_mean"),
    *("price_to_last", "price_to_highest", "price_to_past_mean"),
)


def met_columns(book: Book) -> dict[str, list[float]]:
    touches = book.touches
    latest = {a.item_id: len(touches) - j for j, a in enumerate(touches)}  # steps, the last one is 1
    share = [
        sum(w / latest[o] for o, w in i.met if o in latest) / (sum(w for _, w in i.met) + 60)
        if touches
        else 0.0
        for i in book.items
    ]
    return {
        "covisitation_sum": share,
        "covisitation_max": [
            max((math.log1p(w) for o, w in i.met if o in latest), default=0.0) for i in book.items
        ],
        "covisitation_last": [
            max((math.log1p(w) for o, w in i.met if latest.get(o) == 1), default=0.0) for i in book.items
        ],
        "covisitation_percentile": percentiles([float(np.float32(s)) for s in share]),
    }


def taste_columns(book: Book) -> dict[str, list[float]]:
    touches = book.touches
    term = (book.context.search_term or "").lower().split()
    asked = [f.partition(":")[2] for f in book.context.filters if f.startswith("colour:")]

    def share(some: Sequence[Act], colour: str | None) -> float:
        weights = [(a.colour, 1 / (len(some) - j)) for j, a in enumerate(some) if a.colour]
        total = sum(w for _, w in weights)
        return sum(w for c, w in weights if c == colour) / total if colour and total else NAN

    def overlap(item: Item) -> float:
        sets = [(a.sizes, 1 / (len(touches) - j)) for j, a in enumerate(touches) if a.sizes]
        shared = sum((s & item.sizes).bit_count() * w for s, w in sets)
        return shared / (item.sizes.bit_count() * sum(w for _, w in sets)) if item.sizes and sets else NAN

    last = touches[-1].colour if touches else None
    days = [float(i.released) if i.released else NAN for i in book.items]
    looked_days = mean([float(a.released) if a.released else NAN for a in touches])
    return {
        "session_share_colour": [share(touches, i.colour) for i in book.items],
        "past_share_colour": [share(book.earlier, i.colour) for i in book.items],
        "same_as_last_colour": [float(i.colour == last) if i.colour and last else NAN for i in book.items],
        "in_filter_colour": [float(i.colour in asked) if asked else NAN for i in book.items],
        "in_search_colour": [float(i.colour in term) if term else NAN for i in book.items],
        "overlap_sizes": [overlap(i) for i in book.items],
        "number_weight": [i.weight for i in book.items],
        "above_session_mean_weight": [i.weight - mean([a.weight for a in touches]) for i in book.items],
        "days_old_released": [AT / 86_400 - d for d in days],
        "days_after_session_mean_released": [d - looked_days for d in days],
    }


def shared_columns(book: Book) -> dict[str, list[float]]:
    searches = [a.ago for a in book.acts if a.action == Action.SEARCH]
    pages = {"home": 1.0, "category": 2.0}
    dwell = [float(np.float32(x)) for x in recency_columns(book)["total_dwell"]]
    numbers = {
        "session_interactions": len(book.acts),
        "session_searches": len(searches),
        "session_seconds": book.acts[0].ago if book.acts else -1.0,
        "seconds_idle": book.acts[-1].ago if book.acts else -1.0,
        "last_action": book.acts[-1].action if book.acts else 0.0,
        "seconds_since_search": searches[-1] if searches else -1.0,
        "interactions_before_session": len(book.earlier),
        "hour_of_day": AT % 86_400 / 3_600,
        "device": {"mobile": 2.0}.get(book.context.device or "", 0.0),
        "page_type": pages.get(book.context.page.split("/")[0], 0.0),
    }
    n = len(book.items)
    created = [float(np.float32(i.created_at)) for i in book.items]
    return {name: [float(number)] * n for name, number in numbers.items()} | {
        "in_stock": [i.in_stock for i in book.items],
        "age_days": [(AT - i.created_at) / 86_400 for i in book.items],
        "age_percentile": percentiles(created),
        "dwell_percentile": percentiles(dwell),
        "percentile_of_log_clicks_30d": [0.5] * n,
        "percentile_of_clicks_over_expected_30d": [0.5] * n,
    }


def textbook(book: Book) -> dict[str, list[float]]:
    parts = (
        action_columns,
        recency_columns,
        place_columns,
        price_columns,
        met_columns,
        taste_columns,
        shared_columns,
    )
    return {name: column for part in parts for name, column in part(book).items()}


def columns_of(book: Book) -> dict[str, list[float]]:
    X: Matrix = matrix(TABLE, scene_of(book))
    return dict(zip(TABLE.names, X.T.tolist(), strict=True))


def agree(computed: Mapping[str, list[float]], expected: Mapping[str, list[float]]) -> None:
    for name, column in expected.items():
        assert computed[name] == pytest.approx(column, rel=2e-4, abs=2e-4, nan_ok=True), name


@settings(max_examples=100, deadline=None)
@given(books)
def test_every_column_is_what_the_textbook_loop_says(book: Book) -> None:
    agree(columns_of(book), textbook(book))


def test_the_textbook_leaves_no_column_out() -> None:
    book = Book([], [], [], [Item("i1", 1.0, NAN, NAN, None, 0, NAN, 0, ())], Context("home"))
    assert set(textbook(book)) == set(TABLE.names) - {f.name for f in STANDING}


@settings(max_examples=100, deadline=None)
@given(books)
def test_columns_that_do_not_tell_a_place_are_the_same_in_another_order(book: Book) -> None:
    listed = columns_of(book)
    turned = columns_of(replace(book, items=book.items[::-1]))
    for name in set(TABLE.names) - PLACED:
        assert turned[name][::-1] == pytest.approx(listed[name], rel=2e-4, abs=2e-4, nan_ok=True), name


def test_columns_that_tell_a_place_are_others_in_another_order() -> None:
    bare = Item("i0", 10.0, NAN, NAN, None, 0, NAN, 0, ())
    sold = [bare._replace(item_id=f"i{n}", price=10.0 + n**2) for n in range(5)]
    done = [Act(i, 60.0, Action.CLICK, 0, 5.0, None, 0, NAN, 0, 1) for i in ("i1", "i0")]
    book = Book(done, [], [], sold, Context("home"))
    order = (2, 0, 4, 1, 3)
    listed, turned = columns_of(book), columns_of(replace(book, items=[sold[i] for i in order]))
    same = [n for n in PLACED if turned[n] == pytest.approx([listed[n][i] for i in order], nan_ok=True)]
    assert same == []
