"""A build on disk gives the bytes of one walk over the log, whatever it is cut into and wherever it is interrupted."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.increments import INCREMENT
from features.log.place import Log
from features.log.reader import facts
from features.readiness import Observed
from training.building.build import Plan, build
from training.building.counts import summed
from training.dataset import Dataset, dataset
from training.progress import Silent
from training.source import KINDS

LISTINGS: Final = 300


class AtOnce(Executor):
    """Does what is submitted at once, until it has done `lives` things; then it dies, as a machine does."""

    def __init__(self, lives: float = float("inf")) -> None:
        self.lives = lives

    def submit(self, call: Any, /, *given: Any, **_: Any) -> "Future[Any]":
        self.lives -= 1
        if self.lives < 0:
            raise InterruptedError
        future: Future[Any] = Future()
        future.set_result(call(*given))
        return future


class Told(Silent):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def tell(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture(scope="module")
def at_once(log: Log) -> Dataset:
    return dataset(facts(log, "acme", KINDS), DEFAULT)


def built(
    log: Log, directory: Path, shards: int, pool: Executor | None = None, told: Silent | None = None
) -> Dataset:
    plan = Plan(directory, shards, DEFAULT)
    return build(plan, (log, "acme", float("inf")), None, pool or AtOnce(), told or Silent()).data


def told(value: Any) -> Any:
    """Return what can be compared, to the byte."""
    if is_dataclass(value):
        return [told(getattr(value, f.name)) for f in fields(value)]
    return (value.shape, value.tobytes()) if hasattr(value, "tobytes") else value


def differing(one: Dataset, other: Dataset) -> list[str]:
    names = [f.name for f in fields(Dataset)]
    return [name for name in names if told(getattr(one, name)) != told(getattr(other, name))]


@pytest.mark.parametrize("shards", [1, 4])
def test_shards_give_the_bytes_of_one_walk(log: Log, at_once: Dataset, tmp_path: Path, shards: int) -> None:
    found = built(log, tmp_path, shards)
    assert differing(found, at_once) == []
    assert isinstance(found.X, np.memmap)
    assert len(found) > LISTINGS
    assert {"log_impressions_1d", "covisitation_sum"} <= set(found.names)
    assert all(found.X[:, found.names.index(n)].any() for n in ("log_impressions_1d", "covisitation_sum"))


@pytest.mark.parametrize("lives", [3, 6, 9])
def test_goes_on_where_it_was_killed(log: Log, at_once: Dataset, tmp_path: Path, lives: int) -> None:
    with pytest.raises(InterruptedError):
        built(log, tmp_path, 4, AtOnce(lives))
    hears = Told()
    found = built(log, tmp_path, 4, told=hears)
    assert differing(found, at_once) == []
    counted = min(lives - 2, 4)  # the cut and the observation, which is not kept, were submitted first
    replayed = max(0, lives - 7)  # after the counts and their merging
    assert f"counted: {counted} of 4 shards, {4 - counted} to do" in hears.lines
    assert f"replayed: {replayed} of 4 shards, {4 - replayed} to do" in hears.lines


def test_a_file_that_was_half_written_is_written_again(log: Log, at_once: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        built(log, tmp_path, 3, AtOnce(5))
    (tmp_path / "rows-0.partial").write_bytes(b"half")
    (tmp_path / "replayed-0.partial").write_bytes(b"half")
    assert differing(built(log, tmp_path, 3), at_once) == []


def test_what_is_observed_is_that_of_the_whole_log(log: Log, tmp_path: Path) -> None:
    seen = Observed()
    for fact in facts(log, "acme", KINDS):
        seen.take(fact.kind.value, fact.row)
    found = build(Plan(tmp_path, 3, DEFAULT), (log, "acme", float("inf")), None, AtOnce(), Silent()).seen
    assert (found.events, found.hours, found.following.outcomes) == (
        seen.events,
        seen.hours,
        seen.following.outcomes,
    )


def rows(given: Sequence[tuple[int, int, int]]) -> Any:
    found = np.zeros(len(given), INCREMENT)
    found["item"], found["counter"], found["amount"] = np.array(given, np.int64).reshape(-1, 3).T
    return found


def test_equal_counters_are_added_up() -> None:
    found = summed(rows([(1, 0, 2), (1, 0, 3), (1, 1, 1), (2, 1, 1)]))
    assert found["amount"].tolist() == [5, 1, 1]
    assert len(summed(rows([]))) == 0
