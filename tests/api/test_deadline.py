"""A ranking is answered in time however long the store says nothing, with time to spare for a busy machine."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from features.store.protocol import StoreUnavailable
from service.app import create_app

if TYPE_CHECKING:
    from tests.api.conftest import Api

PRICED = [{"item_id": "A", "price": 10.0}, {"item_id": "B", "price": 30.0}]


@dataclass
class Timer:
    """Moves where somebody waits, and nowhere else."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Silent:
    """A store that does not answer one kind of call: who makes it waits for as long as they said, in vain."""

    store: Any
    timer: Timer
    call: str

    def __getattr__(self, name: str) -> Any:
        return self.wait if name == self.call else getattr(self.store, name)

    def wait(self, *_: object, timeout_seconds: float, **__: object) -> None:
        self.timer.now += timeout_seconds
        raise StoreUnavailable("silent")


@pytest.mark.parametrize("deadline_ms", [20.0, 50.0, 400.0])
@pytest.mark.parametrize("call", ["read", "append_exposure"])
def test_a_silent_store_leaves_time_to_answer_in(api: "Api", call: str, deadline_ms: float) -> None:
    api.rank(PRICED)
    timer = Timer()
    deps = replace(api.deps, timer=timer, store=Silent(api.deps.store, timer, call))
    answer = replace(api, client=create_app(deps).test_client()).rank(PRICED, deadline_ms=deadline_ms)
    assert [item["item_id"] for item in answer["items"]] == ["B", "A"]
    assert answer["reason"] == ("store_unavailable" if call == "read" else None)
    left_ms = deadline_ms - 1000 * timer.now
    assert left_ms < deadline_ms, "nothing was waited for"
    assert left_ms >= min(20.0, 0.4 * deadline_ms) - 1e-9
