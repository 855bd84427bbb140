"""The circuit breakers around the store."""

from threading import Event
from typing import TYPE_CHECKING

import pytest

from features.store.circuit import FIRST_SECONDS, LATE_CALLS, LONGEST_SECONDS, Circuit, Circuits, in_a_thread
from features.store.protocol import Backlog, PartUnavailable, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable


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


def at_once(question: "Callable[[], None]") -> None:
    question()


class Asked:
    """A circuit that is probed beside the calls, when `ask` says so."""

    def __init__(self, timer: Timer, changes: list[bool]) -> None:
        self.probe = Store()
        self.questions: list[Callable[[], None]] = []
        self.circuit = Circuit(timer, changes.append, probe=self.probe, begin=self.questions.append)

    def ask(self) -> None:
        self.questions.pop()()
        assert self.questions == []


@pytest.fixture
def asked(timer: Timer, changes: list[bool]) -> Asked:
    return Asked(timer, changes)


def test_no_call_waits_to_find_out_that_the_store_is_still_away(asked: Asked, timer: Timer) -> None:
    store = Store()
    store.error = asked.probe.error = StoreUnavailable("away")
    fail(asked.circuit, store)
    for _ in range(10):
        timer.now += LONGEST_SECONDS
        fail(asked.circuit, store)
        fail(asked.circuit, store)
        asked.ask()
    assert (store.asked, asked.probe.asked) == (1, 10)


def test_a_probe_that_succeeds_lets_the_calls_through(
    asked: Asked, timer: Timer, changes: list[bool]
) -> None:
    store = Store()
    store.error = StoreUnavailable("away")
    fail(asked.circuit, store)
    store.error = None
    timer.now += FIRST_SECONDS
    fail(asked.circuit, store)
    asked.ask()
    assert asked.circuit.run(store) == "answer"
    assert changes == [False, True]


@pytest.mark.parametrize("error", [Backlog("full"), PartUnavailable("a part")])
def test_a_store_that_refuses_a_probe_answers(asked: Asked, timer: Timer, error: Exception) -> None:
    store = Store()
    store.error, asked.probe.error = StoreUnavailable("away"), error
    fail(asked.circuit, store)
    timer.now += FIRST_SECONDS
    fail(asked.circuit, store)
    asked.ask()
    assert asked.circuit.closed


def test_after_one_late_answer_nobody_waits_until_the_store_was_asked(
    asked: Asked, timer: Timer, changes: list[bool]
) -> None:
    late, store = LateStore(timer), Store()
    fail(asked.circuit, late)
    with pytest.raises(StoreUnavailable):
        asked.circuit.run(store)
    asked.ask()
    assert asked.circuit.run(store) == "answer"
    assert changes == []  # it was a busy moment
    asked.probe.error = StoreUnavailable("late too")
    fail(asked.circuit, late)
    asked.ask()
    assert changes == [False]
    assert store.asked == 1


def test_a_probe_in_time_does_not_have_late_calls_tried_for_ever(asked: Asked, timer: Timer) -> None:
    late = LateStore(timer)
    for _ in range(LATE_CALLS - 1):
        fail(asked.circuit, late)
        asked.ask()
    fail(asked.circuit, late)
    assert asked.questions == []
    timer.now += FIRST_SECONDS / 2
    fail(asked.circuit, late)
    assert (asked.questions, late.asked) == ([], LATE_CALLS)


def test_a_late_store_is_away_for_rankings_and_not_for_who_can_wait(
    timer: Timer, changes: list[bool]
) -> None:
    probe = Store()
    probe.error = StoreUnavailable("late")
    both = Circuits(timer, changes.append, "the store", probe, at_once)
    fail(both.hurried, LateStore(timer))
    assert changes == [False]
    assert both.patient.run(Store()) == "answer"
    assert (both.hurried.closed, both.closed) == (False, False)


def test_what_answers_rankings_answers_who_can_wait(timer: Timer, changes: list[bool]) -> None:
    store = Store()
    store.error = StoreUnavailable("away")
    both = Circuits(timer, changes.append, "the store", Store(), at_once)
    fail(both.patient, store)
    fail(both.hurried, store)
    timer.now += FIRST_SECONDS
    fail(both.hurried, store)
    assert both.closed
    assert changes[-1]


def test_a_question_is_asked_beside_the_call() -> None:
    asking, answered = Event(), Event()

    def ask() -> None:
        asking.wait(60.0)
        answered.set()

    in_a_thread(ask)
    assert not answered.is_set()
    asking.set()
    assert answered.wait(60.0)
