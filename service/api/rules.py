"""/v1/rules: what the rules that hold for a page did in the last day."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of
from service.api.pages import checked
from service.deps import Deps
from service.pages.drafts import RULES
from service.pages.effects import NoEffect, effect_of
from service.pages.settings import rules_source
from service.pages.tree import pages_of


class RuleEffectAnswer(TypedDict):
    """How many lists a rule met and changed in the last day."""

    rule: dict[str, Any]
    lists: int
    changed: int
    no_effect_because: NoEffect | None
    by: Annotated[str | None, Field(description="The rule that overrides it.")]


class RulesAnswer(TypedDict):
    """The rules that hold for a page, and the page that they were set on."""

    page: str
    source: str | None
    rules: list[RuleEffectAnswer]


def get_rules(deps: Deps, caller: Caller, page: str) -> Response:
    """Return the rules that hold for a page and what they did."""
    checked(page)
    pages = pages_of(deps.shop_settings.read(caller.shop_name).values)
    source = rules_source(pages, page)
    rules = [] if source is None else pages[source].rules or []
    counts = deps.tally.last_day(caller.shop_name)
    texts = RULES.dump_python(rules, mode="json", exclude_none=True)
    told = [
        asdict(effect_of(rule, source or page, counts, deps.clock())) | {"rule": text}
        for rule, text in zip(rules, texts, strict=True)
    ]
    return answer_of({"page": page, "source": source, "rules": told}, {"Cache-Control": "no-store"})


ENDPOINTS: Final = (
    Endpoint(
        *("GET", "/v1/rules/<path:page>", get_rules, Access.SECRET, "See what a page's rules did"),
        answer=TypeAdapter(RulesAnswer),
        description="Counted over the last 24 hours and the current one, on all pages that have these rules.",
    ),
)
