"""How many rankings both cores give, whether each is recorded, and how far that is from what cannot be avoided."""

import time
from typing import Final

from features.facts import IMPRESSION, INTERACTION
from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.floor import echo_seconds, predict_seconds, read_seconds
from tests.benchmarks.installation import Installation, installation
from tests.benchmarks.latency import prepare, questions
from tests.benchmarks.load import CONNECTIONS, Load, load

SIZE: Final = 100
SECONDS: Final = 12.0
ECHO_SECONDS: Final = 5.0


def measure() -> Section:
    """Rank the same listing on 8 connections; then measure each part of the floor alone."""
    with installation() as balad:
        prepare(balad)
        asked = questions(balad, SIZE)
        load(balad.port, asked, 2.0)
        done, cpu, written = _under_load(balad, asked)
        with Connection(balad.port) as connection:
            answer_bytes = len(connection.send(asked[0]).body)
        visit_bytes = generated.SESSION_LENGTH * INTERACTION.itemsize + 24 * IMPRESSION.itemsize
        parts = {
            "gunicorn and Flask echoing the same bytes": echo_seconds(
                balad.settings, asked[0], answer_bytes, ECHO_SECONDS
            ),
            "one Redis read of the same size": read_seconds(balad.server_url, balad.store, visit_bytes),
            "one LightGBM prediction of the same matrix": predict_seconds(),
        }
    return Section(
        "Throughput of POST /v1/rank, and the floor under it",
        f"{done.client} with {CONNECTIONS} kept connections for {SECONDS:g} s, listings of {SIZE} items, the "
        "same visitors, model and processes as for latency, all on the same cores as the client. CPU time is user "
        "and system time of all server processes.",
        [*_speed(done, written), *_distance(done, cpu, parts)],
    )


def _under_load(balad: Installation, asked: list[bytes]) -> tuple[Load, dict[str, float], int]:
    written, before = balad.facts_written(), balad.cpu_seconds()
    done = load(balad.port, asked, SECONDS)
    time.sleep(0.5)  # requests that wrk cut off at the end are answered, and recorded, all the same
    after = balad.cpu_seconds()
    return done, {role: after[role] - before[role] for role in after}, balad.facts_written() - written


def _speed(done: Load, written: int) -> list[Figure]:
    return [
        Figure("rankings per second", done.per_second, "/s", at_least=900),
        Figure("p50", done.p50, "ms"),
        Figure("p90", done.p90, "ms", at_most=9.0),
        Figure("p99", done.p99, "ms"),
        Figure("failed requests", done.failed, "requests", at_most=0),
        Figure("exposures written per ranking answered", written / done.requests, "", at_least=1.0),
    ]


def _distance(done: Load, cpu: dict[str, float], parts: dict[str, float]) -> list[Figure]:
    total, floor = sum(cpu.values()) / done.requests, sum(parts.values())
    return [
        Figure("CPU per ranking", 1_000 * total, "ms"),
        *(Figure(f"  of it {role}", 1_000 * spent / done.requests, "ms") for role, spent in cpu.items()),
        Figure("the floor", 1_000 * floor, "ms"),
        *(Figure(f"  of it {name}", 1_000 * spent, "ms") for name, spent in parts.items()),
        Figure("CPU per ranking over the floor", total / floor, "times", at_most=1.5),
    ]
