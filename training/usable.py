"""Whether a log can carry a model at all; where not, what is missing and what to do, in words."""

from collections.abc import Iterator

import numpy as np

from features.enough import FEWEST_LISTINGS, FEWEST_SESSIONS
from training.dataset import Dataset
from training.fit import with_positives
from training.source import Tally


class UnusableLogError(ValueError):
    """Nothing can be learned from this log; the message says why and what to do."""


def check_usable(dataset: Dataset, tally: Tally) -> None:
    """Raise UnusableLogError, naming the first thing in the way, where no model can be trained."""
    for obstacle in _obstacles(dataset, tally):
        raise UnusableLogError(obstacle)


def _obstacles(dataset: Dataset, tally: Tally) -> Iterator[str]:
    events = sum(tally.events.values())
    if not events:
        yield "the log holds no events. Send some to /v1/events, or `balad import` a file of them."
    if not len(dataset):
        yield (
            f"the log holds {events:,} events, but no listing that a visitor saw. Send view_item_list with visitor_id "
            "and at least two items for each listing shown."
        )
    learned = with_positives(dataset)
    if not len(learned):
        yield (
            f"none of the {len(dataset):,} listings is followed by a click, a cart or a purchase of an item in it. "
            "Send select_item for the visitor who saw the list, with the list's ranking_id or within 30 minutes."
        )
    sessions = len(np.unique(learned.session))
    if sessions < FEWEST_SESSIONS or len(learned) < FEWEST_LISTINGS:
        yield (
            f"only {len(learned):,} listings of {sessions:,} sessions are followed by a click; it takes "
            f"{FEWEST_LISTINGS} of {FEWEST_SESSIONS} to learn and to judge. Collect more traffic and train again."
        )
    if not learned.shop_index[learned.label > 0].any():
        yield (
            f"all clicks of {len(learned):,} listings fall on the first item. That is how a log looks whose listings "
            "were recorded after the click or re-sorted; send the items in the order in which they were shown."
        )
