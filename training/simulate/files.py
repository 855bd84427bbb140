"""The simulated shop and its past as files of JSON lines, for `balad import`.

`items.jsonl` holds the catalogue in the shop's own order, `events.jsonl` the events in time order, `exposures.jsonl`,
where pages are given, how each listing was answered, and `truth.jsonl`, if asked for, the true relevance of each
listing: `{"event_id", "relevance": [one per item, in shown order]}`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from training.simulate.session import Step

ITEMS: Final = "items.jsonl"
EVENTS: Final = "events.jsonl"
TRUTH: Final = "truth.jsonl"
EXPOSURES: Final = "exposures.jsonl"


def known_from(start: float, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item with the `time` from which the log knows it: the beginning of the past, or its own if later.

    >>> known_from(100.0, {"item_id": "A1", "created_at": 40.0})["time"]
    100.0
    """
    return {**item, "time": max(start, item["created_at"])}


def write_items(directory: Path, items: Iterable[Mapping[str, Any]]) -> int:
    """Write the catalogue and return how many items it has."""
    with _whole(directory / ITEMS) as file:
        return sum(1 for item in items if file.write(orjson.dumps(item) + b"\n"))


def write_events(directory: Path, steps: Iterable[Step], *, truth: bool) -> int:
    """Write events as they come and return how many."""
    count = 0
    truths = _whole(directory / TRUTH) if truth else nullcontext()
    with _whole(directory / EVENTS) as events, truths as relevance:
        for count, step in enumerate(steps, start=1):  # noqa: B007 - counted also after the loop
            events.write(orjson.dumps(step.event) + b"\n")
            if relevance is not None and step.relevance is not None:
                line = {"event_id": step.event["event_id"], "relevance": step.relevance.round(6).tolist()}
                relevance.write(orjson.dumps(line) + b"\n")
    return count


def write_exposures(directory: Path, exposures: Iterable[Mapping[str, Any]]) -> int:
    """Write what listings were answered with and return how many there were."""
    with _whole(directory / EXPOSURES) as file:
        return sum(1 for exposure in exposures if file.write(orjson.dumps(exposure) + b"\n"))


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name only once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        yield file
    partial.replace(path)
