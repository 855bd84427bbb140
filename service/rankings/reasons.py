"""Why a ranking is not personalised: every reason that an answer may give."""

from enum import StrEnum


class Reason(StrEnum):
    """The words of the contract."""

    OFF_BY_MERCHANT = "off_by_merchant"
    KILL_SWITCH = "kill_switch"
    NO_CONSENT = "no_consent"
    NO_VISITOR_ID = "no_visitor_id"
    OPTED_OUT = "opted_out"
    CONTROL = "control"
    SHADOW = "shadow"
    NOT_ENOUGH_DATA = "not_enough_data"
    NO_MODEL = "no_model"
    STORE_UNAVAILABLE = "store_unavailable"
    TIMEOUT = "timeout"


class ShopOrder(Exception):  # noqa: N818 - not a failure: the answer is the shop's own order
    """The ranking ends here, with the shop's order and the reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
