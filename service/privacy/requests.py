"""Erasure and objection as facts: who is erased or objects, by the hash of their id, and since when."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import orjson
from typing_extensions import TypedDict

from features.store.keys import subject_of
from features.store.privacy import Mark, PrivacyStore

ERASE: Final = "erase"
ERASED: Final = "erased"
OPT_OUT: Final = "opt_out"
OPT_IN: Final = "opt_in"
_MARKS: Final[Mapping[str, Mark | None]] = {ERASE: Mark.ERASED, OPT_OUT: Mark.OBJECTS, OPT_IN: None}


class Proof(TypedDict):
    """That an erasure happened, without saying whose. Times are Unix seconds; nulls are still to come."""

    erasure_id: str
    state_erased_at: float
    log_erased_at: float | None
    rows: int | None  # of the log that went
    files: int | None  # of the log that were rewritten
    unreadable: int | None  # files that nobody can read, so that nobody knows whether it is in them


class Job(NamedTuple):
    """An erasure that the log waits for: the visitor as `hash64` of their id, and when their state was erased."""

    subject: int
    asked_at: float

    @classmethod
    def of(cls, text: bytes) -> "Job":
        """Read what was kept."""
        said = orjson.loads(text)
        return cls(int.from_bytes(bytes.fromhex(said["subject"]), "little"), said["asked_at"])


class Who(NamedTuple):
    """Whose request, of which shop, in whose name and when."""

    shop: str
    visitor_id: str
    actor: str
    now: float


def erase(store: PrivacyStore, who: Who, erasure_id: str) -> Proof:
    """Erase a visitor from the state at once, for good, and have the log follow.

    What waits is recorded first: killed in between, the log is rewritten though nobody was answered.
    """
    subject = subject_of(who.visitor_id).hex()
    store.begin_erasure(who.shop, erasure_id, _job(subject, who.now))
    store.mark(who.shop, who.visitor_id, Mark.ERASED, _fact(who, ERASE, erasure_id))
    return waiting(erasure_id, who.now)


def opt_out(store: PrivacyStore, who: Who) -> bool:
    """Have a visitor's objection hold from now on: their state goes. False where they are erased."""
    return store.mark(who.shop, who.visitor_id, Mark.OBJECTS, _fact(who, OPT_OUT))


def opt_in(store: PrivacyStore, who: Who) -> bool:
    """Take an objection back. False where the visitor is erased, which cannot be."""
    return store.mark(who.shop, who.visitor_id, None, _fact(who, OPT_IN))


def waiting(erasure_id: str, asked_at: float) -> Proof:
    """Return what is proven while the log still waits."""
    return Proof(
        erasure_id=erasure_id,
        state_erased_at=asked_at,
        log_erased_at=None,
        rows=None,
        files=None,
        unreadable=None,
    )


def restore(store: PrivacyStore, shop: str, facts: Iterable[Mapping[str, Any]]) -> None:
    """Restore marks, proofs, and what the log still waits for, from the facts of the log in their order.

    A mark that stands stays: it may be newer than the log.
    """
    marks: dict[str, Mark | None] = {}
    waits: dict[str, bytes] = {}
    for fact in facts:
        subject, erasure_id = fact["subject"], fact["erasure_id"]
        if fact["action"] == ERASED:
            store.restore_proof(shop, erasure_id, fact["proof"].encode())
            waits.pop(erasure_id, None)
        elif marks.get(subject) is not Mark.ERASED:
            marks[subject] = _MARKS[fact["action"]]
        if fact["action"] == ERASE:
            waits[erasure_id] = _job(subject, fact["time"])
    for subject, mark in marks.items():
        if mark is not None:
            store.restore_mark(shop, bytes.fromhex(subject), mark)
    for erasure_id, job in waits.items():
        store.begin_erasure(shop, erasure_id, job)


def _job(subject: str, asked_at: float) -> bytes:
    return orjson.dumps({"subject": subject, "asked_at": asked_at})


def _fact(who: Who, action: str, erasure_id: str | None = None) -> bytes:
    return orjson.dumps(
        {
            "time": who.now,
            "received_at": who.now,
            "action": action,
            "actor": who.actor,
            "subject": subject_of(who.visitor_id).hex(),
            "erasure_id": erasure_id,
        }
    )


def erased_fact(proof: Proof, now: float) -> bytes:
    """Return the fact that the log holds nothing any more of who was erased."""
    said = {"time": now, "received_at": now, "action": ERASED, "actor": "worker"}
    return orjson.dumps(said | {"erasure_id": proof["erasure_id"], "proof": orjson.dumps(proof).decode()})
