"""Listings on their way into a dataset: the small columns of a stretch of them, and putting stretches together."""

from collections.abc import Iterable, Sequence
from itertools import islice
from sys import intern
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.identity import hash64, mixed
from training.labelling import Seen

FEWEST_CANDIDATES: Final = 2  # of one candidate there is one order
LISTINGS_AT_ONCE: Final = 2_000

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
        """Gather listings, LISTINGS_AT_ONCE at a time: of more than those nothing is held but their columns."""
        coming = iter(listings)
        some = [cls._of([])]
        while few := list(islice(coming, LISTINGS_AT_ONCE)):
            some.append(cls._of(few))
        return cls(*(np.concatenate(columns) for columns in zip(*some, strict=True)))

    @classmethod
    def _of(cls, listings: Sequence[Seen]) -> "Part":
        return cls(
            np.array([s.received_at for s in listings], np.float64),
            np.array([s.sequence for s in listings], np.uint64),
            np.array([hash64(s.key) for s in listings], np.uint64),
            np.array([s.time for s in listings], np.float64),
            np.array([s.session for s in listings], np.uint32),
            np.array([s.page for s in listings], np.str_),
            np.array([len(s.item) for s in listings], np.int32),
            _end_to_end([s.item for s in listings], np.uint64),
            _end_to_end([s.seen for s in listings], np.bool_),
            _end_to_end([s.label for s in listings], np.int8),
            _end_to_end([s.index for s in listings], np.int32),
            _end_to_end([_chances(s) for s in listings], np.float64),
            np.array([s.device for s in listings], np.str_),
        )


class Joined(NamedTuple):
    """The L listings of all parts that can be learned from, in the order of the log, and of each what was seen."""

    group: npt.NDArray[np.int32]  # (L,) candidates that were seen of each
    session: npt.NDArray[np.uint32]  # (L,)
    time: npt.NDArray[np.float64]  # (L,) Unix seconds
    page: tuple[str, ...]  # (L,)
    device: npt.NDArray[np.str_]  # (L,)
    label: npt.NDArray[np.int8]  # (rows,)
    shop_index: npt.NDArray[np.int32]  # (rows,) place in the shop's order
    tie: npt.NDArray[np.uint64]  # (rows,) hash of (listing, item)
    placed: npt.NDArray[np.int32]  # (rows,) index on the page
    propensity: npt.NDArray[np.float64]  # (rows,) as of Part
    rows: Rows  # (rows,) where each is, in the rows of all parts one after the other

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "Joined":
        """Join parts: the listings of which at least FEWEST_CANDIDATES were seen, and of them what was seen.

        A part is looked at twice and never held beside another, so that parts may be read from files.
        """
        order = _Order.of(parts)
        joined, before = cls._empty(order.group), 0
        page, device = [""] * len(joined.group), [""] * len(joined.group)
        for number, part in enumerate(parts):
            mine = np.flatnonzero(order.part == number)
            listings = order.listing[mine]
            joined.take(part, listings, mine, before)
            _put(page, mine, part.page[listings])
            _put(device, mine, part.device[listings])
            before += len(part.item)
        return joined._replace(page=tuple(page), device=np.array(device, np.str_))

    @classmethod
    def _empty(cls, group: npt.NDArray[np.int32]) -> "Joined":
        listings, rows = len(group), int(group.sum())
        return cls(
            group=group,
            session=np.empty(listings, np.uint32),
            time=np.empty(listings, np.float64),
            page=(),
            device=np.empty(0, np.str_),
            label=np.empty(rows, np.int8),
            shop_index=np.empty(rows, np.int32),
            tie=np.empty(rows, np.uint64),
            placed=np.empty(rows, np.int32),
            propensity=np.empty(rows, np.float64),
            rows=np.empty(rows, np.int64),
        )

    def take(self, part: Part, listings: Rows, mine: Rows, before: int) -> None:
        """Put some listings of a part in their places, `mine`; `before` it are so many rows of other parts."""
        group = self.group[mine]
        starts = (np.cumsum(part.group, dtype=np.int64) - part.group)[listings]
        rows = _ranges(starts, part.group[listings])
        rows = rows[part.seen[rows]]
        places = _ranges((np.cumsum(self.group, dtype=np.int64) - self.group)[mine], group)
        self.session[mine] = part.session[listings]
        self.time[mine] = part.time[listings]
        self.label[places] = part.label[rows]
        self.shop_index[places] = rows - np.repeat(starts, group)
        self.tie[places] = mixed(part.item[rows] ^ np.repeat(part.key[listings], group))
        self.placed[places] = part.placed[rows]
        self.propensity[places] = part.propensity[rows]
        self.rows[places] = rows + before


class _Order(NamedTuple):
    """Which listings can be learned from, in the order of the log."""

    part: npt.NDArray[np.int32]  # (L,) number of the part that has it
    listing: Rows  # (L,) its number there
    group: npt.NDArray[np.int32]  # (L,) candidates that were seen

    @classmethod
    def of(cls, parts: Sequence[Part]) -> "_Order":
        number, listing, shown, received_at, sequence = (
            np.concatenate(columns)
            for columns in zip(
                *(
                    (np.full(len(p), n, np.int32), np.arange(len(p)), _shown(p), p.received_at, p.sequence)
                    for n, p in enumerate(parts)
                ),
                strict=True,
            )
        )
        order = np.lexsort((sequence, received_at))
        order = order[shown[order] >= FEWEST_CANDIDATES]
        return cls(number[order], listing[order], shown[order])


def _put(texts: list[str], places: Rows, found: npt.NDArray[np.str_]) -> None:
    """Put texts, which come again and again, in their places: each is held once."""
    for place, text in zip(places.tolist(), found.tolist(), strict=True):
        texts[place] = intern(text)


def _shown(part: Part) -> npt.NDArray[np.int32]:
    """Return how many candidates of each listing were seen."""
    seen = np.concatenate([[0], np.cumsum(part.seen)])
    ends = np.cumsum(part.group)
    shown: npt.NDArray[np.int32] = (seen[ends] - seen[ends - part.group]).astype(np.int32)
    return shown


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


def _end_to_end(parts: list[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *parts], dtype=dtype, casting="same_kind")
