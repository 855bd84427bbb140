"""The real application over a real Redis, with a clock and models that a test can set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from features.attributes import DEFAULT
from features.store.protocol import Store  # noqa: TC001 - read by pytest
from features.table import feature_table
from service.app import create_app
from service.deps import Deps
from service.identify import ranking_id
from service.models.registry import Refusal
from service.pages.settings import USUAL_EXPLORATION
from service.ranking import Model
from service.ranking.exploration import explores
from service.settings import Settings
from service.shops import NewShop, create_shop
from service.wiring import handles

NOON = 1_795_348_800.0  # 2026-11-22T12:00:00Z


class KnownRule(Rule):
    """A route whose addresses are built by code that is compiled once a run: it is nine tenths of an application."""

    _known: ClassVar[dict[str, Callable[..., tuple[str, str]]]] = {}  # by all that the code is made of

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - Werkzeug's
        known = f"{self._trace} {self.defaults} {append_unknown}"
        if known not in self._known:
            self._known[known] = super()._compile_builder(append_unknown)
        return self._known[known]


Flask.url_rule_class = KnownRule


@dataclass
class Clock:
    """A clock that a test sets."""

    now: float = NOON

    def __call__(self) -> float:
        return self.now


class ByPrice:
    """A scorer that puts the dearest first: an order that any test can tell from the shop's."""

    def __init__(self) -> None:
        self._column = feature_table(DEFAULT).names.index("log_price")

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.nan_to_num(matrix[:, self._column].astype(np.float64), nan=-1.0)


@dataclass
class ShopModels:
    """The models of all shops, as a test sets them."""

    live: dict[str, Model] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)

    def current(self, shop: str) -> Model | None:
        return self.live.get(shop)

    def refusal(self, shop: str) -> Refusal | None:
        return None if shop in self.live else self.refused.get(shop)


@dataclass
class Answer:
    """What came back; `json` is None where it is something else."""

    status_code: int
    headers: Headers
    text: str
    json: Any


@dataclass
class Api:
    """What a test talks to, and through."""

    client: FlaskClient
    deps: Deps
    shop: NewShop
    clock: Clock
    models: ShopModels
    canaries: ShopModels
    shadows: ShopModels

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = "sk", **more: Any
    ) -> Answer:
        """Call with the secret key (`sk`), the publishable one (`pk`), a key as it is, or none."""
        keys = {"sk": self.shop.secret_key, "pk": self.shop.publishable_key}
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {keys.get(key, key)}"
        sent = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        got = self.client.open(path, method=method, headers=headers, **sent, **more)
        return Answer(got.status_code, got.headers, got.text, got.get_json(silent=True))

    def rank(self, items: list[Any], *, key: str = "sk", **more: Any) -> dict[str, Any]:
        """Rank for a visitor who agreed; the answer must be 200."""
        body = {
            "page": "category/shoes",
            "visitor_id": "v-81",
            "session_id": "s-3",
            "consent": True,
            "items": items,
        }
        response = self.call("POST", "/v1/rank", body | more, key=key)
        assert response.status_code == 200, response.text
        return dict(response.json)

    def send(self, *events: dict[str, Any], key: str = "sk") -> dict[str, Any]:
        """Send events; the answer must be 200."""
        response = self.call("POST", "/v1/events", {"events": list(events)}, key=key)
        assert response.status_code == 200, response.text
        return dict(response.json)

    def switch(self, page: str = "default", **settings: Any) -> None:
        """Set a page."""
        response = self.call("PUT", f"/v1/pages/{page}", settings)
        assert response.status_code == 200, response.text

    def publish(self) -> None:
        """Give the shop a model that puts the dearest first."""
        self.models.live[self.shop.shop] = Model("by-price", feature_table(DEFAULT), ByPrice())


def sorted_id(now: float) -> str:
    """An id whose ranking a page with the usual exploration does not draw: tests ask for the model's own order."""
    return next(made for made in (ranking_id(now) for _ in count()) if not explores(made, USUAL_EXPLORATION))


@pytest.fixture
def make_api(redis_url: str, tmp_path: Path) -> Iterator[Callable[..., Api]]:
    stores: list[Store] = []

    def make(name: str = "acme", **settings: Any) -> Api:
        clock, models, canaries, shadows = Clock(), ShopModels(), ShopModels(), ShopModels()
        chosen = Settings(data=tmp_path, redis_url=redis_url, **{"deadline_ms": 10_000, **settings})
        real = replace(handles(chosen, clock)[0], canaries=canaries, shadows=shadows)
        deps = replace(real, models=models, new_id=sorted_id)
        stores.append(deps.store)
        shop = create_shop(deps.shop_settings, name, now=NOON)
        deps.directory.refresh()
        return Api(create_app(deps).test_client(), deps, shop, clock, models, canaries, shadows)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """One shop with its page switched on for everybody and a model that puts the dearest first."""
    made = make_api()
    made.switch(state="on", holdout=0.0)
    made.publish()
    return made
