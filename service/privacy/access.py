"""Everything that is held about one visitor: state, log, and facts on their way from one to the other."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from features.facts import IMPRESSION, INTERACTION, Action
from features.identity import partition_of
from features.log.kind import Kind
from features.log.place import Log
from features.log.reader import facts
from features.log.visitor import rows_of
from features.sessions.trail import Trail, visitors_of
from features.store.keys import subject_of
from features.store.privacy import PrivacyStore
from features.store.protocol import Positions, WorkStore
from service.worker.entries import Streamed, streamed
from service.worker.state import WorkState

_ALL: Final = 1 << 30  # as many as there are: a stream has a bound
_END: Final = b"18446744073709551615-0"  # behind every fact
_TRAILS_AT_ONCE: Final = 64
_LOGGED: Final = {"events": Kind.EVENTS, "exposures": Kind.EXPOSURES, "requests": Kind.PRIVACY}


class Access:
    """What an answer to a request for access is made from."""

    def __init__(self, store: WorkStore, privacy: PrivacyStore, log_url: str) -> None:
        self._store = store
        self._privacy = privacy
        self._log_url = log_url

    def export(self, shop: str, visitor_id: str) -> Iterator[bytes]:
        """Return the parts of a JSON object. What Redis holds is read now: raises StoreUnavailable."""
        mark = self._privacy.mark_of(shop, visitor_id)
        held = self._store.visitors(shop, [visitor_id])[visitor_id]
        # What waits is read before the log: a fact that is moved meanwhile is told twice rather than not at all.
        waiting = streamed(self._store.entries(shop, self._after(shop, visitor_id), _ALL))
        head = {
            "shop": shop,
            "visitor_id": visitor_id,
            "request": None if mark is None else mark.name.lower(),
            "state": {
                "interactions": _interactions(held.interactions),
                "impressions": _records(np.frombuffer(held.impressions, IMPRESSION)),
                "trail": list(self._trail(shop, visitor_id)),
            },
        }
        return self._parts(shop, visitor_id, orjson.dumps(head), waiting)

    def _trail(self, shop: str, visitor_id: str) -> Iterator[dict[str, Any]]:
        """Yield what the trail of recent sessions holds of the visitor."""
        visitors, after = visitors_of([subject_of(visitor_id)]), 0
        while trails := self._store.trails(shop, after, _TRAILS_AT_ONCE).trails:
            after = trails[-1][0]
            for _, packed in trails:
                trail = Trail.from_bytes(packed)
                yield from trail.told(trail.of(visitors))

    def _after(self, shop: str, visitor_id: str) -> Positions:
        """Return from where to read the visitor's partition, and of the others nothing."""
        archived = WorkState.from_bytes(self._store.progress(shop)).archive.after
        theirs = partition_of(visitor_id)
        return tuple(since if p == theirs else _END for p, since in enumerate(archived))

    def _parts(self, shop: str, visitor_id: str, head: bytes, waiting: list[Streamed]) -> Iterator[bytes]:
        log, subject = Log(self._log_url), subject_of(visitor_id).hex()
        is_theirs: dict[Kind, Callable[[dict[str, Any]], bool]] = {
            Kind.EVENTS: lambda row: row.get("visitor_id") == visitor_id,
            Kind.EXPOSURES: lambda row: row.get("visitor_id") == visitor_id,
            Kind.PRIVACY: lambda row: row.get("subject") == subject,
        }
        yield head[:-1]
        for name, kind in _LOGGED.items():
            yield b',"%s":[' % name.encode()
            logged = (
                (row for _, row in facts(log, shop, (kind,)) if is_theirs[kind](row))
                if kind is Kind.PRIVACY
                else rows_of(log, shop, kind, visitor_id)
            )
            behind = (f.row for f, _ in waiting if f.kind is kind and is_theirs[kind](f.row))
            yield from _listed(logged, behind)
            yield b"]"
        yield b"}"


def _listed(*rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Yield rows as the inside of a JSON list, each fact once."""
    comma, met = b"", set[tuple[Any, ...]]()
    for row in (row for part in rows for row in part):
        fact = row["sequence"], row.get("event_id"), row.get("ranking_id")
        if fact not in met:
            met.add(fact)
            yield comma + orjson.dumps(row, default=_text)
            comma = b","


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError


def _interactions(packed: bytes) -> list[dict[str, Any]]:
    records = np.frombuffer(packed, INTERACTION)
    return [
        said | {"action": Action(said["action"]).name.lower(), "slots": list(said["slots"])}
        for said in _records(records)
    ]


def _records(records: npt.NDArray[np.void]) -> list[dict[str, Any]]:
    """Return records by the names of their fields; an item by the hash that stands for it, in hexadecimal."""
    names = records.dtype.names or ()
    columns = {name: records[name].tolist() for name in names}
    columns["item"] = [f"{item:016x}" for item in columns["item"]]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
