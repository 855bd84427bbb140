"""The circuit breaker around the store."""

import pytest

from features.store.circuit import FIRST_SECONDS, LATE_CALLS, LONGEST_SECONDS, Circuit
from features.store.protocol import Backlog, StoreUnavailable


class Timer:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Store:
    """A store that answers, or raises what it is told to, and counts how often it is asked."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return "answer"


class LateStore(Store):
    """A store that is waited for in vain."""

    def __init__(self, timer: Timer) -> None:
        super().__init__()
        self.error = StoreUnavailable("late")
        self._timer = timer

    def __call__(self) -> str:
        self._timer.now += 0.05
        return super().__call__()


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def changes() -> list[bool]:
    return []


@pytest.fixture
def circuit(timer: Timer, changes: list[bool]) -> Circuit:
    return Circuit(timer, changes.append)


def fail(circuit: Circuit, store: Store, *, patient: bool = True) -> None:
    with pytest.raises(StoreUnavailable):
        circuit.run(store, patient=patient)


def test_passes_answers_through(circuit: Circuit, changes: list[bool]) -> None:
    assert circuit.run(Store()) == "answer"
    assert circuit.closed
    assert changes == []


def test_after_a_failure_nobody_else_waits(circuit: Circuit, changes: list[bool]) -> None:
    store = Store()
    store.error = StoreUnavailable("away")
    for _ in range(5):
        fail(circuit, store)
    assert store.asked == 1
    assert not circuit.closed
    assert changes == [False]


def test_one_call_tries_again_after_a_while(circuit: Circuit, timer: Timer, changes: list[bool]) -> None:
    store = Store()
    store.error = StoreUnavailable("away")
    fail(circuit, store)
    timer.now += FIRST_SECONDS
    fail(circuit, store)
    fail(circuit, store)
    assert store.asked == 2
    store.error = None
    timer.now += 2 * FIRST_SECONDS
    assert circuit.run(store) == "answer"
    assert circuit.closed
    assert changes == [False, True]


def test_the_longer_it_is_away_the_rarer_the_tries_up_to_a_bound(circuit: Circuit, timer: Timer) -> None:
    store = Store()
    store.error = StoreUnavailable("away")
    fail(circuit, store)
    for _ in range(10):
        timer.now += LONGEST_SECONDS
        fail(circuit, store)
    assert store.asked == 11
    timer.now += LONGEST_SECONDS / 2
    fail(circuit, store)
    assert store.asked == 11


def test_each_outage_begins_with_the_shortest_wait(circuit: Circuit, timer: Timer) -> None:
    store = Store()
    for _ in range(3):
        store.error = StoreUnavailable("away")
        fail(circuit, store)
        timer.now += FIRST_SECONDS
        store.error = None
        assert circuit.run(store) == "answer"


def test_one_late_answer_is_no_outage_but_several_in_a_row_are(circuit: Circuit, timer: Timer) -> None:
    late = LateStore(timer)
    for _ in range(LATE_CALLS - 1):
        fail(circuit, late)
    assert circuit.run(Store()) == "answer"
    for _ in range(LATE_CALLS - 1):
        fail(circuit, late)
        assert circuit.closed
    fail(circuit, late)
    assert not circuit.closed
    asked = late.asked
    fail(circuit, late)
    assert late.asked == asked


def test_a_store_that_is_full_answers(circuit: Circuit) -> None:
    store = Store()
    store.error = Backlog("full")
    fail(circuit, store)
    fail(circuit, store)
    assert store.asked == 2
    assert circuit.closed


def test_a_call_with_too_little_patience_says_nothing_about_the_store(circuit: Circuit) -> None:
    store = Store()
    store.error = StoreUnavailable("late")
    fail(circuit, store, patient=False)
    assert circuit.closed


def test_a_mistake_of_the_caller_says_nothing_about_the_store(circuit: Circuit) -> None:
    store = Store()
    store.error = ValueError("no")
    with pytest.raises(ValueError, match="no"):
        circuit.run(store)
    assert circuit.closed
