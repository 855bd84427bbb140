"""Taking position bias out is worth what it promises where the truth is known: a short `make bench ONLY=bias`."""

import numpy as np
import pytest

from training.fit import DEBIASED, NAMES
from training.simulate.attention import examination
from training.simulate.climate import CALM, Climate
from training.simulate.proof import ORACLE, SHOP_ORDER, Proof, World, prove


@pytest.fixture(scope="module")
def proof() -> Proof:
    return prove(World(seed=1, visits=1_000))


def test_a_de_biased_model_is_truly_better_than_the_best_naive_one(proof: Proof) -> None:
    gain = proof.gain(proof.naive)
    assert gain.mean >= 0.03, gain
    assert gain.low > 0.02, gain


def test_it_comes_near_what_these_columns_can_know(proof: Proof) -> None:
    assert proof.share_of_oracle >= 0.93  # of 2,400 listings; the long version has 7,000 and asks for 0.95
    assert proof.mean(ORACLE) > proof.mean(NAMES[DEBIASED]) > proof.mean(SHOP_ORDER)


def test_the_world_has_drawn_listings_new_items_and_seasons(proof: Proof) -> None:
    assert 0.05 < proof.drawn / proof.listings < 0.15
    kinds = np.arange(6)
    weeks = [Climate(season=0.5).season_of(kinds, week * 7 * 86_400.0) for week in range(52)]
    assert np.ptp(weeks, axis=0) == pytest.approx(np.full(6, 1.0), abs=0.02)
    assert CALM.season_of(kinds, 1e9).tolist() == [0.0] * 6


def test_attention_falls_as_steeply_as_the_climate_says() -> None:
    assert examination(4, mobile=False, steepness=4.0) == pytest.approx(1.0 / np.arange(1, 5))
    assert examination(4, mobile=True, steepness=0.0).tolist() == [1.0] * 4
