"""What the catalogue, or the call, says about each candidate (block E of the design)."""

import numpy as np

from features.scene import Scene
from features.touches import Column


def in_stock(scene: Scene) -> Column:
    """1 in stock, 0 out of stock; shape (n,), NaN where unknown."""
    return scene.candidates.in_stock


def age_days(scene: Scene) -> Column:
    """Days since the item came into the catalogue; shape (n,), NaN where unknown."""
    return np.asarray((scene.visit.at - scene.candidates.created_at) / 86_400.0, np.float32)
