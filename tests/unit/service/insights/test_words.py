"""Verdicts and checks in words, in both languages."""

import pytest

from service.insights.checks import checks_of, hidden_by
from service.insights.figures import Split
from service.insights.lift import Interval
from service.insights.shares import PageChanged, holdout_share, last_holdout_change, treatment_share
from service.insights.verdict import verdict_of
from service.insights.windows import Window


@pytest.mark.parametrize(
    ("lift", "days", "kind", "en", "fr"),
    [
        (
            None,
            9,
            "not_enough_data",
            "not enough data — about 9 more days",
            "pas assez de données — encore 9 jours environ",
        ),
        (
            None,
            0,
            "not_enough_data",
            "not enough data — about 1 more day",
            "pas assez de données — encore 1 jour environ",
        ),
        (
            None,
            400,
            "not_enough_data",
            "not enough data — more than a year",
            "pas assez de données — encore plus d'un an",
        ),
        (None, None, "not_enough_data", "not enough data", "pas assez de données"),
        (
            Interval(-0.002, -0.012, 0.008),
            0,
            "no_difference",
            "no difference seen (between \N{MINUS SIGN}1.2 % and +0.8 %)",
            "aucune différence visible (entre \N{MINUS SIGN}1,2 % et +0,8 %)",
        ),
        (Interval(0.03, 0.021, 0.054), 0, "better", "better by 2.1 % to 5.4 %", "mieux, de 2,1 % à 5,4 %"),
        (
            Interval(-0.03, -0.054, -0.021),
            0,
            "worse",
            "worse by 2.1 % to 5.4 %",
            "moins bien, de 2,1 % à 5,4 %",
        ),
        (Interval(0.0, -0.06, 0.06), 3, "not_enough_data", "not enough data — about 3 more days", None),
    ],
)
def test_a_verdict_has_four_forms(
    lift: Interval | None, days: int | None, kind: str, en: str, fr: str | None
) -> None:
    verdict = verdict_of(lift, 0.05, days)
    assert (verdict["kind"], verdict["en"]) == (kind, en)
    assert fr in (None, verdict["fr"].replace("\N{NARROW NO-BREAK SPACE}", " "))


@pytest.mark.parametrize(
    ("split", "share", "days", "levels"),
    [
        (Split(5_000, 5_000, 0), 0.5, 14.2, "green green green"),
        (Split(5_000, 4_000, 0), 0.5, 14.0, "red green green"),
        (Split(5_000, 5_000, 50), 0.5, 14.0, "green amber green"),
        (Split(5_000, 5_000, 500), 0.5, 3.0, "green red amber"),
        (Split(5_000, 5_000, 0), None, 10.0, "amber green amber"),
        (Split(), 0.5, 0.0, "green green amber"),
    ],
)
def test_checks_have_three_levels(split: Split, share: float | None, days: float, levels: str) -> None:
    checks = checks_of(split, share, days)
    assert [check["level"] for check in checks] == levels.split()
    assert (hidden_by(checks) is not None) == ("red" in levels)


def test_a_window_means_the_share_of_the_settings_it_began_with() -> None:
    window = Window("acme/home/1", 5.0, "home", 1, 5.0, 6.0)
    now = {"home": {"state": "off", "holdout": 0.05, "window": 9.0}}
    then = {"state": "test", "traffic": 0.3, "window": 5.0}
    change = PageChanged(5.0, "home", None, then)
    assert treatment_share(window, now, [change]) == 0.3
    assert treatment_share(window, {"home": {**then, "traffic": None}}, []) == 0.5
    assert treatment_share(window, now, []) is None


def test_the_shop_has_one_holdout_or_none_to_speak_of() -> None:
    on, test = {"state": "on", "holdout": 0.1}, {"state": "test", "holdout": 0.1}
    assert holdout_share({"a": on, "b": test, "c": {"state": "off", "holdout": 0.2}}) == 0.9
    assert holdout_share({"a": on, "b": {"state": "on", "holdout": 0.2}}) is None
    changed = PageChanged(7.0, "a", on, {"state": "on", "holdout": 0.2})
    assert (
        last_holdout_change([changed, PageChanged(8.0, "a", on, test), PageChanged(9.0, "b", None, on)])
        == 7.0
    )
