"""This process's item rows, one table per shop, filled from the store as rankings and events need them."""

from collections.abc import Sequence
from threading import Lock
from typing import Final

import orjson

from features.items import ItemRead, ItemTable
from features.store.protocol import Found
from service.shops import Shop

ROW_AGE_SECONDS: Final = 5.0  # a change of the catalogue reaches every process within this time


class Tables:
    """Item tables by shop; a table starts afresh where the shop declares other attributes."""

    def __init__(self) -> None:
        self._by_shop: dict[str, ItemTable] = {}
        self._lock = Lock()

    def of(self, shop: Shop) -> ItemTable:
        """Return the table of a shop."""
        table = self._by_shop.get(shop.name)
        if table is not None and table.attributes == shop.attributes:
            return table
        with self._lock:
            table = self._by_shop.get(shop.name)
            if table is None or table.attributes != shop.attributes:
                table = self._by_shop[shop.name] = ItemTable(shop.attributes, max_age_seconds=ROW_AGE_SECONDS)
            return table


def fill(table: ItemTable, found: Found, item_ids: Sequence[str], at: float, now: float) -> bool:
    """Put what was read at `now` for items of a call into the table, as it stands for rankings as of `at`.

    False where a part of the store did not answer, and an item that it holds was never read.
    """
    read = [
        ItemRead(item_id, _row(text), found.statistics[item_id]) for item_id, text in found.catalogue.items()
    ]
    if read:
        table.put(read, found.totals, at, now, item_ids)
    return table.holds(item_ids)


def _row(text: bytes | None) -> dict[str, object] | None:
    return None if text is None else orjson.loads(text)
