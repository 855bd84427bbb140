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


def fill(  # noqa: PLR0913, PLR0917 - what `ItemTable.put` takes, and where it comes from
    table: ItemTable, item_ids: Sequence[str], found: Found, at: float, now: float, beside: Sequence[str]
) -> bool:
    """Put rows that were read at `now` into the table, as they stand for rankings as of `at`, beside those of a call.

    False where a part of the store did not answer, and an item that it holds was never read.
    """
    read = [
        ItemRead(item_id, _row(found.catalogue[item_id]), found.statistics[item_id])
        for item_id in item_ids
        if item_id in found.catalogue
    ]
    if read:
        table.put(read, found.totals, at, now, beside)
    return len(read) == len(item_ids) or table.holds(item_ids)


def _row(text: bytes | None) -> dict[str, object] | None:
    return None if text is None else orjson.loads(text)
