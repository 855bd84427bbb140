"""This process's tables of recent sessions, one per shop, which follow what the worker appends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from features.sessions.index import SessionIndex
from features.sessions.trail import Trail, visitors_of
from features.store.protocol import Store

_AT_ONCE: Final = 64  # trails of one round trip: 2 MB of a large import


@dataclass(slots=True)
class _Followed:
    """A table, and the last batch that it has."""

    epoch: int
    index: SessionIndex = field(default_factory=SessionIndex)
    batch: int = 0
    forgotten: frozenset[bytes] = frozenset()  # of whom the table holds nothing


class RecentSessions:
    """Tables by shop; `refresh` is what one thread calls each second, `of` what requests call.

    `marked` tells who of a shop is erased or objects: nothing of them is taken in, and what was is dropped.
    """

    def __init__(
        self, store: Store, shops: Callable[[], Iterable[str]], marked: Callable[[str], frozenset[bytes]]
    ) -> None:
        self._store = store
        self._shops = shops
        self._marked = marked
        self._followed: dict[str, _Followed] = {}
        self._nobody = SessionIndex()

    def of(self, shop: str) -> SessionIndex:
        """Return the table of a shop; an empty one where nothing was read yet."""
        followed = self._followed.get(shop)
        return self._nobody if followed is None else followed.index

    def refresh(self) -> None:
        """Take in what is new. Raises StoreUnavailable; what was read until then stays."""
        shops = set(self._shops())
        for gone in self._followed.keys() - shops:
            del self._followed[gone]
        for shop in shops:
            self._follow(shop)

    def _follow(self, shop: str) -> None:
        """Read on; a table that was begun anew, by a rebuild, replaces the old one when it is read to its end."""
        followed, marked = self._followed.get(shop), self._marked(shop)
        visitors = visitors_of(marked)
        if followed is not None and marked != followed.forgotten:
            followed.index.forget(visitors)
            followed.forgotten = marked
        while True:
            after = 0 if followed is None else followed.batch
            part = self._store.trails(shop, after, _AT_ONCE)
            if followed is None or part.epoch != followed.epoch:
                followed = _Followed(part.epoch, forgotten=marked)
                if after:
                    continue
            for batch, packed in part.trails:
                followed.index.take(Trail.from_bytes(packed).without(visitors))
                followed.batch = batch
            if len(part.trails) < _AT_ONCE:
                self._followed[shop] = followed
                return
