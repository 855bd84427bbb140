"""Made-up listings whose clicks follow what the visitor touched, as far as a test wants."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.table import feature_table
from training.dataset import Dataset

MakeDataset = Callable[..., Dataset]
START = 1_700_000_000.0
SECONDS_APART = 120.0


class Rows:
    """Columns of the feature table by name; what is not put is 0."""

    def __init__(self, rows: int) -> None:
        self.table = feature_table(DEFAULT)
        self.X = np.zeros((rows, len(self.table)), np.float32)

    def put(self, name: str, values: np.ndarray | float, where: slice = slice(None)) -> None:
        self.X[where, self.table.names.index(name)] = values

    def put_a_look(self, row: int, listing: slice) -> None:
        self.put("items_since_touched", 0.0, slice(row, row + 1))
        self.put("seconds_since_touched", 30.0, slice(row, row + 1))
        self.put("looks", 2.0, slice(row, row + 1))
        self.put("session_interactions", 2.0, listing)


def make_dataset(listings: int = 400, signal: float = 4.0, seed: int = 1, clicked: float = 1.0) -> Dataset:
    """Listings of 5 to 12 items, two in a row per session, two minutes apart, shown in the shop's order.

    The touched item is clicked `exp(signal)` times as often as it would be otherwise; places below are clicked less.
    `clicked` is the share of listings that are followed by a click at all.
    """
    rng = np.random.default_rng(seed)
    group = rng.integers(5, 13, listings).astype(np.int32)
    start, count = np.cumsum(group) - group, int(group.sum())
    index = (np.arange(count) - np.repeat(start, group)).astype(np.int32)
    rows, label = Rows(count), np.zeros(count, np.int8)
    rows.put("shop_index", index)
    rows.put("log_price", np.log1p(rng.uniform(5, 90, count)))
    rows.put("log_clicks_30d", rng.uniform(0, 2, count))
    rows.put("items_since_touched", -1.0)
    rows.put("seconds_since_touched", -1.0)
    for first, size in zip(start.tolist(), group.tolist(), strict=True):
        touched, appeal = int(rng.integers(size)), -0.2 * np.arange(size)
        if rng.random() < 0.7:
            rows.put_a_look(first + touched, slice(first, first + size))
            appeal[touched] += signal
        if rng.random() < clicked:
            label[first + rng.choice(size, p=np.exp(appeal) / np.exp(appeal).sum())] = 1
    return Dataset(
        X=rows.X,
        label=label,
        shop_index=index,
        tie=rng.integers(0, 2**63, count, dtype=np.uint64),
        group=group,
        session=(np.arange(listings) // 2).astype(np.uint32),
        time=START + SECONDS_APART * np.arange(listings, dtype=np.float64),
        page=tuple("search/shoes" if i % 3 else "category/hats" for i in range(listings)),
        names=rows.table.names,
        table_hash=rows.table.hash,
    )


@pytest.fixture(scope="session", name="make_dataset")
def _make_dataset() -> MakeDataset:
    return make_dataset


@pytest.fixture
def shuffled_labels() -> Callable[[Dataset], Dataset]:
    """Give each listing's clicks to items drawn at random: nothing is left to learn."""

    def shuffle(dataset: Dataset) -> Dataset:
        rng = np.random.default_rng(5)
        listing = np.repeat(np.arange(len(dataset)), dataset.group)
        order = np.lexsort((rng.random(len(listing)), listing))
        return replace(dataset, label=dataset.label[order])

    return shuffle
