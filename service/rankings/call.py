"""A ranking as it was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from features.candidates import Context, Listing
from service.contract.listing import RankRequest, split
from service.directory import ShopSettings
from service.privacy.objections import Objections


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, of which shop, and by when (`deadline`, on the process's timer) it is answered."""

    ranking_id: str
    shop: ShopSettings
    page: str
    visitor_id: str | None
    session_id: str | None
    consent: bool
    listing: Listing
    context: Mapping[str, Any]
    limit: int
    at: float  # as of when; Unix seconds
    now: float  # this process's clock
    began: float  # on the timer
    deadline: float  # on the timer
    explain: bool = False
    recommends: bool = False  # the listing is of our own candidates, not of the shop
    opted_out: bool = False  # the visitor objects or is erased: then there is no id either
    user_agent: str | None = None  # what the visitor's browser calls itself, where a web page calls

    @property
    def shop_name(self) -> str:
        """The name that all of the shop's facts are kept under."""
        return self.shop.shop.name

    @property
    def item_ids(self) -> Sequence[str]:
        """The listing, in the shop's order."""
        return self.listing.item_ids

    def where(self) -> Context:
        """Return where and how the listing is looked at, as the columns ask for it."""
        said = self.context
        return Context(
            self.page,
            said.get("device"),
            said.get("country"),
            said.get("search_term"),
            said.get("filters") or (),
        )


def respecting(call: Call, objections: Objections) -> Call:
    """Return the call of nobody where its visitor objects or is erased: nothing is read, written or drawn for them."""
    if call.visitor_id is None or not objections.hold(call.shop_name, call.visitor_id):
        return call
    return replace(call, visitor_id=None, session_id=None, opted_out=True)


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a call came in (Unix seconds, and the same on the process's timer), and what browser sent it, if one did."""

    now: float
    timer: float
    user_agent: str | None = None


def call_of(
    request: RankRequest, shop: ShopSettings, ranking_id: str, arrival: Arrival, default_deadline_ms: float
) -> Call:
    """Return the call of a valid request."""
    ids, said = split(request["items"])
    consent = request["consent"]
    deadline_ms = request["deadline_ms"] or default_deadline_ms
    return Call(
        ranking_id=ranking_id,
        shop=shop,
        page=request["page"],
        visitor_id=request["visitor_id"] if consent else None,
        session_id=request["session_id"] if consent else None,
        consent=consent,
        listing=Listing(ids, said),
        context=request["context"] or {},
        limit=min(request["limit"] or len(ids), len(ids)),
        at=arrival.now if request["time"] is None else request["time"],
        now=arrival.now,
        began=arrival.timer,
        deadline=arrival.timer + deadline_ms / 1000,
        explain=request["explain"],
        user_agent=arrival.user_agent,
    )
