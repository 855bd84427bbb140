"""The items of an exposure as they travel: columns, less than half the bytes of rows; in the log they are rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_COLUMNS: Final = ("item_id", "index", "score", "price", "in_stock")  # `shop_index` is the place in them


def columns(**values: Sequence[Any]) -> dict[str, Sequence[Any] | None]:
    """Return items as columns in the shop's order; one that says nothing of any item is None.

    >>> columns(item_id=["A", "B"], index=[1, 0], score=[0.5, 0.7], price=[None, None], in_stock=[None, True])["price"]
    """
    return {
        name: values[name] if any(value is not None for value in values[name]) else None for name in _COLUMNS
    }


def rows(items: Mapping[str, Sequence[Any] | None]) -> list[dict[str, Any]]:
    """Return the rows of items that came as columns.

    >>> rows({"item_id": ["A"], "index": [0], "score": [0.5], "price": None, "in_stock": None})
    [{'item_id': 'A', 'index': 0, 'shop_index': 0, 'score': 0.5, 'price': None, 'in_stock': None}]
    """
    ids = items["item_id"] or ()
    nothing = [None] * len(ids)
    index, score, price, in_stock = (items[name] or nothing for name in _COLUMNS[1:])
    return [
        {"item_id": i, "index": n, "shop_index": place, "score": s, "price": p, "in_stock": stock}
        for place, (i, n, s, p, stock) in enumerate(zip(ids, index, score, price, in_stock, strict=True))
    ]
