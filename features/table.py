"""The one list of what the model sees: every column, in order, with its unit and what stands for absence.

The table of a shop is the fixed columns and a family per declared attribute. Order, names and the hash that binds a
model to them derive from here; so does docs/features.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from inspect import getdoc
from itertools import chain, count
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.attributes import Attribute, Kind, offsets
from features.columns import taste
from features.columns.course import Course
from features.columns.places import Place
from features.columns.popularity import Figure
from features.columns.prices import Price
from features.columns.row import NEVER, Column, Row
from features.columns.taste import Taste
from features.columns.touches import Touch
from features.scene import Scene
from features.statistics_kernel import WINDOW_DAYS

REVISION: Final = (
    2  # raise it when a column's meaning changes under the same name: older models are then refused
)
NAN: Final = float("nan")
Indices: TypeAlias = npt.NDArray[np.int64]
Ask: TypeAlias = Callable[[Scene], Column]
# Where blocks stand among all rows that are laid: these, a Taste per categorical attribute, and what is asked.
TOUCHES: Final = slice(0, len(Touch))
PRICES: Final = slice(TOUCHES.stop, TOUCHES.stop + len(Price))
PLACES: Final = slice(PRICES.stop, PRICES.stop + len(Place))
_BLOCKS: Final = {Touch: TOUCHES, Price: PRICES, Place: PLACES}


@dataclass(frozen=True, slots=True)
class Feature:
    """One column: where it is laid or what computes it, in which unit, and the number that stands for "not known"."""

    source: Row | Ask
    block: str
    unit: str
    missing: float | None = None  # None: always known
    suffix: str = ""
    placed: bool = False  # whether it tells where in the list an item stands: another order, another number

    @property
    def name(self) -> str:
        """The row's or the function's name, with the attribute or window it is for."""
        return self._told[0] + self.suffix

    @property
    def meaning(self) -> str:
        """What the row's text, or the function's docstring, says first."""
        return self._told[1].partition(";")[0]

    @property
    def _told(self) -> tuple[str, str]:
        if isinstance(self.source, Row):
            return self.source.name.lower(), self.source.meaning
        ask = self.source.func if isinstance(self.source, partial) else self.source
        return ask.__name__, getdoc(ask) or ""


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """A shop's columns in order: those of the items' standing, then those of the visit."""

    standing: tuple[Feature, ...]
    visiting: tuple[Feature, ...]
    names: tuple[str, ...]
    hash: str
    categories: Mapping[str, int]  # the slot of each categorical attribute
    asked: tuple[Ask, ...]  # what computes the columns that are in no block
    sources: Indices  # (visiting,) the row among those of blocks, or ~ the place in Course

    def __len__(self) -> int:
        return len(self.names)

    @property
    def laid(self) -> int:
        """How many rows blocks have; those of `asked` stand behind them."""
        return PLACES.stop + len(Taste) * len(self.categories)


def feature_table(attributes: tuple[Attribute, ...]) -> FeatureTable:
    """Return the table of a shop that declares these attributes; equal declarations give an equal hash."""
    slots = offsets(attributes)
    categories = {
        a.name: slot for a, slot in zip(attributes, slots, strict=True) if a.kind is Kind.CATEGORICAL
    }
    families = [_family(a, slot) for a, slot in zip(attributes, slots, strict=True)]
    visiting = (*VISITING, *chain.from_iterable(families))
    names = (*(f.name for f in STANDING), *(f.name for f in visiting))
    declared = [f"{a.name}:{a.kind}" for a in attributes]
    return FeatureTable(
        STANDING,
        visiting,
        names,
        sha256(repr((REVISION, names, declared)).encode()).hexdigest(),
        categories,
        tuple(f.source for f in visiting if not isinstance(f.source, Row)),
        np.array(list(_sources(visiting, len(categories)))),
    )


def _sources(visiting: Iterable[Feature], categories: int) -> Iterator[int]:
    """Yield where each column is laid: those of attributes in the order in which they are declared."""
    tastes, asked = count(PLACES.stop), count(PLACES.stop + categories * len(Taste))
    for feature in visiting:
        match feature.source:
            case Course():
                yield ~feature.source
            case Taste():
                yield next(tastes)
            case Row():
                yield _BLOCKS[type(feature.source)].start + feature.source
            case _:
                yield next(asked)


def _family(attribute: Attribute, slot: int) -> tuple[Feature, ...]:
    """Return the columns that one declared attribute brings."""

    def column(source: Taste | Callable[..., Column], unit: str, block: str = "C") -> Feature:
        made = source if isinstance(source, Taste) else partial(source, slot=slot)
        return Feature(made, block, unit, NAN, f"_{attribute.name}")

    match attribute.kind:
        case Kind.CATEGORICAL:  # as a block of Taste has them
            return (
                column(Taste.SESSION_SHARE, "share"),
                column(Taste.SAME_AS_LAST, "0 or 1"),
                column(Taste.PAST_SHARE, "share", "H"),
                column(Taste.IN_FILTER, "0 or 1"),
                column(Taste.IN_SEARCH, "0 or 1"),
            )
        case Kind.MULTI:
            return (column(taste.overlap, "share"),)
        case Kind.NUMERIC:
            return (
                column(taste.number, "the attribute's", "E"),
                column(taste.above_session_mean, "the attribute's"),
            )
        case Kind.TIME:
            return (column(taste.days_old, "days", "E"), column(taste.days_after_session_mean, "days"))


STANDING: Final = (
    *(
        Feature(figure, "D", unit, suffix=f"_{days}d")
        for figure, unit in (
            (Figure.CLICKS_OVER_EXPECTED, "ratio"),
            (Figure.LOG_CLICKS, "log clicks"),
            (Figure.LOG_VIEWS, "log views"),
            (Figure.CART_RATE, "share"),
            (Figure.ORDER_RATE, "share"),
            (Figure.LOG_ORDERS, "log orders"),
            (Figure.LOG_IMPRESSIONS, "log impressions"),
        )
        for days in WINDOW_DAYS
    ),
    Feature(Figure.TREND, "D", "log ratio"),
)  # as `popularity` has them

VISITING: Final = (
    Feature(Touch.LOOKS, "A", "interactions"),
    Feature(Touch.CLICKS, "A", "interactions"),
    Feature(Touch.CART_ADDS, "A", "interactions"),
    Feature(Touch.IN_CART, "A", "0 or 1"),
    Feature(Touch.CART_REMOVALS, "A", "interactions"),
    Feature(Touch.PURCHASES, "A", "interactions"),
    Feature(Touch.LINEAR_RECENCY, "A", "interactions"),
    Feature(Touch.HARMONIC_RECENCY, "A", "interactions"),
    Feature(Touch.RUN_RECENCY, "A", "runs"),
    Feature(Touch.HALF_LIFE_RECENCY, "A", "interactions"),
    Feature(Touch.SHARE_OF_TOUCHES, "A", "share"),
    Feature(Touch.STEPS_SINCE_TOUCHED, "A", "interactions", NEVER),
    Feature(Touch.ITEMS_SINCE_TOUCHED, "A", "items", NEVER),
    Feature(Touch.SECONDS_SINCE_TOUCHED, "A", "s", NEVER),
    Feature(Touch.SECONDS_SINCE_CLICKED, "A", "s", NEVER),
    Feature(Touch.LONGEST_DWELL, "A", "s"),
    Feature(Touch.TOTAL_DWELL, "A", "s"),
    Feature(Touch.LAST_ACTION_WITH, "A", "action code"),
    Feature(Touch.LAST_LOOK_WITH, "A", "look code"),
    Feature(Touch.KINDS_OF_LOOK, "A", "kinds"),
    Feature(Touch.TIMES_SHOWN, "A", "listings"),
    Feature(Touch.SHOWN_NOT_CLICKED, "A", "listings"),
    Feature(Touch.IS_LAST_TOUCHED, "A", "0 or 1"),
    Feature(Touch.PLACES_BELOW_LAST_TOUCHED, "A", "places", NAN, placed=True),
    Feature(Touch.PLACES_BELOW_PREVIOUS_TOUCHED, "A", "places", NAN, placed=True),
    Feature(Touch.PLACES_BELOW_DEEPEST_TOUCHED, "A", "places", NAN, placed=True),
    Feature(Touch.PLACES_BELOW_LAST_CLICKED, "A", "places", NAN, placed=True),
    Feature(Touch.COVISITATION_SUM, "B", "share"),
    Feature(Touch.COVISITATION_MAX, "B", "log weight"),
    Feature(Touch.COVISITATION_LAST, "B", "log weight"),
    Feature(Place.COVISITATION_PERCENTILE, "B", "share"),
    Feature(Price.PRICE_TO_SESSION_MEAN, "C", "log ratio", NAN),
    Feature(Price.PRICE_TO_LAST, "C", "log ratio", NAN),
    Feature(Price.PRICE_TO_HIGHEST, "C", "log ratio", NAN),
    Feature(Price.LOG_PRICE, "E", "log money", NAN),
    Feature(Place.IN_STOCK, "E", "0 or 1", NAN),
    Feature(Place.AGE_DAYS, "E", "days", NAN),
    Feature(Place.SHOP_INDEX, "F", "places", placed=True),
    Feature(Course.LIST_SIZE, "F", "items"),
    Feature(Place.RELATIVE_SHOP_INDEX, "F", "share", placed=True),
    Feature(Price.PRICE_PERCENTILE, "F", "share", NAN),
    Feature(Price.PRICE_TO_MEAN, "F", "ratio", NAN),
    Feature(Price.PRICE_TO_CHEAPEST, "F", "ratio", NAN),
    Feature(Price.PRICE_TO_NEIGHBOURS, "F", "ratio", NAN, placed=True),
    Feature(Price.PRICE_DEVIATION, "F", "sd", NAN),
    Feature(Price.PRICE_TO_CHEAPEST_ABOVE, "F", "log ratio", NAN, placed=True),
    Feature(Price.CHEAPER_ABOVE, "F", "items", NAN, placed=True),
    Feature(Price.SHARE_CHEAPER_ABOVE, "F", "share", NAN, placed=True),
    Feature(Price.PRICE_ORDER, "F", "correlation", placed=True),
    Feature(Price.PRICE_SPREAD, "F", "sd of log", NAN),
    Feature(Place.PERCENTILE_OF_LOG_CLICKS_30D, "F", "share"),
    Feature(Place.PERCENTILE_OF_CLICKS_OVER_EXPECTED_30D, "F", "share"),
    Feature(Place.AGE_PERCENTILE, "F", "share", NAN),
    Feature(Touch.TOUCHED_ABOVE, "F", "items", placed=True),
    Feature(Touch.UNTOUCHED_ABOVE, "F", "items", placed=True),
    Feature(Place.PLACES_BELOW_MEAN_CLICK, "F", "places", NAN, placed=True),
    Feature(Place.PLACES_BELOW_LAST_CLICK, "F", "places", NAN, placed=True),
    Feature(Touch.PLACES_TO_TOUCHED_ABOVE, "F", "places", NAN, placed=True),
    Feature(Touch.PLACES_TO_TOUCHED_BELOW, "F", "places", NAN, placed=True),
    Feature(Place.DWELL_PERCENTILE, "F", "share"),
    Feature(Course.SESSION_INTERACTIONS, "G", "interactions"),
    Feature(Course.SESSION_ITEMS, "G", "items"),
    Feature(Course.SESSION_SEARCHES, "G", "interactions"),
    Feature(Course.SESSION_SECONDS, "G", "s", NEVER),
    Feature(Course.SECONDS_IDLE, "G", "s", NEVER),
    Feature(Course.LAST_ACTION, "G", "action code"),
    Feature(Course.LAST_LOOK, "G", "look code"),
    Feature(Course.MEAN_CLICKED_INDEX, "G", "places", NAN),
    Feature(Course.SECONDS_SINCE_SEARCH, "G", "s", NEVER),
    Feature(Course.LAST_TOUCHED_IS_LISTED, "G", "0 or 1", NEVER),
    Feature(Course.LISTED_TOUCHES, "G", "items"),
    Feature(Course.HOUR_OF_DAY, "G", "h"),
    Feature(Course.DEVICE, "G", "device code"),
    Feature(Course.PAGE_TYPE, "G", "page code"),
    Feature(Touch.TOUCHES_BEFORE_SESSION, "H", "interactions"),
    Feature(Course.INTERACTIONS_BEFORE_SESSION, "H", "interactions"),
    Feature(Price.PRICE_TO_PAST_MEAN, "H", "log ratio", NAN),
)
PLACED: Final = frozenset(feature.name for feature in VISITING if feature.placed)
