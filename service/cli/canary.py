"""`balad models canary`, `step`, `stop` and `shadow`: a model on its way to all visitors."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import click

from service.cli.live import live
from service.cli.of_shop import asked, json_text, of_shop
from service.rollout.state import LARGEST, SMALLEST, STEPS, Canary
from service.settings import Settings

if TYPE_CHECKING:
    from features.attributes import Attribute
    from features.store.findings import Findings
    from service.pages.change import Author
    from service.rollout.moves import Rollouts
    from service.rollout.progress import Progress

ACTOR: Final = "command line"


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a command works with."""

    rollouts: "Rollouts"
    findings: "Findings"
    author: "Author"
    attributes: tuple["Attribute", ...]


@click.command()
@click.argument("version", required=False)
@click.option(
    "--share",
    type=click.FloatRange(SMALLEST, LARGEST),
    default=STEPS[0],
    show_default=True,
    help="Of the visitors, to begin with.",
)
@of_shop
@click.pass_context
def canary(ctx: click.Context, version: str | None, share: float, shop: str | None, *, as_json: bool) -> None:
    """Try a version on a share of the visitors first; without a version, say how the one that is tried does.

    It gets 1, 5, 25 and 100 % of them by itself, each after the visitors that BALAD_CANARY_VISITORS states, and is
    rolled back by itself where it fails, is slow, or is clicked or bought from less than the live model.

    \b
    Example:
      balad models --shop acme canary 2026-11-22T10-00-00Z-4f2a
      balad models --shop acme canary
    """
    name, as_json = asked(ctx, shop, as_json=as_json)
    with _bench(ctx.obj, name) as bench:
        if version is not None:
            began = bench.rollouts.begin(bench.author, version, bench.attributes, share)
            _say(began, None, as_json=as_json)
            return
        latest = bench.rollouts.latest(name)
        _say(latest, _seen(bench, name, latest), as_json=as_json)


@click.command()
@of_shop
@click.pass_context
def step(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """Give the canary its next share of the visitors now; after 25 % it becomes the live model.

    \b
    Example:
      balad models --shop acme step
    """
    name, as_json = asked(ctx, shop, as_json=as_json)
    with _bench(ctx.obj, name) as bench:
        seen = bench.rollouts.under_way(name)
        _say(bench.rollouts.step(bench.author, seen, bench.attributes), None, as_json=as_json)


@click.command()
@of_shop
@click.pass_context
def stop(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """End the canary: all visitors get the live model within two seconds.

    \b
    Example:
      balad models --shop acme stop
    """
    name, as_json = asked(ctx, shop, as_json=as_json)
    with _bench(ctx.obj, name) as bench:
        _say(bench.rollouts.stop(bench.author), None, as_json=as_json)


@click.command()
@click.argument("version", required=False)
@of_shop
@click.pass_context
def shadow(ctx: click.Context, version: str | None, shop: str | None, *, as_json: bool) -> None:
    """Let a version score alongside for a sample of rankings, never shown; without a version, end that.

    Its orders are in the log, in the exposures' column `shadow`, beside those that were shown.

    \b
    Example:
      balad models --shop acme shadow 2026-11-22T10-00-00Z-4f2a
      balad models --shop acme shadow
    """
    name, as_json = asked(ctx, shop, as_json=as_json)
    with _bench(ctx.obj, name) as bench:
        bench.rollouts.shadow(bench.author, version, bench.attributes)
    if as_json:
        click.echo(json_text({"shop": name, "shadow": version}))
    else:
        click.echo(f"{version or 'no model'} scores alongside")


COMMANDS: Final = (canary, step, stop, shadow)


@contextmanager
def _bench(settings: Settings, shop: str) -> Iterator[_Bench]:
    from features.bundle import Shelf
    from features.store.exchange import Exchange
    from features.store.findings import RedisFindings
    from features.store.redis_settings import RedisSettings
    from service.pages.change import Author
    from service.rollout.moves import Rollouts
    from service.shops import shop_of

    with live(settings) as ready:
        exchange = Exchange(str(ready.redis_url), 10.0)
        store = RedisSettings(exchange)
        author = Author(shop, ACTOR, time.time())
        yield _Bench(
            *(Rollouts(Shelf(ready.models_url), store), RedisFindings(exchange), author),
            shop_of(store, shop).attributes,
        )


def _seen(bench: _Bench, shop: str, latest: Canary | None) -> "Progress | None":
    from service.rollout.progress import seen_of

    return None if latest is None else seen_of(bench.findings, shop, latest)


def _say(canary: Canary | None, seen: "Progress | None", *, as_json: bool) -> None:
    if as_json:
        said = None if canary is None else asdict(canary)
        click.echo(json_text({"canary": said, "seen": None if seen is None else asdict(seen)}))
    elif canary is None:
        click.echo("no model was tried on a share of the visitors yet")
    elif canary.ended is not None:
        told = {"rolled_back": "was rolled back", "refused": "was refused"}.get(
            canary.ended, f"was {canary.ended}"
        )
        click.echo(f"{canary.version} {told}{f': {canary.why}' if canary.why else ''}")
    else:
        click.echo(
            f"{canary.version} ranks for {canary.share:.3g} of the visitors, {canary.against} for the others"
        )
        for line in _progress(seen):
            click.echo(line)


def _progress(seen: "Progress | None") -> Iterator[str]:
    if seen is not None:
        yield f"{seen.visitors:,} of {seen.needed:,} visitors came, {seen.tried:,} of them got it"
        yield from (
            f"{'RED ' if check.is_red else 'fine'}  {check.name}: {check.says}" for check in seen.checks
        )
