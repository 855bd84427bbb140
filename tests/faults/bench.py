"""The long versions of the fault tests: `make bench-faults`, or some, as in `ONLY="outage slow"`.

Their figures go to docs/reliability.md, with date and machine. All of it takes an hour and more; options make it
shorter, as in `ONLY="kills_always --rounds 20"`, and the lines say how much was done.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import orjson

from tests.benchmarks import generated
from tests.benchmarks.machine import Busy, described
from tests.faults import failing_over
from tests.faults.disk import NoMountError, disk_full
from tests.faults.erasing import erased
from tests.faults.failing_over import Failover, Kept, clustered, watched
from tests.faults.fleet import NODE_TIMEOUT_MS
from tests.faults.fuzz import fuzzed
from tests.faults.kill_rounds import PER_SECOND, Report, kill_rounds
from tests.faults.mutations import mutate
from tests.faults.outages import LISTING, slow, stopped
from tests.faults.rebuilding import rebuilt
from tests.faults.soaking import EVENTS_PER_RANKING, SHARE, VISITORS, soaked

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
KEPT: Final = DOCS / "reliability.json"
PAGE: Final = DOCS / "reliability.md"
OUTAGE_SECONDS: Final = 30.0
SLOW_MS: Final = 50.0
FAILOVER_SECONDS: Final = 30.0
_SHOWN: Final = 20  # of what was wrong
TEXTS_PER_CASE: Final = 200  # for each parser: a call costs as much as many texts


class Size(NamedTuple):
    """How much is done."""

    rounds: int = 200
    events: int = 1_000_000
    cases: int = 1_000  # of each call
    minutes: float = 60.0  # at most, of the kills in one mode
    soak_minutes: float = 20.0


def kills_always(size: Size) -> list[str]:
    """Two hundred rounds of kill -9 where each write is on the disk before it is acknowledged."""
    return [_told(kill_rounds("always", size.rounds, 17, 60.0 * size.minutes, _progress))]


def kills_everysec(size: Size) -> list[str]:
    """Two hundred rounds of kill -9 in the default mode."""
    return [_told(kill_rounds("everysec", size.rounds, 17, 60.0 * size.minutes, _progress))]


def _progress(number: int, acknowledged: int) -> None:
    if number % 10 == 0:
        sys.stderr.write(f"  {number} kills, {acknowledged:,} events acknowledged\n")


def _told(report: Report) -> str:
    by_role = ", ".join(f"{role} {times}" for role, times in report.kills.items())
    lost = f", at most {report.oldest_loss_seconds:.2f} s before a kill of Redis" if report.missing else ""
    return (
        f"`{report.mode}`: {report.rounds} kills with -9 ({by_role}) in {report.seconds:.0f} s, {PER_SECOND} events/s "
        f"offered, those of an interruption after it, and {report.per_second:.0f}/s acknowledged: {report.missing} of "
        f"{report.acknowledged:,} acknowledged missing{lost}, {report.doubled} doubled; {report.failures:,} calls were "
        f"sent again"
    )


def outage(_: Size) -> list[str]:
    """Redis stopped for half a minute."""
    got = stopped(OUTAGE_SECONDS)
    return [
        (
            f"Redis stopped for {got.seconds:.0f} s under 200 rankings/s: {got.rankings - got.not_200:,} of "
            f"{got.rankings:,} answered 200; p99 {got.during_p99:.1f} ms, before {got.before_p99:.1f} ms; events "
            f"answered {got.events_status}; full service {got.back_after_seconds:.2f} s after it returned"
        )
    ]


def late(_: Size) -> list[str]:
    """Redis behind a proxy that holds back each answer."""
    got = slow(SLOW_MS, 20.0)
    return [
        (
            f"Redis {got.delay_ms:.0f} ms late on each answer under 200 rankings/s, deadline 50 ms: "
            f"{got.rankings - got.not_200:,} of {got.rankings:,} answered 200; p99 {got.p99:.1f} ms, longest "
            f"{got.longest:.1f} ms, {got.late} after their deadline"
        )
    ]


def disk(_: Size) -> list[str]:
    """The log's disk full, then freed."""
    got = disk_full(6_000)
    return [
        (
            f"the disk of the log full under load, then freed: {got.missing} of {got.acknowledged:,} acknowledged "
            f"events missing, {got.doubled} doubled ({got.refused:,} were refused); all in the log "
            f"{got.resumed_after_seconds:.1f} s after the disk was freed, by "
            f"{'the same' if got.same_worker else 'ANOTHER'} worker process"
        )
    ]


