"""What the storefront script costs a page, and whether it loses or doubles what shoppers do."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from features.store.embedded import EmbeddedServer
from service.api.sdk import served
from tests.benchmarks.figures import Figure, Section
from tests.browser.errands import run_errands
from tests.browser.storefront import Street, street

ITEMS: Final = 100
LOADS: Final = 15
ACTIONS: Final = 1_000
AWAY_SECONDS: Final = 30.0
# So many actions of one visitor are more than the service takes from one in a minute.
PATIENCE_SECONDS: Final = 300.0
_NOTED_MS: Final = 1_500  # an impression takes a second
_SENT_MS: Final = 3_000  # and is sent a second later


def measure() -> Section:
    """Load a listing with and without the script; run errands through an outage."""
    with _street() as town, _chromium() as browser:
        ids = [f"i-{number}" for number in range(ITEMS)]
        town.pages["with"] = town.listing(ids)
        town.pages["without"] = town.listing(ids, head="", hold_seconds=0)
        without, noted, sent = (
            _main_thread_ms(browser, f"{town.shop.url}/{name}", until)
            for name, until in (("without", _NOTED_MS), ("with", _NOTED_MS), ("with", _SENT_MS))
        )
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        expected = run_errands(town, page, actions=ACTIONS, away_seconds=AWAY_SECONDS)
        arrived = _arrived(town, expected)
    once = (arrived & expected).total()
    return Section(
        "Storefront script",
        f"Chromium, two origins. A listing of {ITEMS} items, {LOADS} loads with and without the "
        "script: processor time of the main thread until the impression is noted, medians; all items change places. "
        f"{ACTIONS:,} actions on {ACTIONS // 5} pages, the service away for {AWAY_SECONDS:g} s from a third on; "
        "they are looked for in the stream that the log is written from.",
        [
            Figure("balad.js, packed", len(served("balad.js").packed), "bytes", at_most=4_000),
            Figure("balad.mjs, packed", len(served("balad.mjs").packed), "bytes", at_most=4_000),
            Figure("main thread, style and layout without the script", without[1], "ms"),
            Figure("main thread, style and layout with it", noted[1], "ms"),
            Figure("main thread, the script", noted[0], "ms", at_most=5),
            Figure("main thread, the script until the impression is sent", sent[0], "ms"),
            Figure("actions that arrived", once, "actions", at_least=expected.total()),
            Figure("actions doubled or invented", (arrived - expected).total(), "actions", at_most=0),
            Figure("uncaught errors", len(errors), "errors", at_most=0),
        ],
    )


@contextmanager
def _street() -> Iterator[Street]:
    data = Path(tempfile.mkdtemp(prefix="balad-bench-"))
    try:
        with EmbeddedServer(data / "redis") as server, street(server.url, data) as town:
            yield town
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _main_thread_ms(browser: Browser, url: str, until_ms: int) -> tuple[float, float]:
    """Return the medians over loads of scripts, and of style and layout; the first load does not count."""
    context = browser.new_context()
    scripts, looks = list[float](), list[float]()
    for _ in range(LOADS + 1):
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(url)
        page.wait_for_timeout(until_ms)
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        scripts.append(1000 * metrics["ScriptDuration"])
        looks.append(1000 * (metrics["LayoutDuration"] + metrics["RecalcStyleDuration"]))
        page.close()
    context.close()
    return median(scripts[1:]), median(looks[1:])


def _arrived(town: Street, expected: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Return what is in the log once all is, or nothing more comes."""
    end = time.monotonic() + PATIENCE_SECONDS
    names = {name for name, _ in expected}
    while True:
        events = town.events(*names)
        arrived = Counter((event["name"], event["items"][0]["item_id"]) for event in events)
        if not expected - arrived or time.monotonic() > end:
            return arrived
        time.sleep(0.5)
