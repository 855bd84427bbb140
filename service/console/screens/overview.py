"""Overview: the whole shop at a glance, and what keeps it from being all well."""

from typing import Any, Final

from features.pages import DEFAULT_PAGE
from service.api.pages import circumstances
from service.console.desk import Desk
from service.console.drawn import axis_of, bars_of, whisker_of
from service.console.pagetree import page_tree
from service.console.route import Route, show
from service.console.words import CHECKS, FIELDS, KINDS_OF_STATE, METRICS, OBSTACLES, REASONS, STATES
from service.directory import REFRESH_SECONDS
from service.insights.answer import InsightsAnswer
from service.insights.insights import USUAL_EFFECT
from service.people import Role

_STALE_SECONDS: Final = 10.0 * REFRESH_SECONDS
_MOST_PAGES: Final = 6


def overview(desk: Desk) -> tuple[str, int]:
    """Show the shop against its holdout, its traffic, and its health."""
    deps = desk.deps
    figures = deps.insights.answer(desk.shop_name, deps.insights.usual(DEFAULT_PAGE))
    at = circumstances(deps, desk.shop_name, desk.values)
    branches = page_tree(desk.pages, deps.traffic.of(desk.shop_name), at)
    tops = [branch for branch in branches if branch.has_own or branch.depth == 1]
    return show(
        "overview.html",
        figures=figures,
        bars=bars_of(figures["days"]),
        health=_health(desk, figures),
        tops=tops[:_MOST_PAGES],
        whole=branches[0],
        effect=USUAL_EFFECT,
        **experiment(figures),
        **WORDS,
    )


WORDS: Final[dict[str, Any]] = {
    "states": STATES,
    "state_kinds": KINDS_OF_STATE,
    "obstacles": OBSTACLES,
    "metrics": METRICS,
    "checks": CHECKS,
    "reasons": REASONS,
    "fields_said": FIELDS,
}


def experiment(figures: InsightsAnswer) -> dict[str, Any]:
    """Return the figures' lifts as marks of a chart."""
    axis = axis_of(figures["metrics"])
    return {"axis": axis, "whiskers": {lift["metric"]: whisker_of(lift, axis) for lift in figures["metrics"]}}


def _health(desk: Desk, figures: InsightsAnswer) -> dict[str, Any]:
    """Return what an operator would look at first; each value is None where nothing is known."""
    deps, guardrails = desk.deps, figures["guardrails"]
    treated = guardrails.get("treatment")
    model, refusal = deps.models.current(desk.shop_name), deps.models.refusal(desk.shop_name)
    read_at, last = deps.directory.read_at, figures["last_event_at"]
    return {
        "p50": treated and treated["p50_ms"],
        "p99": treated and treated["p99_ms"],
        "fallbacks": treated and treated["fallback_share"],
        "model": None if model is None else model.version,
        "refused": refusal,
        "last_event_at": last,
        "is_stale": read_at is None or desk.now - read_at > _STALE_SECONDS,
        "left_out": sorted(figures["coverage"]["left_out"].items(), key=lambda pair: -pair[1]),
    }


ROUTES: Final = (Route("GET", "/overview", overview, Role.VIEWER),)
