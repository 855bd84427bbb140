"""Ask GrowthBook's gbstats what it makes of drawn arms, and keep its answers in gbstats_answers.json.

gbstats wants numpy 1 and pandas 1, so it cannot be installed beside Balad: its answers are. To ask again, in an
environment of its own:

    python -m venv oracle && oracle/bin/pip install gbstats==0.8.0
    oracle/bin/python tests/oracles/gbstats_answers.py
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_suffix(".json")
CASES = 60
TUNED_TO = 20_000.0
ALPHA = 0.05


def main() -> None:
    """Draw, ask, keep."""
    rng = np.random.default_rng(5)
    cases = [case(rng) for _ in range(CASES)]
    FILE.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


def case(rng: np.random.Generator) -> dict[str, Any]:
    """Draw both arms of an experiment and return them with the answers."""
    sizes = rng.integers(50, 5_000, 2)
    lift, share = rng.normal(0, 0.2), float(rng.uniform(0.1, 0.9))
    arms = [arm(rng, int(n), mean) for n, mean in zip(sizes, (1.0, 1.0 + lift), strict=True)]
    return {"arms": arms, "share": share} | answers(arms, share)


def arm(rng: np.random.Generator, n: int, mean: float) -> dict[str, float]:
    """Return the sums of an arm, with x of some bearing on y."""
    x = rng.gamma(1.0, 2.0, n)
    y = mean * rng.gamma(0.3, 10.0, n) + rng.uniform(0, 2) * x
    sums = {"y": y.sum(), "yy": (y * y).sum(), "x": x.sum(), "xx": (x * x).sum(), "xy": (x * y).sum()}
    return {"n": n} | {name: float(value) for name, value in sums.items()}


def answers(arms: list[dict[str, float]], share: float) -> dict[str, Any]:
    """Return what gbstats says; `control` is the first arm."""
    from gbstats.models.statistics import compute_theta  # type: ignore[import-not-found] # noqa: PLC0415
    from gbstats.utils import check_srm  # type: ignore[import-not-found] # noqa: PLC0415

    plain = [mean(each, "y", "yy") for each in arms]
    with_past = [past(each, 0.0) for each in arms]
    theta = float(compute_theta(*with_past))
    return {
        "split_p": float(check_srm([int(arms[1]["n"]), int(arms[0]["n"])], [share, 1 - share])),
        "theta": theta,
        "plain": {kind: interval(plain, kind) for kind in ("relative", "absolute")},
        "cuped": {
            kind: interval([past(each, theta) for each in arms], kind) for kind in ("relative", "absolute")
        },
        "ratio": {kind: interval([ratio(each) for each in arms], kind) for kind in ("relative", "absolute")},
    }


def interval(pair: list[Any], kind: str) -> list[float]:
    """Return point, low and high of the sequential test."""
    from gbstats.frequentist.tests import (  # type: ignore[import-not-found] # noqa: PLC0415
        SequentialConfig,
        SequentialTwoSidedTTest,
    )

    config = SequentialConfig(difference_type=kind, sequential_tuning_parameter=TUNED_TO, alpha=ALPHA)
    found = SequentialTwoSidedTTest(*pair, config).compute_result()
    return [float(found.expected), *(float(bound) for bound in found.ci)]


def mean(arm: dict[str, float], total: str, squares: str) -> Any:
    """Return a plain statistic."""
    from gbstats.models.statistics import SampleMeanStatistic  # noqa: PLC0415

    return SampleMeanStatistic(n=int(arm["n"]), sum=arm[total], sum_squares=arm[squares])


def past(arm: dict[str, float], theta: float) -> Any:
    """Return a statistic adjusted for x."""
    from gbstats.models.statistics import RegressionAdjustedStatistic  # noqa: PLC0415

    return RegressionAdjustedStatistic(
        n=int(arm["n"]),
        post_statistic=mean(arm, "y", "yy"),
        pre_statistic=mean(arm, "x", "xx"),
        post_pre_sum_of_products=arm["xy"],
        theta=theta,
    )


def ratio(arm: dict[str, float]) -> Any:
    """Return y over x."""
    from gbstats.models.statistics import RatioStatistic  # noqa: PLC0415

    return RatioStatistic(
        n=int(arm["n"]),
        m_statistic=mean(arm, "y", "yy"),
        d_statistic=mean(arm, "x", "xx"),
        m_d_sum_of_products=arm["xy"],
    )


if __name__ == "__main__":
    main()
