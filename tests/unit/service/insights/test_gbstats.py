"""Our statistics are those of GrowthBook's gbstats 0.8.0 where the definitions are the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.insights.estimate import Estimate, adjusted, plain, ratio, theta
from service.insights.lift import Contrast, difference, relative_lift
from service.insights.moments import Moments
from service.insights.sequence import ALPHA, TUNED_TO
from service.insights.split import split_p

ROOT = Path(__file__).resolve().parents[4]
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests" / "oracles" / "gbstats_answers.json").read_text())
CLOSE = 1e-6


def arms(case: dict[str, Any]) -> tuple[Moments, Moments]:
    control, treatment = (Moments(**{**sums, "n": int(sums["n"])}) for sums in case["arms"])
    return treatment, control


def agrees(contrast: Contrast | None, told: list[float]) -> bool:
    assert contrast is not None
    interval = contrast.interval
    return [interval.value, interval.low, interval.high] == pytest.approx(told, rel=CLOSE, abs=CLOSE)


def check(estimates: tuple[Estimate, Estimate], told: dict[str, list[float]]) -> None:
    assert agrees(relative_lift(*estimates), told["relative"])
    assert agrees(difference(*estimates), told["absolute"])


def test_there_are_answers_for_our_own_parameters() -> None:
    assert len(CASES) >= 50
    assert (TUNED_TO, ALPHA) == (20_000.0, 0.05)


@pytest.mark.parametrize("case", CASES)
def test_split_check(case: dict[str, Any]) -> None:
    treatment, control = arms(case)
    assert split_p(treatment.n, control.n, case["share"]) == pytest.approx(
        case["split_p"], rel=CLOSE, abs=1e-12
    )


@pytest.mark.parametrize("case", CASES)
def test_sequential_interval(case: dict[str, Any]) -> None:
    treatment, control = arms(case)
    check((plain(treatment), plain(control)), case["plain"])


@pytest.mark.parametrize("case", CASES)
def test_cuped(case: dict[str, Any]) -> None:
    treatment, control = arms(case)
    slope = theta(treatment, control)
    assert slope == pytest.approx(case["theta"], rel=CLOSE)
    check((adjusted(treatment, slope), adjusted(control, slope)), case["cuped"])


@pytest.mark.parametrize("case", CASES)
def test_ratio(case: dict[str, Any]) -> None:
    treatment, control = arms(case)
    check((ratio(treatment), ratio(control)), case["ratio"])
