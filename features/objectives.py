"""What a page is to be good for: how much what followed an impression is worth when a model learns from it."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Objective: TypeAlias = Literal["balanced", "clicks", "carts", "purchases"]
USUAL: Final[Objective] = "balanced"
# What none, a click, a cart and a purchase are worth. Rare deeds alone would teach nothing: clicks always count.
GAINS: Final[Mapping[Objective, tuple[float, float, float, float]]] = {
    "balanced": (0.0, 1.0, 3.0, 7.0),
    "clicks": (0.0, 1.0, 1.0, 1.0),
    "carts": (0.0, 1.0, 7.0, 7.0),
    "purchases": (0.0, 1.0, 3.0, 15.0),
}
