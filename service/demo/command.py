"""`balad demo`."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen

import click

from features.store.filelock import FileLock
from service.cli.live import live
from service.cli.up import parts, run_until_stopped
from service.demo.preparation import PERSON, SEED, SHOPPERS, Preparation
from service.demo.shopfront import (
    DIRECTORY,
    PASSWORD_FILE,
    PUBLISHABLE_FILE,
    SECRET_FILE,
    Shopfront,
    open_shopfront,
)
from service.settings import Settings, environment
from service.supervisor import Child, Kept
from service.web import refuse_taken, url

_READY_SECONDS: Final = 90.0  # compiling the scorer on a slow machine is the longest wait
_ASK_SECONDS: Final = 0.1
_IN_A_ROW: Final = (
    10  # answers by the model, on a connection each: every web process has had its turn by then
)
_PER_MINUTE: Final = 20
_TRIED_PAGE: Final = "category/shoes/sneakers"


class DemoRunsError(RuntimeError):
    """A demo runs in this data directory already."""


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="Port to listen on.  [default: that of BALAD_BIND]"
)
@click.option("--fresh", is_flag=True, help="Forget the demo of an earlier start and make a new one.")
@click.pass_obj
def demo(settings: Settings, port: int | None, *, fresh: bool) -> None:
    """Run a shop to try on this machine, with shoppers, a model and a page, and print its addresses.

    The first start makes a shop with a past and trains a model on it; the next ones find it in BALAD_DATA. Ctrl-C
    stops everything.

    \b
    Example:
      balad demo --port 8080
    """
    host = settings.bind.rpartition(":")[0]
    bind = settings.bind if port is None else f"{host}:{port}"
    refuse_taken(bind)
    began = time.monotonic()
    with _alone(settings.data / DIRECTORY), live(settings) as ready:
        preparation = Preparation(ready, _say)
        if fresh or not preparation.is_done():
            preparation.run()
        shop = open_shopfront(settings.data)
        assert shop is not None, "the preparation has written it"  # noqa: S101
        Thread(target=_announce, args=(settings, bind, shop, began), name="balad-ready", daemon=True).start()
        run_until_stopped(lambda hurry: _parts(settings, bind, hurry))


def _parts(settings: Settings, bind: str, hurry: Event) -> list[Kept]:
    """Return all of `balad up` with the page of the demo, and shoppers."""
    told = environment(bind=bind, demo=True, log_level="warning")
    key_file = settings.data / DIRECTORY / PUBLISHABLE_FILE
    options = ["--seed", SEED, "--shoppers", SHOPPERS, "--url", url(bind), "--key-file", key_file]
    command = [
        sys.executable,
        "-m",
        "service.cli",
        "simulate",
        *options,
        "--per-minute",
        _PER_MINUTE,
        "--quiet",
    ]
    shoppers = Child("the shoppers", [str(part) for part in command], stop_seconds=5.0, hurry=hurry)
    return [*parts(settings, hurry, told), shoppers]


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the lock of the demo; two of them would tread on each other's shop."""
    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / "lock")
    if not lock.take():
        raise DemoRunsError(
            f"a demo runs in {directory.parent} already; stop it, or set BALAD_DATA to another place"
        )
    try:
        yield
    finally:
        lock.drop()


def _announce(settings: Settings, bind: str, shop: Shopfront, began: float) -> None:
    """Print the addresses once the model ranks, or after a while what keeps it from that."""
    end = time.monotonic() + _READY_SECONDS
    answer, in_a_row = _ranking(bind, shop), 0
    while in_a_row < _IN_A_ROW and time.monotonic() < end:
        time.sleep(_ASK_SECONDS)
        answer = _ranking(bind, shop)
        in_a_row = in_a_row + 1 if answer.get("personalized") else 0
    if answer.get("personalized"):
        _say(f"\nBalad demo is ready after {time.monotonic() - began:.0f} s")
    else:
        _say(f"\nBalad demo runs, but does not personalise: {answer.get('reason') or 'no answer yet'}")
    directory = settings.data / DIRECTORY
    _say(f"  try the shop   {url(bind)}/demo/")
    if (password := directory / PASSWORD_FILE).exists():  # a demo made by an earlier version has none
        _say(
            f"  its console    {url(bind)}/console/   as {PERSON}, {password.read_text(encoding='utf-8').strip()}"
        )
    _say(f"  read the API   {url(bind)}/docs")
    _say(f"  its keys       {directory / PUBLISHABLE_FILE}, {directory / SECRET_FILE}")
    _say(f"  its model      {answer.get('model') or 'none'}")
    _say("Ctrl-C stops everything.")


def _ranking(bind: str, shop: Shopfront) -> dict[str, object]:
    """Ask for a ranking as the page does; nothing where nobody answers yet."""
    items = [item["item_id"] for item in shop.listing(_TRIED_PAGE)]
    body = {
        "page": _TRIED_PAGE,
        "visitor_id": "the-demo",
        "session_id": "ready",
        "consent": True,
        "items": items,
    }
    headers = {"Authorization": f"Bearer {shop.publishable_key}", "Content-Type": "application/json"}
    request = Request(f"{url(bind)}/v1/rank", json.dumps(body).encode(), headers)  # noqa: S310 - our own address
    try:
        with urlopen(request, timeout=5.0) as response:  # noqa: S310 - the same
            answer: dict[str, object] = json.load(response)
            return answer
    except (URLError, OSError, ValueError):
        return {}


def _say(line: str) -> None:
    click.echo(line)
