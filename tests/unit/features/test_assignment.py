"""Who is held out, and who is in which arm of a test."""

import re
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.assignment import bucket, experiment_salt, held_out, in_treatment

DOCS = Path(__file__).parents[3] / "docs" / "assignment.md"
VISITORS = [f"v-{n}" for n in range(4_000)]


@given(st.text(max_size=20), st.text(max_size=20))
def test_the_bucket_is_the_published_formula(salt: str, visitor_id: str) -> None:
    digest = blake2b(f"{salt}:{visitor_id}".encode(), digest_size=8).digest()
    assert bucket(salt, visitor_id) == int.from_bytes(digest, "big") / 2**64
    assert 0 <= bucket(salt, visitor_id) <= 1


@pytest.mark.parametrize("holdout", [0.0, 0.05, 0.2])
def test_the_share_held_out_is_the_one_asked_for(holdout: float) -> None:
    share = sum(held_out("acme", visitor, holdout) for visitor in VISITORS) / len(VISITORS)
    assert abs(share - holdout) <= 0.02


def test_a_larger_holdout_keeps_whoever_was_in_the_smaller() -> None:
    small = {visitor for visitor in VISITORS if held_out("acme", visitor, 0.05)}
    large = {visitor for visitor in VISITORS if held_out("acme", visitor, 0.2)}
    assert small < large


def test_shops_hold_out_different_visitors() -> None:
    acme = {visitor for visitor in VISITORS if held_out("acme", visitor, 0.2)}
    bolt = {visitor for visitor in VISITORS if held_out("bolt", visitor, 0.2)}
    assert 0.15 < len(acme & bolt) / len(acme) < 0.25


def test_the_published_vectors_hold() -> None:
    vectors = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (0\.\d+) \|$", DOCS.read_text(), re.MULTILINE)
    assert len(vectors) == 8
    for salt, visitor_id, expected in vectors:
        assert bucket(salt, visitor_id) == float(expected)


def test_a_million_visitors_are_split_as_asked() -> None:
    salt = experiment_salt("acme", "category/shoes", 1_795_348_800.0)
    buckets = np.array([bucket(salt, f"v-{n}") for n in range(1_000_000)])
    for traffic in (0.05, 0.5, 0.9):
        assert abs((buckets < traffic).mean() - traffic) <= 0.001


@given(st.text(max_size=20), st.floats(0, 1), st.floats(0, 1))
def test_raising_traffic_moves_nobody_out(visitor: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert in_treatment("acme/home@0", visitor, less) <= in_treatment("acme/home@0", visitor, more)


def test_a_test_splits_the_held_out_like_all_others() -> None:
    held = [visitor for visitor in VISITORS if held_out("acme", visitor, 0.2)]
    treated = sum(in_treatment("acme/home@0", visitor, 0.5) for visitor in held)
    assert 0.4 < treated / len(held) < 0.6
