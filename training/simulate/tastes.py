"""Who the simulated shoppers are: tastes that last, and what each came for today.

An item's utility for a shopper is in logits: its appeal to everybody, plus the shopper's liking of its brand and
colour, minus the distance of its price from the price level they feel at home with, plus what matches today's intent.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.simulate.assortment import BRANDS, COLORS, DEPARTMENTS, KINDS
from training.simulate.catalogue import Catalogue, Floats, Ints

BRAND_SPREAD: Final = 0.8  # logits between a brand one likes and one that leaves one cold
COLOR_SPREAD: Final = 0.6
PRICE_WEIGHT: Final = 0.5  # logits per squared spread of distance from one's price level
SOLD_OUT_LOSS: Final = 2.5
INTENT_BRAND, INTENT_COLOR, INTENT_KIND = 2.4, 2.4, 1.0
_INTENT_BRAND_SHARE, _INTENT_COLOR_SHARE = 0.6, 0.65  # of sessions that look for one brand, for one colour
_MOBILE_SHARE: Final = 0.6
_CONSENT_SHARE: Final = 0.94
NONE: Final = -1  # no particular brand or colour today

_KIND_DEPARTMENT: Final = np.array([DEPARTMENTS.index(k.department) for k in KINDS])


@dataclass(frozen=True)
class Population:
    """Shoppers as columns, one row each: `brand` (n, brands) and `color` (n, colours) in logits, `department` shares.

    `price_level` is in the units of `Catalogue.price_level`; `activity` is each one's share of all sessions.
    """

    brand: Floats
    color: Floats
    department: Floats
    price_level: Floats
    activity: Floats
    mobile: npt.NDArray[np.bool_]
    consent: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.price_level)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a shopper came for: one kind of product, perhaps one brand (else NONE), perhaps one colour (else NONE)."""

    kind: int
    brand: int
    color: int


def draw_population(rng: np.random.Generator, size: int) -> Population:
    """Draw shoppers: few favourite departments each, brands and colours liked and disliked, some far more active."""
    fame = rng.normal(0.0, 0.3, len(BRANDS))
    activity = rng.pareto(2.0, size) + 0.2
    return Population(
        brand=fame + rng.normal(0.0, BRAND_SPREAD, (size, len(BRANDS))),
        color=rng.normal(0.0, COLOR_SPREAD, (size, len(COLORS))),
        department=rng.dirichlet(np.full(len(DEPARTMENTS), 0.5), size),
        price_level=rng.normal(0.0, 0.8, size),
        activity=activity / activity.sum(),
        mobile=rng.random(size) < _MOBILE_SHARE,
        consent=rng.random(size) < _CONSENT_SHARE,
    )


def draw_intent(rng: np.random.Generator, population: Population, shopper: int) -> Intent:
    """Draw what a shopper comes for today: a kind from a department they like, mostly a brand and colour they like."""
    department = rng.choice(len(DEPARTMENTS), p=population.department[shopper])
    kinds = np.flatnonzero(department == _KIND_DEPARTMENT)
    kind = int(rng.choice(kinds))
    sellers = np.array([b for b, brand in enumerate(BRANDS) if DEPARTMENTS[department] in brand.departments])
    brand = int(rng.choice(sellers, p=_softmax(population.brand[shopper, sellers])))
    color = int(rng.choice(len(COLORS), p=_softmax(population.color[shopper])))
    return Intent(
        kind=kind,
        brand=brand if rng.random() < _INTENT_BRAND_SHARE else NONE,
        color=color if rng.random() < _INTENT_COLOR_SHARE else NONE,
    )


def utility(catalogue: Catalogue, population: Population, shopper: int, intent: Intent, rows: Ints) -> Floats:
    """Return what items are worth to a shopper today, shape (len(rows),), in logits around 0."""
    brand, color, kind = catalogue.brand[rows], catalogue.color[rows], catalogue.kind[rows]
    distance = catalogue.price_level[rows] - population.price_level[shopper]
    worth: Floats = (
        catalogue.appeal[rows]
        + population.brand[shopper, brand]
        + population.color[shopper, color]
        - PRICE_WEIGHT * np.minimum(distance**2, 6.0)
        - SOLD_OUT_LOSS * ~catalogue.in_stock[rows]
        + INTENT_BRAND * (brand == intent.brand)
        + INTENT_COLOR * (color == intent.color)
        + INTENT_KIND * (kind == intent.kind)
    )
    return worth


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max())
    shares: Floats = powers / powers.sum()
    return shares
