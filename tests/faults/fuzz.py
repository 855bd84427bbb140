"""Every call of the contract with what a machine makes up: no fault of ours, no status that the contract lacks."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from features.store.embedded import EmbeddedServer
from service.app import create_app
from service.directory import REFRESH_SECONDS
from service.refresher import Refresher
from service.settings import Settings
from service.shops import create_shop
from service.wiring import handles

CHECKS: Final = (not_a_server_error, status_code_conformance)


@dataclass
class Fuzz:
    """How many cases each call took, and what was wrong, in words."""

    cases: dict[str, int] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Say it in one line."""
        answers = ", ".join(f"{status}: {times:,}" for status, times in sorted(self.statuses.items()))
        return (
            f"{sum(self.cases.values()):,} cases of {len(self.cases)} calls of /openapi.json (answers {answers}): "
            f"{len(self.wrong)} calls answered 500 or above, or a status that the contract lacks"
        )


def fuzz(cases_per_call: int, redis_url: str, data: Path) -> Fuzz:
    """Make up that many cases for each call. The same every time."""
    found = Fuzz()
    with _application(redis_url, data) as (app, key):
        schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
        for result in schema.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]  # the document is ours
            _fuzz(operation, key, cases_per_call, found)
    return found


def fuzzed(cases_per_call: int) -> Fuzz:
    """Fuzz on a server of its own."""
    with TemporaryDirectory(prefix="balad-fuzz-") as data, EmbeddedServer(Path(data) / "redis") as server:
        return fuzz(cases_per_call, server.url, Path(data))


def _fuzz(operation: Any, key: str, cases: int, found: Fuzz) -> None:
    name = f"{operation.method.upper()} {operation.path}"
    found.cases[name] = 0

    @settings(
        max_examples=cases,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def try_one(case: Any) -> None:
        found.cases[name] += 1
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        found.statuses[response.status_code] = found.statuses.get(response.status_code, 0) + 1
        case.validate_response(response, checks=list(CHECKS))

    try:
        try_one()
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is, the other calls are tried too
        found.wrong.append(f"{name}: {error}")


@contextmanager
def _application(redis_url: str, data: Path) -> Iterator[tuple[Flask, str]]:
    """The application with one shop, over a real Redis; its secret key."""
    deps, _ = handles(Settings(data=data, redis_url=redis_url))
    with closing(deps.store):
        shop = create_shop(deps.shop_settings, "acme", now=time.time())
        refresher = Refresher([deps.directory.refresh], REFRESH_SECONDS)
        refresher.start()
        try:
            yield create_app(deps), shop.secret_key
        finally:
            refresher.stop()
