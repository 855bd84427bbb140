"""A PrivacyStore in this process, beside a MemoryStore whose visitors it is about."""

from collections.abc import Mapping, Sequence

from features.identity import partition_of
from features.store import keys
from features.store.memory import MemoryStore
from features.store.privacy import Mark


class MemoryPrivacy:
    """The same promises as in Redis."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def mark(self, shop: str, visitor_id: str, mark: Mark | None, fact: bytes) -> bool:
        """Set a mark and forget the visitor's strings, or (None) take the mark away; append the fact."""
        with self._store.lock:
            state, subject = self._store.shop(shop), keys.subject_of(visitor_id)
            if mark is not Mark.ERASED and state.visitor_marks.get(subject) is Mark.ERASED:
                return False
            state.marked += 1
            if mark is None:
                state.visitor_marks.pop(subject, None)
            else:
                state.visitor_marks[subject] = mark
                self._store.erase_visitor(shop, visitor_id)
            self._store.record(state, partition_of(visitor_id), "p", fact, None)
            return True

    def mark_of(self, shop: str, visitor_id: str) -> Mark | None:
        """Return a visitor's mark."""
        return self._store.shop(shop).visitor_marks.get(keys.subject_of(visitor_id))

    def restore_mark(self, shop: str, subject: bytes, mark: Mark) -> None:
        """Set a mark as the log has it, without a fact; one that stands stays, unless this one is for good."""
        with self._store.lock:
            state = self._store.shop(shop)
            state.marked += 1
            if mark is Mark.ERASED or subject not in state.visitor_marks:
                state.visitor_marks[subject] = mark

    def subjects(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of all who are marked."""
        return frozenset(self._store.shop(shop).visitor_marks)

    def subjects_erased(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of those of them who are erased."""
        marks = self._store.shop(shop).visitor_marks.items()
        return frozenset(subject for subject, mark in marks if mark is Mark.ERASED)

    def revisions(self, shops: Sequence[str]) -> dict[str, int]:
        """Return a number for each shop that changes whenever a mark does."""
        return {shop: self._store.shop(shop).marked for shop in shops}

    def begin_erasure(self, shop: str, erasure_id: str, job: bytes) -> None:
        """Record that the log still holds somebody who is erased."""
        self._store.shop(shop).erasing[erasure_id] = job

    def erasing(self, shop: str) -> Mapping[str, bytes]:
        """Return the erasures that the log still waits for."""
        return dict(self._store.shop(shop).erasing)

    def erased(self, shop: str, erasure_id: str, proof: bytes, fact: bytes) -> bool:
        """Record, once, that an erasure is done in the log too."""
        with self._store.lock:
            state = self._store.shop(shop)
            if state.erasing.pop(erasure_id, None) is None:
                return False
            self.restore_proof(shop, erasure_id, proof)
            self._store.record(state, 0, "p", fact, None)
            return True

    def restore_proof(self, shop: str, erasure_id: str, proof: bytes) -> None:
        """Keep a proof as the log has it, without a fact."""
        self._store.shop(shop).proofs.put(erasure_id, proof, keys.PROOF_LIFE_SECONDS)

    def proof(self, shop: str, erasure_id: str) -> bytes | None:
        """Return the proof of an erasure that is done."""
        return self._store.shop(shop).proofs.get(erasure_id)
