"""The whole simulated world, drawn from one seed."""

import numpy as np

from training.simulate.catalogue import draw_catalogue
from training.simulate.session import Shop
from training.simulate.shelves import Shelves
from training.simulate.tastes import draw_population


def draw_shop(seed: int, *, items: int, shoppers: int, at: float) -> Shop:
    """Draw a shop as of `at` (Unix seconds). The same arguments give the same shop.

    More shoppers leave the items as they are.
    """
    goods, people, days = np.random.default_rng(seed).spawn(3)
    catalogue = draw_catalogue(goods, items, at)
    return Shop(catalogue, draw_population(people, shoppers), Shelves(catalogue, int(days.integers(2**32))))
