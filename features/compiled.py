"""Machine code for loops over items and interactions that numpy has no word for."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile a function when it is first called, for the types of that call, and keep the code on disk.

    The interpreter's lock stays held: most loops take microseconds. A call with other types or another memory layout
    compiles again, which takes a second of somebody's ranking: give contiguous arrays, and the same types, always.
    Where no directory can be written, such as in a read-only image without a home, each process compiles for itself.
    """
    try:
        return cast("Function", numba.njit(cache=True)(function))
    except RuntimeError:  # numba: no place for its cache
        return cast("Function", numba.njit(function))
