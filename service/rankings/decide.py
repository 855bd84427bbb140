"""Whether a ranking is personalised: the merchant's switch, the visitor's consent, the holdout. Pure."""

from dataclasses import dataclass
from typing import Final

from service.pages.assignment import held_out
from service.pages.settings import effective
from service.rankings.call import Call
from service.rankings.reasons import Reason, ShopOrder

TREATMENT: Final = "treatment"
CONTROL: Final = "control"


@dataclass(frozen=True, slots=True)
class Decision:
    """The side of the experiment (None: in none), and why the shop's order is answered (None: it is not)."""

    arm: str | None
    reason: Reason | None

    def or_shop_order(self) -> None:
        """Go on if the listing is to be personalised, else raise ShopOrder."""
        if self.reason is not None:
            raise ShopOrder(self.reason)


def decide(call: Call, *, kill_switch: bool) -> Decision:
    """Decide for one call. A visitor without an id is in no experiment, and sees what most see."""
    if kill_switch:
        return Decision(None, Reason.KILL_SWITCH)
    settings = effective(call.shop.pages, call.page).settings
    if settings.state == "off":
        return Decision(None, Reason.OFF_BY_MERCHANT)
    if not call.consent:
        return Decision(None, Reason.NO_CONSENT)
    if call.visitor_id is None:
        return Decision(None, None)
    if held_out(call.shop_name, call.visitor_id, settings.holdout):
        return Decision(CONTROL, Reason.CONTROL)
    return Decision(TREATMENT, None)
