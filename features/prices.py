"""The listing's prices against each other and against what the session touched, once per ranking."""

from enum import IntEnum, auto
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from features.percentile import percentile

NOT_KNOWN: Final = np.float32(np.nan)


class Price(IntEnum):
    """Rows of what `lay_prices` returns; each is one number per candidate, NaN where its price is not known."""

    LOG = 0
    PERCENTILE = auto()
    TO_MEAN = auto()
    TO_CHEAPEST = auto()
    TO_NEIGHBOURS = auto()
    DEVIATION = auto()
    TO_CHEAPEST_ABOVE = auto()
    CHEAPER_ABOVE = auto()
    CHEAPER_ABOVE_SHARE = auto()
    TO_SESSION_MEAN = auto()
    TO_LAST = auto()
    TO_HIGHEST = auto()
    TO_PAST_MEAN = auto()
    ORDER = auto()
    SPREAD = auto()


ROWS: Final = len(Price)
(LOG, PERCENTILE, TO_MEAN, TO_CHEAPEST, TO_NEIGHBOURS, DEVIATION, TO_CHEAPEST_ABOVE) = range(7)
(CHEAPER_ABOVE, CHEAPER_ABOVE_SHARE, TO_SESSION_MEAN, TO_LAST, TO_HIGHEST, TO_PAST_MEAN, ORDER, SPREAD) = (
    range(7, 15)
)


def prices(
    listed: npt.NDArray[np.float32], touched: npt.NDArray[np.float32], past: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return shape (len(Price), n) from the listing's prices and those touched in the session and before it.

    A price that is NaN, zero or negative is not known.
    """
    out = np.full((ROWS, len(listed)), NOT_KNOWN, np.float32)
    logs = _logs(listed)
    out[PERCENTILE] = percentile(np.where(listed > 0, listed, NOT_KNOWN))
    _lay_list(listed, logs, out)
    _lay_touched(logs, _logs(touched), _logs(past), out)
    return out


@nb.njit(cache=True)
def _logs(prices):  # type: ignore[no-untyped-def]  # numba infers
    out = np.empty(len(prices), np.float64)
    for i in range(len(prices)):
        out[i] = np.log(prices[i]) if prices[i] > 0 else np.nan
    return out


@nb.njit(cache=True)
def _mean(values):  # type: ignore[no-untyped-def]  # numba infers
    """Return (mean, how many) of the known values; NaN of none."""
    total, count = 0.0, 0
    for value in values:
        if value == value:
            total += value
            count += 1
    return (total / count if count else np.nan), count


@nb.njit(cache=True)
def _lay_list(listed, logs, out):  # type: ignore[no-untyped-def]  # numba infers
    n = len(listed)
    mean_log, known = _mean(logs)
    total, cheapest, squares = 0.0, np.inf, 0.0
    for i in range(n):
        if logs[i] == logs[i]:
            total += listed[i]
            cheapest = min(cheapest, listed[i])
            squares += (logs[i] - mean_log) ** 2
    spread = np.sqrt(squares / known) if known else np.nan
    cheapest_above, above, order = np.inf, 0, 0.0
    passed = np.empty(n, np.float32)  # prices listed above, sorted
    for i in range(n):
        out[SPREAD, i] = spread
        if logs[i] != logs[i]:
            continue
        cheaper_above = np.searchsorted(passed[:above], listed[i])
        out[LOG, i] = logs[i]
        out[TO_MEAN, i] = listed[i] * known / total
        out[TO_CHEAPEST, i] = listed[i] / cheapest
        out[DEVIATION, i] = (logs[i] - mean_log) / spread if spread > 0.0 else 0.0
        out[TO_CHEAPEST_ABOVE, i] = logs[i] - np.log(cheapest_above) if above else 0.0
        out[CHEAPER_ABOVE, i] = cheaper_above
        out[CHEAPER_ABOVE_SHARE, i] = cheaper_above / above if above else 0.5
        order += (out[PERCENTILE, i] - 0.5) * ((above + 0.5) / known - 0.5)
        cheapest_above = min(cheapest_above, listed[i])
        passed[cheaper_above + 1 : above + 1] = passed[cheaper_above:above].copy()
        passed[cheaper_above] = listed[i]
        above += 1
        near, count = 0.0, 0
        for j in range(max(i - 2, 0), min(i + 3, n)):
            if j != i and logs[j] == logs[j]:
                near += listed[j]
                count += 1
        if count:
            out[TO_NEIGHBOURS, i] = listed[i] * count / near
    out[ORDER, :] = 12.0 * order / known if known > 1 else 0.0


@nb.njit(cache=True)
def _lay_touched(logs, touched, past, out):  # type: ignore[no-untyped-def]  # numba infers
    session_mean, _ = _mean(touched)
    past_mean, _ = _mean(past)
    last, highest = np.nan, np.nan
    for price in touched:
        if price == price:
            last = price
            highest = price if highest != highest else max(highest, price)
    for i in range(len(logs)):
        out[TO_SESSION_MEAN, i] = logs[i] - session_mean
        out[TO_LAST, i] = logs[i] - last
        out[TO_HIGHEST, i] = logs[i] - highest
        out[TO_PAST_MEAN, i] = logs[i] - past_mean
