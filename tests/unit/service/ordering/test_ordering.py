from typing import Any

import pytest

from features.attributes import DEFAULT
from features.store.settings import MemorySettings
from features.table import Feature, feature_table
from service.ordering.ordering import Ordering, ordering_of
from service.ordering.parameters import Parameter, parameter_of, weights_of
from service.ordering.periods import MOST, note, periods_of
from service.ordering.words import told
from service.pages.drafts import RULES
from service.pages.schedule import Schedule
from service.pages.settings import KeptPage
from service.pages.status import Circumstances, status_of
from service.ranking import ModelTextError
from service.ranking.gains import gains_of

TABLE = feature_table(DEFAULT)
WEIGHTS = {Parameter.SEEN: 0.6, Parameter.PRICE: 0.396, Parameter.NEW: 0.004}
PINS = RULES.validate_python([{"id": "p", "kind": "pin", "item_id": "A1", "index": 0}])
NARROW = "\N{NARROW NO-BREAK SPACE}"


def ordered(
    *, has_model: bool = True, rules: Any = (), kill_switch: bool = False, **settings: Any
) -> Ordering:
    page = KeptPage(**settings)
    status = status_of({"home": page}, "home", Circumstances(10.0, kill_switch, has_model))
    return ordering_of(status, rules, "m-1" if has_model else None, WEIGHTS)


def test_every_column_counts_towards_one_parameter_and_every_parameter_has_columns() -> None:
    features: list[Feature] = [*TABLE.standing, *TABLE.visiting]
    assert {parameter_of(feature) for feature in features} == set(Parameter)


def test_weights_add_up_to_one_with_the_weightiest_first() -> None:
    gains = {name: float(place) for place, name in enumerate(TABLE.names)}
    weights = weights_of(gains, TABLE)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert list(weights.values()) == sorted(weights.values(), reverse=True)


def test_a_model_that_never_split_has_no_weights() -> None:
    assert weights_of(dict.fromkeys(TABLE.names, 0.0), TABLE) == {}


def test_splits_without_their_gains_are_refused() -> None:
    with pytest.raises(ModelTextError):
        gains_of("feature_names=a b\nsplit_feature=0 1\nsplit_gain=1\n")
    with pytest.raises(ModelTextError):
        gains_of("feature_names=a b\nsplit_feature=7\nsplit_gain=1\n")


@pytest.mark.parametrize(
    "settings",
    [
        {"state": "off"},
        {"state": "shadow"},
        {"state": "on", "has_model": False},
        {"state": "on", "kill_switch": True},
    ],
)
def test_where_nothing_is_personal_it_says_the_shops_order_and_no_weights(settings: dict[str, Any]) -> None:
    ordering = ordered(**settings)
    assert (
        told(ordering)["en"]
        == "The items are in the order that the shop has chosen, the same for every visitor."
    )
    assert (ordering.share, ordering.weights, ordering.model) == (0.0, {}, None)


def test_on_says_what_decides_how_much_and_who_is_held_out() -> None:
    text = told(ordered(state="on", holdout=0.05))
    assert f"on this shop (60{NARROW}%); an item's price" in text["en"]
    assert f"5{NARROW}% of the visitors who agreed always see the shop's own order" in text["en"]
    assert f"(39,6{NARROW}%)" in text["fr"]


def test_what_hardly_counts_is_no_main_parameter() -> None:
    assert "new" not in told(ordered(state="on"))["en"]


def test_a_test_says_that_two_orders_are_compared_and_by_how_many() -> None:
    text = told(ordered(state="test", traffic=0.5, holdout=0.05))
    assert f"47.5{NARROW}% of the visitors who agreed" in text["en"]
    assert f"47,5{NARROW}%" in text["fr"]


def test_rules_are_said_by_what_they_do_and_not_by_name() -> None:
    text = told(ordered(state="off", rules=PINS))
    assert text["en"].endswith(
        "Beside that the shop gives some items a fixed place, for every visitor alike."
    )


def test_a_schedule_is_said_and_does_not_change_the_text_with_the_hour() -> None:
    over = Schedule.model_validate({"until": 5.0})
    later = Schedule.model_validate({"until": 15.0})
    assert ordered(state="on", schedule=over) == ordered(state="on", schedule=later)
    assert "at certain times" in told(ordered(state="on", schedule=over))["en"]


def test_a_change_ends_one_period_and_begins_the_next() -> None:
    store = MemorySettings()
    for at, state in ((1.0, "off"), (2.0, "off"), (3.0, "on")):
        note(store, "acme", "home", ordered(state=state), at)
    periods = periods_of(store.read("acme").values, "home")
    assert [(p.since, p.until) for p in periods] == [(3.0, None), (1.0, 3.0)]


def test_only_the_newest_periods_are_kept() -> None:
    store = MemorySettings()
    for at in range(2 * MOST):
        note(store, "acme", "home", ordered(state="off" if at % 2 else "on"), float(at))
    periods = periods_of(store.read("acme").values, "home")
    assert len(periods) == MOST
    assert periods[0].since == 2 * MOST - 1


def test_what_a_later_version_wrote_counts_as_nothing() -> None:
    assert periods_of({"ordering/home": b'{"new": 1}'}, "home") == []
