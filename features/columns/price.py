"""How each candidate's price stands in its list and against what the visitor looked at (blocks C, E and F)."""

from features.prices import Price
from features.scene import Scene
from features.touches import Column


def log_price(scene: Scene) -> Column:
    """Log of the price; shape (n,), NaN where it is not known."""
    return scene.prices[Price.LOG]


def price_percentile(scene: Scene) -> Column:
    """Share of the list that is cheaper, ties counted half; shape (n,), NaN where the price is not known."""
    return scene.prices[Price.PERCENTILE]


def price_to_mean(scene: Scene) -> Column:
    """Price over the list's mean price; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_MEAN]


def price_to_cheapest(scene: Scene) -> Column:
    """Price over the list's lowest price; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_CHEAPEST]


def price_to_neighbours(scene: Scene) -> Column:
    """Price over the mean price of the two places above and below; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_NEIGHBOURS]


def price_deviation(scene: Scene) -> Column:
    """Log price in standard deviations from the list's mean; shape (n,).

    0 where all are equal, NaN where not known.
    """
    return scene.prices[Price.DEVIATION]


def price_to_cheapest_above(scene: Scene) -> Column:
    """Log of the price over the lowest price listed above; shape (n,), 0 for the first, NaN where not known."""
    return scene.prices[Price.TO_CHEAPEST_ABOVE]


def cheaper_above(scene: Scene) -> Column:
    """Cheaper items listed above: those a visitor who reads down has passed; shape (n,), NaN where not known."""
    return scene.prices[Price.CHEAPER_ABOVE]


def share_cheaper_above(scene: Scene) -> Column:
    """Share of the items above that are cheaper; shape (n,), 0.5 for the first, NaN where not known."""
    return scene.prices[Price.CHEAPER_ABOVE_SHARE]


def price_to_session_mean(scene: Scene) -> Column:
    """Log of the price over the geometric mean of those touched in the session; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_SESSION_MEAN]


def price_to_last(scene: Scene) -> Column:
    """Log of the price over that of the last touched item that has one; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_LAST]


def price_to_highest(scene: Scene) -> Column:
    """Log of the price over the highest price touched in the session; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_HIGHEST]


def price_to_past_mean(scene: Scene) -> Column:
    """Log of the price over the geometric mean touched in earlier sessions; shape (n,), NaN where not known."""
    return scene.prices[Price.TO_PAST_MEAN]


def price_order(scene: Scene) -> Column:
    """Rank correlation of price and place; shape (n,), the same for all.

    1 where the list is sorted by rising price, 0 where one price or none is known. Tells a list in order of price
    from one by relevance, which the call does not say.
    """
    return scene.prices[Price.ORDER]


def price_spread(scene: Scene) -> Column:
    """Standard deviation of the list's log prices; shape (n,), the same for all, NaN where no price is known."""
    return scene.prices[Price.SPREAD]
