"""How far the work on a shop has come, and what was begun: kept in the store, written by the holder of the lease.

Two cursors go over the same streams: `archive` puts facts into the log, `project` counts events. Each batch is recorded
before it is begun, so that after a crash the same facts are done again under the same number, which changes nothing
where they were done already.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import orjson

from features.identity import PARTITIONS
from features.store.protocol import START, Positions

CursorName: TypeAlias = Literal["archive", "project"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Facts under one number: those of a cursor up to some positions."""

    number: int
    upto: Positions


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is done, as the last position of each partition, and the batch that was begun."""

    after: Positions = (START,) * PARTITIONS
    begun: Batch | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A chunk of an import that was begun: its number in the log, kind and dates; it may have been written in part."""

    number: int
    kind: str
    dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkState:
    """All of it. `number` is that of the latest batch of any kind; `rebuilding` says that a rebuild is not finished.

    `forgotten` is the revision of the marks up to which the trail holds nobody who is erased or objects.
    """

    number: int = 0
    archive: Cursor = field(default_factory=Cursor)
    project: Cursor = field(default_factory=Cursor)
    imported: Imported | None = None
    rebuilding: bool = False
    forgotten: int = 0

    def following(self, now: float) -> int:
        """Return the number of the next batch: the time in milliseconds, or one more than the latest."""
        return max(self.number + 1, int(now * 1000))

    def began(self, cursor: CursorName, upto: Positions, now: float) -> "WorkState":
        """Return the state in which a batch up to `upto` is recorded."""
        number = self.following(now)
        begun = replace(self.cursor(cursor), begun=Batch(number, upto))
        return replace(self._with(cursor, begun), number=number)

    def did(self, cursor: CursorName) -> "WorkState":
        """Return the state in which the recorded batch is done."""
        begun = self.cursor(cursor).begun
        return self if begun is None else self._with(cursor, Cursor(begun.upto))

    def done(self) -> Positions:
        """Return the positions up to which both cursors are done: what the streams need no longer hold."""
        both = zip(self.archive.after, self.project.after, strict=True)
        return tuple(min(pair, key=_order) for pair in both)

    def cursor(self, name: CursorName) -> Cursor:
        """Return one of the two."""
        return self.archive if name == "archive" else self.project

    def _with(self, name: CursorName, cursor: Cursor) -> "WorkState":
        return replace(self, archive=cursor) if name == "archive" else replace(self, project=cursor)

    def to_bytes(self) -> bytes:
        """Write as JSON.

        >>> state = WorkState().began("archive", (b"17-0",) * PARTITIONS, now=1.0)
        >>> WorkState.from_bytes(state.to_bytes()) == state
        True
        """
        return orjson.dumps(
            {
                "number": self.number,
                "archive": _written(self.archive),
                "project": _written(self.project),
                "imported": self.imported,
                "rebuilding": self.rebuilding,
                "forgotten": self.forgotten,
            }
        )

    @classmethod
    def from_bytes(cls, text: bytes) -> "WorkState":
        """Read what was written; nothing is the state in which nothing was done."""
        if not text:
            return cls()
        said = orjson.loads(text)
        imported = said["imported"] and Imported(
            said["imported"]["number"], said["imported"]["kind"], tuple(said["imported"]["dates"])
        )
        cursors = _read(said["archive"]), _read(said["project"])
        return cls(said["number"], *cursors, imported, said["rebuilding"], said.get("forgotten", 0))


def _order(position: bytes) -> tuple[int, int]:
    milliseconds, _, number = position.partition(b"-")
    return int(milliseconds), int(number)


def _written(cursor: Cursor) -> dict[str, Any]:
    begun = cursor.begun
    return {
        "after": [p.decode() for p in cursor.after],
        "begun": begun and {"number": begun.number, "upto": [p.decode() for p in begun.upto]},
    }


def _read(said: dict[str, Any]) -> Cursor:
    begun = said["begun"] and Batch(said["begun"]["number"], _positions(said["begun"]["upto"]))
    return Cursor(_positions(said["after"]), begun)


def _positions(texts: list[str]) -> Positions:
    return tuple(text.encode() for text in texts)
