"""Machine code for loops over items and interactions that numpy has no word for."""

import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
from numba.core import caching

Function = TypeVar("Function", bound=Callable[..., Any])
_LINEAR_ALGEBRA: Final = "scipy.linalg.cython_blas"
SOURCES: Final = ("*.py", "columns/*.py", "sessions/*.py")  # below this directory: all that loops are made of


def jit(function: Function) -> Function:
    """Compile a function when it is first called, for the types of that call, and keep the code on disk.

    The interpreter's lock stays held: most loops take microseconds. A call with other types or another memory layout
    compiles again, which takes a second of somebody's ranking: give contiguous arrays, and the same types, always.
    Where no directory can be written, such as in a read-only image without a home, each process compiles for itself.
    """
    try:
        return cast("Function", numba.njit(cache=True)(function))
    except (RuntimeError, OSError):  # no place for numba's cache
        return cast("Function", numba.njit(function))


@cache
def _sources() -> bytes:
    """Return a hash of the sources that compiled loops take others, and constants, from."""
    here = Path(__file__).parent
    files = sorted(chain.from_iterable(map(here.glob, SOURCES)))
    return sha256(b"".join(file.read_bytes() for file in files)).digest()


class _OfAllSources:
    """Machine code that is good for the sources it was made from; by itself numba asks a loop's own file alone.

    A loop holds the loops that it calls: after an upgrade, old ones would go on in new ones.
    """

    def get_source_stamp(self) -> tuple[object, bytes]:
        """Return what must be as it was for machine code to be loaded."""
        return super().get_source_stamp(), _sources()  # type: ignore[misc] # of a locator


class Given(_OfAllSources, caching.UserProvidedCacheLocator):
    """The directory that NUMBA_CACHE_DIR names."""


class Beside(_OfAllSources, caching.InTreeCacheLocator):
    """The directory of the source."""


class OfTheUser(_OfAllSources, caching.UserWideCacheLocator):
    """The user's cache directory, where that of the source cannot be written."""


_LOCATORS: Final = (Given, Beside, OfTheUser)
numba.config.CACHE_LOCATOR_CLASSES = ",".join(f"{__name__}.{each.__name__}" for each in _LOCATORS)  # type: ignore[attr-defined]


def _load_without_linear_algebra() -> None:
    """Have numba load what it compiles arrays with, but not scipy's linear algebra, if nobody else did.

    It takes 16 MB of each process for products of matrices in compiled code, of which there are none here.
    """
    absent = _LINEAR_ALGEBRA not in sys.modules
    if absent:
        sys.modules[_LINEAR_ALGEBRA] = None  # type: ignore[assignment]  # importlib's word for "there is none"
    try:
        import_module("numba.np.arraymath")  # it looks for it once, now
    finally:
        if absent:
            del sys.modules[_LINEAR_ALGEBRA]


_load_without_linear_algebra()
