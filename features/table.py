"""The one list of what the model sees: every column, in order, with its unit and what stands for absence.

The table of a shop is the fixed columns and a family per declared attribute. Order, names and the hash that binds a
model to them derive from here; so does docs/features.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from inspect import getdoc
from typing import Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from features.attributes import Attribute, Kind, offsets
from features.columns import catalogue, context, covisitation, listing, popularity, price, session_item, taste
from features.columns.popularity import Popularity
from features.scene import Scene
from features.statistics_kernel import WINDOW_DAYS
from features.touches import NEVER, Column

REVISION: Final = (
    2  # raise it when a column's meaning changes under the same name: older models are then refused
)
NAN: Final = float("nan")
Input = TypeVar("Input")


Computed: TypeAlias = Column | float  # shape (n,), or one number for all candidates


@dataclass(frozen=True, slots=True)
class Feature(Generic[Input]):
    """One column: what computes it, in which unit, and the number that stands for "not known"."""

    compute: Callable[[Input], Computed]
    block: str
    unit: str
    missing: float | None = None  # None: always known
    suffix: str = ""
    placed: bool = False  # whether it tells where in the list an item stands: another order, another number

    @property
    def name(self) -> str:
        """The function's name, with the attribute, column or window it is for."""
        return self._function.__name__ + self.suffix

    @property
    def meaning(self) -> str:
        """What the function's docstring says first."""
        return (getdoc(self._function) or "").partition(";")[0]

    @property
    def is_shared(self) -> bool:
        """Whether it is one number for all candidates: what the function says that it returns."""
        return self._function.__annotations__["return"] is float

    @property
    def _function(self) -> Callable[..., Computed]:
        return self.compute.func if isinstance(self.compute, partial) else self.compute


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """A shop's columns in order: those of the items' standing, then those of the visit."""

    standing: tuple[Feature[Popularity], ...]
    visiting: tuple[Feature[Scene], ...]
    names: tuple[str, ...]
    hash: str
    own: tuple[
        Callable[[Scene], Computed], ...
    ]  # what computes the visiting columns, where a candidate has its own
    shared: tuple[Callable[[Scene], Computed], ...]  # where all have one number
    sources: npt.NDArray[np.int64]  # (visiting,) which of `own` fills it, or ~ which of `shared`

    def __len__(self) -> int:
        return len(self.names)


def feature_table(attributes: tuple[Attribute, ...]) -> FeatureTable:
    """Return the table of a shop that declares these attributes; equal declarations give an equal hash."""
    families = (_family(a, slot) for a, slot in zip(attributes, offsets(attributes), strict=True))
    visiting = (*VISITING, *(feature for family in families for feature in family))
    names = (*(f.name for f in STANDING), *(f.name for f in visiting))
    declared = [f"{a.name}:{a.kind}" for a in attributes]
    shared = np.array([f.is_shared for f in visiting])
    return FeatureTable(
        STANDING,
        visiting,
        names,
        sha256(repr((REVISION, names, declared)).encode()).hexdigest(),
        tuple(f.compute for f in visiting if not f.is_shared),
        tuple(f.compute for f in visiting if f.is_shared),
        np.where(shared, ~(np.cumsum(shared) - 1), np.cumsum(~shared) - 1),
    )


def standing(items: Popularity) -> npt.NDArray[np.float32]:
    """Return shape (n, len(STANDING)): what is known of n items before anybody looks, once per item and hour."""
    columns = np.concatenate([feature.compute(items) for feature in STANDING], dtype=np.float32)
    return columns.reshape(len(STANDING), len(items.rows[0])).T


def _per_window(compute: Callable[..., Column], unit: str) -> tuple[Feature[Popularity], ...]:
    return tuple(
        Feature(partial(compute, window=i), "D", unit, suffix=f"_{days}d")
        for i, days in enumerate(WINDOW_DAYS)
    )


def _family(attribute: Attribute, slot: int) -> tuple[Feature[Scene], ...]:
    """Return the columns that one declared attribute brings."""

    def column(compute: Callable[..., Column], unit: str, block: str = "C", **more: str) -> Feature[Scene]:
        return Feature(partial(compute, slot=slot, **more), block, unit, NAN, f"_{attribute.name}")

    match attribute.kind:
        case Kind.CATEGORICAL:
            return (
                column(taste.session_share, "share"),
                column(taste.same_as_last, "0 or 1"),
                column(taste.past_share, "share", "H"),
                column(taste.in_filter, "0 or 1", name=attribute.name),
                column(taste.in_search, "0 or 1"),
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
    *_per_window(popularity.clicks_over_expected, "ratio"),
    *_per_window(popularity.log_clicks, "log clicks"),
    *_per_window(popularity.log_views, "log views"),
    *_per_window(popularity.cart_rate, "share"),
    *_per_window(popularity.order_rate, "share"),
    *_per_window(popularity.log_orders, "log orders"),
    *_per_window(popularity.log_impressions, "log impressions"),
    Feature(popularity.trend, "D", "log ratio"),
)


def _percentile_of(name: str) -> Feature[Scene]:
    place = [f.name for f in STANDING].index(name)
    return Feature(partial(listing.percentile_of, place=place), "F", "share", suffix=f"_{name}")


