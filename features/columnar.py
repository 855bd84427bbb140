"""The items of a fact as columns: as exposures travel, and as the log is read; whoever asks for rows gets rows.

Columns are less than half the bytes of rows on their way, and half of the work where a listing is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias

_COLUMNS: Final = ("item_id", "index", "score", "price", "in_stock")
_PLACE: Final = "shop_index"  # the place in the columns

Columns: TypeAlias = Mapping[str, Sequence[Any] | None]
Rows: TypeAlias = Sequence[Mapping[str, Any]]


class Items(Sequence[dict[str, Any]]):
    """The items of one fact among those of many, whose columns lie end to end; each is made a row when asked for.

    >>> items = Items({"item_id": ["A", "B", "C"], "price": None}, 1, 3)
    >>> list(items), column(items, "item_id"), column(items, "price")
    ([{'item_id': 'B', 'price': None}, {'item_id': 'C', 'price': None}], ['B', 'C'], None)
    """

    __slots__ = ("_columns", "_end", "_start")

    def __init__(self, columns: Columns, start: int, end: int) -> None:
        self._columns, self._start, self._end = columns, start, end

    def __len__(self) -> int:
        return self._end - self._start

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - an item as a row; no slices
        at = range(self._start, self._end)[place]
        return {name: None if said is None else said[at] for name, said in self._columns.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # as lists have none

    def column(self, name: str) -> Sequence[Any] | None:
        """Return what the items say under a name; None where none of those read together says anything."""
        said = self._columns[name]
        return None if said is None else said[self._start : self._end]


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
    if isinstance(items, Items):
        return items.column(name)
    if not isinstance(items, Mapping):
        return map(itemgetter(name), items)
    return range(length(items)) if name == _PLACE else items[name]


def item_ids(items: Columns | Rows | None) -> list[str]:
    """Return the ids of items; none have none.

    >>> item_ids([{"item_id": "A"}]), item_ids(None)
    (['A'], [])
    """
    return [] if items is None else list(column(items, "item_id") or ())


def indexes(items: Columns | Rows) -> list[int]:
    """Return the index on the page that each item says; its place among them where it says none.

    >>> indexes([{"index": 4}, {"index": None}]), indexes({"item_id": ["A", "B"], "index": None})
    ([4, 1], [0, 1])
    """
    places, said = list(range(length(items))), column(items, "index")
    if said is None:
        return places
    return [place if index is None else index for index, place in zip(said, places, strict=True)]


def in_shops_order(items: Columns | Rows) -> Columns | Rows:
    """Return the items of an exposure in the shop's order, in which most come."""
    places = list(column(items, _PLACE) or ())
    if isinstance(items, Mapping) or places == list(range(len(places))):
        return items
    return sorted(items, key=itemgetter(_PLACE))
