"""What another policy would have earned: by hand, by the textbook's loops, and where the truth is known."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.off_policy.bandit_file import BadBanditFileError, Decisions, judged_on, read_decisions
from training.off_policy.doubly_robust import Guess, doubly_robust, mean_by_group
from training.off_policy.estimate import difference, estimate
from training.off_policy.ips import ips
from training.off_policy.judgement import compared, judged
from training.off_policy.logged import Logged
from training.off_policy.snips import snips
from training.off_policy.weights import clipped, effective_size

decisions = st.lists(
    st.tuples(
        st.just(0.0) | st.floats(0.01, 20.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)
    ),
    min_size=1,
    max_size=30,
)


def logged(rows: list[tuple[float, float, float, float]]) -> tuple[Logged, Guess]:
    weight, reward, chosen, aimed = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    return Logged(weight, reward, np.arange(len(rows))), Guess(chosen, aimed)


@given(decisions)
def test_each_estimator_is_its_textbook_loop(rows: list[tuple[float, float, float, float]]) -> None:
    log, guess = logged(rows)
    n = len(rows)
    assert ips(log).value == pytest.approx(sum(w * r for w, r, _, _ in rows) / n)
    assert doubly_robust(log, guess).value == pytest.approx(
        sum(aimed + w * (r - chosen) for w, r, chosen, aimed in rows) / n
    )
    total = sum(w for w, _, _, _ in rows)
    if total > 0.0:
        assert snips(log).value == pytest.approx(sum(w * r for w, r, _, _ in rows) / total)
        assert effective_size(log.weight[:, 0]) == pytest.approx(
            total**2 / sum(w * w for w, _, _, _ in rows), rel=1e-6
        )


def test_an_example_by_hand() -> None:
    """Three arms shown with chances 1/2, 1/4, 1/4; the judged policy takes the second always."""
    weight = np.array([0.0, 4.0, 0.0, 4.0])[:, None]  # shown: first, second, third, second
    reward = np.array([1.0, 1.0, 0.0, 0.0])[:, None]
    log = Logged(weight, reward, np.arange(4))
    assert ips(log).value == pytest.approx(4.0 / 4)
    assert snips(log).value == pytest.approx(4.0 / 8)
    guess = Guess(chosen=np.full((4, 1), 0.3), judged=np.full((4, 1), 0.6))
    by_hand = (0.6 + (0.6 + 4 * 0.7) + 0.6 + (0.6 + 4 * -0.3)) / 4
    assert doubly_robust(log, guess).value == pytest.approx(by_hand)


def test_no_weight_gives_no_estimate_and_one_cluster_no_interval() -> None:
    nothing = Logged(np.zeros((3, 1)), np.ones((3, 1)), np.arange(3))
    assert ips(nothing).value == 0.0
    assert np.isnan(snips(nothing).value)
    assert effective_size(nothing.weight) == 0.0
    one = Logged(np.ones((3, 1)), np.ones((3, 1)), np.zeros(3, np.int64))
    assert np.isnan(estimate(ips(one), one.cluster, seed=1).low)


def known(seed: int, n: int = 4_000) -> tuple[Logged, Guess, float]:
    """A bandit with five arms whose click rates are known, and the true value of a policy that likes the last."""
    rng = np.random.default_rng(seed)
    rate, logging = np.array([0.05, 0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    aimed = np.array([0.05, 0.05, 0.1, 0.2, 0.6])
    arm = rng.choice(5, n, p=logging)
    reward = (rng.random(n) < rate[arm]).astype(float)
    log = Logged((aimed / logging)[arm][:, None], reward[:, None], np.arange(n))
    wrong = Guess((rate * 0.5)[arm][:, None], np.full((n, 1), float(aimed @ rate) * 0.5))
    return log, wrong, float(aimed @ rate)


def test_intervals_hold_a_known_truth_as_often_as_they_say() -> None:
    held = {"IPS": 0, "SNIPS": 0, "doubly robust": 0}
    for seed in range(40):
        log, guess, truth = known(seed, 500)
        found = judged(log, guess, seed=seed)
        for name, value in found.estimates.items():
            held[name] += value.low <= truth <= value.high
    assert all(times >= 33 for times in held.values()), held  # 38 of 40, less 3.6 standard deviations


def test_ignoring_the_chances_would_be_wrong_by_far() -> None:
    log, guess, truth = known(3)
    found = judged(log, guess, seed=3)
    naive = float(log.reward.mean())
    assert naive < 0.5 * truth
    assert all(abs(e.value - truth) < 0.1 * truth for e in found.estimates.values())


def test_a_right_guess_takes_noise_away() -> None:
    log, _, truth = known(5)
    rate = np.array([0.05, 0.1, 0.2, 0.3, 0.4])
    ratios = np.array([0.05, 0.05, 0.1, 0.2, 0.6]) / np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    arm = np.argmin(np.abs(log.weight - ratios), axis=1)
    right = Guess(rate[arm][:, None], np.full((len(log), 1), truth))
    plain, robust = (estimate(terms, log.cluster, seed=5) for terms in (ips(log), doubly_robust(log, right)))
    assert robust.high - robust.low < 0.8 * (plain.high - plain.low)


def test_places_in_turn_need_all_places_before_them() -> None:
    """Two places: the second counts only where the first agreed as well, as it is shown after it."""
    weight = np.array([[2.0, 4.0], [2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    reward = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    log = Logged(weight, reward, np.arange(4))
    assert ips(log).value == pytest.approx(2.0 / 4 + 4.0 / 4)
    assert snips(log).value == pytest.approx(2.0 / 4 + 4.0 / 4.0)


def test_clipping_says_what_it_took() -> None:
    weight = np.array([1.0, 1.0, 1.0, 97.0])[:, None]
    found = clipped(Logged(weight, np.ones((4, 1)), np.arange(4)))
    assert (found.cap, found.share) == (2.0, 0.25)
    assert found.mass == pytest.approx(95.0 / 100.0)


def test_a_difference_of_equals_is_none_at_all() -> None:
    log, _, _ = known(7)
    found = difference(snips(log), snips(log), log.cluster, seed=7)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_group_is_never_guessed_from_its_own_decision() -> None:
    reward, group = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0, 1, 1, 1])
    guessed = mean_by_group(reward, group, group, np.arange(4))
    assert guessed[0] == 0.0  # the one click is its own
    assert guessed[1] > 0.0


def test_files_of_two_policies_are_compared(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    rate = np.array([[0.1, 0.4], [0.05, 0.2]])  # by position and item
    paths = []
    for name, first in (("even", 0.5), ("keen", 0.2)):
        position = rng.integers(1, 3, 6_000)
        item = (rng.random(6_000) >= first).astype(int)
        click = (rng.random(6_000) < rate[position - 1, item]).astype(int)
        chance = np.where(item == 0, first, 1.0 - first)
        lines = [f"{i},{p},{c},{q}" for i, p, c, q in zip(item, position, click, chance, strict=True)]
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text("\n".join(["item_id,position,click,propensity_score", *lines]) + "\n")
    found = compared(*map(read_decisions, paths), seed=1)
    truth = float(np.mean(rate @ np.array([0.2, 0.8])))
    for value in found.foretold.estimates.values():
        assert value.low <= truth <= value.high
        assert abs(value.value - truth) < 0.15 * truth
    assert found.logging.value < found.target.value


def test_the_policy_of_a_file_is_its_share_of_items_at_each_position() -> None:
    even = Decisions(np.array([0, 1]), np.array([1, 1]), np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    keen = Decisions(np.array([1, 1, 1, 0]), np.ones(4, np.int64), np.zeros(4), np.full(4, 0.5))
    rows, _ = judged_on(even, keen)
    assert rows.weight[:, 0].tolist() == [0.5, 1.5]


@pytest.mark.parametrize(
    "text",
    ["item_id,position,click\n1,1,0\n", "item_id,position,click,propensity_score\n1,1,0,0\n", "", "a\nb\n"],
)
def test_a_file_of_something_else_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    with pytest.raises(BadBanditFileError, match=r"wrong\.csv"):
        read_decisions(path)
