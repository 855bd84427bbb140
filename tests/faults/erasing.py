"""One visitor among a million events erased from state and log, with the worker as it runs."""

import hashlib
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.log.place import Log
from features.log.schema import SCHEMAS, Kind
from features.log.writer import write
from features.sessions.trail import Trail, visitors_of
from features.store.keys import subject_of
from features.store.redis_work import connect
from tests.benchmarks.client import Connection, prepared
from tests.benchmarks.installation import until
from tests.faults.town import SHOP, Town, send, town

BATCH: Final = 5_000
VISITORS: Final = 20_000
VICTIM: Final = "v7"
_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Erased:
    """How long it took, in seconds, and what came of it."""

    events: int
    files: int
    in_redis: float  # the visitor's state
    in_trail: float  # their part of the trail of recent sessions, which the worker takes out
    in_log: float
    rows_gone: int
    left: int  # rows of the visitor that are still there
    files_same: int  # that held nothing of the visitor, and hold the same bytes
    others_same: bool  # whether the other rows say the same bytes, and all such files hold the same ones
    revived: bool  # whether a late event brought the visitor back


def erased(events: int) -> Erased:
    """Fill a log, erase a visitor, look at every row before and after."""
    with TemporaryDirectory(prefix="balad-erase-") as data, town(Path(data), "everysec") as place:
        _fill(place, events)
        until(lambda: _trailed(place) == 1, 60.0)
        files = len(Log(place.settings.log_url).parts(SHOP, Kind.EVENTS))
        before = _read(place)
        began = time.monotonic()
        with Connection(place.port) as connection:
            request = prepared("DELETE", f"/v1/visitors/{VICTIM}", place.shop.secret_key, b"")
            proof = connection.send(request).json()
        state, in_redis = _state(place), time.monotonic() - began
        if any(state):
            raise RuntimeError("the visitor's state is still there")
        until(lambda: not _trailed(place), 180.0)
        in_trail = time.monotonic() - began
        until(lambda: _proof(place, proof["erasure_id"])["log_erased_at"] is not None, 180.0)
        in_log = time.monotonic() - began
        done = _proof(place, proof["erasure_id"])
        send(place.port, _event(place))
        after = _read(place)
        kept = {path: digest for path, digest in before.files.items() if path in after.files}
        return Erased(
            events=events,
            files=files,
            in_redis=in_redis,
            in_trail=in_trail,
            in_log=in_log,
            rows_gone=done["rows"],
            left=after.theirs,
            files_same=len(kept),
            others_same=before.rows == after.rows and kept.items() <= after.files.items(),
            revived=any(_state(place)),
        )


def _fill(place: Town, events: int) -> None:
    """Write the log as the worker would, a batch at a time over thirty days; one live event, for a state."""
    log, nothing, now = Log(place.settings.log_url), dict.fromkeys(SCHEMAS[Kind.EVENTS].names), time.time()
    for first in range(0, events, BATCH):
        at = now - 30 * _DAY + first * (29 * _DAY / events)
        batch = [
            nothing
            | {"event_id": f"past-{n}", "name": "view_item", "time": at, "received_at": at, "sequence": n}
            | {"visitor_id": f"v{n % VISITORS}", "session_id": f"s{n % VISITORS}", "consent": True}
            | {"items": [{"item_id": f"i{n % 999}", "index": None, "price": 9.5, "quantity": None}]}
            for n in range(first, first + BATCH)
        ]
        write(log, SHOP, Kind.EVENTS, int(at * 1000), batch)
    if send(place.port, _event(place)) != 200:
        raise RuntimeError("the live event was not taken")


class _Log(NamedTuple):
    """What the log of events says."""

    rows: str  # a digest of all rows of the past of other visitors, in order
    files: dict[str, str]  # digests of those that hold nothing of the visitor, by path
    theirs: int  # rows of the visitor


def _read(place: Town) -> _Log:
    """Read the log whole. A file that an erasure rewrites keeps its name."""
    log, rows, files, all_theirs = Log(place.settings.log_url), hashlib.sha256(), {}, 0
    for part in log.parts(SHOP, Kind.EVENTS):
        written = Path(log.path(part)).read_bytes()
        table = pq.read_table(pa.BufferReader(written))
        is_theirs = pc.fill_null(pc.equal(table["visitor_id"].cast(pa.string()), VICTIM), False)  # noqa: FBT003
        if theirs := int(pc.sum(is_theirs).as_py() or 0):
            all_theirs += theirs
        else:
            files[log.path(part)] = hashlib.sha256(written).hexdigest()
        is_past = pc.starts_with(table["event_id"].cast(pa.string()), "past-")
        for row in table.filter(pc.and_(pc.invert(is_theirs), is_past)).to_pylist():
            rows.update(orjson.dumps(row))
    return _Log(rows.hexdigest(), files, all_theirs)


def _trailed(place: Town) -> int:
    """Return how many looks of the visitor the trail holds."""
    theirs, after, looks = visitors_of([subject_of(VICTIM)]), 0, 0
    with closing(connect(place.server.url, stream_bound=1_000)) as store:
        while trails := store.trails(SHOP, after, 64).trails:
            after = trails[-1][0]
            looks += sum(int(Trail.from_bytes(packed).of(theirs).sum()) for _, packed in trails)
    return looks


def _state(place: Town) -> tuple[bytes, bytes]:
    store = connect(place.server.url, stream_bound=1_000)
    try:
        held = store.visitors(SHOP, [VICTIM])[VICTIM]
    finally:
        store.close()
    return held.interactions, held.impressions


def _proof(place: Town, erasure_id: str) -> Any:
    with Connection(place.port) as connection:
        request = prepared("GET", f"/v1/erasures/{erasure_id}", place.shop.secret_key, b"")
        return connection.send(request).json()


def _event(place: Town) -> bytes:
    event = {"name": "view_item", "event_id": f"live-{time.time()}", "visitor_id": VICTIM, "consent": True}
    batch = {"events": [event | {"items": [{"item_id": "i1"}]}]}
    return prepared("POST", "/v1/events", place.shop.secret_key, batch)
