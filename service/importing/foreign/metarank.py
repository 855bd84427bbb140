"""Metarank's events: `item`, `ranking` and `interaction`; `user` has no place here.

Source: https://docs.metarank.ai/reference/event-schema.
"""

from typing import Any, Final

from service.importing.foreign.notes import Desk, Reading, Said, Unmapped
from service.importing.foreign.values import amount, said, seconds, tables, word

MILLISECONDS: Final = 1e3
INTERACTIONS: Final = {
    "click": "select_item",
    "view": "view_item",
    "cart": "add_to_cart",
    "add_to_cart": "add_to_cart",
    "wishlist": "add_to_wishlist",
    "purchase": "purchase",
}
_ITEM_FIELDS: Final = {
    "title": "item_name",
    "name": "item_name",
    "brand": "item_brand",
    "category": "item_category",
    "price": "price",
    "currency": "currency",
    "in_stock": "in_stock",
    "url": "url",
    "image": "image_url",
    "image_url": "image_url",
}


def read_event(line: Said, desk: Desk) -> Reading:
    """Return the event that a ranking or an interaction is."""
    match line.get("event"):
        case "ranking":
            return [_ranking(line, desk)]
        case "interaction":
            kind = str(line.get("type"))
            name = desk.assumptions.interactions.get(kind) or INTERACTIONS.get(kind)
            return Unmapped(f"interaction {kind}") if name is None else [_interaction(line, name, desk)]
        case "item":
            return Unmapped("item (take it in with --kind items)")
        case str(other):
            return Unmapped(other)
        case other:
            return [{"event_id": word(line.get("id")), "name": other}]


def read_item(line: Said, _: Desk) -> Reading:
    """Return the catalogue row that an item is."""
    kind = line.get("event")
    if kind in ("ranking", "interaction"):
        return Unmapped(f"{kind} (take it in with --kind events)")
    if kind != "item":
        return Unmapped(kind) if isinstance(kind, str) else [{"item_id": None}]
    row: Said = {"item_id": word(line.get("item")), "time": seconds(line.get("timestamp"), MILLISECONDS)}
    attributes = {}
    for name, value in _fields(line).items():
        ours = _ITEM_FIELDS.get(name)
        if ours is None or row.get(ours) is not None or isinstance(value, list):
            attributes[name] = value
        else:
            row[ours] = amount(value) if ours == "price" else value
    return [row | {"attributes": attributes} if attributes else row]


def _ranking(line: Said, desk: Desk) -> Said:
    fields = _fields(line)
    items = desk.with_ids(
        [
            {
                "item_id": word(item.get("id")),
                "index": place,
                "price": amount(_fields(item).get("price")),
                "quantity": None,
            }
            for place, item in enumerate(tables(line.get("items")))
        ]
    )
    term = said(fields.get("search_term", fields.get("query")))
    return _event(line, desk) | {
        "name": "view_item_list",
        "ranking_id": word(line.get("id")),
        "search_term": term,
        "items": items or None,
    }


def _interaction(line: Said, name: str, desk: Desk) -> Said:
    fields = _fields(line)
    item = {
        "item_id": word(line.get("item")),
        "price": amount(fields.get("price")),
        "quantity": amount(fields.get("quantity", fields.get("count"))),
    }
    event = _event(line, desk) | {"name": name, "ranking_id": word(line.get("ranking")), "items": [item]}
    if name != "purchase":
        return event
    order = word(fields.get("order_id", fields.get("transaction_id")))
    if order is None:
        desk.notes.assumed["order: each purchase is one of its own"] += 1
    value = desk.value(amount(fields.get("value", fields.get("revenue"))), [item])
    if value is None:
        desk.notes.assumed["value: 0"] += 1
    return event | {
        "transaction_id": order or event["event_id"],
        "currency": desk.currency(said(fields.get("currency"))),
        "value": 0.0 if value is None else value,
    }


def _event(line: Said, desk: Desk) -> Said:
    return {
        "event_id": word(line.get("id")),
        "time": seconds(line.get("timestamp"), MILLISECONDS),
        "visitor_id": word(line.get("user")),
        "session_id": word(line.get("session")),
        "consent": desk.consent(None),
    }


def _fields(line: Said) -> dict[str, Any]:
    return {str(field.get("name")): field.get("value") for field in tables(line.get("fields"))}
