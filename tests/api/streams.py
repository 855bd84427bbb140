"""What the service wrote into the shops' streams, for tests to read."""

from typing import Any

import orjson
import redis


def _place(entry_id: bytes) -> tuple[int, int]:
    """The milliseconds and the number within them of `entry_id`, which sort as text does not."""
    milliseconds, number = entry_id.split(b"-")
    return int(milliseconds), int(number)


def streamed(redis_url: str, kind: str) -> list[dict[str, Any]]:
    """The facts of one kind (`e` events, `x` exposures, `i` item changes) in all streams, oldest first."""
    with redis.Redis.from_url(redis_url) as client:
        entries = [entry for key in client.scan_iter("*:stream") for entry in client.xrange(key)]
    entries.sort(key=lambda entry: _place(entry[0]))
    return [orjson.loads(fields[b"b"]) for _, fields in entries if fields[b"k"] == kind.encode()]
