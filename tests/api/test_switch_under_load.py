"""A page is switched off while rankings come in: every process follows within two seconds, and no call fails."""

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from service.app import create_app
from service.directory import REFRESH_SECONDS, Directory
from service.refresher import Refresher

if TYPE_CHECKING:
    from tests.api.conftest import Api

PROCESSES = 3
EFFECTIVE_SECONDS = 2.0


class Storefront(Thread):
    """Ranks at one process, over and over."""

    def __init__(self, api: "Api", stop: Event) -> None:
        super().__init__(daemon=True)
        self.answers: list[tuple[float, int, str | None, str | None]] = []
        self._api = api
        self._ending = stop

    def run(self) -> None:
        body = {"page": "home", "visitor_id": "v-81", "consent": True, "items": ["A", "B"]}
        while not self._ending.wait(0.02):
            answer = self._api.call("POST", "/v1/rank", body)
            said: dict[str, Any] = answer.json
            self.answers.append((time.monotonic(), answer.status_code, said.get("reason"), said.get("arm")))


def process(api: "Api") -> tuple["Api", Refresher]:
    """Another web process: a copy of the settings of its own, refreshed as in production."""
    directory = Directory(api.deps.shop_settings, api.clock)
    deps = replace(api.deps, directory=directory)
    refresher = Refresher([directory.refresh], REFRESH_SECONDS)
    refresher.start()
    return replace(api, client=create_app(deps).test_client(), deps=deps), refresher


def test_off_is_off_everywhere_within_two_seconds_and_no_call_fails(api: "Api") -> None:
    others, stop = [process(api) for _ in range(PROCESSES)], Event()
    storefronts = [Storefront(other, stop) for other, _ in others]
    for storefront in storefronts:
        storefront.start()
    bounded(lambda: all(len(storefront.answers) > 5 for storefront in storefronts))
    api.switch(state="off")
    switched = time.monotonic()
    bounded(
        lambda: all(storefront.answers[-1][0] > switched + EFFECTIVE_SECONDS for storefront in storefronts)
    )
    stop.set()
    for storefront, (_, refresher) in zip(storefronts, others, strict=True):
        storefront.join()
        refresher.stop()
        assert {status for _, status, _, _ in storefront.answers} == {200}
        late = [reason for at, _, reason, _ in storefront.answers if at > switched + EFFECTIVE_SECONDS]
        assert set(late) == {"off_by_merchant"}
        assert (None, "treatment") in {
            (reason, arm) for at, _, reason, arm in storefront.answers if at < switched
        }


def bounded(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    pause = Event()
    while not condition():
        assert time.monotonic() < end
        pause.wait(0.02)
