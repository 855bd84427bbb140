"""A past with Balad in it: listings that a planted knowledge of the shopper orders, for those in treatment.

Who is in treatment is drawn as the service draws it, by the published hash, and every listing is recorded as the
service records it, alike in both arms. What differs between the arms is what shoppers see; what they do about it is
theirs. So a lift is planted in the behaviour, and no figure is written anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from features.assignment import held_out, holdout_salt, in_treatment
from features.pages import lineage
from training.simulate.catalogue import Ints
from training.simulate.session import Ask, Shown

MODEL: Final = "planted"  # in the place of a model's version: nothing was trained to order these
OFF_SHARE: Final = 10  # one in so many listings of pages that are off is recorded, as the service does
_USUAL_TRAFFIC: Final = 0.5
_USUAL_HOLDOUT: Final = 0.05
_OFF: Final = {"state": "off"}

Settings = Mapping[
    str, Any
]  # of a page, as the service keeps them; the moment they begin at is their `window`


@dataclass(frozen=True, slots=True)
class Decision:
    """Which side a shopper is on, and why the shop's order is shown (None: it is not)."""

    arm: str | None
    reason: str | None
    experiment: str | None = None


@dataclass
class PlantedStorefront:
    """Answers as a service would whose model knows `knowledge` of the shopper: 0 the shop's order, 1 the best."""

    shop: str
    pages: Mapping[str, Settings]
    knowledge: float
    ids: Sequence[str]  # of items, by row
    tag: str
    exposures: list[dict[str, Any]] = field(default_factory=list)
    _asked: int = 0

    def show(self, ask: Ask) -> Shown:
        """Answer with an order, and record it."""
        self._asked += 1
        settings, source = self._effective(ask)
        decision = decided(self.shop, settings, ask.visitor_id)
        rows = self._ordered(ask) if decision.reason is None else ask.rows
        if decision.reason == "off_by_merchant" and self._asked % OFF_SHARE:
            return Shown(rows)
        ranking_id = f"{self.tag}-{self._asked:08x}"
        noted = {"arm": decision.arm, "reason": decision.reason, "experiment": decision.experiment}
        since = {"window": settings.get("window") if decision.arm else None, "source": source}
        self.exposures.append(self._exposure(ask, rows, ranking_id) | noted | since)
        return Shown(rows, ranking_id)

    def _effective(self, ask: Ask) -> tuple[Settings, str | None]:
        """Return what holds for a page then, and where it was set; before anything was set, all is off."""
        for place in lineage(ask.page):
            if (own := self.pages.get(place)) is not None and own.get("state") and own["window"] <= ask.at:
                return own, place
        return _OFF, None

    def _ordered(self, ask: Ask) -> Ints:
        """Return rows by the mean of two ranks, weighted by knowledge: the shop's, and the shopper's own."""
        best = np.argsort(np.argsort(-ask.worth(ask.rows), kind="stable"))
        mixed = self.knowledge * best + (1.0 - self.knowledge) * np.arange(len(ask.rows))
        ordered: Ints = ask.rows[np.argsort(mixed, kind="stable")]
        return ordered

    def _exposure(self, ask: Ask, rows: Ints, ranking_id: str) -> dict[str, Any]:
        index = {row: i for i, row in enumerate(rows.tolist())}
        is_changed = rows is not ask.rows
        items = [
            {"item_id": self.ids[row], "index": index[row], "shop_index": place}
            for place, row in enumerate(ask.rows.tolist())
        ]
        return {
            "ranking_id": ranking_id,
            "time": round(ask.at, 3),
            "visitor_id": ask.visitor_id,
            "session_id": ask.session_id,
            "page": ask.page,
            "consent": ask.visitor_id is not None,
            "personalized": is_changed,
            "model": MODEL if is_changed else None,
            "context": {
                "device": "mobile" if ask.mobile else "desktop",
                "filters": list(ask.filters),
                "search_term": ask.search_term,
            },
            "items": items,
        }


def decided(shop: str, settings: Settings, visitor_id: str | None) -> Decision:
    """Decide as the service does for a shopper: None has given no consent."""
    state = settings["state"]
    if state == "off":
        return Decision(None, "off_by_merchant")
    if visitor_id is None:
        return Decision(None, "no_consent")
    if state == "shadow":
        return Decision("shadow", "shadow")
    out = held_out(shop, visitor_id, settings.get("holdout", _USUAL_HOLDOUT))
    if state == "on":
        return _side(holdout_salt(shop), treated=not out)
    if out:
        return Decision("holdout", "control")
    salt, traffic = settings["experiment"], settings.get("traffic", _USUAL_TRAFFIC)
    return _side(salt, treated=in_treatment(salt, visitor_id, traffic))


def _side(salt: str, *, treated: bool) -> Decision:
    return Decision("treatment", None, salt) if treated else Decision("control", "control", salt)
