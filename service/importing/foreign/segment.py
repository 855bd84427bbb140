"""Segment's calls, one or a batch on a line: `track` with the names of its e-commerce specification, version 2.

Source: https://segment.com/docs/connections/spec/ecommerce/v2/ and …/spec/common/.
"""

from typing import Final

from service.importing.foreign.notes import Desk, Reading, Said, Unmapped
from service.importing.foreign.values import amount, count, identity, page, said, table, tables, word

NAMES: Final = {
    "product list viewed": "view_item_list",
    "viewed product category": "view_item_list",
    "product list filtered": "view_item_list",
    "product clicked": "select_item",
    "clicked product": "select_item",
    "product viewed": "view_item",
    "viewed product": "view_item",
    "product added": "add_to_cart",
    "added product": "add_to_cart",
    "wishlist product added to cart": "add_to_cart",
    "product removed": "remove_from_cart",
    "removed product": "remove_from_cart",
    "product added to wishlist": "add_to_wishlist",
    "checkout started": "begin_checkout",
    "started order": "begin_checkout",
    "order completed": "purchase",
    "completed order": "purchase",
    "order refunded": "refund",
    "order cancelled": "refund",
    "products searched": "search",
}
_WORTH: Final = (
    "revenue",
    "subtotal",
    "total",
    "value",
)  # the first that is stated: without shipping and tax


def read(call: Said, desk: Desk) -> Reading:
    """Return the event that a call is."""
    kind = call.get("type") or call.get("action")
    if kind != "track":
        return Unmapped(str(kind)) if kind is not None else [_unknown(call)]
    name = call.get("event")
    if isinstance(name, str) and name.strip().lower() not in NAMES:
        return Unmapped(name)
    ours = NAMES[name.strip().lower()] if isinstance(name, str) else None
    properties = table(call.get("properties"))
    items = desk.with_ids(_items(properties, listed=ours == "view_item_list"))
    event = _event(call, desk) | {"name": ours, "items": items or None}
    if ours == "search":
        return [event | {"search_term": said(properties.get("query"))}]
    if ours in ("purchase", "refund"):
        event["transaction_id"] = word(properties.get("order_id"))
    if ours == "purchase":
        worth = next((v for name in _WORTH if (v := amount(properties.get(name))) is not None), None)
        event["value"] = desk.value(worth, items)
        event["currency"] = desk.currency(said(properties.get("currency")))
    return [event]


def calls(line: Said) -> list[object]:
    """Return the calls of a line: itself, or those of a batch, which share its context."""
    batch = line.get("batch")
    if not isinstance(batch, list) or not batch:
        return [line]
    context = table(line.get("context"))
    return [
        each | {"context": context | table(each.get("context"))} if isinstance(each, dict) else each
        for each in batch
    ]


def _event(call: Said, desk: Desk) -> Said:
    context, properties = table(call.get("context")), table(call.get("properties"))
    own = said(call.get("timestamp"))
    place = table(context.get("page"))
    moment = said(call.get("originalTimestamp")) if own is None else own
    return {
        "event_id": word(call.get("messageId")) or identity([call]),
        "time": moment,
        "visitor_id": word(call.get("anonymousId")) or word(call.get("userId")),
        "page": page(place.get("path") or place.get("url")),
        "consent": desk.consent(_agreed(context)),
        "currency": said(properties.get("currency")),
    }


def _agreed(context: Said) -> bool | None:
    """Return whether every category was agreed to; None where nothing is said.

    >>> _agreed({"consent": {"categoryPreferences": {"Analytics": True, "Advertising": False}}}), _agreed({})
    (False, None)
    """
    preferences = table(table(context.get("consent")).get("categoryPreferences"))
    return all(value is True for value in preferences.values()) if preferences else None


def _items(properties: Said, *, listed: bool) -> list[Said]:
    """Return the products: those of a list, or the one that the properties are about."""
    products = properties.get("products")
    if not isinstance(products, list):
        alone = _item(properties)
        return [] if alone["item_id"] is None and products is None and "name" not in properties else [alone]
    items = [_item(product) for product in tables(products)]
    if listed and any(item["index"] is None for item in items):
        return [item | {"index": place} for place, item in enumerate(items)]
    return items


def _item(product: Said) -> Said:
    position = count(product.get("position"))
    return {
        "item_id": word(product.get("product_id")) or word(product.get("sku")),
        # Segment's positions begin at 1; a shop that counts from 0 loses nothing but the difference to the second.
        "index": max(position - 1, 0) if isinstance(position, int) else position,
        "price": amount(product.get("price")),
        "quantity": amount(product.get("quantity")),
    }


def _unknown(call: Said) -> Said:
    """Return what is no call: the contract says what it lacks."""
    return {"event_id": word(call.get("messageId")) or identity([call]), "name": None}
