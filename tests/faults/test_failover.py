"""A master killed while events are written: the store goes on with who takes over, and what is lost is counted."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import pytest

from features.identity import PARTITIONS
from features.store import redis_work
from features.store.keys import stream_key
from features.store.protocol import START, EventWrite, StoreUnavailable
from features.store.redis_work import RedisWorkStore
from tests.faults.fleet import cluster, watched

NOON = 1_795_348_800.0
LONGEST_SECONDS = 60.0
Kind = Literal["cluster", "sentinel"]


@contextmanager
def killable(kind: Kind, directory: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield a URL, and what kills the master that has the first partition."""
    if kind == "cluster":
        with cluster(directory, replicas=1, options={"cluster-require-full-coverage": "no"}) as made:
            yield made.url, lambda: made.fleet.kill(made.owner(stream_key("s", 0)))
    else:
        with watched(directory) as under:
            yield under.url, lambda: under.fleet.kill(under.master)


def append(store: RedisWorkStore, number: int) -> list[str]:
    """Write a batch over all partitions; the ids, if it was acknowledged."""
    writes = [EventWrite(f"{number}-{n}", f"v{n}", f"{number}-{n}".encode()) for n in range(40)]
    try:
        store.append("s", writes, NOON)
    except StoreUnavailable:
        return []
    return [write.event_id for write in writes]


@pytest.mark.parametrize("kind", ["cluster", "sentinel"])
def test_the_store_goes_on_with_who_takes_over(kind: Kind, tmp_path: Path) -> None:
    with (
        killable(kind, tmp_path) as (url, kill),
        closing(redis_work.connect(url, stream_bound=200_000, timeout_seconds=5.0)) as store,
    ):
        acknowledged = [i for n in range(50) for i in append(store, n)]
        assert len(acknowledged) == 50 * 40
        kill()
        killed, number = time.monotonic(), 50
        assert append(store, number) == []
        while not (again := append(store, number)):
            assert time.monotonic() < killed + LONGEST_SECONDS, "nobody took over"
            time.sleep(0.05)
        acknowledged += again + append(store, number + 1)
        there = {e.body.decode() for part in store.entries("s", (START,) * PARTITIONS, 10_000) for e in part}
    # Replication is asynchronous: the last batch before the kill may not have reached the replica.
    lost = set(acknowledged) - there
    assert lost <= {f"49-{n}" for n in range(40)}
