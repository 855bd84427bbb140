"""Logged bandit files: one decision a line, as the Open Bandit Dataset (Saito et al. 2021) has them.

Columns `item_id`, `position`, `click` and `propensity_score`, the chance that the logging policy gave the item there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from training.metrics.ties import Floats
from training.off_policy.doubly_robust import Guess, mean_by_group
from training.off_policy.logged import Logged

COLUMNS: Final = ("item_id", "position", "click", "propensity_score")
FOLDS: Final = 5  # of the guess: no decision is guessed by itself


class BadBanditFileError(ValueError):
    """A file that holds no logged decisions."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """n impressions of one item each."""

    item: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    click: Floats
    propensity: Floats

    def __len__(self) -> int:
        return len(self.item)


def read_decisions(path: Path) -> Decisions:
    """Read a file, CSV, packed or not. Raises BadBanditFileError with what is wrong with it."""
    wanted = pacsv.ConvertOptions(include_columns=list(COLUMNS))
    try:
        table = pacsv.read_csv(path, convert_options=wanted)
        item, position = (table[name].to_numpy().astype(np.int64) for name in COLUMNS[:2])
        click, propensity = (table[name].to_numpy().astype(np.float64) for name in COLUMNS[2:])
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise BadBanditFileError(f"{path}: {error}; it takes columns {', '.join(COLUMNS)}") from None
    if not len(item) or not np.all((propensity > 0.0) & (propensity <= 1.0)):
        raise BadBanditFileError(f"{path}: propensity_score should be above 0 and at most 1 on every line")
    return Decisions(item, position, click, propensity)


def judged_on(logged: Decisions, target: Decisions) -> tuple[Logged, Guess]:
    """Return the decisions of `logged` with the chances that the policy of `target` gives them, and a guess of clicks.

    That policy is taken as its own log shows it: the share of each item at each position. What varies in it with time
    or visitor is averaged. The guess is each item's mean click rate at a position, from other folds of `logged`.
    """
    weight, chosen, judged = (np.zeros(len(logged)) for _ in range(3))
    for at in np.unique(logged.position):
        here, there = logged.position == at, target.position == at
        items, place = np.unique(np.concatenate([logged.item[here], target.item[there]]), return_inverse=True)
        seen, aimed = place[: int(here.sum())], place[int(here.sum()) :]
        chance = np.bincount(aimed, minlength=len(items)) / max(len(aimed), 1)
        weight[here] = chance[seen] / logged.propensity[here]
        chosen[here], judged[here] = _guessed(logged.click[here], seen, chance)
    rows = Logged(weight[:, None], logged.click[:, None], np.arange(len(logged)))
    return rows, Guess(chosen[:, None], judged[:, None])


def _guessed(click: Floats, item: npt.NDArray[np.int64], chance: Floats) -> tuple[Floats, Floats]:
    """Return for decisions at one position the rate of the item that was shown, and of those that would be shown."""
    fold = np.arange(len(click)) % FOLDS
    rates = np.stack([mean_by_group(click, item, np.full(len(click), i), fold) for i in range(len(chance))])
    return rates[item, np.arange(len(click))], chance @ rates
