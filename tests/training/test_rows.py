"""Rows on disk are chosen, read and learned from like rows in memory."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from training.dataset import Dataset
from training.fit import DEBIASED, Candidate, Forester
from training.rows import Floats, Kept, RowsOnDisk, chosen, nulls
from training.shown import Shown

MakeDataset = Callable[..., Dataset]


def on_disk(X: Floats, path: Path, most_bytes: int = 0) -> Floats:
    """Return X as rows of a file, so large that no choice of them is read."""
    np.save(path, X)
    mapped = np.load(path, mmap_mode="r")
    return cast("Floats", RowsOnDisk(mapped, np.arange(len(X)), most_bytes))


@pytest.fixture
def X() -> Floats:
    X = np.arange(30, dtype=np.float32).reshape(10, 3)
    X[4, 1] = np.nan
    return X


def test_they_are_indexed_as_in_memory(X: Floats, tmp_path: Path) -> None:
    found, rows = on_disk(X, tmp_path / "X.npy"), np.array([7, 2, 2])
    assert found[rows].tobytes() == X[rows].tobytes()
    assert found[rows, 2].tobytes() == X[rows, 2].tobytes()
    assert found[:, 0].tobytes() == X[:, 0].tobytes()
    assert found[3].tobytes() == X[3].tobytes()
    assert (len(found), found.shape) == (10, (10, 3))
    assert np.asarray(found).tobytes() == X.tobytes()


def test_few_are_read_and_many_stay(X: Floats, tmp_path: Path) -> None:
    mask = np.arange(10) > 5
    stays = chosen(on_disk(X, tmp_path / "X.npy"), mask)
    assert isinstance(stays, RowsOnDisk)
    read = chosen(on_disk(X, tmp_path / "X.npy", most_bytes=48), mask)
    assert isinstance(read, np.ndarray)
    assert np.asarray(stays).tobytes() == read.tobytes() == X[mask].tobytes()


def test_what_is_unknown_is_counted(X: Floats, tmp_path: Path) -> None:
    assert nulls(on_disk(X, tmp_path / "X.npy")).tolist() == nulls(X).tolist() == [0.0, 0.1, 0.0]


@pytest.mark.parametrize("objective", ["lambdarank", "binary", DEBIASED])
def test_a_forest_of_rows_on_disk_has_the_same_bytes(
    make_dataset: MakeDataset, tmp_path: Path, objective: str
) -> None:
    data = make_dataset(listings=300, clicked=0.7)
    shown = Shown(data.shop_index, np.full(len(data.label), np.nan), np.full(len(data), "mobile"))
    data = replace(data, shown=shown)
    forester, wanted = Forester(17, frozenset({"log_price"})), Candidate(objective, 20, 0.0, ())
    far = replace(data, X=on_disk(data.X, tmp_path / "X.npy"))
    assert isinstance(far.listings(far.time > 0).X, RowsOnDisk)
    assert forester.grow(far, wanted).text == forester.grow(data, wanted).text


@pytest.mark.parametrize("rows_a_block", [1, 7, 1_000])
def test_rows_that_were_kept_come_in_the_order_asked_for(rows_a_block: int) -> None:
    rng = np.random.default_rng(3)
    parts = [rng.random((count, 4), np.float32) for count in (5, 0, 12, 3, 7)]
    kept = Kept(4, rows_a_block)
    for part in parts:
        kept.add(part)
    places = rng.permutation(27)[:20]
    assert kept.let_go(places).tobytes() == np.concatenate(parts)[places].tobytes()
    assert Kept(4).let_go(np.zeros(0, np.int64)).shape == (0, 4)


def test_letting_rows_go_takes_no_second_copy_of_all() -> None:
    part = np.ones((25, 100), np.float32)
    kept = Kept(100, rows_a_block=1_000)
    tracemalloc.start()
    for _ in range(1_000):
        kept.add(part)
    found = kept.let_go(np.arange(25_000))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2.2 * found.nbytes
