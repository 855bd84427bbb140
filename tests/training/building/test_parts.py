"""Parts are joined in the order of the log, without holding them beside each other."""

import tracemalloc
from pathlib import Path
from typing import Final

import numpy as np

from training.building.files import SavedParts, save_part
from training.parts import Joined, Part

PARTS: Final = 8
LISTINGS: Final = 1_000  # of each part
CANDIDATES: Final = 25


def part(number: int) -> Part:
    """Listings of every eighth second, the first candidate of which nobody saw, and of the last only one."""
    rng = np.random.default_rng(number)
    rows = LISTINGS * CANDIDATES
    seconds = np.arange(number, LISTINGS * PARTS, PARTS).astype(np.float64)
    seen = np.ones((LISTINGS, CANDIDATES), np.bool_)
    seen[:, 0] = False
    seen[-1, 2:] = False
    return Part(
        received_at=seconds,
        sequence=np.zeros(LISTINGS, np.uint64),
        key=rng.integers(0, 2**63, LISTINGS, np.uint64),
        time=seconds,
        session=np.full(LISTINGS, number, np.uint32),
        page=np.full(LISTINGS, "category/shoes"),
        group=np.full(LISTINGS, CANDIDATES, np.int32),
        item=rng.integers(0, 2**63, rows, np.uint64),
        seen=seen.ravel(),
        label=np.full(rows, number % 4, np.int8),
        placed=np.tile(np.arange(CANDIDATES, dtype=np.int32), LISTINGS),
        propensity=np.full(rows, number / PARTS),
        device=np.full(LISTINGS, "mobile" if number else "desktop"),
    )


def saved(directory: Path) -> SavedParts:
    paths = [directory / str(number) for number in range(PARTS)]
    for number, path in enumerate(paths):
        save_part(path, part(number))
    return SavedParts(paths)


def test_listings_stand_in_the_order_of_the_log(tmp_path: Path) -> None:
    joined = Joined.of(saved(tmp_path))
    listings = PARTS * (LISTINGS - 1)
    assert joined.time.tolist() == [float(second) for second in range(listings)]
    assert joined.session.tolist() == [second % PARTS for second in range(listings)]
    assert set(joined.group.tolist()) == {CANDIDATES - 1}
    assert joined.label.reshape(listings, -1)[:, 0].tolist() == [n % PARTS % 4 for n in range(listings)]
    assert joined.shop_index[: CANDIDATES - 1].tolist() == list(range(1, CANDIDATES))
    assert (
        joined.rows[CANDIDATES - 1] == LISTINGS * CANDIDATES + 1
    )  # the second listing is the first of its part
    assert joined.device[:2].tolist() == ["desktop", "mobile"]
    assert len({id(page) for page in joined.page}) == 1
    assert len(set(joined.tie.tolist())) == len(joined.tie)


def test_joining_takes_what_comes_out_and_little_more(tmp_path: Path) -> None:
    parts = saved(tmp_path)
    one = sum(column.nbytes for column in parts[0])
    tracemalloc.start()
    try:
        joined = Joined.of(parts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < sum(c.nbytes for c in joined if isinstance(c, np.ndarray)) + 4 * one
