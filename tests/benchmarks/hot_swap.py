"""Whether anybody notices that the model changes under load."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Event
from time import time
from typing import Any, Final, TypeAlias

from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation
from tests.benchmarks.load import CONNECTIONS

SEEDS: Final = (7, 8, 9)  # three models, so that each promotion reads one that is not in memory any more
PROMOTIONS: Final = 9
EVERY_SECONDS: Final = 1.5  # web processes look once a second
SIZE: Final = 50

Ranking: TypeAlias = dict[str, Any] | None  # None: the request failed
Scores: TypeAlias = list[tuple[str, float]]


def measure() -> Section:
    """Rank one listing as of one moment on 8 connections while three models take turns."""
    with installation() as balad:
        balad.put_items(SIZE)
        balad.send_events(generated.session(0, generated.listing(SIZE), generated.SESSION_LENGTH))
        # One moment for all rankings, behind the session: scores then depend on the model alone.
        asked = generated.question(0, generated.listing(SIZE), time=time() + 1.0, deadline_ms=5_000)
        scores: dict[str, Scores] = {}
        for seed in SEEDS:
            version = balad.publish(generated.bundle(seed))
            scores[version] = _scores(balad.call("POST", "/v1/rank", asked))
        rankings = _while_promoting(balad, balad.request("POST", "/v1/rank", asked), list(scores))
    seen = Counter(ranking["model"] for ranking in rankings if ranking)
    mixed = [ranking for ranking in rankings if ranking and _scores(ranking) != scores.get(ranking["model"])]
    return Section(
        "Hot swap under load",
        f"{CONNECTIONS} connections rank while one of {len(SEEDS)} models after another is promoted, "
        f"{PROMOTIONS} times, every {EVERY_SECONDS:g} s. Each model has its own scores for the listing: an answer that "
        "names one model and holds the scores of another is mixed.",
        [
            Figure("rankings", len(rankings), "rankings"),
            Figure(
                "fewest that one of the models gave", min(seen[version] for version in scores), "rankings"
            ),
            Figure("failed requests", rankings.count(None), "requests", at_most=0),
            Figure("not personalised", seen[None], "rankings", at_most=0),
            Figure("mixed answers", len(mixed), "rankings", at_most=0),
        ],
    )


def _scores(ranking: dict[str, Any]) -> Scores:
    return [(item["item_id"], item["score"]) for item in ranking["items"]]


def _while_promoting(balad: Installation, request: bytes, versions: list[str]) -> list[Ranking]:
    """Return all rankings of all connections."""
    over = Event()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        clients = [pool.submit(_client, balad.port, request, over) for _ in range(CONNECTIONS)]
        try:
            for version, _ in zip(cycle(versions), range(PROMOTIONS), strict=False):
                balad.call("POST", f"/v1/models/{version}/promote", {})
                over.wait(EVERY_SECONDS)
        finally:
            over.set()
    return [ranking for client in clients for ranking in client.result()]


def _client(port: int, request: bytes, over: Event) -> list[Ranking]:
    rankings: list[Ranking] = []
    while not over.is_set():
        try:
            with Connection(port) as connection:
                while not over.is_set():
                    rankings.append(connection.send(request).json())
        except (OSError, RuntimeError):
            rankings.append(None)
    return rankings
