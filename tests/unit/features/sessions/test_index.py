"""Sessions taken in are walked as the textbook says, are forgotten oldest first, and suggest what they should."""

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.identity import hash64, session_hash
from features.sessions.columns import NAMES
from features.sessions.index import Asked, SessionIndex
from features.sessions.trail import Tracks, Trail, session_key

START = 1_700_000_000.0


def look(visitor: str | None, item_id: str, at: float = START, **said: Any) -> dict[str, Any]:
    event = {"name": "view_item", "visitor_id": visitor, "session_id": None, "time": at, "page": "product"}
    return event | {"items": [{"item_id": item_id}]} | said


def trail_of(*events: dict[str, Any]) -> Trail:
    tracks = Tracks()
    for event in events:
        tracks.event(event)
    return tracks.trail()


def index_of(*sessions: str, **said: Any) -> SessionIndex:
    """One session per word, one item per letter."""
    index = SessionIndex(**said)
    for number, word in enumerate(sessions):
        index.take(trail_of(*(look(f"v{number}", letter) for letter in word)))
    return index


def asked(word: str, **said: Any) -> Asked:
    return Asked([hash64(letter) for letter in word], **said)


def column(index: SessionIndex, word: str, name: str) -> dict[str, float]:
    found = index.suggest(asked(word))
    values = found.X[:, NAMES.index(name)].round(5).tolist()
    return dict(zip(found.item_ids, values, strict=True))


def textbook(sessions: list[str], word: str) -> dict[str, dict[str, float]]:
    """VMIS-kNN and co-visitation as a loop over all pairs: few enough sessions that none is dropped."""
    newest_first = [letter for letter in dict.fromkeys(reversed(word)) if letter in "".join(sessions)]
    weight = {letter: 1.0 / (1 + step) for step, letter in enumerate(newest_first)}
    sums: dict[str, dict[str, float]] = {name: defaultdict(float) for name in ("similar", "next", "beside")}
    for session in sessions:
        met = "".join(x for i, x in enumerate(session) if i == 0 or session[i - 1] != x)
        similarity = sum(weight.get(letter, 0.0) for letter in set(met))
        if not similarity:
            continue
        for place, letter in enumerate(met):
            sums["similar"][letter] += similarity
            for other, shared in enumerate(met):
                if other != place and shared in weight:
                    sums["beside"][letter] += weight[shared] / abs(place - other)
        last = met.rfind(newest_first[0])
        if 0 <= last < len(met) - 1:
            sums["next"][met[last + 1]] += 1.0
    return sums


WORD = st.text("abcdef", min_size=1, max_size=8)


@given(st.lists(WORD, max_size=12), WORD)
def test_a_walk_sums_what_the_textbook_sums(sessions: list[str], word: str) -> None:
    index, expected = index_of(*sessions), textbook(sessions, word)
    columns = {"similar": "similarity_of_sessions_with_it", "next": "looks_right_after_the_last_item"}
    for name, of in (columns | {"beside": "looks_beside_all_items"}).items():
        found = column(index, word, of)
        for letter, value in expected[name].items():
            assert found[letter] == pytest.approx(value, rel=1e-4)
        assert sum(found.values()) == pytest.approx(sum(expected[name].values()), rel=1e-3)


def test_a_trail_survives_being_bytes() -> None:
    trail = trail_of(look("v", "a"), look(None, "ü", page="home"))
    again = Trail.from_bytes(trail.to_bytes())
    assert (again.items, again.pages) == (["a", "ü"], ["product", "home"])
    assert again.rows.tobytes() == trail.rows.tobytes()


def test_one_load_or_many_make_the_same_index() -> None:
    rng = np.random.default_rng(5)
    events = [look(f"v{rng.integers(300)}", f"i{rng.integers(60)}", START + n * 9.0) for n in range(6_000)]
    whole, parts = SessionIndex(), SessionIndex()
    whole.take(trail_of(*events))
    for first in range(0, len(events), 37):
        parts.take(trail_of(*events[first : first + 37]))
    question = Asked([hash64("i3"), hash64("i7")])
    one, other = whole.suggest(question), parts.suggest(question)
    assert (len(whole), whole.sessions) == (len(parts), parts.sessions)
    assert dict(zip(one.item_ids, one.worth.tolist(), strict=True)) == pytest.approx(
        dict(zip(other.item_ids, other.worth.tolist(), strict=True)), rel=1e-4
    )


def test_a_session_is_no_neighbour_of_its_own() -> None:
    index = SessionIndex()
    index.take(trail_of(look("me", "a"), look("me", "b"), look("you", "a"), look("you", "c")))
    own = session_key("me", session_hash(None))
    X = index.suggest(asked("a", own=own))
    similar = dict(zip(X.item_ids, X.X[:, 0].tolist(), strict=True))
    assert (similar["b"], similar["c"]) == (0.0, 1.0)


def test_silence_ends_a_session() -> None:
    index = SessionIndex()
    index.take(trail_of(look("v", "a"), look("v", "b", START + 1_801.0)))
    assert index.sessions == 2
    assert column(index, "a", "looks_ahead_of_the_last_item")["b"] == 0.0


def test_a_look_without_a_visitor_counts_for_what_is_popular_alone() -> None:
    index = SessionIndex()
    index.take(trail_of(look(None, "a"), look(None, "a"), look(None, "b")))
    assert (len(index), index.suggest(Asked(())).item_ids) == (0, ["a", "b"])


def test_past_the_bound_the_oldest_sessions_are_forgotten() -> None:
    index = index_of(*["ab"] * 30, *["cd"] * 40, kept=100)
    assert len(index) <= 100
    assert column(index, "c", "similarity_of_sessions_with_it")["d"] == 37.0
    assert "a" not in index.suggest(asked("c")).item_ids


def test_a_session_of_thousands_of_looks_is_walked_in_bounded_time() -> None:
    index = SessionIndex()
    index.take(trail_of(*(look("robot", f"i{n}") for n in range(5_000))))
    assert index.sessions == 100
    assert len(index.suggest(Asked([hash64("i77")])).item_ids) == 100


def test_an_empty_index_suggests_nothing() -> None:
    found = SessionIndex().suggest(asked("a"))
    assert (found.item_ids, found.X.shape) == ([], (0, len(NAMES)))


def test_items_of_earlier_sessions_come_before_what_suits_anybody() -> None:
    index = index_of("aaab", "bb", "c")
    assert index.suggest(Asked((), earlier=[hash64("c")])).item_ids[0] == "c"
