"""docs/capacity.md: what a shop of a size needs, by arithmetic over the figures of docs/figures.json."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

import orjson

from tests.benchmarks.figures import FILE, shown

MONTH_SECONDS: Final = 30 * 86_400
PEAK: Final = 10.0  # the busiest minute over the month's mean: 4 for the hour of the day, 2.5 for a sale
BUSY: Final = 0.6  # of a core: beyond it calls wait for each other
EVENTS_PER_RANKING: Final = (
    3.0  # a listing is seen, something on it is looked at, now and then something is bought
)
EVENTS_PER_VISITOR: Final = 15.0
ITEMS: Final = 100_000
COPY: Final = (
    2.0  # a rewrite of the append-only file may copy what changes meanwhile; the allocator's waste is in it
)
SIZES: Final = (1e6, 1e7, 1e8)
_UNMEASURED: Final = "not measured"


@dataclass(frozen=True, slots=True)
class Costs:
    """What things cost, in ms of a core, KB of 1,000 bytes and MB of 2**20; None where the benchmark was not run."""

    ranking_ms: float | None
    event_ms: float | None
    visitor_kb: float | None
    item_kb: float | None
    web_mb: float | None
    rankings_per_second: float | None
    worker_mb: float | None
    event_bytes: float | None  # in the log
    ranking_bytes: float | None


@dataclass(frozen=True, slots=True)
class Need:
    """What a shop needs; a part that nobody measured counts nothing, and the page says so."""

    rankings_per_second: float
    events_per_second: float
    cores: float
    redis_mb: float
    log_mb: float  # that a month adds


def need(events_a_month: float, costs: Costs) -> Need:
    """Return what so many events a month need in the busiest minute.

    30 million a month are 11.57/s, 115.7/s at the peak, with 38.6 rankings/s: with 3 ms a ranking and 0.3 ms an event
    that is 0.1505 of a core, or 0.2508 where a core may be busy for 60 %.
    """
    events = events_a_month / MONTH_SECONDS * PEAK
    rankings = events / EVENTS_PER_RANKING
    busy = (rankings * (costs.ranking_ms or 0.0) + events * (costs.event_ms or 0.0)) / 1_000
    visitors = events_a_month / EVENTS_PER_VISITOR
    kilobytes = visitors * (costs.visitor_kb or 0.0) + ITEMS * (costs.item_kb or 0.0)
    log_mb = (
        events_a_month
        * ((costs.event_bytes or 0.0) + (costs.ranking_bytes or 0.0) / EVENTS_PER_RANKING)
        / 1e6
    )
    return Need(rankings, events, busy / BUSY, COPY * kilobytes / 1_000, log_mb)


def costs_of(sections: list[dict[str, Any]]) -> Costs:
    """Return the costs that the measured figures say."""
    found = {
        (section["name"], figure["name"]): float(figure["value"])
        for section in sections
        for figure in section["figures"]
    }
    event_us = found.get(("ingestion", "CPU per event, mixed"))
    kept = [
        found.get(("memory", f"a visitor's {what}"))
        for what in ("15 interactions", "24 impressions, beside them")
    ]
    row = found.get(("memory", "an item's catalogue row"))
    statistics = found.get(("memory", "an item's statistics, on the day it was first seen"), 0.0)
    return Costs(
        found.get(("throughput", "CPU per ranking")),
        None if event_us is None else event_us / 1_000,
        None if None in kept else sum(one or 0.0 for one in kept),
        None if row is None else row + statistics,
        found.get(("memory", "web process with 100,000 items in its cache")),
        found.get(("throughput", "rankings per second")),
        found.get(("ingestion", "worker process at the end")),
        found.get(("ingestion", "an event in the log, mixed")),
        found.get(("memory", "a ranking of 100 items in the log")),
    )


def capacity_page() -> str:
    """Return docs/capacity.md."""
    sections = orjson.loads(FILE.read_bytes())["sections"] if FILE.exists() else []
    costs = costs_of(sections)
    return "\n".join([*_head(costs), *_table(costs), *_limits(costs)]) + "\n"


def _head(costs: Costs) -> list[str]:
    return [
        "# Capacity\n",
        *_paragraph(
            "What a shop needs, by arithmetic over [figures.md](figures.md), which says machine, date and how each was "
            "measured. Generated from `docs/figures.json` by `make docs`."
        ),
        "## What things cost\n",
        "| | costs |",
        "| --- | --- |",
        f"| a ranking of 100 items, all processes together | {_of(costs.ranking_ms, 'ms of a core')} |",
        f"| an event, all processes together, with listings among them | {_of(costs.event_ms, 'ms of a core')} |",
        f"| a visitor of 15 interactions and 24 impressions, in Redis | {_of(costs.visitor_kb, 'KB')} |",
        f"| an item, in Redis | {_of(costs.item_kb, 'KB')} |",
        f"| a web process with {ITEMS:,} items in its cache | {_of(costs.web_mb, 'MB')} |",
        f"| a worker process | {_of(costs.worker_mb, 'MB')} |",
        f"| an event in the log, with listings among them | {_of(costs.event_bytes, 'bytes')} |",
        f"| a ranking of 100 items in the log | {_of(costs.ranking_bytes, 'bytes')} |\n",
        *_paragraph(
            "What is not measured counts nothing in the sums below. The worker also remembers who was counted, for "
            "three hours: 11 to 14 bytes for each item that a visitor saw or touched."
        ),
    ]


def _table(costs: Costs) -> list[str]:
    return [
        "## What a shop needs\n",
        *_paragraph(
            f"Taken for granted: the busiest minute has {PEAK:g} times the month's mean; one ranking for "
            f"{EVENTS_PER_RANKING:g} events; one visitor for {EVENTS_PER_VISITOR:g} events, kept for 30 days; "
            f"{ITEMS:,} items; a core may be busy for {BUSY:.0%} of the time; Redis gets {COPY:g} times what "
            "it holds, for the rewrite of its file. Yours will differ: the sums are"
        ),
        f"    events/s   = events a month / {MONTH_SECONDS:,} * {PEAK:g}",
        f"    rankings/s = events/s / {EVENTS_PER_RANKING:g}",
        f"    cores      = (rankings/s * cost of a ranking + events/s * cost of an event) / {BUSY:g}",
        f"    visitors   = events a month / {EVENTS_PER_VISITOR:g}",
        f"    Redis      = {COPY:g} * (visitors * cost of a visitor + items * cost of an item)",
        f"    log        = events a month * (cost of an event + cost of a ranking / {EVENTS_PER_RANKING:g})\n",
        "| events a month | events/s at the peak | rankings/s | cores | memory of Redis | log of a month |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(size, need(size, costs)) for size in SIZES),
        "",
        *_paragraph(
            "Whatever the size, start with two web processes, so that one can be restarted, and with a core that is "
            "free for Redis and the worker. Each stream of a shop may grow by `BALAD_STREAM_BOUND` facts while the "
            "worker is away; they come on top."
        ),
    ]


def _row(size: float, wanted: Need) -> str:
    rates = f"{wanted.events_per_second:.1f} | {wanted.rankings_per_second:.1f}"
    sizes = f"{wanted.redis_mb:,.0f} MB | {wanted.log_mb:,.0f} MB"
    return f"| {size / 1e6:,.0f} million | {rates} | {wanted.cores:.2f} | {sizes} |"


def _limits(costs: Costs) -> list[str]:
    return [
        "## Where one machine stops, and what to add then\n",
        *_paragraph(_most(costs)),
        *_paragraph(
            "**Memory of Redis** is what a large shop meets first. It grows with the visitors of 30 days. Give it a "
            "machine of its own, with the memory of the table."
        ),
        *_paragraph(
            "**Cores for rankings** come next: the web takes most of a ranking's time. Add web processes, on this "
            "machine or others; they share nothing but Redis."
        ),
        *_paragraph(
            "**The worker** does a shop's work in one process. More workers help more shops, and take over from one "
            "that is gone; for a single shop, one core is the bound."
        ),
        *_paragraph(
            "**Redis's one core** is the last. All keys of a visitor share a slot and no command spans slots, so that "
            "a cluster can spread them."
        ),
        *_paragraph(
            "**Training** reads the whole window on one machine: away from the shoppers, on a machine of its own."
        )[:-1],
    ]


def _most(costs: Costs) -> str:
    if costs.rankings_per_second is None:
        return "The throughput of one machine is not measured yet: `make bench ONLY=throughput`."
    most = costs.rankings_per_second * BUSY * EVENTS_PER_RANKING / PEAK * MONTH_SECONDS
    return (
        f"The machine that was measured, with the client on its cores, answered {shown(costs.rankings_per_second)} "
        f"rankings/s. At {BUSY:.0%} of that, with rankings alone, a shop of {most / 1e6:,.0f} million events a month "
        "has its peak there."
    )


def _paragraph(text: str) -> list[str]:
    """Return the lines of a paragraph and the empty one behind it."""
    return [*wrap(text, 118, break_long_words=False, break_on_hyphens=False), ""]


def _of(value: float | None, unit: str) -> str:
    return _UNMEASURED if value is None else f"{shown(value)} {unit}"
