import numpy as np
import pytest

from features.attributes import declared
from service.contract.catalogue import judge_items
from training.simulate.assortment import BRANDS, KINDS
from training.simulate.catalogue import Catalogue, draw_catalogue

AT = 1_790_000_000.0


def draw(seed: int = 17, size: int = 1_200) -> Catalogue:
    return draw_catalogue(np.random.default_rng(seed), size, AT)


def test_the_same_seed_gives_the_same_shop() -> None:
    assert list(draw().items()) == list(draw().items())


def test_another_seed_gives_another_shop() -> None:
    assert list(draw().items()) != list(draw(seed=18).items())


def test_the_api_takes_every_item() -> None:
    attributes = declared(
        ["category:categorical", "brand:categorical", "color:categorical", "size:multi", "rating:numeric"]
    )
    items, rejections = judge_items(list(draw().items()), attributes)
    assert (len(items), rejections) == (1_200, [])


def test_ids_are_unique_and_every_kind_is_sold() -> None:
    catalogue = draw()
    assert len(set(catalogue.ids)) == 1_200
    assert set(catalogue.kind) == set(range(len(KINDS)))


def test_a_brand_sells_in_its_own_departments_only() -> None:
    catalogue = draw()
    for kind, brand in zip(catalogue.kind, catalogue.brand, strict=True):
        assert KINDS[kind].department in BRANDS[brand].departments


def test_prices_are_log_normal_around_the_median_of_their_kind() -> None:
    catalogue = draw(size=20_000)
    for number, kind in enumerate(KINDS):
        logs = np.log(catalogue.price[catalogue.kind == number] / kind.median_price)
        assert abs(np.median(logs)) < 0.35  # the brands that sell it are dearer or cheaper than the median
        assert kind.spread < logs.std() < kind.spread + 0.2


def test_nothing_is_added_after_now() -> None:
    created = draw().created_at
    assert created.max() <= AT
    assert 0.05 < np.mean(created > AT - 30 * 86_400) < 0.15


def test_items_come_best_seller_first() -> None:
    catalogue = draw()
    standing = dict(zip(catalogue.ids, catalogue.standing, strict=True))
    listed = [standing[item["item_id"]] for item in catalogue.items()]
    assert listed == sorted(listed, reverse=True)


def test_a_shop_smaller_than_its_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 20 items"):
        draw(size=19)
