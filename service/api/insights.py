"""/v1/insights: what a page earns, the figures behind the console."""

from typing import Annotated, Any, Final, TypeAlias

from flask import Response
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, query_as
from service.api.problems import refused, wrong_fields
from service.contract.identifiers import page_of
from service.contract.quantities import Time
from service.contract.verdicts import FieldError
from service.deps import Deps
from service.insights.answer import InsightsAnswer
from service.insights.insights import USUAL_EFFECT, USUAL_SECONDS
from service.insights.question import LONGEST_SECONDS, Question


def _number(text: str) -> str | float:
    """Take a number for one; a time in words stays one."""
    try:
        return float(text)
    except ValueError:
        return text


_Time: TypeAlias = Annotated[Time, BeforeValidator(_number)]


# A call, for `from` is a word of the language.
InsightsQuery = TypedDict(
    "InsightsQuery",
    {
        "from": Annotated[
            _Time | None, Field(default=None, description="Begin; 28 days before the end if left out.")
        ],
        "to": Annotated[_Time | None, Field(default=None, description="End; now if left out.")],
        "effect": Annotated[
            float,
            Field(
                default=USUAL_EFFECT,
                ge=0.001,
                le=1.0,
                description="The lift that would matter, such as 0.05: what `days_left` and the verdicts are told by.",
            ),
        ],
        "unfiltered": Annotated[bool, Field(default=False, description="Cap nothing.")],
    },
)
_QUERY: Final = TypeAdapter(InsightsQuery)


def get_insights(deps: Deps, caller: Caller, page: str) -> Response:
    """Return what a page earns; of the page `default`, the whole shop against its holdout."""
    query = query_as(_QUERY)
    try:
        usual = deps.insights.usual(page_of(page))
    except ValidationError as error:
        raise wrong_fields(error) from None
    question = _question(query, usual)
    answer = deps.insights.answer(caller.shop_name, question, query["effect"])
    return answer_of(answer, {"Cache-Control": "private, no-store"})


def _question(query: dict[str, Any], usual: Question) -> Question:
    until = usual.until if query["to"] is None else query["to"]
    since = max(until - USUAL_SECONDS, 0.0) if query["from"] is None else query["from"]
    if since >= until:
        raise refused([FieldError("from", "out_of_range", "The begin should be before the end")])
    if until - since > LONGEST_SECONDS:
        raise refused([FieldError("from", "out_of_range", "The time between should be at most 400 days")])
    return Question(usual.page, since, until, query["unfiltered"])


_DESCRIPTION: Final = """A page includes the pages below it. The unit is the visitor, from their first exposure in the
measurement window on; windows are never pooled, the newest counts. Revenue per visitor is net of refunds, in the
currency of most orders, and capped at the 99th percentile of those who bought, the same threshold for both arms.
Intervals hold however often one looks. Where a check is red there is no lift, and `hidden` says why."""

ENDPOINTS: Final = (
    Endpoint(
        "GET",
        "/v1/insights/<path:page>",
        get_insights,
        Access.SECRET,
        "See what a page earns",
        None,
        TypeAdapter(InsightsAnswer),
        _DESCRIPTION,
        _QUERY,
    ),
)
