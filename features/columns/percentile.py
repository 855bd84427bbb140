"""Where each value of a list stands among the others."""

import numba as nb
import numpy as np

from features.touches import Column


def percentile(values: Column) -> Column:
    """Return the share of the list below each value, ties counted half; shape (n,), NaN stays NaN.

    A list of one, or of equals, is 0.5 throughout.

    >>> percentile(np.array([3, 1, 2, 2], np.float32)).tolist()
    [0.875, 0.125, 0.5, 0.5]
    """
    return _percentile(np.ascontiguousarray(values))


@nb.njit(cache=True)
def _percentile(values):  # type: ignore[no-untyped-def]  # numba infers
    n = len(values)
    out = np.empty(n, np.float32)
    known = 0
    for i in range(n):
        known += values[i] == values[i]
    for i in range(n):
        if values[i] != values[i]:
            out[i] = np.nan
            continue
        below = 0.0
        for j in range(n):
            below += 1.0 if values[j] < values[i] else (0.5 if values[j] == values[i] else 0.0)
        out[i] = below / known
    return out
