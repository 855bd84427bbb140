"""Whether a log can carry a model at all; where not, what is missing and what to do, in the words of `balad check`."""

from collections.abc import Iterator

import numpy as np

from features.enough import FEWEST_LISTINGS, FEWEST_SESSIONS
from features.readiness import Finding, Level, Observed, readiness
from features.readiness.amount import none_clicked, too_few
from features.readiness.joins import all_on_the_first
from training.dataset import Dataset
from training.fit import with_positives


class UnusableLogError(ValueError):
    """Nothing can be learned from this log; the message says why and what to do."""


def check_usable(dataset: Dataset, seen: Observed) -> tuple[Finding, ...]:
    """Return what would make the data better.

    Raises UnusableLogError where no model can be trained, with the gravest thing in the way, and whatever else says
    that the data contradicts itself.
    """
    found = readiness(seen)
    obstacle = next(_obstacles(dataset), None)
    if obstacle is None:
        return found.findings
    grave = [f for f in found.findings if f.level is not Level.COSTS and f.code != obstacle.code]
    raise UnusableLogError(" ".join(map(str, (*grave, obstacle))))


def _obstacles(dataset: Dataset) -> Iterator[Finding]:
    learned = with_positives(dataset)
    if not len(learned):
        yield none_clicked(len(dataset))
    sessions = len(np.unique(learned.session))
    if sessions < FEWEST_SESSIONS or len(learned) < FEWEST_LISTINGS:
        yield too_few(len(learned), sessions)
    if not learned.shop_index[learned.label > 0].any():
        yield all_on_the_first(len(learned))
