"""Listings on their way into a dataset: the small columns of a stretch of them, and putting stretches together."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.identity import hash64
from training.labelling import Seen

FEWEST_CANDIDATES: Final = 2  # of one candidate there is one order

Rows: TypeAlias = npt.NDArray[np.int64]


class Part(NamedTuple):
    """L listings with `rows` candidates in all, in the order in which they were shown.

    A listing's candidates stand together, in the shop's order; the columns of the feature table are elsewhere, in the
    same order of rows.
    """

    received_at: npt.NDArray[np.float64]  # (L,) Unix seconds; with `sequence` the order of the log
    sequence: npt.NDArray[np.uint64]  # (L,)
    key: npt.NDArray[np.uint64]  # (L,) hash of the listing's id
    time: npt.NDArray[np.float64]  # (L,) Unix seconds
    session: npt.NDArray[np.uint32]  # (L,)
    page: npt.NDArray[np.str_]  # (L,)
    group: npt.NDArray[np.int32]  # (L,) candidates of each
    item: npt.NDArray[np.uint64]  # (rows,) hashes
    seen: npt.NDArray[np.bool_]  # (rows,)
    label: npt.NDArray[np.int8]  # (rows,)
    placed: npt.NDArray[np.int32]  # (rows,) index on the page
    propensity: npt.NDArray[np.float64]  # (rows,) as drawn; NaN: not drawn, or not seen as a whole
    device: npt.NDArray[np.str_]  # (L,)

    def __len__(self) -> int:
        return len(self.group)

    @classmethod
    def of(cls, listings: Iterable[Seen]) -> "Part":
        """Gather listings; of each no more than a few numbers and arrays are held."""
        scalars: list[tuple[float, int, int, float, int, str, int]] = []
        item: list[npt.NDArray[Any]] = []
        seen: list[npt.NDArray[Any]] = []
        label: list[npt.NDArray[Any]] = []
        placed: list[npt.NDArray[Any]] = []
        propensity: list[npt.NDArray[Any]] = []
        device: list[str] = []
        for s in listings:
            scalars.append((s.received_at, s.sequence, hash64(s.key), s.time, s.session, s.page, len(s.item)))
            item.append(s.item)
            seen.append(s.seen)
            label.append(s.label)
            placed.append(s.index)
            propensity.append(_chances(s))
            device.append(s.device)
        received_at, sequence, key, time, session, page, group = (
            zip(*scalars, strict=True) if scalars else [()] * 7
        )
        return cls(
            np.array(received_at, np.float64),
            np.array(sequence, np.uint64),
            np.array(key, np.uint64),
            np.array(time, np.float64),
            np.array(session, np.uint32),
            np.array(page, np.str_),
            np.array(group, np.int32),
            _joined(item, np.uint64),
            _joined(seen, np.bool_),
            _joined(label, np.int8),
            _joined(placed, np.int32),
            _joined(propensity, np.float64),
            np.array(device, np.str_),
        )


class Joined(NamedTuple):
    """The listings of all parts that can be learned from, in the order of the log."""

    part: Part  # of seen candidates alone
    shop_index: npt.NDArray[np.int32]  # (rows,) place in the shop's order
    rows: Rows  # (rows,) where each is, in the rows of all parts one after the other

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "Joined":
        """Join parts: the listings of which at least FEWEST_CANDIDATES were seen, and of them what was seen."""
        whole = Part(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        starts = np.cumsum(whole.group, dtype=np.int64) - whole.group
        listing = np.repeat(np.arange(len(whole)), whole.group)
        shown = np.bincount(listing[whole.seen], minlength=len(whole)).astype(np.int32)
        order = np.lexsort((whole.sequence, whole.received_at))
        order = order[shown[order] >= FEWEST_CANDIDATES]
        rows = _ranges(starts[order], whole.group[order])
        rows = rows[whole.seen[rows]]
        part = Part(
            received_at=whole.received_at[order],
            sequence=whole.sequence[order],
            key=whole.key[order],
            time=whole.time[order],
            session=whole.session[order],
            page=whole.page[order],
            group=shown[order],
            item=whole.item[rows],
            seen=whole.seen[rows],
            label=whole.label[rows],
            placed=whole.placed[rows],
            propensity=whole.propensity[rows],
            device=whole.device[order],
        )
        return cls(part, (rows - np.repeat(starts[order], part.group)).astype(np.int32), rows)


def _chances(listing: Seen) -> npt.NDArray[np.float64]:
    """Return the chances of a drawn listing; none of one of which some was not seen: another order might show that."""
    if listing.propensity is None or not listing.seen.all():
        return np.full(len(listing.item), np.nan)
    return listing.propensity


def _ranges(starts: Rows, lengths: npt.NDArray[np.int32]) -> Rows:
    """Return the numbers from each start on, as many as its length says.

    >>> _ranges(np.array([10, 0]), np.array([2, 3], np.int32)).tolist()
    [10, 11, 0, 1, 2]
    """
    before = np.cumsum(lengths, dtype=np.int64) - lengths
    numbers: Rows = np.arange(int(lengths.sum()), dtype=np.int64) + np.repeat(starts - before, lengths)
    return numbers


def _joined(parts: list[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *parts], dtype=dtype, casting="same_kind")
