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

    `session` and `shown` are of the session under way, `earlier` are the interactions before it; `impressions` are all.
    """

    at: float
    session: Records
    earlier: Records
    shown: Records
    impressions: Records

    @classmethod
    def of(cls, interactions: bytes | None, impressions: bytes | None, session: int, at: float) -> "Visit":
        """Unpack a visitor's two strings and leave out what a ranking at `at` may not see.

        Records with `time` > at are invisible, as are those older than STATE_SECONDS. The session is the
        records of the hash `session`; where it is 0, those after the last silence of SESSION_GAP_SECONDS.
        Nothing stored is a visitor who did nothing.
        """
        done = _as_of(np.frombuffer(interactions or b"", INTERACTION), at)
        seen = _as_of(np.frombuffer(impressions or b"", IMPRESSION), at)
        if session:
            now, shown_now = done["session"] == session, seen["session"] == session
        else:
            since = _session_start(done["time"], seen["time"], at)
            now, shown_now = done["time"] >= since, seen["time"] >= since
        return cls(at, done[now], done[~now], seen[shown_now], seen)


def remembered_interactions(records: bytes, added: bytes) -> bytes:
    """Return the INTERACTION string after new records: the newest INTERACTIONS_KEPT."""
    return (records + added)[-INTERACTIONS_KEPT * INTERACTION.itemsize :]


def remembered_impressions(records: bytes, added: bytes) -> bytes:
    """Return the IMPRESSION string after new records: the newest IMPRESSIONS_KEPT."""
    return (records + added)[-IMPRESSIONS_KEPT * IMPRESSION.itemsize :]


def _as_of(records: Records, at: float) -> Records:
    """Return the visible records in order of time; records of one moment stay in order of arrival."""
    times = records["time"]
    if len(times) and (times[-1] > at or times[0] < at - STATE_SECONDS or np.any(times[1:] < times[:-1])):
        records = records[(times <= at) & (times >= at - STATE_SECONDS)]
        records = records[np.argsort(records["time"], kind="stable")]
    return records


def _session_start(done: Times, seen: Times, at: float) -> float:
    """Return the time after which no silence of SESSION_GAP_SECONDS occurred, up to `at`."""
    moments = np.sort(np.concatenate((done, seen, [at])))
    gaps = np.nonzero(np.diff(moments) >= SESSION_GAP_SECONDS)[0]
    return float(moments[gaps[-1] + 1]) if len(gaps) else -np.inf