def erasure(size: Size) -> list[str]:
    """A visitor among a million events."""
    got = erased(size.events)
    return [
        (
            f"one visitor among {got.events:,} events in {got.files} files erased: {got.in_redis:.2f} s from state, "
            f"{got.in_trail:.1f} s from the trail of recent sessions, {got.in_log:.1f} s from every file; "
            f"{got.rows_gone:,} rows went, {got.left} are left, the others and the {got.files_same} files that held "
            f"none of them are {'the same' if got.others_same else 'NOT the same'} byte for byte; a late event "
            f"{'REVIVED' if got.revived else 'did not revive'} them"
        )
    ]


def cluster(_: Size) -> list[str]:
    """A cluster that loses a master, and whose slots move."""
    failover, moved, kept = clustered(FAILOVER_SECONDS)
    return [
        f"three masters with a replica each, {_failed_over(failover, 'the cluster')}",
        (
            f"then all slots of the shop moved to another master (`CLUSTER MIGRATESLOTS`) in {moved.seconds:.1f} s: "
            f"{moved.rankings - moved.not_200:,} of {moved.rankings:,} rankings answered 200, p99 {moved.p99:.1f} ms; "
            f"no event was acknowledged for {moved.gap_seconds:.2f} s at the longest"
        ),
        _what_was_kept(kept),
    ]


def sentinels(_: Size) -> list[str]:
    """A master under Sentinels, killed."""
    failover, kept = watched(FAILOVER_SECONDS)
    return [
        f"a master and its replica under three Sentinels, {_failed_over(failover, 'the Sentinels')}",
        _what_was_kept(kept),
    ]


def _failed_over(got: Failover, who: str) -> str:
    return (
        f"{failing_over.RANKINGS_PER_SECOND} rankings/s and {failing_over.EVENTS_PER_SECOND} events/s over HTTP; "
        f"a master killed with -9, silent masters are taken for dead after {NODE_TIMEOUT_MS / 1000:g} s: "
        f"{got.rankings - got.not_200:,} of {got.rankings:,} rankings answered 200, p99 {got.during_p99:.1f} ms, "
        f"before {got.before_p99:.1f} ms; {who} named the successor after {got.seconds:.2f} s, no event was "
        f"acknowledged for {got.gap_seconds:.2f} s"
    )


def _what_was_kept(kept: Kept) -> str:
    lost = f", at most {kept.oldest_loss_seconds:.2f} s before the kill" if kept.missing else ""
    return (
        f"of {kept.acknowledged:,} acknowledged events {kept.missing} missing{lost}, {kept.doubled} doubled: a "
        f"failover may lose what the replica lacked"
    )


def soak(size: Size) -> list[str]:
    """A long busy hour."""
    got = soaked(size.soak_minutes)
    most = max(got.growth, key=lambda name: got.growth[name])
    of_which = "".join(f", {count} {call}" for call, count in got.failures.items())
    held = ", ".join(f"{name} {got.megabytes[name]:,.0f} MB ({got.growth[name]:+.1%})" for name in got.growth)
    return [
        (
            f"{got.minutes:g} minutes at {SHARE:.0%} of capacity ({got.capacity:.0f}/s of a ranking of {LISTING} "
            f"items and a call with {EVENTS_PER_RANKING} events, the clients on the same cores), {VISITORS:,} "
            f"visitors with full histories and as many recent sessions as are kept: {got.steps:,} of both, "
            f"{got.per_second:.0f}/s; {sum(got.failures.values())} answers were not 200{of_which}; "
            f"memory grew by {got.growth[most]:+.1%} at the most over the last half ({most})"
        ),
        f"memory at the end, and its growth over the last half: {held}",
    ]


def rebuild(size: Size) -> list[str]:
    """All that Redis derived from a million live events, lost and made again."""
    got = rebuilt(size.events)
    return [
        (
            f"{got.events:,} live events and a catalogue, what Redis derived from them deleted, then `balad rebuild` "
            f"on one core: {got.facts:,} facts in {got.seconds:.1f} s, {got.per_second:,.0f}/s, its start included "
            f"({got.cpu_seconds:.1f} s of its core; Redis had the other); {got.differing} of {got.keys:,} keys differ "
            f"from before"
        )
    ]


