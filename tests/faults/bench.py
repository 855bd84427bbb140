"""The long versions of the fault tests: `make bench-faults`, or some, as in `ONLY="kills outage slow erasure fuzz"`.

Their figures go to docs/reliability.md, with date and machine. Takes about half an hour on a quiet machine.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from tests.benchmarks import generated
from tests.benchmarks.machine import described
from tests.faults.erasing import erased
from tests.faults.fuzz import fuzzed
from tests.faults.kill_rounds import PER_SECOND, Report, kill_rounds
from tests.faults.mutations import mutate
from tests.faults.outages import slow, stopped

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
KEPT: Final = DOCS / "reliability.json"
PAGE: Final = DOCS / "reliability.md"
ROUNDS: Final = 200
OUTAGE_SECONDS: Final = 30.0
SLOW_MS: Final = 50.0
EVENTS: Final = 1_000_000
MUTATIONS: Final = 200_000  # of each of the parsers


def kills_always() -> list[str]:
    """Two hundred rounds of kill -9 where each write is on the disk before it is acknowledged."""
    return [_told(kill_rounds("always", ROUNDS, 17, _progress))]


def kills_everysec() -> list[str]:
    """Two hundred rounds of kill -9 in the default mode."""
    return [_told(kill_rounds("everysec", ROUNDS, 17, _progress))]


def _progress(number: int, acknowledged: int) -> None:
    if number % 10 == 0:
        sys.stderr.write(f"  {number} of {ROUNDS} kills, {acknowledged:,} events acknowledged\n")


def _told(report: Report) -> str:
    by_role = ", ".join(f"{role} {times}" for role, times in report.kills.items())
    lost = f", at most {report.oldest_loss_seconds:.2f} s before a kill of Redis" if report.missing else ""
    return (
        f"`{report.mode}`: {report.rounds} kills with -9 ({by_role}) in {report.seconds:.0f} s, {PER_SECOND} events/s "
        f"sent whenever it answers ({report.per_second:.0f}/s with all interruptions): {report.missing} of "
        f"{report.acknowledged:,} acknowledged missing{lost}, {report.doubled} doubled; {report.failures:,} calls were "
        f"sent again"
    )


def outage() -> list[str]:
    """Redis stopped for half a minute."""
    got = stopped(OUTAGE_SECONDS)
    return [
        (
            f"Redis stopped for {got.seconds:.0f} s under 200 rankings/s: {got.rankings - got.not_200:,} of "
            f"{got.rankings:,} answered 200; p99 {got.during_p99:.1f} ms, before {got.before_p99:.1f} ms; events "
            f"answered {got.events_status}; full service {got.back_after_seconds:.2f} s after it returned"
        )
    ]


def late() -> list[str]:
    """Redis behind a proxy that holds back each answer."""
    got = slow(SLOW_MS, 20.0)
    return [
        (
            f"Redis {got.delay_ms:.0f} ms late on each answer under 200 rankings/s, deadline 50 ms: "
            f"{got.rankings - got.not_200:,} of {got.rankings:,} answered 200; p99 {got.p99:.1f} ms, longest "
            f"{got.longest:.1f} ms"
        )
    ]


def erasure() -> list[str]:
    """A visitor among a million events."""
    got = erased(EVENTS)
    return [
        (
            f"one visitor among {got.events:,} events in {got.files} files erased: {got.in_redis:.2f} s in Redis, "
            f"{got.in_log:.1f} s in every file; {got.rows_gone:,} rows went, {got.left} are left, the others are "
            f"{'the same' if got.others_same else 'NOT the same'}; a late event "
            f"{'REVIVED' if got.revived else 'did not revive'} them"
        )
    ]


def fuzz() -> list[str]:
    """Every call of the contract with what a machine makes up."""
    return [fuzzed(cases_per_call=1_000), _mutated()]


def _mutated() -> str:
    found = mutate(MUTATIONS, generated.model_text(trees=2).encode(), seed=17)
    names = ", ".join(found.cases)
    return (
        f"{sum(found.cases.values()):,} mutated texts for the parsers of {names}: {len(found.faults)} faults"
    )


SECTIONS: Final[dict[str, Callable[[], list[str]]]] = {
    "kills_always": kills_always,
    "kills_everysec": kills_everysec,
    "outage": outage,
    "slow": late,
    "erasure": erasure,
    "fuzz": fuzz,
}


def main(chosen: list[str]) -> None:
    """Run the chosen sections, all where none is named; keep what they say."""
    kept = orjson.loads(KEPT.read_bytes()) if KEPT.exists() else {}
    for name in chosen or SECTIONS:
        began = time.monotonic()
        lines = SECTIONS[name]()
        when = datetime.now(UTC).strftime("%Y-%m-%d")
        kept[name] = {"date": when, "machine": described(), "lines": lines}
        sys.stdout.write("\n".join(lines) + f"\n  took {time.monotonic() - began:.0f} s\n")
        KEPT.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2) + b"\n")
        PAGE.write_text(page(kept), encoding="utf-8")


def page(kept: dict[str, dict[str, object]]) -> str:
    """Return docs/reliability.md."""
    text = "# What was broken, and what was left\n\nMade by `make bench-faults`; short versions run with the tests.\n"
    for name in SECTIONS:
        if name in kept:
            section = kept[name]
            lines = section["lines"] if isinstance(section["lines"], list) else []
            said = "\n".join(f"- {line}" for line in lines)
            text += f"\n## {name}\n\n{said}\n\n{section['date']}, {section['machine']}\n"
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
