"""The application with a demo shop on a free port, as the demo's browser tests need it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
from flask import Flask

from features.attributes import declared
from features.identity import PARTITIONS
from features.sessions.trail import Tracks
from features.store.exchange import Exchange
from features.store.protocol import START
from features.store.redis_settings import RedisSettings
from features.store.redis_work import RedisWorkStore
from features.table import FeatureTable, feature_table
from service.app import create_app
from service.deps import Deps
from service.ranking import Model
from service.settings import Settings
from service.shops import create_shop
from service.wiring import handles
from tests.served import served
from training.simulate.world import draw_shop

NOW = 1_795_348_800.0
ATTRIBUTES = declared(["category:categorical", "brand:categorical", "color:categorical"])


class ByTaste:
    """A scorer that puts first what shares colour and brand with the session, then keeps the shop's order."""

    def __init__(self, table: FeatureTable) -> None:
        self._columns = [table.names.index(f"session_share_{name}") for name in ("color", "brand")]
        self._index = table.names.index("shop_index")

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        columns = matrix.astype(np.float64)
        taste = np.nan_to_num(columns[:, self._columns]).clip(min=0.0).sum(axis=1)
        scores: np.ndarray[Any, np.dtype[np.float64]] = taste - 1e-4 * columns[:, self._index]
        return scores


@dataclass
class OneModel:
    model: Model | None

    def current(self, _shop: str) -> Model | None:
        return self.model

    def refusal(self, _shop: str) -> None:
        return None


@dataclass
class Site:
    url: str
    models: OneModel
    store: RedisWorkStore
    deps: Deps
    secret: str

    def held(self, visitor_id: str) -> dict[str, Any]:
        """What GET /v1/visitors/{id} answers."""
        request = Request(  # noqa: S310 - our own server
            f"{self.url.removesuffix('/demo/compare')}/v1/visitors/{visitor_id}",
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        with urlopen(request) as answer:  # noqa: S310 - our own server
            found: dict[str, Any] = json.load(answer)
        return found

    def others_look_at(self, item_ids: Sequence[str]) -> None:
        """Do what the worker does with the looks of six visitors, and what a web process does to follow it."""
        tracks = Tracks()
        for number in range(6):
            for place, item_id in enumerate(item_ids):
                tracks.event(
                    {
                        "name": "view_item",
                        "time": NOW + place,
                        "visitor_id": f"other-{number}",
                        "session_id": "s",
                        "page": "product",
                        "items": [{"item_id": item_id}],
                    }
                )
        self.store.extend_trail("demo", 1, tracks.trail().to_bytes())
        self.deps.recent.refresh()

    def events(self) -> list[str]:
        """The names of the events that arrived, in no particular order."""
        partitions = self.store.entries("demo", (START,) * PARTITIONS, 10_000)
        return [json.loads(entry.body)["name"] for part in partitions for entry in part if entry.kind == "e"]


@contextmanager
def demo_site(redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """Run the application with a demo shop, on a free port."""
    exchange = Exchange(redis_url, 5.0)
    store, kept = RedisWorkStore(exchange, 200_000), RedisSettings(exchange)
    table = feature_table(ATTRIBUTES)
    models = OneModel(Model("by-taste", table, ByTaste(table)))
    settings = Settings(data=tmp_path, redis_url=redis_url, deadline_ms=10_000, demo=True)
    deps, _ = handles(settings)
    app = create_app(replace(deps, models=models))
    secret = open_shop(app, kept, tmp_path / "demo")
    with served(app) as url:
        yield Site(f"{url}/demo/compare", models, store, deps, secret)
    store.close()


def open_shop(app: Flask, kept: RedisSettings, directory: Path) -> str:
    """Do what `balad demo` does, with fewer items and no past; returns the secret key."""
    shop = create_shop(kept, "demo", ATTRIBUTES, now=NOW)
    items = list(draw_shop(17, items=400, shoppers=1, at=NOW).catalogue.items())
    headers = {"Authorization": f"Bearer {shop.secret_key}"}
    for path, body in (
        ("/v1/pages/default", {"state": "on", "holdout": 0.0, "exploration": 0.0}),
        ("/v1/items", {"items": items}),
    ):
        answer = app.test_client().put(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    directory.mkdir()
    (directory / "publishable_key").write_text(shop.publishable_key)
    (directory / "items.jsonl").write_text("".join(json.dumps(one) + "\n" for one in items))
    return shop.secret_key
