import numpy as np

from training.simulate.tastes import (
    INTENT_BRAND,
    INTENT_COLOR,
    INTENT_KIND,
    NONE,
    SOLD_OUT_LOSS,
    Intent,
    draw_intent,
    utility,
)
from training.simulate.world import draw_shop

SHOP = draw_shop(17, items=400, shoppers=300, at=1_790_000_000.0)
ROWS = np.arange(400)
NO_INTENT = Intent(kind=NONE, brand=NONE, color=NONE)


def worth(intent: Intent, shopper: int = 3) -> np.ndarray:
    return utility(SHOP.catalogue, SHOP.population, shopper, intent, ROWS)


def test_an_intent_lifts_what_matches_it_and_nothing_else() -> None:
    lifted = worth(Intent(kind=2, brand=4, color=5)) - worth(NO_INTENT)
    expected = (
        INTENT_KIND * (SHOP.catalogue.kind == 2)
        + INTENT_BRAND * (SHOP.catalogue.brand == 4)
        + INTENT_COLOR * (SHOP.catalogue.color == 5)
    )
    np.testing.assert_allclose(lifted, expected)


def test_the_tastes_of_a_shopper_are_recovered_from_utilities_by_least_squares() -> None:
    catalogue, population = SHOP.catalogue, SHOP.population
    brands, colors = (
        np.eye(population.brand.shape[1])[catalogue.brand],
        np.eye(population.color.shape[1])[catalogue.color],
    )
    sold_out = ~catalogue.in_stock
    distance = np.minimum((catalogue.price_level - population.price_level[3]) ** 2, 6.0)
    design = np.column_stack([catalogue.appeal, distance, sold_out, brands, colors])
    found, *_ = np.linalg.lstsq(design, worth(NO_INTENT), rcond=None)
    np.testing.assert_allclose(found[:3], [1.0, -0.5, -SOLD_OUT_LOSS], atol=1e-9)
    centred = found[3 : 3 + brands.shape[1]] - found[3 : 3 + brands.shape[1]].mean()
    np.testing.assert_allclose(centred, population.brand[3] - population.brand[3].mean(), atol=1e-9)


def test_most_come_for_what_they_like() -> None:
    rng = np.random.default_rng(5)
    wanted = [
        (shopper, draw_intent(rng, SHOP.population, shopper)) for shopper in range(len(SHOP.population))
    ]
    colors = [
        (SHOP.population.color[s, i.color], SHOP.population.color[s].mean())
        for s, i in wanted
        if i.color != NONE
    ]
    liked, usual = np.mean(colors, axis=0)
    assert liked > usual + 0.2


def test_more_shoppers_change_no_item() -> None:
    more = draw_shop(17, items=400, shoppers=301, at=1_790_000_000.0)
    assert list(more.catalogue.items()) == list(SHOP.catalogue.items())
