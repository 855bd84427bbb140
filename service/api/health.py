"""/healthz and /readyz: alive; ready, and why not."""

from typing import Any, Final

import orjson
from flask import Response
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from features.store.protocol import StoreUnavailable
from service.api.auth import Access
from service.api.endpoint import Endpoint, answer_of
from service.deps import Deps
from service.directory import REFRESH_SECONDS

STALE_SECONDS: Final = 30.0  # settings this old mean that whatever refreshes them has stopped


class Alive(TypedDict):
    """The process answers."""

    status: str


class Ready(TypedDict):
    """Whether the process does all it should, and what it does not; shops without a model are no reason."""

    ready: bool
    why_not: list[str]
    shops: dict[str, dict[str, Any]]


def healthz(_: Deps) -> Response:
    """Answer."""
    return answer_of({"status": "alive"}, {"Cache-Control": "no-store"})


def readyz(deps: Deps) -> Response:
    """Say whether calls get all they should, 503 where not: rankings are then answered in the shop's order."""
    why_not = [*_store(deps), *_settings(deps)]
    shops = {name: _model(deps, name) for name in sorted(deps.directory.shops)}
    body = orjson.dumps({"ready": not why_not, "why_not": why_not, "shops": shops})
    status = 503 if why_not else 200
    return Response(body, status, {"Cache-Control": "no-store"}, content_type="application/json")


def _store(deps: Deps) -> list[str]:
    try:
        deps.store.ping()
    except StoreUnavailable as error:
        return [f"store_unavailable: {error}"]
    return []


def _settings(deps: Deps) -> list[str]:
    if (read_at := deps.directory.read_at) is None:
        return ["settings_unread: no shop and no key was read yet"]
    if (age := deps.clock() - read_at) > STALE_SECONDS:
        return [f"settings_stale: last read {age:.0f} s ago, every {REFRESH_SECONDS:g} s is usual"]
    return []


def _model(deps: Deps, shop: str) -> dict[str, Any]:
    model, refusal = deps.models.current(shop), deps.models.refusal(shop)
    refused = None if refusal is None else f"{refusal.version}: {refusal.why}"
    return {"model": None if model is None else model.version, "refused": refused}


ENDPOINTS: Final = (
    Endpoint(
        "GET", "/healthz", healthz, Access.NONE, "Whether the process is alive", None, TypeAdapter(Alive)
    ),
    Endpoint(
        "GET",
        "/readyz",
        readyz,
        Access.NONE,
        "Whether it is ready, and why not",
        None,
        TypeAdapter(Ready),
        "503 where it is not, with the same body.",
        also=("503",),
    ),
)
