"""The next item of a session, on somebody's own sessions, offline and over HTTP.

    python -m tests.benchmarks.next_item DIRECTORY [offline|http|settings]

DIRECTORY holds `train_sessions.txt.gz`, a session per line as item ids between spaces, in the order of time, and
`test_prefix_target.tsv.gz`, per line the items of a session so far, a tab, and the item that came next. Prints the
share of the test rows whose next item is among the first 20, and the mean reciprocal of its place there, both in
percent. A row whose next item is not found counts as 0.

`settings` compares the model's settings with others, and never reads the test: it learns from the first nine tenths of
the sessions and predicts rows of the last tenth.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from features.identity import hash64
from features.sessions.index import Asked, SessionIndex, Suggested
from features.sessions.trail import Tracks, Trail
from features.store.keys import trail_keys
from service.ranking.forest import Forest
from service.settings import environment
from tests.benchmarks.client import Connection
from tests.benchmarks.installation import Installation, installation
from training.learnable import Parameters
from training.next_items.examples import examples
from training.next_items.run import AT, grow

SEED: Final = 17
ROWS: Final = 5_000  # of the test, over HTTP
SETTINGS: Final[Sequence[Parameters]] = (  # beside those of `grow`
    {},
    {"n_estimators": 80},
    {"n_estimators": 120},
    {"n_estimators": 220},
    {"learning_rate": 0.04, "n_estimators": 260},
    {"num_leaves": 15},
    {"num_leaves": 63, "max_depth": 8},
    {"objective": "lambdarank"},
    {"objective": "binary"},
)
_BEGIN: Final = time.time() - 60 * 86_400.0
_SESSION_SECONDS: Final = 25.0  # from one session's begin to the next
_CHUNK: Final = 2_000


class Row(NamedTuple):
    """A session so far, and what came next."""

    prefix: list[str]
    following: str


def main(directory: Path, how: str) -> None:
    """Measure and print."""
    sessions = [line.split() for line in _lines(directory / "train_sessions.txt.gz")]
    if how == "settings":
        settings(sessions)
        return
    rows = [
        Row(p.split(), t) for p, t in (x.split("\t") for x in _lines(directory / "test_prefix_target.tsv.gz"))
    ]
    say(f"{len(sessions):,} sessions to learn from, {len(rows):,} rows to predict")
    if how in ("offline", "both"):
        offline(sessions, rows)
    if how in ("http", "both"):
        drawn = np.random.default_rng(SEED).choice(len(rows), min(ROWS, len(rows)), replace=False)
        over_http(sessions, [rows[i] for i in drawn.tolist()])


def offline(sessions: Sequence[list[str]], rows: Sequence[Row]) -> None:
    """Learn from the sessions with the code that `balad train` runs, and predict every row with that which serves."""
    trails = list(trails_of(sessions))
    forest = Forest.of(grow(examples(trails), SEED).text)
    say("learned")
    index = _index_of(trails)
    ranks: list[int] = []
    own: list[int] = []
    began = time.perf_counter()
    for row in rows:
        found = _suggested(index, row)
        own.append(place_of(row.following, found.item_ids[:AT]))
        ranks.append(_rank(forest, found, row))
    milliseconds = 1_000 * (time.perf_counter() - began) / max(len(rows), 1)
    say(f"offline, {len(rows):,} rows, {milliseconds:.2f} ms each")
    say(f"  candidates as found  {told(own)}")
    say(f"  model                {told(ranks)}")


def settings(sessions: Sequence[list[str]]) -> None:
    """Learn with each of SETTINGS from the earlier sessions, and predict rows of the later ones."""
    earlier, later = sessions[: len(sessions) * 9 // 10], sessions[len(sessions) * 9 // 10 :]
    every = [Row(items[:n], items[n]) for items in later for n in range(1, len(items))]
    drawn = np.random.default_rng(SEED).choice(len(every), min(2 * ROWS, len(every)), replace=False)
    rows = [every[i] for i in drawn.tolist()]
    say(f"{len(earlier):,} sessions to learn from, {len(rows):,} rows of the {len(later):,} after them")
    trails = list(trails_of(earlier))
    data, index = examples(trails), _index_of(trails)
    found = [_suggested(index, row) for row in rows]
    for instead in SETTINGS:
        forest = Forest.of(grow(data, SEED, instead).text)
        ranks = [_rank(forest, each, row) for each, row in zip(found, rows, strict=True)]
        say(f"  {told(ranks)}  {', '.join(f'{k} {v}' for k, v in instead.items()) or 'as it is'}")


def _index_of(trails: Sequence[Trail]) -> SessionIndex:
    index = SessionIndex()
    for trail in trails:
        index.take(trail)
    return index


def _suggested(index: SessionIndex, row: Row) -> Suggested:
    return index.suggest(Asked([hash64(item_id) for item_id in row.prefix]))


def _rank(forest: Forest, found: Suggested, row: Row) -> int:
    """Return the place of what came next in the forest's order of what was found; see `place_of`."""
    order = np.argsort(-forest.score(found.X), kind="stable")[:AT]
    return place_of(row.following, [found.item_ids[i] for i in order.tolist()])


