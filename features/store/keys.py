"""The keys in Redis: which exist, what they hold, how long they live.

Everything of a shop is spread over PARTITIONS hash tags, `balad:{SHOP:P}`, so that one call to the server never spans
two slots of a cluster and a shop can use as many masters as it has partitions. A visitor's partition is that of their
id, an item's that of its id, a ranking's that of its id.

| key after the tag | type | holds | life |
| --- | --- | --- | --- |
| `:stream` | stream | facts not yet both archived and projected: `k` kind, `b` JSON, `p` history | until trimmed |
| `:seen:DAY` | set | 8-byte hashes of the event ids of one UTC day | 48 h |
| `:v:VISITOR` | string | the visitor's newest 200 INTERACTION records, oldest first | 30 days after a write |
| `:s:VISITOR` | string | the newest 144 IMPRESSION records shown to them, oldest first | 30 days after a write |
| `:c:ITEM` | string | catalogue row, JSON | until deleted |
| `:n:HASH` | string | statistics of the item with that hash (hex; `0`: of the shop) | 400 days after a write |
| `:r:RANKING` | string | the order that was answered, for the next page of it | 30 min |
| `:projected` | string | last batch of an import or a rebuild that reached this partition's visitors | for good |
| `:suspended` | string | a rebuild is under way: events go to the stream only | 60 s, renewed |
| `:settings` | hash | settings documents (partition 0 only) | until deleted |
| `:rules:HOUR` | hash | what rules did in that hour (partition 0 only) | 50 h |
| `:findings` | hash | what the worker found last, JSON by name (partition 0 only) | until replaced |
| `:changes` | list | the newest 500 changes of them, JSON, newest first (partition 0 only) | until deleted |
| `:trail` | stream | who looked at what, per batch: `b` a packed Trail (partition 0 only) | newest 128 MB |
| `:trail:rest` | sorted set | batches without who was forgotten: `BATCH:`, a Trail (partition 0 only) | as the trail |
| `:trail:size`, `:trail:epoch` | string | bytes of both; how often it was begun anew (partition 0 only) | for good |
| `:work` | string | the cursors over the stream, JSON (partition 0 only) | for good |
| `:marks` | hash | visitors who are erased (`e`) or object (`o`), by the 8-byte hash of their id | for good |
| `:marked` | string | how often marks changed (partition 0 only) | for good |
| `:erasing` | hash | erasures that the log still waits for, JSON by their id (partition 0 only) | until done |
| `:erasure:ID` | string | the proof of an erasure, JSON, without the visitor's id (partition 0 only) | 400 days |
| `:lease`, `:wish` | string | who works on the shop; who waits to (partition 0 only) | 10 s, 2 s |
"""

import time
from hashlib import blake2b
from typing import Final, NamedTuple

from features.facts import STATE_SECONDS
from features.identity import hash64

DAY_SECONDS: Final = 86_400
SEEN_LIFE_SECONDS: Final = (
    2 * DAY_SECONDS
)  # an id is refused again for 24 h at least: its day and the day after
VISITOR_LIFE_SECONDS: Final = int(STATE_SECONDS)
STATISTICS_LIFE_SECONDS: Final = 400 * DAY_SECONDS  # the log's own retention
RANKING_LIFE_SECONDS: Final = 30 * 60
SUSPENSION_SECONDS: Final = 60
PROOF_LIFE_SECONDS: Final = 400 * DAY_SECONDS  # longer than the log keeps what the proof is about
WISH_SECONDS: Final = 2
TRAIL_ENTRY_BYTES: Final = 64  # what a batch's trail is counted with beside its own bytes
TRAIL_BYTES: Final = (
    128 << 20
)  # some 10 million looks as an import packs them; live ones, in small batches, fewer


def tag(shop: str, partition: int) -> str:
    """Return the prefix of all keys of one partition; the braces make it one slot of a cluster."""
    return f"balad:{{{shop}:{partition}}}"


def stream_key(shop: str, partition: int) -> str:
    """Return the key of a partition's stream."""
    return f"balad:{{{shop}:{partition}}}:stream"


def settings_key(shop: str) -> str:
    """Return the key of a shop's settings; in one slot with stream 0, where its changes are recorded."""
    return f"balad:{{{shop}:0}}:settings"


def changes_key(shop: str) -> str:
    """Return the key of the newest changes of a shop's settings; in one slot with them."""
    return f"balad:{{{shop}:0}}:changes"


def seen_key(shop: str, partition: int, now: float, *, days_ago: int = 0) -> str:
    """Return the key of the ids seen on the UTC day of `now`, or some days before."""
    day = time.strftime("%Y%m%d", time.gmtime(now - days_ago * DAY_SECONDS))
    return f"balad:{{{shop}:{partition}}}:seen:{day}"


def visitor_keys(shop: str, partition: int, visitor_id: str) -> tuple[str, str]:
    """Return the keys of what a visitor did and of what they were shown."""
    prefix = tag(shop, partition)
    return f"{prefix}:v:{visitor_id}", f"{prefix}:s:{visitor_id}"


def catalogue_key(shop: str, partition: int, item_id: str) -> str:
    """Return the key of an item's catalogue row."""
    return f"balad:{{{shop}:{partition}}}:c:{item_id}"


def statistics_key(shop: str, partition: int, item: int) -> str:
    """Return the key of an item's statistics, by the item's hash."""
    return f"balad:{{{shop}:{partition}}}:n:{item:x}"


def ranking_key(shop: str, partition: int, ranking_id: str) -> str:
    """Return the key of an answered order."""
    return f"balad:{{{shop}:{partition}}}:r:{ranking_id}"


def suspended_key(shop: str, partition: int) -> str:
    """Return the key that marks a rebuild under way."""
    return f"balad:{{{shop}:{partition}}}:suspended"


def projected_key(shop: str, partition: int) -> str:
    """Return the key of the last batch that reached a partition's visitors."""
    return f"balad:{{{shop}:{partition}}}:projected"


def marks_key(shop: str, partition: int) -> str:
    """Return the key of a partition's visitors who are erased or object."""
    return f"balad:{{{shop}:{partition}}}:marks"


def subject_of(visitor_id: str) -> bytes:
    """Return the 8 bytes that stand for a visitor where the id must not: `hash64` of it."""
    return hash64(visitor_id).to_bytes(8, "little")


class TrailKeys(NamedTuple):
    """The keys of a shop's trail, in one slot."""

    trail: str
    rest: str
    size: str
    epoch: str


def trail_keys(shop: str) -> TrailKeys:
    """Return the keys of the trail."""
    key = f"balad:{{{shop}:0}}:trail"
    return TrailKeys(key, f"{key}:rest", f"{key}:size", f"{key}:epoch")


def id_hash(event_id: str) -> bytes:
    """Return the 8 bytes that stand for an event id among those seen."""
    return blake2b(event_id.encode(), digest_size=8).digest()
