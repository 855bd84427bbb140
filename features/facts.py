"""The facts that state and columns are computed from, as fixed-width records.

A visitor is two strings of such records, oldest first: what they did (INTERACTION) and were shown (IMPRESSION).
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import lru_cache
from itertools import repeat
from math import nan
from struct import Struct
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.attributes import SLOTS
from features.columnar import column, item_ids
from features.identity import hash64, session_hash

INTERACTIONS_KEPT: Final = 200
IMPRESSIONS_KEPT: Final = 144  # six listings of 24: enough to know what a session was shown
STATE_SECONDS: Final = 30 * 86_400.0  # nothing older is seen by a ranking; the keys expire with it
SESSION_GAP_SECONDS: Final = 30 * 60.0  # silence that ends a session

INTERACTION: Final = np.dtype(
    [
        ("item", "<u8"),
        ("time", "<f8"),
        ("session", "<u4"),
        ("price", "<f4"),
        ("action", "u1"),
        ("detail", "u1"),
        ("index", "<i2"),
        ("slots", "<u2", (SLOTS,)),
    ]
)
IMPRESSION: Final = np.dtype([("item", "<u8"), ("time", "<f8"), ("session", "<u4"), ("price", "<f4")])
_INTERACTION: Final = Struct(f"<QdIfBBh{SLOTS}H")
NO_INDEX: Final = -1
_LAST_INDEX: Final = 0x7FFF
_NO_SLOTS: Final = (0,) * SLOTS

Event: TypeAlias = Mapping[str, Any]
Records: TypeAlias = npt.NDArray[np.void]
KnownItem: TypeAlias = tuple[float, tuple[int, ...]]  # price (NaN where unknown) and slots
Know: TypeAlias = Callable[[str], KnownItem]


class Action(IntEnum):
    """What an interaction was."""

    VIEW = 1
    CLICK = 2
    CART = 3
    UNCART = 4
    WISH = 5
    CHECKOUT = 6
    PURCHASE = 7
    REFUND = 8
    SEARCH = 9


ACTION_OF: Final = {
    "view_item": Action.VIEW,
    "select_item": Action.CLICK,
    "add_to_cart": Action.CART,
    "remove_from_cart": Action.UNCART,
    "add_to_wishlist": Action.WISH,
    "begin_checkout": Action.CHECKOUT,
    "purchase": Action.PURCHASE,
    "search": Action.SEARCH,
}


def interactions_of(event: Event, know: Know) -> bytes:
    """Return the INTERACTION records that an event adds to its visitor, packed.

    `know` gives the price and slots of an item as the catalogue has them now; a price in the event wins.
    Empty for an event without visitor, for an impression and for a refund (it names no item).
    """
    action = ACTION_OF.get(event["name"])
    if action is None or event["visitor_id"] is None:
        return b""
    session, time, detail = session_hash(event["session_id"]), event["time"], _detail(event["detail"])
    if action is Action.SEARCH:
        term = hash64(event["search_term"] or "")
        return _INTERACTION.pack(term, time, session, nan, action, detail, NO_INDEX, *_NO_SLOTS)
    packed = []
    for item in event["items"] or ():
        item_id, price, index = item["item_id"], item["price"], item["index"]
        known_price, slots = know(item_id)
        price = known_price if price is None else price
        index = NO_INDEX if index is None else min(index, _LAST_INDEX)
        packed.append(_INTERACTION.pack(hash64(item_id), time, session, price, action, detail, index, *slots))
    return b"".join(packed)


def impressions_of(event: Event, know: Know) -> bytes:
    """Return the IMPRESSION records of a `view_item_list` event, packed, in shown order; else nothing.

    A listing longer than IMPRESSIONS_KEPT is kept as far as that.
    """
    if event["name"] != "view_item_list" or event["visitor_id"] is None:
        return b""
    items = event["items"] or ()
    ids, prices = item_ids(items)[:IMPRESSIONS_KEPT], column(items, "price") or repeat(None)
    shown = np.empty(len(ids), IMPRESSION)
    shown["item"] = list(map(hash64, ids))
    shown["time"], shown["session"] = event["time"], session_hash(event["session_id"])
    shown["price"] = [
        know(item_id)[0] if price is None else price for item_id, price in zip(ids, prices, strict=False)
    ]
    return shown.tobytes()


@lru_cache(256)
def _detail(text: str | None) -> int:
    """Return 0 for none, else one of 255 codes: which kind of closer look it was."""
    return 0 if text is None else 1 + hash64(text) % 255
