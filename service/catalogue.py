"""Catalogue rows: what the shop says about an item, kept as the fact that said it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from features.store.protocol import ItemWrite, Store
from service.contract.catalogue import FIELDS
from service.contract.verdicts import Rejection

_ATTEMPTS: Final = 5  # a patch whose row others keep changing under it is given up after so many


def row_of(item: Mapping[str, Any], now: float) -> bytes:
    """Return the row, which is also the fact, of an item as the shop says it is."""
    said = {name: item.get(name) for name in FIELDS}
    return orjson.dumps({"time": now, "received_at": now, "deleted": False, **said})


def deletion_of(item_id: str, now: float) -> ItemWrite:
    """Return what to write for an item that is gone."""
    nothing = dict.fromkeys(FIELDS) | {"item_id": item_id}
    return ItemWrite(
        item_id, None, orjson.dumps({"time": now, "received_at": now, "deleted": True, **nothing})
    )


def item_of(row: bytes) -> dict[str, Any]:
    """Return what the shop said about an item, from its row."""
    kept = orjson.loads(row)
    return {name: kept[name] for name in FIELDS}


def merged(item: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item after a patch: null clears a field or an attribute, attributes are merged by name.

    >>> merged({"price": 9.0, "attributes": {"a": 1, "b": 2}}, {"price": None, "attributes": {"b": None, "c": 3}})
    {'price': None, 'attributes': {'a': 1, 'c': 3}}
    """
    after = {**item, **patch}
    if patch.get("attributes") is not None:
        both = {**(item.get("attributes") or {}), **patch["attributes"]}
        after["attributes"] = {name: value for name, value in both.items() if value is not None}
    return after


def put(store: Store, shop: str, items: Sequence[Mapping[str, Any]], now: float) -> None:
    """Replace items."""
    if items:
        rows = [(item["item_id"], row_of(item, now)) for item in items]
        store.put_items(shop, [ItemWrite(item_id, row, row) for item_id, row in rows])


def patch(store: Store, shop: str, patches: Mapping[int, Mapping[str, Any]], now: float) -> list[Rejection]:
    """Change items by their place in a batch; return a rejection for those unknown, or changed by others all along."""
    rejections: list[Rejection] = []
    waiting = dict(patches)
    for _ in range(_ATTEMPTS):
        if not waiting:
            return rejections
        waiting = _patch(store, shop, waiting, now, rejections)
    late = "Item kept changing meanwhile; send it again"
    return rejections + [Rejection(i, p["item_id"], "conflict", "", late) for i, p in waiting.items()]


def _patch(
    store: Store, shop: str, patches: Mapping[int, Mapping[str, Any]], now: float, rejections: list[Rejection]
) -> dict[int, Mapping[str, Any]]:
    """Try once; return those whose row changed between our read and our write."""
    rows = store.get_items(shop, list({patch["item_id"]: None for patch in patches.values()}))
    writes: dict[int, ItemWrite] = {}
    for index, patch in patches.items():
        item_id = patch["item_id"]
        if (before := rows[item_id]) is None:
            rejections.append(
                Rejection(index, item_id, "unknown_item", "item_id", "The catalogue has no such item")
            )
            continue
        rows[item_id] = after = row_of(merged(item_of(before), patch), now)
        writes[index] = ItemWrite(item_id, after, after, expected=before)
    done = store.put_items(shop, list(writes.values())) if writes else []
    return {index: patches[index] for index, written in zip(writes, done, strict=True) if not written}
