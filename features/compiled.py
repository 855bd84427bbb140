"""Machine code for loops over items and interactions that numpy has no word for."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
_LINEAR_ALGEBRA: Final = "scipy.linalg.cython_blas"


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
