"""Where each value of a list stands among the others."""

import numpy as np

from features.columns.row import Column
from features.compiled import jit


@jit
def percentile(values: Column) -> Column:
    """Return the share of the list below each value, ties counted half; shape (n,), NaN stays NaN.

    A list of one, or of equals, is 0.5 throughout. The values are contiguous.

    >>> percentile(np.array([3, 1, 2, 2], np.float32)).tolist()
    [0.875, 0.125, 0.5, 0.5]
    """
    out = np.full(len(values), np.float32(np.nan))
    order = np.argsort(values)  # NaN sorts last
    known = len(values)
    while known and np.isnan(values[order[known - 1]]):
        known -= 1
    start = 0
    while start < known:
        end = start + 1
        while end < known and values[order[end]] == values[order[start]]:
            end += 1
        for k in range(start, end):
            out[order[k]] = (start + end) / 2.0 / known
        start = end
    return out
