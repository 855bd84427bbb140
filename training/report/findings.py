"""What the report shows of the judged listings: places, importances, and lists before and after."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.table import FeatureTable
from training.baselines import as_served, shop_order
from training.dataset import Dataset

PLACES_SHOWN: Final = 8
ROWS_SHOWN: Final = 8
BLOCKS: Final[Mapping[str, str]] = {
    "A": "what this visitor did with the item",
    "B": "items that go together in a visit",
    "C": "taste: attributes and prices looked at",
    "D": "how popular the item is",
    "E": "the item itself: price, stock, age",
    "F": "where it stands in this list",
    "G": "the moment: how far the visit has come",
    "H": "earlier visits",
}

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """One item of an example list."""

    shop_place: int  # from 1
    place: int
    price: float | None
    wanted: bool
    facts: str  # what the model knew of it, in words


@dataclass(frozen=True, slots=True)
class Example:
    """One judged listing, before and after."""

    title: str
    page: str
    before: tuple[Row, ...]
    after: tuple[Row, ...]


def places(scores: npt.NDArray[np.float64], dataset: Dataset) -> Ints:
    """Return the place, from 1, that scores without ties give each row in its list; shape (rows,)."""
    listing = np.repeat(np.arange(len(dataset)), dataset.group)
    order = np.lexsort((-scores, listing))
    found = np.empty(len(order), np.int64)
    first = np.repeat(np.cumsum(dataset.group) - dataset.group, dataset.group)
    found[order] = np.arange(len(order)) - first + 1
    return found


def first_wanted(place: Ints, dataset: Dataset) -> Ints:
    """Return the best place of a wanted item of each listing that has one."""
    first = np.cumsum(dataset.group) - dataset.group
    nowhere = np.iinfo(np.int64).max
    best = np.minimum.reduceat(np.where(dataset.label > 0, place, nowhere), first)
    return best[best < nowhere]


def shares_by_place(best: Ints) -> list[float]:
    """Return the share of listings whose wanted item is at place 1, 2, … PLACES_SHOWN, and beyond.

    >>> shares_by_place(np.array([1, 1, 3, 40]))[:3]
    [0.5, 0.0, 0.25]
    """
    counts = np.bincount(np.minimum(best, PLACES_SHOWN + 1), minlength=PLACES_SHOWN + 2)[1:]
    return [float(count) / max(len(best), 1) for count in counts]


def importance(model: str, table: FeatureTable) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share of the total gain by block and by column, the largest first.

    A forest that never split has none.
    """
    booster = lgb.Booster(model_str=model)
    gain = np.asarray(booster.feature_importance("gain"), float)
    share = gain / (gain.sum() or 1.0)
    block_of = blocks(table)
    by_column = dict(zip(table.names, share.tolist(), strict=True))
    by_block: dict[str, float] = defaultdict(float)
    for name, value in by_column.items():
        by_block[BLOCKS.get(block_of[name], block_of[name])] += value
    return _largest_first(by_block), _largest_first(by_column)


def blocks(table: FeatureTable) -> dict[str, str]:
    """Return the block of each column."""
    return {f.name: f.block for f in table.standing} | {f.name: f.block for f in table.visiting}


def examples(dataset: Dataset, scores: npt.NDArray[np.float64]) -> tuple[Example, ...]:
    """Return lists that show what the model does: a typical gain, a small one, a loss, and one without any event."""
    if not len(dataset):
        return ()
    before, after = places(shop_order(dataset), dataset), places(as_served(dataset, scores), dataset)
    return tuple(
        _example(dataset, which, title, (before, after)) for title, which in _chosen(dataset, before, after)
    )


def _chosen(dataset: Dataset, before: Ints, after: Ints) -> Iterator[tuple[str, int]]:
    first = np.cumsum(dataset.group) - dataset.group
    wanted = np.add.reduceat(dataset.label > 0, first)
    only = np.flatnonzero((wanted == 1) & (dataset.group > ROWS_SHOWN // 2))
    row_of = {
        int(k): int(first[k] + np.argmax(dataset.label[first[k] : first[k] + dataset.group[k]])) for k in only
    }
    rise = np.array([before[row_of[int(k)]] - after[row_of[int(k)]] for k in only])
    events = dataset.X[first[only], dataset.names.index("session_interactions")] if len(only) else np.zeros(0)
    kinds = (
        ("A clear gain", (rise >= 3) & (events > 0), 0.5),  # noqa: PLR2004
        ("The visitor had done nothing yet", (events == 0) & (rise != 0), 0.5),
        ("A small change", (np.abs(rise) <= 2) & (rise != 0) & (events > 0), 0.5),  # noqa: PLR2004
        ("Where it got worse", rise <= -3, 0.25),  # noqa: PLR2004
    )
    for title, fits, quantile in kinds:
        if fits.any():
            candidates = only[fits][np.argsort(rise[fits], kind="stable")]
            yield title, int(candidates[int(quantile * (len(candidates) - 1))])


def _example(dataset: Dataset, which: int, title: str, place: tuple[Ints, Ints]) -> Example:
    start = int(dataset.group[:which].sum())
    rows = range(start, start + int(dataset.group[which]))
    shown = [_row(dataset, i, int(place[0][i]), int(place[1][i])) for i in rows]
    return Example(
        title,
        dataset.page[which],
        tuple(sorted(shown, key=lambda row: row.shop_place)[:ROWS_SHOWN]),
        tuple(sorted(shown, key=lambda row: row.place)[:ROWS_SHOWN]),
    )


def _row(dataset: Dataset, i: int, shop_place: int, place: int) -> Row:
    known = dict(zip(dataset.names, dataset.X[i].tolist(), strict=True))
    price = float(np.expm1(known["log_price"]))
    return Row(
        shop_place, place, None if np.isnan(price) else price, bool(dataset.label[i] > 0), _facts(known)
    )


def _facts(known: Mapping[str, float]) -> str:
    said = []
    for name, words in (("looks", "looked at"), ("clicks", "clicked"), ("cart_adds", "put into the cart")):
        if known[name] > 0:
            said.append(f"{words} {known[name]:.0f}×")  # noqa: RUF001 - a multiplication sign
    if known["seconds_since_touched"] >= 0:
        said.append(f"{_ago(known['seconds_since_touched'])} ago")
    return ", ".join(said)


def _ago(seconds: float) -> str:
    """Return a duration as a person says it.

    >>> _ago(40.0), _ago(1500.0)
    ('40 s', '25 min')
    """
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes


def _largest_first(shares: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(shares.items(), key=lambda pair: -pair[1]))
