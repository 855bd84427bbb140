"""Python's search for cycles among what is in memory, put off where a program goes through millions of rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ALLOCATIONS: Final = 1_000_000  # containers between searches: usually 700, and a chunk has 100,000


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Search for cycles a thousand times more rarely, and never among what was there before.

    Rows hold no cycles, and are freed without a search: it took a quarter of a rebuild's time and found nothing.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
