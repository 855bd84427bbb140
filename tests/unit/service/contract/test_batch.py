"""Verdicts of a batch, against judging each entry by itself."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.contract.event import judge_events

good = st.builds(
    lambda event_id, price: {
        "name": "view_item",
        "event_id": event_id,
        "items": [{"item_id": "A", "price": price}],
    },
    st.text("abc", min_size=1, max_size=5),
    st.none() | st.floats(0, 1e12),
)
bad = st.sampled_from(
    [
        None,
        7,
        {},
        {"name": "zoom", "event_id": "x"},
        {"name": "view_item", "event_id": "x"},
        {"name": "view_item", "event_id": "x", "items": [{"item_id": "A", "price": float("nan")}]},
        {"name": "search", "event_id": "x\n", "search_term": "s", "time": "never"},
    ]
)


@given(st.lists(good | bad, max_size=12))
def test_a_batch_is_judged_as_its_entries_are(batch: list[Any]) -> None:
    valid, rejections = judge_events(batch)
    alone = [judge_events([entry]) for entry in batch]
    assert valid == [event for kept, _ in alone for event in kept]
    expected = [
        (index, refused[0].code, refused[0].path) for index, (_, refused) in enumerate(alone) if refused
    ]
    assert [(r.index, r.code, r.path) for r in rejections] == expected
    assert len(valid) + len(rejections) == len(batch)
