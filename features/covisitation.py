"""What the candidates share with the session's items, from the neighbours that each candidate's row carries.

The 32 heaviest neighbours stand with the candidate, so that no second read is needed once the session is known.
"""

import numba as nb
import numpy as np


@nb.njit(cache=True)
def lay_covisitation(items, neighbours, weights):  # type: ignore[no-untyped-def]  # numba infers
    """Return shape (3, n): weighted share, max and last, from the session's items (oldest first)."""
    n, m = neighbours.shape[0], len(items)
    out = np.zeros((3, n), np.float32)
    for i in range(n):
        total, found = 0.0, 0.0
        for k in range(neighbours.shape[1]):
            if neighbours[i, k] == 0:
                break
            total += weights[i, k]
            for j in range(m - 1, -1, -1):  # the latest touch of that neighbour
                if items[j] == neighbours[i, k]:
                    found += weights[i, k] / (m - j)
                    out[1, i] = max(out[1, i], np.log1p(weights[i, k]))
                    if j == m - 1:
                        out[2, i] = np.log1p(weights[i, k])
                    break
        out[0, i] = found / (total + 60.0)  # one direct pair of pseudo-weight: a single meeting proves little
    return out
