"""A PrivacyStore in Redis."""

from collections.abc import Mapping, Sequence

from features.identity import PARTITIONS, partition_of
from features.store import keys
from features.store.exchange import Exchange
from features.store.lua import script
from features.store.privacy import Mark


class RedisPrivacy:
    """Marks and proofs over an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def mark(self, shop: str, visitor_id: str, mark: Mark | None, fact: bytes) -> bool:
        """Set a mark and forget the visitor's strings, or (None) take the mark away; append the fact."""
        partition = partition_of(visitor_id)
        names = (
            keys.marks_key(shop, partition),
            keys.stream_key(shop, partition),
            *keys.visitor_keys(shop, partition, visitor_id),
        )
        call = script("mark").call(names, (keys.subject_of(visitor_id), mark or b"", fact))
        # The mark first: who reads the new number has the mark to read.
        done, _ = self._exchange.run([call, ("INCR", _marked_key(shop))])
        return bool(done)

    def mark_of(self, shop: str, visitor_id: str) -> Mark | None:
        """Return a visitor's mark."""
        key = keys.marks_key(shop, partition_of(visitor_id))
        (found,) = self._exchange.run([("HGET", key, keys.subject_of(visitor_id))])
        return None if found is None else Mark(found.decode())

    def restore_mark(self, shop: str, subject: bytes, mark: Mark) -> None:
        """Set a mark as the log has it, without a fact; one that stands stays, unless this one is for good."""
        key = keys.marks_key(shop, int.from_bytes(subject, "little") % PARTITIONS)
        verb = "HSET" if mark is Mark.ERASED else "HSETNX"
        self._exchange.run([(verb, key, subject, mark), ("INCR", _marked_key(shop))])

    def subjects(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of all who are marked."""
        replies = self._exchange.run([("HKEYS", keys.marks_key(shop, p)) for p in range(PARTITIONS)])
        return frozenset(subject for found in replies for subject in found)

    def subjects_erased(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of those of them who are erased."""
        replies = self._exchange.run([("HGETALL", keys.marks_key(shop, p)) for p in range(PARTITIONS)])
        marks = (pair for found in replies for pair in zip(found[::2], found[1::2], strict=True))
        return frozenset(subject for subject, mark in marks if mark == Mark.ERASED.encode())

    def revisions(self, shops: Sequence[str]) -> dict[str, int]:
        """Return a number for each shop that changes whenever a mark does."""
        replies = self._exchange.run([("GET", _marked_key(shop)) for shop in shops])
        return {shop: int(found or 0) for shop, found in zip(shops, replies, strict=True)}

    def begin_erasure(self, shop: str, erasure_id: str, job: bytes) -> None:
        """Record that the log still holds somebody who is erased."""
        self._exchange.run([("HSET", _erasing_key(shop), erasure_id, job)])

    def erasing(self, shop: str) -> Mapping[str, bytes]:
        """Return the erasures that the log still waits for."""
        (found,) = self._exchange.run([("HGETALL", _erasing_key(shop))])
        return {name.decode(): job for name, job in zip(found[::2], found[1::2], strict=True)}

    def erased(self, shop: str, erasure_id: str, proof: bytes, fact: bytes) -> bool:
        """Record, once, that an erasure is done in the log too."""
        names = (_erasing_key(shop), _proof_key(shop, erasure_id), keys.stream_key(shop, 0))
        call = script("erased").call(names, (erasure_id, proof, keys.PROOF_LIFE_SECONDS, fact))
        return bool(self._exchange.run([call])[0])

    def restore_proof(self, shop: str, erasure_id: str, proof: bytes) -> None:
        """Keep a proof as the log has it, without a fact."""
        self._exchange.run([("SET", _proof_key(shop, erasure_id), proof, "EX", keys.PROOF_LIFE_SECONDS)])

    def proof(self, shop: str, erasure_id: str) -> bytes | None:
        """Return the proof of an erasure that is done."""
        found: bytes | None = self._exchange.run([("GET", _proof_key(shop, erasure_id))])[0]
        return found


def _marked_key(shop: str) -> str:
    return f"{keys.tag(shop, 0)}:marked"


def _erasing_key(shop: str) -> str:
    return f"{keys.tag(shop, 0)}:erasing"


def _proof_key(shop: str, erasure_id: str) -> str:
    return f"{keys.tag(shop, 0)}:erasure:{erasure_id}"
