"""The checks of a canary under peeking: equal models are left in peace, a bad one is caught, few prove nothing."""

from collections.abc import Iterator

import numpy as np

from service.insights.moments import Moments
from service.rollout.checks import CANARY, REST, Check, checks_of, names, red

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
VISITORS, SHARE, LOOKS = 10_000, 0.05, 20


def drawn(
    rng: np.random.Generator, visitors: int, clicking: float, failing: float = 0.0
) -> dict[str, Floats]:
    """What visitors did, by check, and their rankings."""
    rankings = rng.geometric(0.3, visitors).astype(np.float64)
    rare = {"errors": failing, "fallbacks": 0.01, "slow": 0.05}
    counts = {name: rng.binomial(rankings.astype(np.int64), share) for name, share in rare.items()}
    clicks, bought = rng.poisson(clicking * rankings), rng.random(visitors) < 0.03
    found = {"rankings": rankings, **counts, "clicks": clicks, "conversion": bought}
    return {name: np.asarray(values, np.float64) for name, values in found.items()}


def moments(seen: dict[str, Floats], upto: int) -> dict[str, Moments]:
    x = seen["rankings"][:upto]
    sums = {name: seen[name][:upto] for name in names()}
    return {
        n: Moments(upto, y.sum(), float(y @ y), x.sum(), float(x @ x), float(y @ x)) for n, y in sums.items()
    }


def looks(seed: int, clicking: float, failing: float = 0.0) -> Iterator[list[Check]]:
    """What is seen at each look while the visitors of a step come."""
    rng, tried = np.random.default_rng(seed), int(VISITORS * SHARE)
    canary, rest = drawn(rng, tried, clicking, failing), drawn(rng, VISITORS - tried, 0.5)
    for part in np.linspace(1.0 / LOOKS, 1.0, LOOKS):
        groups = {
            CANARY: moments(canary, int(tried * part)),
            REST: moments(rest, int((VISITORS - tried) * part)),
        }
        yield checks_of(groups, tried)


def alarms(clicking: float, runs: int, failing: float = 0.0) -> int:
    return sum(any(red(checks) for checks in looks(seed, clicking, failing)) for seed in range(runs))


def test_a_canary_that_is_no_worse_is_left_in_peace_at_every_look() -> None:
    assert alarms(clicking=0.5, runs=100) <= 2  # 5 % is for all three steps together


def test_one_that_is_clicked_a_half_as_often_is_caught_within_the_step() -> None:
    assert alarms(clicking=0.25, runs=20) == 20


def test_one_that_fails_one_time_in_five_is_caught_within_the_step() -> None:
    assert alarms(clicking=0.5, runs=20, failing=0.2) == 20


def test_few_visitors_prove_nothing_however_extreme() -> None:
    nobody_bought = {name: Moments(29, 0.0, 0.0, 60.0, 200.0, 0.0) for name in names()}
    all_bought = {name: Moments(9_000, 9_000.0, 9_000.0, 9_000.0, 9_000.0, 9_000.0) for name in names()}
    assert red(checks_of({CANARY: nobody_bought, REST: all_bought}, 100)) is None
    some = {name: Moments(40, 0.0, 0.0, 80.0, 300.0, 0.0) for name in names()}
    usual = {name: Moments(9_000, 270.0, 270.0, 18_000.0, 60_000.0, 500.0) for name in names()}
    assert red(checks_of({CANARY: some, REST: usual}, 100)) is None  # none of 40 where 3 % do: chance
