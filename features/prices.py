"""The listing's prices against each other and against what the session touched, once per ranking."""

from enum import IntEnum, auto
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import Records
from features.percentile import percentile
from features.touches import Block, Column

Logs: TypeAlias = npt.NDArray[np.float64]


class Price(IntEnum):
    """Rows of what `prices` returns; each is one number per candidate, NaN where its price is not known."""

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


def prices(listed: Column, touched: Column, earlier: Records) -> list[Column]:
    """Return one row per Price, each of shape (n,): the listing's prices, those touched, and earlier interactions.

    A price that is NaN, zero or negative is not known. A row is NaN where there is no known price to compare with.
    """
    out = np.empty((len(Price), len(listed)), np.float32)
    known = np.empty(len(listed), np.float32)
    _lay_known(listed, known)
    shares = percentile(known)
    _lay(listed, shares, touched, earlier, out)
    return list(out)


@jit
def _lay_known(prices: Column, known: Column) -> None:
    for i in range(len(prices)):
        known[i] = prices[i] if prices[i] > 0.0 else np.nan


@jit
def _lay(listed: Column, shares: Column, touched: Column, earlier: Records, out: Block) -> None:
    """Fill all rows; `shares` are the percentiles of the listed prices."""
    logs = _logs(listed)
    past = np.empty(len(earlier), np.float32)
    for row in range(len(earlier)):
        past[row] = earlier[row]["price"]
    out[:] = np.nan
    out[Price.PERCENTILE] = shares
    known = _lay_list(listed, logs, out)
    _lay_above(listed, logs, known, out)
    _lay_touched(logs, _logs(touched), _logs(past), out)


@jit
def _lay_list(listed: Column, logs: Logs, out: Block) -> int:
    """Fill what each price is among those listed; return how many are known."""
    mean_log, known = _mean(logs)
    total, cheapest, squares = 0.0, np.inf, 0.0
    for i in range(len(listed)):
        if not np.isnan(logs[i]):
            total += listed[i]
            cheapest = min(cheapest, listed[i])
            squares += (logs[i] - mean_log) ** 2
    spread = np.sqrt(squares / known) if known else np.nan
    out[Price.SPREAD] = spread
    for i in range(len(listed)):
        if not np.isnan(logs[i]):
            out[Price.LOG, i] = logs[i]
            out[Price.TO_MEAN, i] = listed[i] * known / total
            out[Price.TO_CHEAPEST, i] = listed[i] / cheapest
            out[Price.DEVIATION, i] = (logs[i] - mean_log) / spread if spread > 0.0 else 0.0
            out[Price.TO_NEIGHBOURS, i] = _to_neighbours(listed, i)
    return known


@jit
def _lay_above(listed: Column, logs: Logs, known: int, out: Block) -> None:
    """Fill what each price is to those a visitor who reads down has passed, and how prices rise down the list."""
    cheapest, log_cheapest, above, order = np.inf, np.inf, 0, 0.0
    passed = np.empty(len(listed), np.float32)  # prices listed above, sorted
    for i in range(len(listed)):
        if np.isnan(logs[i]):
            continue
        cheaper = np.searchsorted(passed[:above], listed[i])
        out[Price.TO_CHEAPEST_ABOVE, i] = logs[i] - log_cheapest if above else 0.0
        out[Price.CHEAPER_ABOVE, i] = cheaper
        out[Price.CHEAPER_ABOVE_SHARE, i] = cheaper / above if above else 0.5
        order += (out[Price.PERCENTILE, i] - 0.5) * ((above + 0.5) / known - 0.5)
        if listed[i] < cheapest:
            cheapest = np.float64(listed[i])
            log_cheapest = np.log(cheapest)
        for place in range(above, cheaper, -1):
            passed[place] = passed[place - 1]
        passed[cheaper] = listed[i]
        above += 1
    out[Price.ORDER] = 12.0 * order / known if known > 1 else 0.0


@jit
def _to_neighbours(listed: Column, i: int) -> float:
    """Return a price over the mean of the known ones two places up and down; NaN where there is none."""
    near, count = 0.0, 0
    for j in range(max(i - 2, 0), min(i + 3, len(listed))):
        if j != i and listed[j] > 0.0:
            near += listed[j]
            count += 1
    return float(listed[i] * count / near) if count else np.nan


@jit
def _lay_touched(logs: Logs, touched: Logs, past: Logs, out: Block) -> None:
    """Fill what each price is to those the visitor looked at."""
    session_mean, _ = _mean(touched)
    past_mean, _ = _mean(past)
    last, highest = np.nan, np.nan
    for price in touched:
        if not np.isnan(price):
            last = price
            highest = price if np.isnan(highest) else max(highest, price)
    for i in range(len(logs)):
        out[Price.TO_SESSION_MEAN, i] = logs[i] - session_mean
        out[Price.TO_LAST, i] = logs[i] - last
        out[Price.TO_HIGHEST, i] = logs[i] - highest
        out[Price.TO_PAST_MEAN, i] = logs[i] - past_mean


@jit
def _logs(prices: Column) -> Logs:
    logs = np.empty(len(prices))
    for i in range(len(prices)):
        logs[i] = np.log(prices[i]) if prices[i] > 0.0 else np.nan
    return logs


@jit
def _mean(values: Logs) -> tuple[float, int]:
    """Return the mean of the known values, and how many they are; NaN of none."""
    total, count = 0.0, 0
    for value in values:
        if not np.isnan(value):
            total += value
            count += 1
    return (total / count if count else np.nan), count