def over_http(sessions: Sequence[list[str]], rows: Sequence[Row]) -> None:
    """Import, train, then post each row's events and ask, as a storefront would.

    No worker runs, so that the tables stay those of the sessions to learn from: rows of one session hold each other's
    next items, and a table that took in one of them would know the others.
    """
    with installation(worker=False) as balad, tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "train.jsonl"
        with file.open("w") as out:
            out.writelines(f"{json.dumps(event)}\n" for event in events(sessions))
        balad_command(balad, "import", str(file), "--shop", balad.shop.shop)
        balad_command(balad, "train", "--shop", balad.shop.shop)
        time.sleep(3.0)  # every web process has the model and the sessions
        learned_from = trail_of(balad)
        ranks, seconds, fallbacks = asked(balad, rows)
        if trail_of(balad) != learned_from:
            raise RuntimeError("the tables took in sessions of the test: the figures would be too good")
    say(
        f"over HTTP, {len(rows):,} rows, p50 {1_000 * float(np.median(seconds)):.2f} ms, {fallbacks} not personalised"
    )
    say(f"  model                {told(ranks)}")


def asked(balad: Installation, rows: Sequence[Row]) -> tuple[list[int], list[float], int]:
    """Return where each row's item was, how long each answer took, and how many were not personalised."""
    ranks, seconds, fallbacks = [], [], 0
    with Connection(balad.port) as connection:
        for number, row in enumerate(rows):
            visitor = {"visitor_id": f"test-{number}", "session_id": f"test-{number}", "consent": True}
            seen = [
                {
                    **visitor,
                    "name": "view_item",
                    "event_id": f"t-{number}-{place}",
                    "page": "product",
                    "items": [{"item_id": i}],
                }
                for place, i in enumerate(row.prefix)
            ]
            connection.send(balad.request("POST", "/v1/events", {"events": seen}))
            got = connection.send(
                balad.request("POST", "/v1/recommend", {**visitor, "page": "product", "n": AT})
            )
            answer = got.json()
            ranks.append(place_of(row.following, [item["item_id"] for item in answer["items"]]))
            seconds.append(got.seconds)
            fallbacks += not answer["personalized"]
    return ranks, seconds, fallbacks


def trail_of(balad: Installation) -> tuple[int, str]:
    """Return how many batches the tables are made of, and how often they were begun anew."""
    trail, _, _, epoch = trail_keys(balad.shop.shop)
    return int(balad.store.xlen(trail)), str(balad.store.get(epoch))


def events(sessions: Sequence[list[str]]) -> Iterator[dict[str, Any]]:
    """Yield the looks of sessions, one session after the other."""
    for number, items in enumerate(sessions):
        for place, item_id in enumerate(items):
            yield {
                "name": "view_item",
                "event_id": f"e-{number}-{place}",
                "time": _BEGIN + number * _SESSION_SECONDS + place,
                "visitor_id": f"train-{number}",
                "session_id": f"train-{number}",
                "page": "product",
                "consent": True,
                "items": [{"item_id": item_id}],
            }


def trails_of(sessions: Sequence[list[str]]) -> Iterator[Trail]:
    """Yield the same as trails."""
    tracks = Tracks()
    for event in events(sessions):
        tracks.event(event)
        if len(tracks.rows) >= _CHUNK:
            yield tracks.trail()
            tracks = Tracks()
    yield tracks.trail()


def place_of(item_id: str, answered: Sequence[str]) -> int:
    """Return the place of an item, from 1; 0 where it is not there."""
    return answered.index(item_id) + 1 if item_id in answered else 0


def told(ranks: Sequence[int]) -> str:
    """Return the two figures in words."""
    places = np.array(ranks, float)
    reciprocal = np.divide(1.0, places, where=places > 0, out=np.zeros(len(places)))
    return f"P@{AT} {100 * (places > 0).mean():.2f}  MRR@{AT} {100 * reciprocal.mean():.2f}"


def balad_command(balad: Installation, *words: str) -> None:
    """Run a command of `balad` on the installation, and tell how long it took."""
    began = time.monotonic()
    said = {name: getattr(balad.settings, name) for name in balad.settings.model_fields_set}
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", *words],
        env=environment(**said),
        capture_output=True,
        text=True,
        check=False,
    )
    say(f"balad {words[0]}: {time.monotonic() - began:.0f} s\n{done.stdout}{done.stderr[-2_000:]}")


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt") as file:
        return file.read().splitlines()


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [*sys.argv, "both"][2])
