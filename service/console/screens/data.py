"""Data: what arrives, what is refused, what joins, what the catalogue knows, and what is missing to train."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from features.enough import FEWEST_LISTINGS, FEWEST_SESSIONS
from service.console.charts import Bars, bars
from service.console.desk import Desk
from service.console.language import gettext as _
from service.console.language import ngettext
from service.console.route import Route, show
from service.console.shown import ago, number, share
from service.insights.data import MINUTES, DataFigures
from service.people import Role

_FRESH_SECONDS: Final = 3_600.0
_WORKER_SECONDS: Final = 120.0  # a batch is archived every few seconds; this late means that nobody does
_ENOUGH_JOINED: Final = 0.8
_ENOUGH_KNOWN: Final = 0.9


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that training or figures need; `level` is good, warn or bad."""

    level: str
    title: str
    says: str


def data(desk: Desk) -> tuple[str, int]:
    """Show it."""
    figures = desk.deps.data_health.of(desk.shop_name)
    return show(
        "data.html",
        figures=figures,
        chart=_per_minute(figures),
        total=sum(figures.minutes),
        rejections=desk.deps.metrics.rejections(desk.shop_name),
        checks=[*_traffic(figures), *_enough(figures), *_known(figures), _worker(figures)],
        fields=_fields(),
        now=desk.now,
    )


def _per_minute(figures: DataFigures) -> Bars:
    last = dt.datetime.fromtimestamp(figures.at // 60 * 60, dt.UTC)
    first = last - dt.timedelta(minutes=MINUTES - 1)
    times = [(first + dt.timedelta(minutes=at)).strftime("%H:%M") for at in range(MINUTES)]
    return bars(list(zip(times, map(float, figures.minutes), strict=True)))


def _traffic(figures: DataFigures) -> list[Check]:
    title, newest = _("Events arrive"), figures.newest_at
    if newest is None:
        return [
            Check("bad", title, _("None yet. Send some to /v1/events, or import a file with balad import."))
        ]
    fresh = figures.at - newest < _FRESH_SECONDS
    says = _("The newest came %(when)s.", when=ago(newest, figures.at))
    names = {one.name for one in figures.arrivals}
    missing = [
        name for name in ("view_item_list", "select_item", "add_to_cart", "purchase") if name not in names
    ]
    if not missing:
        return [Check("good" if fresh else "warn", title, says)]
    lacks = _(
        "No %(names)s in four weeks: what they tell is not learned, and not shown.", names=", ".join(missing)
    )
    return [Check("good" if fresh else "warn", title, says), Check("warn", _("Every step is sent"), lacks)]


def _enough(figures: DataFigures) -> list[Check]:
    joins = figures.joins
    reached = joins.learned_listings >= FEWEST_LISTINGS and joins.learned_sessions >= FEWEST_SESSIONS
    count = ngettext(
        "%(count)s listing is followed by a click",
        "%(count)s listings are followed by a click",
        joins.learned_listings,
        count=number(joins.learned_listings),
    )
    says = _(
        "%(count)s, in %(sessions)s sessions; it takes %(least)s of %(fewest)s sessions to learn and to judge.",
        count=count,
        sessions=number(joins.learned_sessions),
        least=number(FEWEST_LISTINGS),
        fewest=number(FEWEST_SESSIONS),
    )
    checks = [Check("good" if reached else "bad", _("Enough to train"), says)]
    if joins.click_share is not None:
        joined = joins.click_share >= _ENOUGH_JOINED
        told = _(
            "%(share)s of clicks follow a listing that the same visitor saw.", share=share(joins.click_share)
        )
        if not joined:
            told += " " + _(
                "The others teach nothing: send view_item_list for every listing, with the same visitor_id."
            )
        checks.append(Check("good" if joined else "warn", _("Clicks join their listings"), told))
    return checks


def _known(figures: DataFigures) -> list[Check]:
    coverage = figures.coverage
    if coverage.share is None:
        return []
    told = _("%(share)s of what events tell is about items in the catalogue.", share=share(coverage.share))
    if coverage.unknown:
        told += " " + _("Not there, for instance: %(ids)s.", ids=", ".join(coverage.unknown))
    level = "good" if coverage.share >= _ENOUGH_KNOWN else "warn"
    return [Check(level, _("The catalogue knows the items"), told)]


def _worker(figures: DataFigures) -> Check:
    stream, title = figures.stream, _("The worker keeps up")
    if stream.oldest_at is None or figures.at - stream.oldest_at < _WORKER_SECONDS:
        return Check("good", title, _("%(count)s facts wait for the log.", count=number(stream.length)))
    told = _(
        "%(count)s facts wait for the log, the oldest since %(when)s. Is balad worker running?",
        count=number(stream.length),
        when=ago(stream.oldest_at, figures.at),
    )
    return Check("bad", title, told)


def _fields() -> dict[str, str]:
    return {
        "item_name": _("Name"),
        "price": _("Price"),
        "item_category": _("Category"),
        "item_brand": _("Brand"),
        "created_at": _("New since"),
    }


ROUTES: Final = (Route("GET", "/data", data, Role.VIEWER),)
