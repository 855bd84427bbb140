"""Visitors who are erased or object, and the proofs that erasures happened; the keys are in `features.store.keys`.

A mark stands for a visitor by the hash of their id, so that nobody can read from it who they were. While it stands,
no store writes anything under that id: it is checked in the very scripts that write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

import orjson

from features.store.protocol import EventWrite


class Mark(StrEnum):
    """Why nothing is kept under an id. Who is erased stays so; an objection can be taken back."""

    ERASED = "e"
    OBJECTS = "o"


class PrivacyStore(Protocol):
    """What requests of visitors are kept in. Every method raises StoreUnavailable where the store does not answer."""

    def mark(self, shop: str, visitor_id: str, mark: Mark | None, fact: bytes) -> bool:
        """Set a mark and forget the visitor's strings, or (None) take the mark away; append the fact.

        False, and nothing done, where they are erased and the mark is another.
        """

    def mark_of(self, shop: str, visitor_id: str) -> Mark | None:
        """Return a visitor's mark."""

    def restore_mark(self, shop: str, subject: bytes, mark: Mark) -> None:
        """Set a mark as the log has it, without a fact; one that stands stays, unless this one is for good."""

    def subjects(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of all who are marked."""

    def subjects_erased(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of those of them who are erased."""

    def revisions(self, shops: Sequence[str]) -> dict[str, int]:
        """Return a number for each shop that changes whenever a mark does; 0 where none ever was."""

    def begin_erasure(self, shop: str, erasure_id: str, job: bytes) -> None:
        """Record that the log still holds somebody who is erased."""

    def erasing(self, shop: str) -> Mapping[str, bytes]:
        """Return the erasures that the log still waits for, by their ids."""

    def erased(self, shop: str, erasure_id: str, proof: bytes, fact: bytes) -> bool:
        """Record, once, that an erasure is done in the log too; False where it was recorded before."""

    def restore_proof(self, shop: str, erasure_id: str, proof: bytes) -> None:
        """Keep a proof as the log has it, without a fact."""

    def proof(self, shop: str, erasure_id: str) -> bytes | None:
        """Return the proof of an erasure that is done; None for any other."""


def nobodys(write: EventWrite) -> EventWrite:
    """Return an event as nobody's: it counts, and belongs to no visitor.

    >>> nobodys(EventWrite("e", "v", b'{"name":"search","visitor_id":"v","session_id":"s"}', b"..."))
    EventWrite(event_id='e', visitor_id=None, body=b'{"name":"search","visitor_id":null,"session_id":null}',
        interactions=b'', impressions=b'')
    """
    said = orjson.loads(write.body) | {"visitor_id": None, "session_id": None}
    return replace(write, visitor_id=None, body=orjson.dumps(said), interactions=b"", impressions=b"")
