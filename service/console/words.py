"""What states, obstacles, rules and figures are called in the console."""

from typing import Final

from flask_babel import lazy_gettext as _l

from service.pages.effects import NoEffect
from service.pages.status import Obstacle

STATES: Final = {
    "off": (_l("Off"), _l("Every visitor sees the shop's own order.")),
    "shadow": (_l("Shadow"), _l("The shop's own order is shown; what Balad would have shown is recorded.")),
    "test": (
        _l("Test"),
        _l("Some visitors see Balad's order, the others the shop's: so you see what it earns."),
    ),
    "on": (_l("On"), _l("Everybody sees Balad's order but for the holdout, which keeps the figures honest.")),
}
KINDS_OF_STATE: Final = {"off": "quiet", "shadow": "plain", "test": "warn", "on": "good"}
OBSTACLES: Final = {
    Obstacle.KILL_SWITCH: _l("everything is stopped"),
    Obstacle.OFF_BY_MERCHANT: _l("switched off"),
    Obstacle.OUTSIDE_SCHEDULE: _l("outside its schedule"),
    Obstacle.SHADOW: _l("in shadow: recorded, not shown"),
    Obstacle.NO_MODEL: _l("no model serves yet"),
}
OBJECTIVES: Final = {
    "balanced": _l("Balanced: purchases most, then carts, then clicks"),
    "clicks": _l("Clicks"),
    "carts": _l("Carts and purchases"),
    "purchases": _l("Purchases above all"),
}
METRICS: Final = {
    "revenue_per_visitor": _l("Revenue per visitor"),
    "conversion": _l("Visitors who buy"),
    "add_to_cart": _l("Visitors who put something into the cart"),
    "click_rate": _l("Clicks per listing seen"),
}
CHECKS: Final = {
    "split": _l("Split of the visitors"),
    "both_arms": _l("Visitors in both arms"),
    "whole_weeks": _l("Whole weeks"),
}
RULES: Final = {
    "pin": (_l("Pin"), _l("An item stands at a place.")),
    "boost": (_l("Boost"), _l("Items move up.")),
    "bury": (_l("Bury"), _l("Items move down.")),
    "hide": (_l("Hide"), _l("Items are not shown.")),
    "diversity": (_l("Mix"), _l("At most so many like items in a row.")),
}
NO_EFFECTS: Final = {
    NoEffect.EXPIRED: _l("its schedule is over"),
    NoEffect.OUTSIDE_SCHEDULE: _l("it is outside its schedule"),
    NoEffect.NO_LIST: _l("no list was asked for where it holds"),
    NoEffect.OVERRIDDEN: _l("another rule decides"),
    NoEffect.MATCHES_NOTHING: _l("no item that it speaks of was in a list"),
    NoEffect.SAME: _l("what it asks for was so already"),
}
DAYS: Final = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}
FIELDS: Final = {
    "state": _l("State"),
    "traffic": _l("Traffic"),
    "holdout": _l("Holdout"),
    "exploration": _l("Exploration"),
    "objective": _l("Objective"),
    "schedule": _l("Schedule"),
    "rules": _l("Rules"),
    "since": _l("From"),
    "until": _l("Until"),
    "days": _l("Days"),
    "hours": _l("Hours"),
    "time_zone": _l("Time zone"),
}
REASONS: Final = {
    "covered": _l("in the experiment"),
    "no_consent": _l("no consent"),
    "no_visitor_id": _l("no visitor id"),
    "off_by_merchant": _l("page off"),
    "kill_switch": _l("everything stopped"),
    "opted_out": _l("opted out"),
    "control": _l("shop-wide holdout"),
    "holdout": _l("shop-wide holdout"),
    "shadow": _l("in shadow"),
    "no_model": _l("no model"),
    "not_enough_data": _l("not enough data for a model"),
    "store_unavailable": _l("store away"),
    "timeout": _l("too late"),
    "other_window": _l("earlier settings"),
}
