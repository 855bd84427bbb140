"""Opaque ids as fixed-width numbers: what state and columns hold instead of strings."""

from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

PARTITIONS: Final = 8  # streams per shop; the most masters one shop can spread over
_REMEMBERED: Final = 8_192  # texts whose hash is at hand: ids come again and again; 2 MB at the most


@lru_cache(_REMEMBERED)
def hash64(text: str) -> int:
    """Return 64 bits of BLAKE2b of `text`, little-endian.

    Two of a million ids share a value with probability 3e-8.

    >>> hash64("A1") == hash64("A1"), hash64("A1") == hash64("A2")
    (True, False)
    """
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


@lru_cache(_REMEMBERED)
def session_hash(session_id: str | None) -> int:
    """Return 32 bits that stand for a session; 0 where the storefront names none.

    >>> session_hash(None)
    0
    """
    return 0 if session_id is None else (hash64(session_id) & 0xFFFF_FFFF) or 1


def partition_of(owner_id: str) -> int:
    """Return the stream partition, in [0, PARTITIONS), of a visitor (or of an event without one)."""
    return hash64(owner_id) % PARTITIONS


def mixed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return hashes in which each bit depends on all bits: SplitMix64's finalizer (Steele, Lea, Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))
