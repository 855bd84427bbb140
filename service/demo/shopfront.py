"""The demo shop as its page needs it, read from the files that `balad demo` leaves in the data directory.

`demo/items.jsonl` holds the catalogue in the shop's own order, best sellers first; `demo/publishable_key` and
`demo/secret_key` hold the shop's keys, `demo/console_password` what opens its console, all three readable by their
owner alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson

SHOP: Final = "demo"
DIRECTORY: Final = "demo"
ITEMS_FILE: Final = "items.jsonl"
PUBLISHABLE_FILE: Final = "publishable_key"
SECRET_FILE: Final = "secret_key"  # noqa: S105 - a file's name
PASSWORD_FILE: Final = "console_password"  # noqa: S105 - a file's name
LISTING_LENGTH: Final = 36

Item: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Shopfront:
    """What the demo shop sells, by item id, in its own order, and the key that its page ranks with."""

    publishable_key: str
    items: Mapping[str, Item]

    def categories(self) -> list[str]:
        """Return the categories that hold something, in alphabetical order of their paths."""
        return sorted({str(item["item_category"]) for item in self.items.values()})

    def listing(self, page: str) -> list[Item]:
        """Return what `category/<path>` or `home` shows, in the shop's order, at most LISTING_LENGTH.

        Empty for a page that holds nothing.
        """
        path = page.removeprefix("category/")
        kept = (
            item
            for item in self.items.values()
            if page == "home" or _within(str(item["item_category"]), path)
        )
        return [item for item, _ in zip(kept, range(LISTING_LENGTH), strict=False)]


def open_shopfront(data: Path) -> Shopfront | None:
    """Read the demo shop of a data directory; None where there is none yet."""
    directory = data / DIRECTORY
    try:
        key = (directory / PUBLISHABLE_FILE).read_text(encoding="utf-8").strip()
        lines = (directory / ITEMS_FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return None
    items = (orjson.loads(line) for line in lines)
    return Shopfront(key, {item["item_id"]: item for item in items})


def opened_once(data: Path) -> Callable[[], Shopfront | None]:
    """Return a reader that keeps the demo shop from the first time that it finds one."""
    found: list[Shopfront] = []

    def shopfront() -> Shopfront | None:
        if not found and (read := open_shopfront(data)) is not None:
            found.append(read)
        return found[0] if found else None

    return shopfront


def _within(category: str, path: str) -> bool:
    """Tell whether a category is a path or lies below it.

    >>> _within("shoes/boots", "shoes"), _within("shoes-care", "shoes")
    (True, False)
    """
    return category == path or category.startswith(f"{path}/")
