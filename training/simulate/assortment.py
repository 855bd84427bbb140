"""What the simulated shop can sell: kinds of product, brands, colours, and words for names.

Every name is invented and reads the same in French and in English.
"""

from dataclasses import dataclass
from typing import Final

_CLOTHES: Final = ("XS", "S", "M", "L", "XL")
_SHOES: Final = ("37", "38", "39", "40", "41", "42", "43", "44")


@dataclass(frozen=True, slots=True)
class Kind:
    """One leaf of the category tree.

    `median_price` is in euros; `spread` is the standard deviation of the price's logarithm.
    """

    path: str
    median_price: float
    spread: float
    sizes: tuple[str, ...] = ()

    @property
    def department(self) -> str:
        """First part of the path."""
        return self.path.split("/", 1)[0]

    @property
    def leaf(self) -> str:
        """Last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Brand:
    """A maker: which departments it sells in, and how dear it is beside the median (1 is the median)."""

    name: str
    level: float
    departments: tuple[str, ...]


KINDS: Final = (
    Kind("shoes/sneakers", 89.0, 0.35, _SHOES),
    Kind("shoes/boots", 139.0, 0.35, _SHOES),
    Kind("shoes/sandals", 59.0, 0.35, _SHOES),
    Kind("clothing/t-shirts", 25.0, 0.40, _CLOTHES),
    Kind("clothing/shirts", 49.0, 0.35, _CLOTHES),
    Kind("clothing/knitwear", 69.0, 0.35, _CLOTHES),
    Kind("clothing/trousers", 65.0, 0.35, _CLOTHES),
    Kind("clothing/dresses", 79.0, 0.40, _CLOTHES),
    Kind("clothing/jackets", 149.0, 0.40, _CLOTHES),
    Kind("bags/backpacks", 75.0, 0.35),
    Kind("bags/totes", 95.0, 0.50),
    Kind("accessories/watches", 159.0, 0.55),
    Kind("accessories/sunglasses", 79.0, 0.45),
    Kind("accessories/hats", 29.0, 0.35),
    Kind("accessories/scarves", 35.0, 0.40),
    Kind("home/lamps", 69.0, 0.50),
    Kind("home/mugs", 15.0, 0.30),
    Kind("home/cushions", 29.0, 0.35),
    Kind("home/vases", 39.0, 0.45),
    Kind("home/chairs", 129.0, 0.40),
)
DEPARTMENTS: Final = tuple(dict.fromkeys(kind.department for kind in KINDS))

BRANDS: Final = (
    Brand("Kestrel", 1.10, ("shoes", "clothing", "bags")),
    Brand("Norda", 1.35, ("shoes", "clothing", "accessories")),
    Brand("Fjella", 1.20, ("clothing", "bags", "shoes")),
    Brand("Brisa", 0.75, ("shoes", "clothing", "accessories")),
    Brand("Oriel", 1.00, ("shoes", "bags", "accessories")),
    Brand("Velvane", 1.50, ("clothing", "accessories", "bags")),
    Brand("Tamsin", 0.80, ("clothing", "home", "accessories")),
    Brand("Solenne", 1.15, ("clothing", "accessories", "home")),
    Brand("Marlo", 0.70, ("shoes", "bags", "home")),
    Brand("Ardena", 1.25, ("home", "bags", "accessories")),
    Brand("Lumio", 0.95, ("home", "accessories", "clothing")),
    Brand("Copine", 0.85, ("home", "clothing", "shoes")),
    Brand("Hallsen", 1.40, ("home", "accessories", "shoes")),
    Brand("Pico", 0.65, ("home", "clothing", "bags")),
)

COLORS: Final = (
    "black", "white", "grey", "beige", "brown", "red", "orange", "yellow", "green", "blue", "purple", "pink",
)  # fmt: skip

MODELS: Final = (
    "Alto", "Brio", "Cala", "Dune", "Echo", "Fado", "Gala", "Hugo", "Iris", "Juno", "Kali", "Luna", "Milo", "Nova",
    "Opal", "Pola", "Rio", "Sola", "Tango", "Uma", "Vega", "Wabi", "Yuma", "Zola", "Arco", "Bora", "Ciel", "Delta",
    "Etna", "Flora",
)  # fmt: skip
VARIANTS: Final = ("", "Mini", "Maxi", "Sport", "Prima", "Duo", "Extra", "Studio", "Classic", "Zen")
