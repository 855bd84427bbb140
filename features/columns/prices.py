"""The listing's prices against each other and against what the session touched (blocks C, E, F and H of the design).

A price that is NaN, zero or negative is not known. A row is NaN where there is no known price to compare with.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from features.columns.percentile import percentile
from features.columns.row import Block, Column, Row
from features.compiled import jit
from features.facts import Records

Logs: TypeAlias = npt.NDArray[np.float64]


class Price(Row):
    """What each candidate's price is beside others."""

    LOG_PRICE = "Log of the price"
    PRICE_PERCENTILE = "Share of the list that is cheaper, ties counted half"
    PRICE_TO_MEAN = "Price over the list's mean price"
    PRICE_TO_CHEAPEST = "Price over the list's lowest price"
    PRICE_TO_NEIGHBOURS = "Price over the mean price of the two places above and below"
    PRICE_DEVIATION = "Log price in standard deviations from the list's mean; 0 where all are equal"
    PRICE_TO_CHEAPEST_ABOVE = "Log of the price over the lowest price listed above; 0 for the first"
    CHEAPER_ABOVE = "Cheaper items listed above: those a visitor who reads down has passed"
    SHARE_CHEAPER_ABOVE = "Share of the items above that are cheaper; 0.5 for the first"
    PRICE_TO_SESSION_MEAN = "Log of the price over the geometric mean of those touched in the session"
    PRICE_TO_LAST = "Log of the price over that of the last touched item that has one"
    PRICE_TO_HIGHEST = "Log of the price over the highest price touched in the session"
    PRICE_TO_PAST_MEAN = "Log of the price over the geometric mean touched in earlier sessions"
    # 1 where the list is sorted by rising price: tells a list in order of price, which the call does not say
    PRICE_ORDER = "Rank correlation of price and place; the same for all, 0 where one price or none is known"
    PRICE_SPREAD = "Standard deviation of the list's log prices; the same for all"


@jit
def lay(rows: Records, touched: Column, earlier: Records, out: Block) -> None:
    """Fill the listing's prices, laid against those touched and those of earlier interactions."""
    listed = _prices(rows)
    logs = _logs(listed)
    out[:] = np.nan
    out[Price.PRICE_PERCENTILE] = percentile(_known(listed))
    known = _lay_list(listed, logs, out)
    _lay_above(listed, logs, known, out)
    _lay_touched(logs, _logs(touched), _logs(_prices(earlier)), out)


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
    out[Price.PRICE_SPREAD] = spread
    for i in range(len(listed)):
        if not np.isnan(logs[i]):
            out[Price.LOG_PRICE, i] = logs[i]
            out[Price.PRICE_TO_MEAN, i] = listed[i] * known / total
            out[Price.PRICE_TO_CHEAPEST, i] = listed[i] / cheapest
            out[Price.PRICE_DEVIATION, i] = (logs[i] - mean_log) / spread if spread > 0.0 else 0.0
            out[Price.PRICE_TO_NEIGHBOURS, i] = _to_neighbours(listed, i)
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
        out[Price.PRICE_TO_CHEAPEST_ABOVE, i] = logs[i] - log_cheapest if above else 0.0
        out[Price.CHEAPER_ABOVE, i] = cheaper
        out[Price.SHARE_CHEAPER_ABOVE, i] = cheaper / above if above else 0.5
        order += (out[Price.PRICE_PERCENTILE, i] - 0.5) * ((above + 0.5) / known - 0.5)
        if listed[i] < cheapest:
            cheapest = np.float64(listed[i])
            log_cheapest = np.log(cheapest)
        for place in range(above, cheaper, -1):
            passed[place] = passed[place - 1]
        passed[cheaper] = listed[i]
        above += 1
    out[Price.PRICE_ORDER] = 12.0 * order / known if known > 1 else 0.0


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
        out[Price.PRICE_TO_SESSION_MEAN, i] = logs[i] - session_mean
        out[Price.PRICE_TO_LAST, i] = logs[i] - last
        out[Price.PRICE_TO_HIGHEST, i] = logs[i] - highest
        out[Price.PRICE_TO_PAST_MEAN, i] = logs[i] - past_mean


@jit
def _prices(records: Records) -> Column:
    prices = np.empty(len(records), np.float32)
    for row in range(len(records)):
        prices[row] = records[row]["price"]
    return prices


@jit
def _known(prices: Column) -> Column:
    known = np.empty(len(prices), np.float32)
    for i in range(len(prices)):
        known[i] = prices[i] if prices[i] > 0.0 else np.nan
    return known


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
