"""How long a recommendation takes, how many two cores give, and what the tables of a million sessions cost."""

import os
import time
from collections.abc import Iterator
from typing import Final

import numpy as np

from features.bundle import NEXT_ITEMS, Bundle, Golden, Manifest, Shelf, Window, histograms, version_of
from features.sessions.columns import NAMES, TABLE_HASH
from features.sessions.index import SessionIndex
from features.sessions.trail import TRACE, Trail
from features.store import redis_work
from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation, until
from tests.benchmarks.load import load
from tests.benchmarks.machine import resident_bytes
from training.next_items.examples import examples
from training.next_items.run import grow

ITEMS: Final = 43_000
SESSIONS: Final = 190_000
MANY_SESSIONS: Final = 1_000_000
LOOKS: Final = 5  # of a session
VISITORS: Final = 64
ASKED: Final = 1_500
WARM_UP: Final = 200
SECONDS: Final = 12.0
_CHUNK: Final = 1_000  # sessions of a trail
_LEARNED: Final = 4_000


def measure() -> Section:
    """Fill the tables, let a model serve, then ask."""
    section = Section(
        "POST /v1/recommend",
        f"{ITEMS:,} items, {SESSIONS:,} generated sessions of {LOOKS} looks, {VISITORS} visitors with as many; n = 20, "
        "a model of 150 trees grown on them; one client, then 8 connections. Beside it the tables of "
        f"{MANY_SESSIONS:,} such sessions, taken in by one process.",
    )
    section.figures.extend(_tables())
    with installation() as balad:
        _prepare(balad)
        asked = [_question(balad, visitor) for visitor in range(VISITORS)]
        with Connection(balad.port) as connection:
            answers = [connection.send(asked[n % VISITORS]) for n in range(WARM_UP + ASKED)][WARM_UP:]
        milliseconds = [1_000 * answer.seconds for answer in answers]
        fallbacks = sum(not answer.json()["personalized"] for answer in answers)
        done = load(balad.port, asked, SECONDS)
    answered = [
        Figure("one client, p50", float(np.percentile(milliseconds, 50)), "ms", at_most=3.0),
        Figure("one client, p99", float(np.percentile(milliseconds, 99)), "ms", at_most=8.0),
        Figure("not personalised", fallbacks, "answers", at_most=0),
        Figure("8 connections", done.per_second, "/s", at_least=600),
        Figure("8 connections, p90", done.p90, "ms"),
    ]
    section.figures.extend(answered)
    return section


def trails(sessions: int, seed: int = 1) -> Iterator[Trail]:
    """Yield sessions that begin at popular items and mostly go on close by."""
    rng = np.random.default_rng(seed)
    for first in range(0, sessions, _CHUNK):
        begins = (ITEMS * rng.random(_CHUNK) ** 3).astype(np.int64)
        steps = rng.geometric(0.05, (_CHUNK, LOOKS)).cumsum(axis=1)
        items = ((begins[:, None] + steps) % ITEMS).ravel()
        known, place = np.unique(items, return_inverse=True)
        rows = np.zeros(len(items), TRACE)
        rows["session"] = np.repeat(np.arange(first + 1, first + _CHUNK + 1) * 2_654_435_761, LOOKS)
        rows["time"], rows["item"] = 1_700_000_000 + first, place
        yield Trail(rows, [generated.item_id(int(item)) for item in known], ["product"])


def _tables() -> Iterator[Figure]:
    packed = [trail.to_bytes() for trail in trails(MANY_SESSIONS)]
    index, before, began = SessionIndex(), resident_bytes(os.getpid()) / 1e6, time.perf_counter()
    for trail in packed:
        index.take(Trail.from_bytes(trail))
    yield Figure("tables of 1,000,000 sessions, built in", time.perf_counter() - began, "s", at_most=300)
    yield Figure("  memory", resident_bytes(os.getpid()) / 1e6 - before, "MB", at_most=2_000)
    yield Figure("  their trails in Redis", sum(map(len, packed)) / 1e6, "MB")


def _prepare(balad: Installation) -> None:
    store = redis_work.connect(balad.server_url, stream_bound=1_000)
    made = list(trails(SESSIONS))
    for number, trail in enumerate(made, start=1):
        store.extend_trail(balad.shop.shop, number, trail.to_bytes())
    store.close()
    _publish(balad, made)
    looks = [
        {
            "name": "view_item",
            "event_id": f"r-{visitor}-{step}",
            "visitor_id": generated_visitor(visitor),
            "session_id": "s",
            "consent": True,
            "page": "product",
            "items": [{"item_id": generated.item_id(visitor * 97 + 11 * step)}],
        }
        for visitor in range(VISITORS)
        for step in range(LOOKS)
    ]
    balad.send_events(looks)
    with Connection(balad.port) as connection:
        question = _question(balad, 0)
        until(lambda: all(connection.send(question).json()["personalized"] for _ in range(20)))


def _publish(balad: Installation, made: list[Trail]) -> None:
    data = examples(made, most=_LEARNED)
    model = grow(data, 17)
    rows = np.ascontiguousarray(data.X[:256])
    import lightgbm  # noqa: PLC0415 - half a second that nothing else here needs

    scores = lightgbm.Booster(model_str=model.text).predict(rows, raw_score=True, num_threads=1)
    manifest = Manifest(
        shop=balad.shop.shop,
        version=version_of(time.time(), model.text.encode()),
        created_at=time.time(),
        parent=None,
        features=NAMES,
        table_hash=TABLE_HASH,
        attributes=(),
        window=Window(since=0.0, until=1.0),
        counts={},
        parameters={},
        seed=17,
        libraries={},
        metrics={},
    )
    golden = Golden(rows, np.asarray(scores, np.float64))
    shelf = Shelf(balad.settings.models_url, NEXT_ITEMS)
    shelf.write(Bundle(manifest, model.text, golden, "-", histograms(NAMES, rows)))
    shelf.promote(balad.shop.shop, manifest.version, time.time())


def generated_visitor(number: int) -> str:
    """Return a visitor's id."""
    return f"recommended-{number}"


def _question(balad: Installation, visitor: int) -> bytes:
    body = {
        "page": "home",
        "visitor_id": generated_visitor(visitor),
        "session_id": "s",
        "consent": True,
        "n": 20,
    }
    return balad.request("POST", "/v1/recommend", body)
