"""This process's copy of who is erased or objects: what a ranking asks before it reads anything of a visitor."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from features.store.keys import subject_of
from features.store.privacy import PrivacyStore

_NOBODY: Final[frozenset[bytes]] = frozenset()


class Objections:
    """Hashes of visitors by shop, at most a second old while the store answers; some 60 bytes each.

    A copy, so that a ranking waits for nothing and an objection holds while the store is away. What is written is
    checked once more where it is written, by the store itself.
    """

    def __init__(self, store: PrivacyStore, shops: Callable[[], Iterable[str]]) -> None:
        self._store = store
        self._shops = shops
        self._revisions: Mapping[str, int] = MappingProxyType({})
        self._subjects: dict[str, frozenset[bytes]] = {}

    def refresh(self) -> None:
        """Read what changed. Raises StoreUnavailable; the copy then stays as it is."""
        now = self._store.revisions(list(self._shops()))
        for shop, revision in now.items():
            if revision != self._revisions.get(shop, 0):
                self._subjects[shop] = self._store.subjects(shop)
        self._revisions = now

    def of(self, shop: str) -> frozenset[bytes]:
        """Return the hashes of those of whom nothing may be known."""
        return self._subjects.get(shop, _NOBODY)

    def hold(self, shop: str, visitor_id: str) -> bool:
        """Whether nothing may be known of a visitor."""
        subjects = self.of(shop)
        return bool(subjects) and subject_of(visitor_id) in subjects
