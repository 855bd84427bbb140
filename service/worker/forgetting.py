"""The worker's part of an erasure or an objection in Redis: the trail of recent sessions without the visitor."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from features.sessions.trail import Trail, Visitors, visitors_of
from features.store.privacy import PrivacyStore
from service.worker.held import Held

AT_ONCE_SECONDS: Final = 1.0  # between two looks at what else there is to do
_PAGE: Final = 64  # batches of one round trip


class _Pass(NamedTuple):
    """One way through the trail, for all who were marked when it began."""

    revision: int  # of the marks
    visitors: Visitors
    after: int  # the last batch that was looked at


class Forgetting:
    """One shop's trail. Whoever takes over begins again; nothing is lost by it. `timer` is in seconds."""

    def __init__(self, store: PrivacyStore, shop: str, timer: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._shop = shop
        self._timer = timer
        self._done = 0  # revision
        self._pass: _Pass | None = None

    def waits(self) -> bool:
        """Whether the trail may hold somebody who is erased or objects."""
        return self._store.revisions([self._shop])[self._shop] != self._done

    def step(self, held: Held, now: float) -> bool:
        """Look through some of the trail; True if there is more."""
        if self._pass is None:
            revision = self._store.revisions([self._shop])[self._shop]
            if revision == held.state.forgotten:
                self._done = revision
                return False
            subjects = self._store.subjects(self._shop)
            while held.project(
                now
            ):  # what they did before they were marked is in the trail now, and nothing follows
                pass
            self._pass = _Pass(revision, visitors_of(subjects), 0)
        end = self._timer() + AT_ONCE_SECONDS
        while (last := _forget(held, self._pass)) is not None:
            self._pass = self._pass._replace(after=last)
            if self._timer() > end:
                return True
        held.save(replace(held.state, forgotten=self._pass.revision))
        self._done, self._pass = self._pass.revision, None
        return self.waits()


def _forget(held: Held, under_way: _Pass) -> int | None:
    """Have the next batches hold none of the visitors; return the last of them, None where there are no more."""
    trails = held.store.trails(held.shop, under_way.after, _PAGE).trails
    changed: dict[int, bytes] = {}
    for batch, packed in trails:
        trail = Trail.from_bytes(packed)
        if (left := trail.without(under_way.visitors)) is not trail:
            changed[batch] = left.to_bytes()
    if changed:
        held.replace_trails(changed)
    return trails[-1][0] if trails else None