VISITING: Final = (
    Feature(session_item.looks, "A", "interactions"),
    Feature(session_item.clicks, "A", "interactions"),
    Feature(session_item.cart_adds, "A", "interactions"),
    Feature(session_item.in_cart, "A", "0 or 1"),
    Feature(session_item.cart_removals, "A", "interactions"),
    Feature(session_item.purchases, "A", "interactions"),
    Feature(session_item.linear_recency, "A", "interactions"),
    Feature(session_item.harmonic_recency, "A", "interactions"),
    Feature(session_item.run_recency, "A", "runs"),
    Feature(session_item.half_life_recency, "A", "interactions"),
    Feature(session_item.share_of_touches, "A", "share"),
    Feature(session_item.steps_since_touched, "A", "interactions", NEVER),
    Feature(session_item.items_since_touched, "A", "items", NEVER),
    Feature(session_item.seconds_since_touched, "A", "s", NEVER),
    Feature(session_item.seconds_since_clicked, "A", "s", NEVER),
    Feature(session_item.longest_dwell, "A", "s"),
    Feature(session_item.total_dwell, "A", "s"),
    Feature(session_item.last_action_with, "A", "action code"),
    Feature(session_item.last_look_with, "A", "look code"),
    Feature(session_item.kinds_of_look, "A", "kinds"),
    Feature(session_item.times_shown, "A", "listings"),
    Feature(session_item.shown_not_clicked, "A", "listings"),
    Feature(session_item.is_last_touched, "A", "0 or 1"),
    Feature(session_item.places_below_last_touched, "A", "places", NAN, placed=True),
    Feature(session_item.places_below_previous_touched, "A", "places", NAN, placed=True),
    Feature(session_item.places_below_deepest_touched, "A", "places", NAN, placed=True),
    Feature(session_item.places_below_last_clicked, "A", "places", NAN, placed=True),
    Feature(covisitation.covisitation_sum, "B", "share"),
    Feature(covisitation.covisitation_max, "B", "log weight"),
    Feature(covisitation.covisitation_last, "B", "log weight"),
    Feature(covisitation.covisitation_percentile, "B", "share"),
    Feature(price.price_to_session_mean, "C", "log ratio", NAN),
    Feature(price.price_to_last, "C", "log ratio", NAN),
    Feature(price.price_to_highest, "C", "log ratio", NAN),
    Feature(price.log_price, "E", "log money", NAN),
    Feature(catalogue.in_stock, "E", "0 or 1", NAN),
    Feature(catalogue.age_days, "E", "days", NAN),
    Feature(listing.shop_index, "F", "places", placed=True),
    Feature(listing.list_size, "F", "items"),
    Feature(listing.relative_shop_index, "F", "share", placed=True),
    Feature(price.price_percentile, "F", "share", NAN),
    Feature(price.price_to_mean, "F", "ratio", NAN),
    Feature(price.price_to_cheapest, "F", "ratio", NAN),
    Feature(price.price_to_neighbours, "F", "ratio", NAN, placed=True),
    Feature(price.price_deviation, "F", "sd", NAN),
    Feature(price.price_to_cheapest_above, "F", "log ratio", NAN, placed=True),
    Feature(price.cheaper_above, "F", "items", NAN, placed=True),
    Feature(price.share_cheaper_above, "F", "share", NAN, placed=True),
    Feature(price.price_order, "F", "correlation", placed=True),
    Feature(price.price_spread, "F", "sd of log", NAN),
    _percentile_of("log_clicks_30d"),
    _percentile_of("clicks_over_expected_30d"),
    Feature(listing.age_percentile, "F", "share", NAN),
    Feature(listing.touched_above, "F", "items", placed=True),
    Feature(listing.untouched_above, "F", "items", placed=True),
    Feature(listing.places_below_mean_click, "F", "places", NAN, placed=True),
    Feature(listing.places_below_last_click, "F", "places", NAN, placed=True),
    Feature(listing.places_to_touched_above, "F", "places", NAN, placed=True),
    Feature(listing.places_to_touched_below, "F", "places", NAN, placed=True),
    Feature(listing.dwell_percentile, "F", "share"),
    Feature(context.session_interactions, "G", "interactions"),
    Feature(context.session_items, "G", "items"),
    Feature(context.session_searches, "G", "interactions"),
    Feature(context.session_seconds, "G", "s", NEVER),
    Feature(context.seconds_idle, "G", "s", NEVER),
    Feature(context.last_action, "G", "action code"),
    Feature(context.last_look, "G", "look code"),
    Feature(context.mean_clicked_index, "G", "places", NAN),
    Feature(context.seconds_since_search, "G", "s", NEVER),
    Feature(context.last_touched_is_listed, "G", "0 or 1", NEVER),
    Feature(context.listed_touches, "G", "items"),
    Feature(context.hour_of_day, "G", "h"),
    Feature(context.device, "G", "device code"),
    Feature(context.page_type, "G", "page code"),
    Feature(session_item.touches_before_session, "H", "interactions"),
    Feature(context.interactions_before_session, "H", "interactions"),
    Feature(price.price_to_past_mean, "H", "log ratio", NAN),
)
PLACED: Final = frozenset(feature.name for feature in VISITING if feature.placed)
