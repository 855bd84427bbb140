"""What one visitor did and was shown before a moment."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import (
    IMPRESSION,
    IMPRESSIONS_KEPT,
    INTERACTION,
    INTERACTIONS_KEPT,
    SESSION_GAP_SECONDS,
    STATE_SECONDS,
    Action,
    Records,
)

Times: TypeAlias = npt.NDArray[np.float64]
Sessions: TypeAlias = npt.NDArray[np.uint32]
Rows: TypeAlias = npt.NDArray[np.int64]


class Visit(NamedTuple):
    """A visitor's records as of `at`, oldest first; those of one moment in the order in which they arrived."""

    at: float
    session: Records  # interactions of the session under way
    touched: Records  # those of them with items: without searches
    earlier: Records  # interactions before the session
    shown: Records  # impressions of the session
    impressions: Records  # all of them

    @classmethod
    def of(cls, interactions: bytes | None, impressions: bytes | None, session: int, at: float) -> "Visit":
        """Unpack a visitor's two strings and leave out what a ranking at `at` may not see.

        Records with `time` > at are invisible, as are those older than STATE_SECONDS. The session is the
        records of the hash `session`; where it is 0, those after the last silence of SESSION_GAP_SECONDS.
        Nothing stored is a visitor who did nothing.
        """
        done = np.frombuffer(interactions or b"", INTERACTION)
        seen = np.frombuffer(impressions or b"", IMPRESSION)
        acts, shows = np.empty((3, len(done)), INTERACTION), np.empty((2, len(seen)), IMPRESSION)
        now, touched, earlier, shown, visible = _lay_records(done, seen, session, at, (acts, shows))
        return cls(
            at, acts[0, :now], acts[1, :touched], acts[2, :earlier], shows[0, :shown], shows[1, :visible]
        )


def remembered_interactions(records: bytes, added: bytes) -> bytes:
    """Return the INTERACTION string after new records: the newest INTERACTIONS_KEPT."""
    return (records + added)[-INTERACTIONS_KEPT * INTERACTION.itemsize :]


def remembered_impressions(records: bytes, added: bytes) -> bytes:
    """Return the IMPRESSION string after new records: the newest IMPRESSIONS_KEPT."""
    return (records + added)[-IMPRESSIONS_KEPT * IMPRESSION.itemsize :]


@jit
def _lay_records(
    done: Records, seen: Records, session: int, at: float, out: tuple[Records, Records]
) -> tuple[int, int, int, int, int]:
    """Fill, and count, the records of the session, of it with items, before it; those shown in it, and all shown."""
    acts, shows = out
    done_times, done_sessions = _times_and_sessions(done)
    seen_times, seen_sessions = _times_and_sessions(seen)
    visible, impressions = _as_of(done_times, at), _as_of(seen_times, at)
    if session:
        now, now_shown = done_sessions[visible] == session, seen_sessions[impressions] == session
    else:
        since = _session_start(done_times[visible], seen_times[impressions], at)
        now, now_shown = done_times[visible] >= since, seen_times[impressions] >= since
    rows = visible[now]
    with_items = np.empty(len(rows), np.bool_)
    for k in range(len(rows)):
        with_items[k] = done[rows[k]]["action"] != Action.SEARCH
    return (
        _fill(acts[0], done, rows),
        _fill(acts[1], done, rows[with_items]),
        _fill(acts[2], done, visible[~now]),
        _fill(shows[0], seen, impressions[now_shown]),
        _fill(shows[1], seen, impressions),
    )


@jit
def _fill(out: Records, records: Records, rows: Rows) -> int:
    for k in range(len(rows)):
        out[k] = records[rows[k]]
    return len(rows)


@jit
def _times_and_sessions(records: Records) -> tuple[Times, Sessions]:
    times, sessions = np.empty(len(records)), np.empty(len(records), np.uint32)
    for row in range(len(records)):
        times[row], sessions[row] = records[row]["time"], records[row]["session"]
    return times, sessions


@jit
def _as_of(times: Times, at: float) -> Rows:
    """Return the visible rows in order of time; rows of one moment stay in order of arrival."""
    rows, count, in_order = np.empty(len(times), np.int64), 0, True
    for row in range(len(times)):
        if at - STATE_SECONDS <= times[row] <= at:
            in_order = in_order and (count == 0 or times[rows[count - 1]] <= times[row])
            rows[count] = row
            count += 1
    rows = rows[:count]
    if not in_order:
        rows = rows[np.argsort(times[rows], kind="mergesort")]
    return rows


@jit
def _session_start(done: Times, seen: Times, at: float) -> float:
    """Return the time after which no silence of SESSION_GAP_SECONDS occurred, up to `at`."""
    start, i, j = at, len(done) - 1, len(seen) - 1
    while i >= 0 or j >= 0:
        if i < 0 or (j >= 0 and seen[j] >= done[i]):
            before = seen[j]
            j -= 1
        else:
            before = done[i]
            i -= 1
        if start - before >= SESSION_GAP_SECONDS:
            break
        start = before
    return start