def fuzz(size: Size) -> list[str]:
    """Every call of the contract with what a machine makes up."""
    found = fuzzed(cases_per_call=size.cases)
    _show(found.wrong)
    return [found.line()]


def parsers(size: Size) -> list[str]:
    """Texts that parsers nearly know."""
    found = mutate(TEXTS_PER_CASE * size.cases, generated.model_text(trees=2).encode(), seed=17)
    _show(found.faults)
    names = ", ".join(found.cases)
    return [
        f"{sum(found.cases.values()):,} mutated texts for the parsers of {names}: {len(found.faults)} faults"
    ]


def _show(wrong: list[str]) -> None:
    """Say what was wrong, to look into it: the page has but the number."""
    sys.stderr.writelines(f"  {line}\n" for line in wrong[:_SHOWN])


class Section(NamedTuple):
    """A part of the page: its heading, and what makes its lines."""

    title: str
    measure: Callable[[Size], list[str]]


SECTIONS: Final[dict[str, Section]] = {
    "kills_always": Section("Killed at random, `always`", kills_always),
    "kills_everysec": Section("Killed at random, `everysec`", kills_everysec),
    "outage": Section("Redis stopped", outage),
    "slow": Section("Redis late", late),
    "disk": Section("Disk full", disk),
    "fuzz": Section("Made-up calls", fuzz),
    "parsers": Section("Nearly right texts", parsers),
    "erasure": Section("Erasure", erasure),
    "cluster": Section("A cluster under load", cluster),
    "sentinels": Section("A master under Sentinels, under load", sentinels),
    "soak": Section("A long busy hour", soak),
    "rebuild": Section("Rebuilt from the log", rebuild),
}


@click.command()
@click.argument("chosen", nargs=-1, type=click.Choice(list(SECTIONS)))
@click.option("--rounds", default=Size().rounds, help="Kills in each mode.")
@click.option("--minutes", default=Size().minutes, help="No kill after that long, in each mode.")
@click.option("--soak-minutes", default=Size().soak_minutes, help="How long the busy hour is.")
@click.option("--events", default=Size().events, help="Events of the erasure, and of the rebuild.")
@click.option(
    "--cases",
    default=Size().cases,
    help="Made-up cases of each call; 200 times as many texts for each parser.",
)
def main(chosen: tuple[str, ...], **size: Any) -> None:
    """Run the chosen sections, all where none is named; keep what they say."""
    for name in chosen or SECTIONS:
        began, busy = time.monotonic(), Busy.now()
        try:
            lines = SECTIONS[name].measure(Size(**size))
        except NoMountError as reason:
            sys.stdout.write(f"SKIP {name}: {reason}\n")
            continue
        others = Busy.now().others_since(busy)
        kept = orjson.loads(KEPT.read_bytes()) if KEPT.exists() else {}
        kept[name] = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "machine": described(),
            "took": f"took {time.monotonic() - began:.0f} s; other programs took {others:.0%} of the cores meanwhile",
            "lines": lines,
        }
        sys.stdout.write("\n".join(lines) + f"\n  {kept[name]['took']}\n")
        sys.stdout.flush()
        KEPT.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2) + b"\n")
        PAGE.write_text(page(kept), encoding="utf-8")


def page(kept: dict[str, dict[str, Any]]) -> str:
    """Return docs/reliability.md."""
    text = (
        "# What was broken, and what was left\n\n"
        "Each line is what `make bench-faults` printed, or a part of it, as in `make bench-faults ONLY=outage`.\n"
        "Short versions run with the tests. Where other programs took part of the machine, waits are longer.\n"
    )
    for name, (title, _) in SECTIONS.items():
        text += f"\n## {title}\n\n"
        if name not in kept:
            text += f"Not run yet: `make bench-faults ONLY={name}`.\n"
            continue
        said = "\n".join(f"- {line}" for line in kept[name]["lines"])
        text += f"{said}\n\n{kept[name]['date']}, {kept[name]['machine']}; {kept[name]['took']}.\n"
    return text


if __name__ == "__main__":
    main()
