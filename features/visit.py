"""What one visitor did and was shown before a moment, as columns."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from features.facts import (
    IMPRESSION,
    IMPRESSIONS_KEPT,
    INTERACTION,
    INTERACTIONS_KEPT,
    SESSION_GAP_SECONDS,
    STATE_SECONDS,
    Records,
)

Times: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor's records as of `at`, oldest first.

    `interactions` and `impressions` hold all that is remembered, `session` and `shown` the part of the session under way.
    """

    at: float
    interactions: Records
    impressions: Records
    session: Records
    shown: Records

    @classmethod
    def of(cls, interactions: bytes | None, impressions: bytes | None, session: int, at: float) -> "Visit":
        """Unpack a visitor's two strings and leave out what a ranking at `at` may not see.

        Records with `time` >= at are invisible, strictly, as are those older than STATE_SECONDS. The session is the
        records of the hash `session`; where it is 0, those after the last silence of SESSION_GAP_SECONDS.
        Nothing stored is a visitor who did nothing.
        """
        done = _as_of(np.frombuffer(interactions or b"", INTERACTION), at)
        seen = _as_of(np.frombuffer(impressions or b"", IMPRESSION), at)
        if session:
            return cls(at, done, seen, done[done["session"] == session], seen[seen["session"] == session])
        since = _session_start(done["time"], seen["time"], at)
        return cls(at, done, seen, done[done["time"] >= since], seen[seen["time"] >= since])


def remembered_interactions(records: bytes, added: bytes) -> bytes:
    """Return the INTERACTION string after new records: the newest INTERACTIONS_KEPT."""
    return (records + added)[-INTERACTIONS_KEPT * INTERACTION.itemsize :]


def remembered_impressions(records: bytes, added: bytes) -> bytes:
    """Return the IMPRESSION string after new records: the newest IMPRESSIONS_KEPT."""
    return (records + added)[-IMPRESSIONS_KEPT * IMPRESSION.itemsize :]


def _as_of(records: Records, at: float) -> Records:
    """Return the visible records in order of time; records of one moment stay in order of arrival."""
    times = records["time"]
    if len(times) and (times[-1] >= at or times[0] < at - STATE_SECONDS or np.any(times[1:] < times[:-1])):
        records = records[(times < at) & (times >= at - STATE_SECONDS)]
        records = records[np.argsort(records["time"], kind="stable")]
    return records


def _session_start(done: Times, seen: Times, at: float) -> float:
    """Return the time after which no silence of SESSION_GAP_SECONDS occurred, up to `at`."""
    moments = np.sort(np.concatenate((done, seen, [at])))
    gaps = np.nonzero(np.diff(moments) >= SESSION_GAP_SECONDS)[0]
    return float(moments[gaps[-1] + 1]) if len(gaps) else -np.inf
