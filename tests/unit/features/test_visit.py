from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

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
from features.visit import Visit, remembered_impressions, remembered_interactions

AT = 1_795_341_600.0
Done = tuple[int, float, int, int]  # item, time, session, action
dones = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from(
            [0.0, -1.0, -1.0, 1.0, -10.0, -1_799.0, -1_800.0, -4_000.0, -STATE_SECONDS, -STATE_SECONDS - 1]
        )
        | st.floats(-9_000, 10),
        st.integers(0, 2),
        st.sampled_from([Action.VIEW, Action.CLICK, Action.SEARCH]),
    ),
    max_size=12,
)


def done(records: Sequence[Done]) -> bytes:
    rows = np.zeros(len(records), INTERACTION)
    for row, (item, ago, session, action) in zip(rows, records, strict=True):
        row["item"], row["time"], row["session"], row["action"] = item, AT + ago, session, action
    return rows.tobytes()


def seen(records: Sequence[Done]) -> bytes:
    rows = np.zeros(len(records), IMPRESSION)
    for row, (item, ago, session, _) in zip(rows, records, strict=True):
        row["item"], row["time"], row["session"] = item, AT + ago, session
    return rows.tobytes()


def told(records: Records) -> list[tuple[int, float]]:
    return [(int(r["item"]), float(r["time"])) for r in records]


def visible(records: Sequence[Done]) -> list[Done]:
    inside = [r for r in records if AT - STATE_SECONDS <= AT + r[1] <= AT]
    return sorted(inside, key=lambda r: AT + r[1])


def session_start(moments: Sequence[float]) -> float:
    start = AT
    for moment in sorted(moments, reverse=True):
        if start - moment >= SESSION_GAP_SECONDS:
            break
        start = moment
    return start


@given(dones, dones, st.integers(0, 2))
def test_a_visit_is_what_the_textbook_loop_says(did: list[Done], was_shown: list[Done], session: int) -> None:
    visit = Visit.of(done(did), seen(was_shown), session, AT)
    acts, shown = visible(did), visible(was_shown)
    since = session_start([AT + r[1] for r in (*acts, *shown)])

    def now(record: Done) -> bool:
        return record[2] == session if session else AT + record[1] >= since

    def moments(records: Sequence[Done]) -> list[tuple[int, float]]:
        return [(r[0], AT + r[1]) for r in records]

    assert told(visit.session) == moments([r for r in acts if now(r)])
    assert told(visit.touched) == moments([r for r in acts if now(r) and r[3] != Action.SEARCH])
    assert told(visit.earlier) == moments([r for r in acts if not now(r)])
    assert told(visit.shown) == moments([r for r in shown if now(r)])
    assert told(visit.impressions) == moments(shown)


def test_a_visitor_without_state_did_nothing() -> None:
    for nothing in (None, b""):
        visit = Visit.of(nothing, nothing, 0, AT)
        assert [len(part) for part in visit[1:]] == [0, 0, 0, 0, 0]


def test_what_happened_this_very_moment_is_visible_and_what_comes_after_is_not() -> None:
    records = [(1, 0.0, 7, Action.VIEW), (2, 1e-3, 7, Action.VIEW)]
    assert told(Visit.of(done(records), None, 7, AT).session) == [(1, AT)]


def test_records_of_one_moment_stay_in_order_of_arrival() -> None:
    records = [(3, -5.0, 7, Action.VIEW), (1, -9.0, 7, Action.VIEW), (2, -5.0, 7, Action.VIEW)]
    assert [item for item, _ in told(Visit.of(done(records), None, 7, AT).session)] == [1, 3, 2]


def test_a_session_is_told_by_its_name_even_after_a_long_silence() -> None:
    records = [(1, -50_000.0, 7, Action.VIEW), (2, -10.0, 8, Action.VIEW)]
    visit = Visit.of(done(records), None, 7, AT)
    assert told(visit.session) == [(1, AT - 50_000.0)]
    assert told(visit.earlier) == [(2, AT - 10.0)]


def test_without_a_name_silence_ends_a_session_and_impressions_break_silence() -> None:
    records = [(1, -3_000.0, 0, Action.VIEW), (2, -100.0, 0, Action.VIEW)]
    apart = Visit.of(done(records), None, 0, AT)
    assert [len(apart.session), len(apart.earlier)] == [1, 1]
    together = Visit.of(done(records), seen([(9, -1_500.0, 0, 0)]), 0, AT)
    assert [len(together.session), len(together.earlier)] == [2, 0]


def test_half_an_hour_of_silence_before_now_leaves_no_session() -> None:
    visit = Visit.of(done([(1, -SESSION_GAP_SECONDS, 0, Action.VIEW)]), None, 0, AT)
    assert [len(visit.session), len(visit.earlier)] == [0, 1]


def test_the_newest_are_remembered() -> None:
    acts = [done([(1 + n % 3, -float(n), 7, Action.VIEW)]) for n in range(INTERACTIONS_KEPT + 9)]
    kept = b""
    for record in acts:
        kept = remembered_interactions(kept, record)
    assert kept == b"".join(acts[-INTERACTIONS_KEPT:])
    shown = seen([(n + 1, 0.0, 7, 0) for n in range(IMPRESSIONS_KEPT + 9)])
    assert remembered_impressions(b"", shown) == shown[-IMPRESSIONS_KEPT * IMPRESSION.itemsize :]
