"""The simulated shop's items, as columns drawn from a seed and as the JSON that the API takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.simulate.assortment import BRANDS, COLORS, KINDS, MODELS, VARIANTS

CURRENCY: Final = "EUR"
_DAY: Final = 86_400.0
_OLDEST_DAYS: Final = 720.0
_SOLD_OUT_SHARE: Final = 0.04
_NEW_SHARE, _NEW_DAYS = 0.1, 30.0
_ROUND_PRICE: Final = 20.0  # euros from which a price is whole

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Catalogue:
    """Items as columns, one row each; `appeal` and `standing` are known to nobody but the simulation.

    `kind`, `brand` and `color` are indices into KINDS, BRANDS and COLORS. `appeal` is what every shopper likes in an
    item, in logits. `standing` is how well the shop believes that it sells: the order in which it shows things.
    `price_level` is the price's logarithm beside its kind's median, in spreads.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kind: Ints
    brand: Ints
    color: Ints
    price: Floats
    price_level: Floats
    rating: Floats
    created_at: Floats
    in_stock: npt.NDArray[np.bool_]
    appeal: Floats
    standing: Floats

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """What every event says of each item, by row."""
        prices = self.price.tolist()
        return [{"item_id": i, "price": price} for i, price in zip(self.ids, prices, strict=True)]

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield each item as `PUT /v1/items` takes it, the shop's best seller first."""
        for row in np.argsort(-self.standing, kind="stable"):
            yield self.item(int(row))

    def item(self, row: int) -> dict[str, Any]:
        """Return one item as `PUT /v1/items` takes it."""
        kind = KINDS[self.kind[row]]
        attributes: dict[str, Any] = {"color": COLORS[self.color[row]], "rating": float(self.rating[row])}
        if kind.sizes:
            attributes["size"] = list(kind.sizes)
        return {
            "item_id": self.ids[row],
            "item_name": self.names[row],
            "item_brand": BRANDS[self.brand[row]].name,
            "item_category": kind.path,
            "price": float(self.price[row]),
            "currency": CURRENCY,
            "in_stock": bool(self.in_stock[row]),
            "created_at": float(self.created_at[row]),
            "url": f"/demo/?item={self.ids[row]}",
            "image_url": f"/demo/pictures/{self.ids[row]}.svg",
            "attributes": attributes,
        }


def draw_catalogue(rng: np.random.Generator, size: int, at: float) -> Catalogue:
    """Draw a shop's items as of `at` (Unix seconds); each kind gets its share, none of them none.

    Prices are log-normal per kind and brand. A tenth of the items came in the last month. Raises ValueError
    where `size` is smaller than the number of kinds.
    """
    if size < len(KINDS):
        message = f"a shop needs at least {len(KINDS)} items, one of each kind; {size} were asked for"
        raise ValueError(message)
    kind = np.arange(size) % len(KINDS)
    brand = _brands(rng, kind)
    price = _prices(kind, brand, rng.normal(0.0, 1.0, size))
    appeal = rng.normal(0.0, 0.5, size)
    return Catalogue(
        ids=tuple(f"{KINDS[k].leaf}-{i // len(KINDS) + 1:03d}" for i, k in enumerate(kind)),
        names=_names(rng, size),
        kind=kind,
        brand=brand,
        color=rng.choice(len(COLORS), size, p=_color_shares()),
        price=price,
        price_level=_levels(kind, price),
        rating=_ratings(rng, appeal),
        created_at=_births(rng, size, at),
        in_stock=rng.random(size) >= _SOLD_OUT_SHARE,
        appeal=appeal,
        standing=appeal + rng.normal(0.0, 0.5, size),
    )


def _brands(rng: np.random.Generator, kind: Ints) -> Ints:
    """Return a brand for each item, among those that sell in its department."""
    sellers = [[b for b, brand in enumerate(BRANDS) if k.department in brand.departments] for k in KINDS]
    return np.array([rng.choice(sellers[k]) for k in kind], dtype=np.int64)


def _names(rng: np.random.Generator, size: int) -> tuple[str, ...]:
    models, variants = rng.integers(len(MODELS), size=size), rng.integers(len(VARIANTS), size=size)
    return tuple(f"{MODELS[m]} {VARIANTS[v]}".strip() for m, v in zip(models, variants, strict=True))


def _color_shares() -> Floats:
    """Return how common each colour is: the first ones, neutral, twice as common as the last."""
    weights = np.linspace(2.0, 1.0, len(COLORS))
    shares: Floats = weights / weights.sum()
    return shares


def _prices(kind: Ints, brand: Ints, noise: Floats) -> Floats:
    """Return prices as shops write them: whole euros less a cent above 20, ten cents less a cent below."""
    medians, spreads = np.array([k.median_price for k in KINDS]), np.array([k.spread for k in KINDS])
    levels = np.array([b.level for b in BRANDS])
    raw = medians[kind] * levels[brand] * np.exp(spreads[kind] * noise)
    step = np.where(raw >= _ROUND_PRICE, 1.0, 0.1)
    prices: Floats = np.round(np.maximum(np.round(raw / step), 2.0) * step - 0.01, 2)
    return prices


def _levels(kind: Ints, price: Floats) -> Floats:
    medians, spreads = np.array([k.median_price for k in KINDS]), np.array([k.spread for k in KINDS])
    levels: Floats = np.log(price / medians[kind]) / spreads[kind]
    return levels


def _ratings(rng: np.random.Generator, appeal: Floats) -> Floats:
    """Return stars between 1 and 5, to a tenth: a noisy sign of appeal."""
    stars: Floats = np.clip(4.0 + 0.4 * appeal + rng.normal(0.0, 0.35, len(appeal)), 1.0, 5.0)
    return stars.round(1)


def _births(rng: np.random.Generator, size: int, at: float) -> Floats:
    """Return when each item was added: a tenth in the last 30 days, the others over two years."""
    days: Floats = np.where(
        rng.random(size) < _NEW_SHARE,
        rng.uniform(0.0, _NEW_DAYS, size),
        rng.uniform(_NEW_DAYS, _OLDEST_DAYS, size),
    )
    return np.floor(at - days * _DAY)
