from typing import Any, cast

import pytest

from features.store.circuit import Circuits
from features.store.protocol import StoreUnavailable, WorkStore
from service.guarded import GuardedStore


class Late:
    """A store that answers, but not who has no time."""

    def read(self, *_: Any, timeout_seconds: float | None = None, **__: Any) -> str:
        if timeout_seconds is not None:
            raise StoreUnavailable("late")
        return "found"


def test_an_event_is_kept_while_the_store_is_late_for_rankings() -> None:
    circuits = Circuits(lambda: 0.0, lambda _: None, "the store", lambda: None, begin=lambda _: None)
    store = GuardedStore(cast("WorkStore", Late()), circuits)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            store.read("acme", "v", ("A",), timeout_seconds=0.05)
    assert not circuits.hurried.closed
    assert cast("str", store.read("acme", None, ("A",))) == "found"
