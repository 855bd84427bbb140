"""Where rankings are late, events wait and are told so; rankings go on."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.shedding import LEAST, REST_SECONDS

if TYPE_CHECKING:
    from tests.api.conftest import Api

LISTING = {"page": "home", "items": ["A", "B"]}
EVENTS = {"events": [{"name": "view_item", "event_id": "e", "items": [{"item_id": "A"}]}]}


def rank(api: "Api", **more: Any) -> list[int]:
    answers = [api.call("POST", "/v1/rank", {**LISTING, **more}, key="pk") for _ in range(LEAST)]
    return [answer.status_code for answer in answers]


def test_events_wait_while_rankings_are_late(make_api: Callable[..., "Api"]) -> None:
    api = make_api(deadline_ms=1.0)
    api.deps.shedding._late_seconds = 1e-6  # noqa: SLF001 - no ranking here is as late as on a busy machine
    assert set(rank(api)) == {200}
    refused = api.call("POST", "/v1/events", EVENTS, key="pk")
    assert (refused.status_code, refused.json["type"]) == (503, "/docs#overloaded")
    assert refused.headers["Retry-After"]
    assert set(rank(api)) == {200}
    api.deps.shedding._late_seconds = 60.0  # noqa: SLF001 - they are in time again
    end = time.monotonic() + 20 * REST_SECONDS
    while (answer := api.call("POST", "/v1/events", EVENTS, key="pk")).status_code != 200:
        assert time.monotonic() < end
    assert answer.json["accepted"] == 1  # what was refused was not kept


def test_nobody_has_events_refused_by_asking_for_the_impossible(make_api: Callable[..., "Api"]) -> None:
    api = make_api(deadline_ms=10_000.0)
    assert set(rank(api, deadline_ms=1.0)) == {200}
    assert api.call("POST", "/v1/events", EVENTS, key="pk").status_code == 200
