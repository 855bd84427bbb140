"""Whether what was learned from is whole: rows, share of positives and of robots, times, holes in time and columns."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from features.readiness import Observed
from features.readiness.finding import share
from training.dataset import Dataset
from training.gate import Check
from training.rows import nulls
from training.window import Cut

MOST_AHEAD: Final = 0.02  # of events
POSITIVES: Final = (
    0.0005,
    0.5,
)  # of rows: fewer is a broken join, more is a log that holds clicked lists only
MOST_AUTOMATED: Final = 0.3  # of rankings, which are learned from as shoppers' are
LONGEST_HOLE_SECONDS: Final = 3 * 86_400.0  # a long weekend without traffic
LONGEST_HOLE: Final = 0.25  # … or of the window, where that is longer
MOST_NULLS_GAINED: Final = 0.5  # of a column's rows, from what was learned from to what was judged on


def whole_data(data: Dataset, cut: Cut, seen: Observed) -> Check:
    """Check a dataset and its cut; every flaw found is told."""
    flaws = [*_flaws(data, seen), *_emptied(cut)]
    automated = share(seen.automated, seen.kinds["exposures"])
    rows, positives = len(data.label), float(np.mean(data.label > 0))
    unknown = float(nulls(data.X).mean())
    says = (
        f"{rows:,} rows, {positives:.1%} of them wanted, {unknown:.1%} of the values unknown, no hole found; "
        f"{automated:.1%} of the rankings were for browsers that nobody drives."
    )
    return Check("whole data", not flaws, " ".join(flaws) or says)


def _flaws(data: Dataset, seen: Observed) -> Iterator[str]:
    positives = float(np.mean(data.label > 0))
    if not POSITIVES[0] <= positives <= POSITIVES[1]:
        yield f"{positives:.2%} of the rows are wanted items: lists or clicks are missing from the log."
    if (ahead := share(seen.ahead, seen.events.total())) >= MOST_AHEAD:
        yield f"{ahead:.0%} of the events have a time in the future; `balad check` says what to do."
    if (automated := share(seen.automated, seen.kinds["exposures"])) > MOST_AUTOMATED:
        yield (
            f"{automated:.0%} of the rankings were for browsers that say that nobody drives them: the model would "
            "learn from robots. Keep them from the pages, or do not ask for rankings for them."
        )
    times = np.sort(data.time)
    hole, window = float(np.diff(times).max(initial=0.0)), float(np.ptp(times))
    if hole > max(LONGEST_HOLE_SECONDS, LONGEST_HOLE * window):
        yield (
            f"The log has a hole: {hole / 86_400:.1f} of its {window / 86_400:.1f} days in one piece hold no listing. "
            "Import what is missing, and train again."
        )


def _emptied(cut: Cut) -> Iterator[str]:
    """Yield the columns that were known when learning and mostly are not when judged: a source ran dry."""
    before, after = nulls(cut.before.X), nulls(cut.after.X)
    if lost := [cut.before.names[i] for i in np.flatnonzero(after - before > MOST_NULLS_GAINED)]:
        yield (
            f"What the model learned to go by is no longer known: {', '.join(lost[:5])} went missing in the newest "
            "listings. Mend what sends it, and train again."
        )
