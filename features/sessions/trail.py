"""What sessions are made of, in the order in which it was stored: who looked at which item, and what became of items.

The worker appends a trail per batch of facts, a process follows them; a replay takes the same trails from the log.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from features.columnar import item_ids
from features.facts import Event, Records
from features.identity import hash64, session_hash

TRACE: Final = np.dtype(
    [("session", "<u8"), ("time", "<u4"), ("item", "<u4"), ("page", "<u2"), ("what", "u1")]
)
LOOK, OFFERED, SOLD_OUT, GONE, ACTED = range(5)  # ACTED: clicked, put into the cart or on the list, bought
NOBODY: Final = 0  # the session of a look without a visitor: it counts for what is popular alone
_WHAT: Final = {
    "view_item": LOOK,
    "select_item": ACTED,
    "add_to_cart": ACTED,
    "add_to_wishlist": ACTED,
    "purchase": ACTED,
}
_LAST_SECOND: Final = 2**32 - 1
_MOST_PAGES: Final = 2**16 - 1
_SESSION_MIX: Final = 0x9E3779B97F4A7C15  # odd
_OWN_BITS: Final = (
    24  # of a key, that tell a session from the others of its visitor; the bits above are the visitor's
)
_OWN: Final = 2**_OWN_BITS - 1
_BYTES_OF_SUBJECT: Final = "<u8"


Visitors: TypeAlias = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Trail:
    """Rows of TRACE, whose `item` and `page` are places in the lists beside them."""

    rows: Records
    items: list[str]
    pages: list[str]

    def to_bytes(self) -> bytes:
        """Write as bytes; empty where there is nothing.

        >>> trail = Tracks().trail()
        >>> trail.to_bytes()
        b''
        """
        if not len(self.rows):
            return b""
        names = orjson.dumps([self.items, self.pages])
        return zlib.compress(len(names).to_bytes(4, "little") + names + self.rows.tobytes(), 1)

    def of(self, visitors: Visitors) -> npt.NDArray[np.bool_]:
        """Tell which rows are of some visitors, shape (n,)."""
        return is_of(self.rows["session"], visitors)

    def without(self, visitors: Visitors) -> "Trail":
        """Return it without some visitors; itself where it has nothing of them."""
        theirs = self.of(visitors)
        return Trail(self.rows[~theirs], self.items, self.pages) if theirs.any() else self

    def told(self, which: npt.NDArray[np.bool_]) -> Iterator[dict[str, Any]]:
        """Yield some rows in words: `session` in hexadecimal, `time` in Unix seconds, `item_id`, `page`, `what`."""
        for session, time, item, page, what in self.rows[which].tolist():
            named = {"session": f"{session:016x}", "time": time, "item_id": self.items[item]}
            yield named | {"page": self.pages[page], "what": "look" if what == LOOK else "act"}

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Trail":
        """Read what was written."""
        raw = zlib.decompress(packed)
        end = 4 + int.from_bytes(raw[:4], "little")
        items, pages = orjson.loads(raw[4:end])
        return cls(np.frombuffer(raw, TRACE, offset=end), items, pages)


@dataclass(slots=True)
class Tracks:
    """Facts as they come, to become a trail."""

    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    items: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)

    def event(self, event: Event) -> None:
        """Add an event; those that are no look at an item add nothing."""
        if (what := _WHAT.get(event["name"])) is None:
            return
        visitor_id = event["visitor_id"]
        key = NOBODY if visitor_id is None else session_key(visitor_id, session_hash(event["session_id"]))
        time, page = _second(event["time"]), self._page(event["page"] or "")
        for item_id in item_ids(event["items"]):
            self.rows.append((key, time, self._item(item_id), page, what))

    def item(self, change: Mapping[str, Any]) -> None:
        """Add a change of the catalogue: an item is offered since it was created, is sold out, or is gone."""
        what = GONE if change["deleted"] else SOLD_OUT if change["in_stock"] is False else OFFERED
        since = change["created_at"] if change["created_at"] is not None else change["received_at"]
        self.rows.append((NOBODY, _second(since), self._item(change["item_id"]), self._page(""), what))

    def trail(self) -> Trail:
        """Return what was added."""
        return Trail(np.array(self.rows, TRACE), list(self.items), list(self.pages))

    def _item(self, item_id: str) -> int:
        return self.items.setdefault(item_id, len(self.items))

    def _page(self, page: str) -> int:
        return self.pages.setdefault(page, len(self.pages)) if len(self.pages) < _MOST_PAGES else 0


def is_touch(rows: Records) -> npt.NDArray[np.bool_]:
    """Tell which rows are of somebody who looked at or acted on an item, shape (n,)."""
    what = rows["what"]
    touches: npt.NDArray[np.bool_] = (what == LOOK) | (what == ACTED)
    return touches


def session_key(visitor_id: str, session: int) -> int:
    """Return what tells a session from all others, by the visitor and the hash of its own id.

    A visitor's sessions share their upper 40 bits, so that all of them are found when the visitor is to be forgotten;
    of ten million others, one shares them by chance in one of 100,000 cases.

    >>> session_key("v-81", 1) == session_key("v-81", 2)
    False
    """
    visitor = hash64(visitor_id)
    return (visitor & ~_OWN | (visitor ^ session * _SESSION_MIX) & _OWN) or 1


def visitors_of(subjects: Iterable[bytes]) -> Visitors:
    """Return what visitors, each given by the 8 bytes of their `hash64`, have in the keys of their sessions."""
    return np.unique(np.frombuffer(b"".join(subjects), _BYTES_OF_SUBJECT) >> np.uint64(_OWN_BITS))


def is_of(keys: Visitors, visitors: Visitors) -> npt.NDArray[np.bool_]:
    """Tell which keys of sessions are of some visitors, shape (n,)."""
    theirs: npt.NDArray[np.bool_] = np.isin(keys >> np.uint64(_OWN_BITS), visitors) & (keys != NOBODY)
    return theirs


def _second(time: float) -> int:
    return min(max(int(time), 0), _LAST_SECOND)
