"""A past in which an incumbent orders every listing and draws a share of them, with the truth of each listing known.

What the incumbent puts on top is seen, so it is clicked: the log flatters it. Of drawn listings the log tells more. The
facts are those that the service writes, and go through the very code that training reads a log with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from features.attributes import DEFAULT
from features.identity import hash64, mixed
from features.log.reader import Fact
from features.log.schema import SCHEMAS, Kind
from service.ranking.exploration import drawn, explores
from service.ranking.ranker import ordered
from training.dataset import Dataset, dataset
from training.metrics.ties import Floats
from training.simulate.session import Ask, Shop, Shown, Step
from training.simulate.traffic import Traffic, past_arrivals

MODEL: Final = "incumbent"
_NOTHING: Final[Mapping[str, Any]] = {"price": None, "quantity": None, "index": None}


@dataclass
class Incumbent:
    """Orders listings by the shop's belief and, as far as `knowledge` goes, by what each shopper likes."""

    shop: Shop
    knowledge: float  # 0 the shop's order, 1 the best there is
    exploration: float  # share of rankings that is drawn
    tag: str
    exposures: list[dict[str, Any]] = field(default_factory=list)

    def show(self, ask: Ask) -> Shown:
        """Answer with an order, and record it as the service does."""
        ranking_id = f"{self.tag}-{len(self.exposures):08x}"
        scores = self._scores(ask)
        draw = drawn(scores, ranking_id) if explores(ranking_id, self.exploration) else None
        order = ordered(scores) if draw is None else draw.order
        index = np.argsort(order)
        ids = self.shop.catalogue.ids
        self.exposures.append(
            {
                "ranking_id": ranking_id,
                "time": ask.at,
                "visitor_id": ask.visitor_id,
                "session_id": ask.session_id,
                "page": ask.page,
                "arm": "treatment",
                "model": MODEL,
                "context": {
                    "device": "mobile" if ask.mobile else "desktop",
                    "filters": list(ask.filters),
                    "search_term": ask.search_term,
                },
                "items": [
                    {"item_id": ids[row], "index": int(index[n]), "shop_index": n, "score": float(scores[n])}
                    for n, row in enumerate(ask.rows.tolist())
                ],
                "exploration": None if draw is None else self.exploration,
                "temperature": None if draw is None else draw.temperature,
                "propensity": None if draw is None else draw.propensity.tolist(),
            }
        )
        return Shown(ask.rows[order], ranking_id)

    def _scores(self, ask: Ask) -> Floats:
        """Return the mean of two ranks, the better the higher: the shopper's own liking, and the shop's order."""
        liking = np.argsort(np.argsort(ask.worth(ask.rows), kind="stable"))
        scores: Floats = self.knowledge * liking - (1.0 - self.knowledge) * np.arange(len(ask.rows))
        return scores


@dataclass(frozen=True, slots=True)
class Known:
    """Listings to learn from, with the chance that each row attracts whoever examines it: the truth."""

    data: Dataset
    truth: Floats  # (rows,)


def known_past(shop: Shop, incumbent: Incumbent, visits: int, span: tuple[float, float], seed: int) -> Known:
    """Play a past of `visits` within a span (from, until; Unix seconds), and read it as training reads a log."""
    arrivals, acts = np.random.default_rng(seed).spawn(2)
    traffic = Traffic(acts, shop, incumbent, incumbent.tag)
    steps = list(traffic.steps(past_arrivals(arrivals, shop.population, visits, span)))
    data = dataset(_facts(shop, steps, incumbent.exposures, span[0]), DEFAULT)
    return Known(data, _truth(data, steps))


def _facts(shop: Shop, steps: list[Step], exposures: list[dict[str, Any]], start: float) -> Iterator[Fact]:
    """Yield the log of a past in its order: the catalogue first."""
    for item in shop.catalogue.items():
        yield _fact(Kind.ITEMS, {**item, "deleted": False}, start)
    facts = [(exposure["time"], 0, Kind.EXPOSURES, exposure) for exposure in exposures]
    facts += [(step.at, 1, Kind.EVENTS, step.event) for step in steps]
    for at, _, kind, row in sorted(facts, key=lambda fact: fact[:2]):
        yield _fact(kind, row, at)


def _fact(kind: Kind, row: Mapping[str, Any], at: float) -> Fact:
    """Return a row with every key of its schema."""
    whole: dict[str, Any] = dict.fromkeys(SCHEMAS[kind].names)
    whole.update(row)
    if kind is Kind.EVENTS:
        whole["items"] = [{**_NOTHING, **item} for item in row.get("items") or ()]
    return Fact(kind, {**whole, "time": at, "received_at": at, "sequence": 0})


def _truth(data: Dataset, steps: list[Step]) -> Floats:
    """Return the relevance of each row, found by the hash of listing and item that a dataset keeps."""
    relevance: dict[int, float] = {}
    for step in steps:
        if step.relevance is not None:
            key = np.uint64(hash64(step.event["ranking_id"]))
            items = np.array([hash64(item["item_id"]) for item in step.event["items"]], np.uint64)
            relevance.update(zip(mixed(items ^ key).tolist(), step.relevance.tolist(), strict=True))
    return np.array([relevance[tie] for tie in data.tie.tolist()], np.float64)
