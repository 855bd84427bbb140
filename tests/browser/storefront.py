"""A shop's own pages on one origin, Balad on another: what the storefront script meets in the wild."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Signal
from typing import Any

import numpy as np
from flask import Flask, Response

from features.attributes import DEFAULT
from features.identity import PARTITIONS
from features.store.exchange import Exchange
from features.store.protocol import START
from features.store.redis_settings import RedisSettings
from features.store.redis_work import RedisWorkStore
from features.table import feature_table
from service.app import create_app
from service.ranking import Model
from service.settings import Settings
from service.shops import create_shop, set_origins
from service.wiring import handles
from tests.served import Server

NOW = 1_795_348_800.0
STYLE = """body { font: 16px sans-serif } ul { display: grid; grid-template-columns: repeat(4, 1fr); padding: 0 }
li { list-style: none; height: 90px; border: 1px solid #ccc }"""
HOLD = "@keyframes balad{from{visibility:hidden}}[data-balad-page]{animation:balad {seconds}s step-end}"


class Dearest:
    """A scorer that puts the dearest first: an order that any test can tell from the shop's."""

    def __init__(self) -> None:
        self._column = feature_table(DEFAULT).names.index("log_price")

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.nan_to_num(matrix[:, self._column].astype(np.float64), nan=-1.0)


class OneModel:
    """The same model for every shop."""

    def current(self, _shop: str) -> Model:
        return Model("dearest", feature_table(DEFAULT), Dearest())

    def refusal(self, _shop: str) -> None:
        return None


@dataclass
class Mood:
    """What the service does to a call before the application sees it; a test changes it."""

    status: int | None = None  # answer this
    go_on: Signal = field(default_factory=Signal)  # wait for it

    def __post_init__(self) -> None:
        self.go_on.set()

    def around(self, app: Any) -> Any:
        def answered(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            self.go_on.wait(30)
            if self.status is not None and environ["PATH_INFO"].startswith("/v1/"):
                start(f"{self.status} Broken", [("Content-Type", "text/plain")])
                return [b"broken"]
            inner: Iterable[bytes] = app(environ, start)
            return inner

        return answered


@dataclass
class Page:
    """A page of the shop."""

    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Street:
    """The shop and the service."""

    shop: Server
    balad: Server
    mood: Mood
    key: str
    store: RedisWorkStore
    pages: dict[str, Page | Callable[[str], Page]]

    def facts(self, kind: str = "e") -> list[dict[str, Any]]:
        """What arrived, oldest first within a visitor."""
        parts = self.store.entries("acme", (START,) * PARTITIONS, 100_000)
        return [json.loads(entry.body) for part in parts for entry in part if entry.kind == kind]

    def events(self, *names: str) -> list[dict[str, Any]]:
        """The events of these names, of all names where none is given."""
        return [event for event in self.facts() if not names or event["name"] in names]

    def tag(self, **data: object) -> str:
        """The script tag, as the guide says it."""
        said = {"key": self.key, "consent": "true", "visitor": "v-1", "deadline": 20_000, **data}
        words = " ".join(f'data-{name}="{value}"' for name, value in said.items() if value is not None)
        return f'<script async src="{self.balad.url}/sdk/balad.js" {words}></script>'

    def listing(
        self, ids: Sequence[str], *, head: str | None = None, hold_seconds: float = 20, after: str = ""
    ) -> Page:
        """A category page: the n-th item costs n + 1, so that Balad's order is the reverse of the shop's."""
        hold = HOLD.replace("{seconds}", str(hold_seconds)) if hold_seconds else ""
        cards = "".join(card(item_id, 1 + n) for n, item_id in enumerate(ids))
        return Page(
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Shoes</title><style>{STYLE}{hold}"
            f"</style>{self.tag() if head is None else head}</head><body><h1>Shoes</h1>"
            f"<ul data-balad-page='category/shoes'>{cards}</ul><footer>About us</footer>{after}</body></html>"
        )

    def plain(self, body: str, *, head: str | None = None) -> Page:
        """Another page with the script."""
        start = "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Shop</title>"
        return Page(f"{start}{self.tag() if head is None else head}</head><body>{body}</body></html>")


def card(item_id: str, price: float) -> str:
    return (
        f"<li data-balad-item='{item_id}' data-balad-price='{price}'><a href='#{item_id}'>{item_id}</a>"
        f"<button data-balad-click='add_to_cart'>Add</button></li>"
    )


@contextmanager
def street(redis_url: str, data: Path) -> Iterator[Street]:
    """Open the shop and the service."""
    exchange = Exchange(redis_url, 5.0)
    kept, store = RedisSettings(exchange), RedisWorkStore(exchange, 200_000)
    new = create_shop(kept, "acme", now=NOW)
    deps, _ = handles(Settings(data=data, redis_url=redis_url, deadline_ms=10_000))
    pages: dict[str, Page | Callable[[str], Page]] = {}
    app, mood = create_app(replace(deps, models=OneModel())), Mood()
    answer = app.test_client().put(
        "/v1/pages/default",
        json={"state": "on", "holdout": 0.0, "exploration": 0.0},
        headers={"Authorization": f"Bearer {new.secret_key}"},
    )
    assert answer.status_code == 200, answer.text
    with ExitStack() as stack:
        shop, balad = Server(shop_of(pages)), Server(mood.around(app))
        for server in (shop, balad):
            server.start()
            stack.callback(server.stop)
        stack.callback(mood.go_on.set)
        set_origins(kept, "acme", [shop.url], now=NOW)
        deps.directory.refresh()
        yield Street(shop, balad, mood, new.publishable_key, store, pages)
    deps.store.close()
    store.close()


def shop_of(pages: dict[str, Page | Callable[[str], Page]]) -> Flask:
    """The shop's web server: pages by path, those of a first part by what follows it."""
    app = Flask("shop", static_folder=None)

    @app.get("/<first>", defaults={"rest": ""})
    @app.get("/<first>/<path:rest>")
    def page(first: str, rest: str) -> Response:
        made = pages.get(first)
        if made is None:
            return Response(status=204)
        shown = made(rest) if callable(made) else made
        return Response(
            shown.body, headers={"Cache-Control": "no-store", **shown.headers}, mimetype="text/html"
        )

    return app
