"""What a ranking reads: the visitor's records and the item rows this process lacks, in one round trip."""

from dataclasses import dataclass
from typing import Final

from features.identity import session_hash
from features.items import ItemTable
from features.store.protocol import Found, StoreUnavailable
from features.visit import Visit
from service.deps import Deps
from service.rankings.call import Call
from service.rankings.patience import patience
from service.rankings.reasons import Reason, ShopOrder
from service.tables import fill

NOTHING: Final = Found()


@dataclass(frozen=True, slots=True)
class State:
    """What is known when the listing is ranked; `degraded` where the store did not answer."""

    visit: Visit
    table: ItemTable
    degraded: bool


def read(deps: Deps, call: Call) -> State:
    """Read what the call needs and this process does not have.

    Where the store is away, rows of any age and a visitor who did nothing stand in, provided that each item has a row;
    where a part of it is that does not hold the visitor, rows of any age alone.

    Raises:
        ShopOrder: The deadline passed, or the store is away and items were never read.
    """
    table = deps.tables.of(call.shop.shop)
    missing = table.missing(call.item_ids, call.at, call.now)
    found, degraded = NOTHING, False
    if missing or call.visitor_id is not None:
        try:
            found = deps.store.read(
                call.shop_name,
                call.visitor_id,
                missing,
                totals=bool(missing),
                timeout_seconds=patience(_time_left(deps, call)),
            )
        except StoreUnavailable:
            _time_left(deps, call)
            if not table.holds(call.item_ids):
                raise ShopOrder(Reason.STORE_UNAVAILABLE) from None
            degraded = True
        else:
            if missing and not fill(table, found, call.item_ids, call.at, call.now):
                raise ShopOrder(Reason.STORE_UNAVAILABLE)
    visit = Visit.of(found.interactions, found.impressions, session_hash(call.session_id), call.at)
    return State(visit, table, degraded)


def _time_left(deps: Deps, call: Call) -> float:
    left = call.deadline - deps.timer()
    if left <= 0:
        raise ShopOrder(Reason.TIMEOUT)
    return left
