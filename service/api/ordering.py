"""/v1/ordering: how a page's list is ordered, for shoppers to read."""

from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from features.pages import lineage
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of
from service.api.pages import checked
from service.deps import Deps
from service.ordering.ordering import Ordering
from service.ordering.orderings import ordering_now
from service.ordering.parameters import Parameter
from service.ordering.periods import Period, periods_of
from service.ordering.words import named, told

KEPT_SECONDS: Final = 60  # that a storefront or a proxy may keep the answer


class ParameterAnswer(TypedDict):
    """A main parameter; `weight` is its share of 1."""

    parameter: Parameter
    weight: float
    words: dict[str, str]


class PeriodAnswer(TypedDict):
    """How the page was ordered for a time; Unix seconds, `until` null where it goes on."""

    since: float
    until: float | None
    text: dict[str, str]
    model: str | None


class OrderingAnswer(TypedDict):
    """How the page is ordered: `text` by language, the main parameters, the weightiest first, and earlier periods."""

    page: str
    text: dict[str, str]
    parameters: list[ParameterAnswer]
    personalized_share: Annotated[float, Field(description="Share of consenting visitors with an own order.")]
    rules: Annotated[dict[str, int], Field(description="How many rules of the shop hold, by kind.")]
    model: str | None
    since: Annotated[float | None, Field(description="Since when it has been so; null if just now.")]
    kept_for: Annotated[str | None, Field(description="The page whose settings the periods are noted of.")]
    periods: list[PeriodAnswer]


def get_ordering(deps: Deps, caller: Caller, page: str) -> Response:
    """Return how a page is ordered now, and how it was before."""
    checked(page)
    ordering = ordering_now(deps, caller.shop, page)
    kept_for, periods = kept(deps, caller.shop_name, page)
    goes_on = periods[0] if periods and periods[0].ordering == ordering else None
    body = {
        "page": page,
        "text": told(ordering),
        "parameters": _parameters(ordering),
        "personalized_share": ordering.share,
        "rules": ordering.rules,
        "model": ordering.model,
        "since": goes_on and goes_on.since,
        "kept_for": kept_for,
        "periods": [_period(period) for period in periods],
    }
    return answer_of(body, {"Cache-Control": f"public, max-age={KEPT_SECONDS}"})


def kept(deps: Deps, shop: str, page: str) -> tuple[str | None, list[Period]]:
    """Return the periods noted of a page, else of its nearest ancestor, and of which page they are."""
    values = deps.shop_settings.read(shop).values
    found = ((place, periods_of(values, place)) for place in lineage(page))
    return next(((place, periods) for place, periods in found if periods), (None, []))


def _parameters(ordering: Ordering) -> list[dict[str, Any]]:
    return [{"parameter": p, "weight": w, "words": named(p)} for p, w in ordering.weights.items()]


def _period(period: Period) -> dict[str, Any]:
    ordering = period.ordering
    return {"since": period.since, "until": period.until, "text": told(ordering), "model": ordering.model}


ENDPOINTS: Final = (
    Endpoint(
        *("GET", "/v1/ordering/<path:page>", get_ordering, Access.PUBLISHABLE),
        "See how a page's list is ordered",
        answer=TypeAdapter(OrderingAnswer),
        description="For the duty to inform shoppers: the main parameters and how much each counts, in French and "
        "English, generated from the live model and the page's settings, with the periods in which each text was "
        "true (the newest 24). Whether somebody pays for a place, the shop has to add itself.",
    ),
)
