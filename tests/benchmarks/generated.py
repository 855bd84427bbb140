"""What the benchmarks run on: a catalogue, visitors, a model. Drawn from a seed, the same every time."""

import time
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, TypeAlias

import lightgbm
import numpy as np
import numpy.typing as npt

from features.attributes import DEFAULT
from features.bundle import Bundle, Golden, Window, histograms, version_of
from features.candidates import Context, Listing
from features.manifest import Manifest
from features.matrix import matrix
from features.replay import Replay, Visitor
from features.table import feature_table
from service.contract.catalogue import judge_items
from service.contract.event import judge_events
from service.receiving import as_received

Matrix: TypeAlias = npt.NDArray[np.float32]

SHOP: Final = "bench"
PAGE: Final = "category/shoes"
TREES: Final = 200
DEPTH: Final = 6
SESSION_LENGTH: Final = 15
BRANDS: Final = 40
CATEGORIES: Final = 25
NOON: Final = 1_795_348_800.0  # 2026-11-22T12:00:00Z
_LISTING: Final = 100  # rows of a training listing


def item_id(number: int) -> str:
    """Return an id of a usual length."""
    return f"sku-{number:07d}"


def items(count: int) -> Iterator[dict[str, Any]]:
    """Yield a catalogue as `PUT /v1/items` takes it."""
    rng = np.random.default_rng(1)
    prices = np.round(np.exp(rng.normal(3.5, 0.8, count)), 2).tolist()
    for number, price in enumerate(prices):
        yield {
            "item_id": item_id(number),
            "item_name": f"Shoe number {number}",
            "item_brand": f"brand {number % BRANDS}",
            "item_category": f"shoes/kind {number % CATEGORIES}",
            "price": price,
            "currency": "EUR",
            "in_stock": number % 30 != 0,
            "created_at": 1_750_000_000.0 + 997.0 * (number % 30_000),
            "url": f"https://shop.example/p/{number}",
        }


def session(visitor: int, listing: list[str], length: int, seed: int = 0) -> list[dict[str, Any]]:
    """Return what a visitor does: one look at the listing's first 24 items, then interactions with its items."""
    rng = np.random.default_rng((seed, visitor))
    names = rng.choice(["view_item", "select_item", "add_to_cart"], length, p=[0.6, 0.3, 0.1]).tolist()
    picked = rng.choice(listing, length).tolist()
    seen = [{"item_id": i, "index": n} for n, i in enumerate(listing[:24])]
    events = [_event(visitor, f"{seed}-list", "view_item_list", seen)]
    done = zip(names, picked, strict=True)
    events += [_event(visitor, f"{seed}-{n}", name, [{"item_id": i}]) for n, (name, i) in enumerate(done)]
    return events


def _event(visitor: int, part: str, name: str, about: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "event_id": f"e-{visitor}-{part}",
        "name": name,
        "visitor_id": f"visitor-{visitor:06d}",
        "session_id": f"session-{visitor:06d}",
        "page": PAGE,
        "consent": True,
        "items": about,
    }


def question(visitor: int, listing: list[str], **more: object) -> dict[str, Any]:
    """Return the body of a ranking."""
    return {
        "page": PAGE,
        "visitor_id": f"visitor-{visitor:06d}",
        "session_id": f"session-{visitor:06d}",
        "consent": True,
        "items": listing,
        "context": {"device": "mobile", "country": "FR", "filters": ["size:42"]},
        **more,
    }


def listing(size: int, first: int = 0) -> list[str]:
    """Return a page of the catalogue."""
    return [item_id(number) for number in range(first, first + size)]


@cache
def rows(listings: int = 120, size: int = 100) -> Matrix:
    """Return what a model sees of as many listings, shape (listings * size, columns): the last is of a full session."""
    replay, table = Replay(DEFAULT), feature_table(DEFAULT)
    for item in judge_items(list(items(size)), DEFAULT)[0]:
        replay.take_item({**item, "deleted": False})
    shown, parts = listing(size), []
    for visitor in range(listings):
        at = NOON + 120.0 * visitor
        who = Visitor(f"visitor-{visitor:06d}", f"session-{visitor:06d}")
        for event in judge_events(session(visitor, shown, SESSION_LENGTH))[0]:
            replay.take_event(as_received({**event, "time": at}, at, trusted=True))
            at += 4.0
        replay.reach(at)
        parts.append(
            matrix(table, replay.scene(Listing(shown, [None] * size), Context(PAGE, "mobile"), who, at))
        )
    return np.concatenate(parts)


@cache
def model_text(seed: int = 7, trees: int = TREES) -> str:
    """Return a lambdarank model whose trees use the whole table."""
    rng = np.random.default_rng(seed)
    X = rows()
    ranks = np.argsort(np.argsort(X + rng.normal(0.0, 1e-6, X.shape), axis=0), axis=0) / len(X)
    signal = ranks @ rng.normal(size=X.shape[1]) + rng.normal(size=len(X))
    label = np.digitize(signal, np.quantile(signal, [0.8, 0.9, 0.97]))
    names = list(feature_table(DEFAULT).names)
    data = lightgbm.Dataset(X, label, group=[_LISTING] * (len(X) // _LISTING), feature_name=names)
    parameters = {
        "objective": "lambdarank",
        "num_leaves": 31,
        "max_depth": DEPTH,
        "min_data_in_leaf": 20,
        "feature_fraction": 0.5,
        "num_threads": 1,
        "deterministic": True,
        "seed": seed,
        "verbose": -1,
    }
    return lightgbm.train(parameters, data, trees).model_to_string()


def bundle(seed: int = 7, shop: str = SHOP) -> Bundle:
    """Return a model with its papers."""
    text, table, golden_rows = model_text(seed), feature_table(DEFAULT), rows()[:64]
    scores = lightgbm.Booster(model_str=text).predict(golden_rows, raw_score=True, num_threads=1)
    at = time.time()
    manifest = Manifest(
        shop=shop,
        version=version_of(at, text.encode()),
        created_at=at,
        parent=None,
        features=table.names,
        table_hash=table.hash,
        attributes=tuple(f"{a.name}:{a.kind}" for a in DEFAULT),
        window=Window(since=at - 1.0, until=at),
        counts={},
        parameters={"trees": TREES, "max_depth": DEPTH},
        seed=seed,
        libraries={},
        metrics={},
    )
    golden = Golden(golden_rows, np.asarray(scores, np.float64))
    return Bundle(manifest, text, golden, "<p>generated</p>", histograms(table.names, golden_rows))
