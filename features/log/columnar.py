"""The items of an exposure as they travel: columns, less than half the bytes of rows; a read log has rows again."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

_COLUMNS: Final = ("item_id", "index", "score", "price", "in_stock")
_PLACE: Final = "shop_index"  # the place in the columns

Columns: TypeAlias = Mapping[str, Sequence[Any] | None]
Rows: TypeAlias = Sequence[Mapping[str, Any]]


def columns(**values: Sequence[Any]) -> Columns:
    """Return items as columns in the shop's order; one that says nothing of any item is None.

    >>> columns(item_id=["A", "B"], index=[1, 0], score=[0.5, 0.7], price=[None, None], in_stock=[None, True])["price"]
    """
    return {
        name: said if said.count(None) < len(said) else None
        for name, said in ((name, values[name]) for name in _COLUMNS)
    }


def length(items: Columns | Rows | None) -> int:
    """Return how many items came, as columns or as rows; none are none."""
    if isinstance(items, Mapping):
        return len(items["item_id"] or ())
    return len(items or ())


def column(items: Columns | Rows, name: str) -> Iterable[Any] | None:
    """Return what items that came as columns, or as rows, say under a name; None where none says anything.

    >>> column({"item_id": ["A", "B"], "price": None}, "price")
    >>> list(column({"item_id": ["A", "B"]}, "shop_index"))
    [0, 1]
    >>> list(column([{"item_id": "A"}], "item_id"))
    ['A']
    """
    if not isinstance(items, Mapping):
        return map(itemgetter(name), items)
    return range(length(items)) if name == _PLACE else items[name]
