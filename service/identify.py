"""Ids of rankings: UUIDs of version 7, which sort by the time they were made."""

import os
from typing import Final

_VERSION: Final = 0x7000_0000_0000_0000_0000
_VARIANT: Final = 0x8000_0000_0000_0000


def ranking_id(now: float, noise: bytes | None = None) -> str:
    """Return a UUID of version 7 for a time; `noise` is 10 random bytes.

    >>> ranking_id(1795366800.5, bytes(10))
    '01a20433-4c74-7000-8000-000000000000'
    """
    drawn = int.from_bytes(os.urandom(10) if noise is None else noise)
    high, low = drawn >> 62 & 0xFFF, drawn & 0x3FFF_FFFF_FFFF_FFFF
    text = f"{int(now * 1000) << 80 | _VERSION | high << 64 | _VARIANT | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
