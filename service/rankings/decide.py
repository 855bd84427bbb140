"""Whether a ranking is personalised: the merchant's switch, the visitor's consent, the experiment. Pure."""

from dataclasses import dataclass
from typing import Final

from features.assignment import held_out, holdout_salt, in_treatment
from service.pages.settings import KeptPage, effective
from service.pages.status import Circumstances, Obstacle, obstacle_to
from service.rankings.call import Call
from service.rankings.reasons import Reason, ShopOrder

TREATMENT: Final = "treatment"
CONTROL: Final = "control"
HOLDOUT: Final = "holdout"  # kept out of a page's test, as of everything
SHADOW: Final = "shadow"
_ENDS: Final = {
    Obstacle.KILL_SWITCH: Reason.KILL_SWITCH,
    Obstacle.OFF_BY_MERCHANT: Reason.OFF_BY_MERCHANT,
    Obstacle.OUTSIDE_SCHEDULE: Reason.OFF_BY_MERCHANT,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The side of the experiment (None: in none), and why the shop's order is answered (None: it is not).

    `experiment` is the salt that decided, `window` since when (Unix seconds) it is measured: figures of different
    ones are never pooled. `source` is the page that the settings come from. `exploration` is the share of rankings like
    this one that are drawn: 0 where nothing could be learned from one.
    """

    arm: str | None
    reason: Reason | None
    experiment: str | None = None
    window: float | None = None
    source: str | None = None
    exploration: float = 0.0

    def or_shop_order(self) -> None:
        """Go on if there is something to compute, be it only to record it, else raise ShopOrder."""
        if self.reason is not None and self.reason is not Reason.SHADOW:
            raise ShopOrder(self.reason)


def decide(call: Call, *, kill_switch: bool) -> Decision:
    """Decide for one call.

    Without consent nothing is known of the visitor: the shop's order. A visitor without an id is in no experiment and
    has no bucket: on a page that is on they see what most see, on one in test, where nothing is proven, the shop's.
    """
    holds = effective(call.shop.pages, call.page)
    settings, source = holds.settings, holds.source
    circumstances = Circumstances(call.at, kill_switch or call.shop.kill_switch)
    if (ends := _ENDS.get(obstacle_to(settings, circumstances))) is not None:  # type: ignore[arg-type]
        return Decision(None, ends, source=source)
    if not call.consent:
        return Decision(None, Reason.NO_CONSENT, source=source)
    if call.opted_out:
        return Decision(None, Reason.OPTED_OUT, source=source)
    if settings.state == "shadow":
        return Decision(SHADOW, Reason.SHADOW, window=settings.window, source=source)
    if call.visitor_id is None:
        return Decision(None, Reason.NO_VISITOR_ID if settings.state == "test" else None, source=source)
    arm, experiment = _assigned(call.shop_name, call.visitor_id, settings)
    reason, share = (None, settings.explored_share) if arm == TREATMENT else (Reason.CONTROL, 0.0)
    return Decision(arm, reason, experiment, settings.window, source, share)


def _assigned(shop: str, visitor_id: str, settings: KeptPage) -> tuple[str, str | None]:
    """Return the arm, and the salt that decided; the shop's holdout is in no page's test."""
    out = held_out(shop, visitor_id, settings.holdout)
    if settings.state == "on":
        return (CONTROL if out else TREATMENT), holdout_salt(shop)
    if out:
        return HOLDOUT, None
    salt = settings.experiment or holdout_salt(shop)  # a test always has its own
    return (TREATMENT if in_treatment(salt, visitor_id, settings.share) else CONTROL), salt
