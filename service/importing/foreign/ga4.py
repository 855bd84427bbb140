"""GA4's BigQuery export: rows of `events_YYYYMMDD`, as JSON lines (whole numbers come as text) or Parquet.

Source: https://support.google.com/analytics/answer/7029846, the schema of the export.
"""

from typing import Any, Final

from service.importing.foreign.notes import Desk, Reading, Said, Unmapped
from service.importing.foreign.values import amount, count, identity, page, said, seconds, table, tables, word

NAMES: Final = {
    **{
        name: name
        for name in (
            *("view_item_list", "select_item", "view_item", "add_to_cart", "remove_from_cart"),
            *("add_to_wishlist", "begin_checkout", "purchase", "refund", "search"),
        )
    },
    "view_search_results": "search",
}
_ABOUT_ONE: Final = frozenset({"select_item", "view_item"})
_TYPES: Final = ("string_value", "int_value", "double_value", "float_value")
_MICROSECONDS: Final = 1e6
_CONSENT: Final = {"Yes": True, "No": False}  # `Unset` says nothing
_OF_A_ROW: Final = (
    *("stream_id", "user_pseudo_id", "event_timestamp", "event_name", "event_bundle_sequence_id"),
    *("batch_page_id", "batch_ordering_id", "batch_event_index"),
)


def read(row: Said, desk: Desk) -> Reading:
    """Return the events that a row is: one, or one for each item where ours is about one item."""
    name = said(row.get("event_name"))
    if isinstance(name, str) and name not in NAMES:
        return Unmapped(name)
    ours = NAMES.get(name) if isinstance(name, str) else None
    items = desk.with_ids([_item(item) for item in tables(row.get("items"))])
    event = _event(row, desk, items) | {"name": ours}
    if ours == "view_item_list":
        for place, item in enumerate(items):
            item["index"] = place if item["index"] is None else item["index"]
    if ours not in _ABOUT_ONE or len(items) <= 1:
        return [event | {"items": items or None}]
    return [
        event | {"event_id": f"{event['event_id']}-{place}", "items": [item]}
        for place, item in enumerate(items)
    ]


def _event(row: Said, desk: Desk, items: list[Said]) -> Said:
    parameters = _parameters(row)
    ecommerce, storage = table(row.get("ecommerce")), table(row.get("privacy_info")).get("analytics_storage")
    event: Said = {
        "event_id": identity([*(row.get(name) for name in _OF_A_ROW), [i["item_id"] for i in items]]),
        "time": seconds(row.get("event_timestamp"), _MICROSECONDS),
        "visitor_id": word(row.get("user_pseudo_id")),
        "session_id": word(parameters.get("ga_session_id")),
        "page": page(parameters.get("page_location")),
        "consent": desk.consent(_CONSENT.get(str(storage))),
        "search_term": said(parameters.get("search_term")),
        "transaction_id": word(ecommerce.get("transaction_id")) or word(parameters.get("transaction_id")),
        "currency": said(parameters.get("currency")),
        "value": amount(parameters.get("value")),
    }
    if row.get("event_name") == "purchase":
        revenue = amount(ecommerce.get("purchase_revenue"))
        event["currency"] = desk.currency(event["currency"])
        event["value"] = desk.value(event["value"] if revenue is None else revenue, items)
    return event


def _parameters(row: Said) -> dict[object, Any]:
    """Return the event's parameters by key; each has its value under the name of its type."""
    parameters: dict[object, Any] = {}
    for each in tables(row.get("event_params")):
        values = table(each.get("value"))
        parameters[str(each.get("key"))] = next(
            (values[t] for t in _TYPES if values.get(t) is not None), None
        )
    return parameters


def _item(item: Said) -> Said:
    return {
        "item_id": word(item.get("item_id")),
        "index": count(item.get("item_list_index")),
        "price": amount(item.get("price")),
        "quantity": amount(item.get("quantity")),
    }
