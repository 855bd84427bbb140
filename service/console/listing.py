"""What a page showed last, and which items a shop has, out of the log: for a preview, where no shopper waits."""

import logging
from typing import TYPE_CHECKING, Any, Final

from features.log.kind import Kind
from features.log.place import Log

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

MOST_ITEMS: Final = 60  # of a listing: as many as somebody looks at
_MOST_PARTS: Final = 40  # the newest; a page that is not in them has no recent listing
_MOST_FOUND: Final = 12
_LOG: Final = logging.getLogger(__name__)


def last_listing(log: Log, shop: str, page: str) -> list[str]:
    """Return the items that a page, or one below it, was last asked for, in the shop's order; none where none was."""
    import pyarrow.compute as pc  # noqa: PLC0415 - loads Arrow

    for table in _newest(log, shop, Kind.EXPOSURES, ["page", "time", "items"]):
        column = table.column("page")
        here = table.filter(pc.equal(column, page))
        if not here.num_rows:
            here = table.filter(pc.starts_with(column, "" if page == "default" else f"{page}/"))
        if here.num_rows:
            latest = here.slice(pc.index(here.column("time"), pc.max(here.column("time"))).as_py(), 1)
            items: list[dict[str, Any]] = latest.column("items").to_pylist()[0] or []
            return [item["item_id"] for item in sorted(items, key=lambda each: each["shop_index"])][
                :MOST_ITEMS
            ]
    return []


def found_items(log: Log, shop: str, words: str) -> list[str]:
    """Return the ids of items whose name or id holds the words; few, for a person to choose from."""
    import pyarrow.compute as pc  # noqa: PLC0415 - loads Arrow

    found: dict[str, None] = {}
    for table in _newest(log, shop, Kind.ITEMS, ["item_id", "item_name"]):
        named = pc.match_substring(table.column("item_name"), words, ignore_case=True)
        known = pc.match_substring(table.column("item_id"), words, ignore_case=True)
        hits = table.filter(pc.or_(pc.fill_null(named, fill_value=False), known))
        found.update(dict.fromkeys(hits.column("item_id").to_pylist()[:_MOST_FOUND]))
        if len(found) >= _MOST_FOUND:
            break
    return list(found)[:_MOST_FOUND]


def _newest(log: Log, shop: str, kind: Kind, columns: list[str]) -> "Iterator[pa.Table]":
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    for part in reversed(log.parts(shop, kind)[-_MOST_PARTS:]):
        try:
            with log.files.open(log.path(part), "rb") as file:
                yield pq.read_table(file, columns=columns, use_threads=False)
        except (pa.ArrowException, OSError) as error:
            _LOG.warning("left out %s, which cannot be read: %s", log.path(part), error)
