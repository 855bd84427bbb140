"""Each gate lets a sound model through, and refuses the one it is there for with the line that says why."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from features.readiness import Observed
from service.ranking.forest import Forest, Matrix, Scores
from tests.training.scorers import ByColumn
from training.dataset import Dataset
from training.evaluate import evaluate
from training.fit import Candidate, Forester, Grown
from training.gates import cost
from training.gates.controls import found_nothing, no_leak, shuffled, shuffled_teach_nothing
from training.gates.cost import fast_and_small
from training.gates.data import whole_data
from training.gates.live import Live, not_worse_than_live
from training.gates.skew import replayed_as_served
from training.gates.slices import no_slice_worse
from training.parity import Parity
from training.run import reproduced
from training.window import cut_at_share

MakeDataset = Callable[..., Dataset]


class Slow:
    """A forest of far too many trees."""

    def score(self, matrix: Matrix) -> Scores:
        return np.asarray(np.sort(np.random.default_rng(1).random(2_000_000))[: len(matrix)])


def live(data: Dataset, model: ByColumn, seen_until: float = 0.0) -> Live:
    return Live("2026-11-22T10-00-00Z-4f2a", model, seen_until, data.table_hash)


def put(data: Dataset, name: str, values: np.ndarray | float, rows: np.ndarray | slice) -> Dataset:
    X = data.X.copy()
    X[rows, data.names.index(name)] = values
    return replace(data, X=X)


def test_whole_data_pass(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    assert whole_data(data, cut_at_share(data, 0.8), Observed()).passed


def test_a_hole_in_time_is_refused_with_its_length(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    holed = replace(data, time=data.time + np.where(np.arange(len(data)) < 200, 0.0, 9 * 86_400.0))
    check = whole_data(holed, cut_at_share(holed, 0.8), Observed())
    assert not check.passed
    assert "9.0 of its 9.6 days in one piece hold no listing" in check.says


def test_a_column_that_ran_dry_is_refused_by_name(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    dry = put(data, "log_price", np.nan, np.repeat(data.time, data.group) > np.quantile(data.time, 0.8))
    check = whole_data(dry, cut_at_share(dry, 0.8), Observed())
    assert (check.passed, "log_price went missing" in check.says) == (False, True)


def test_events_of_the_future_are_refused(make_dataset: MakeDataset) -> None:
    data, seen = make_dataset(), Observed(ahead=30)
    seen.events["select_item"] = 100
    assert "30% of the events" in whole_data(data, cut_at_share(data, 0.8), seen).says


def test_a_log_of_robots_is_refused(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    seen = Observed(automated=31)
    seen.kinds["exposures"] = 100
    check = whole_data(data, cut_at_share(data, 0.8), seen)
    assert (check.passed, "31% of the rankings" in check.says) == (False, True)
    seen.automated = 30
    assert whole_data(data, cut_at_share(data, 0.8), seen).passed


def test_a_replay_that_sees_other_numbers_is_refused_with_the_columns() -> None:
    counted = Parity(rankings=10, rows=1000, equal_rows=989, differing={"log_price": 4, "looks": 11})
    check = replayed_as_served(counted)
    assert (check.passed, "differ in looks, log_price" in check.says) == (False, True)
    counted.equal_rows = 990
    assert replayed_as_served(counted).passed
    assert replayed_as_served(Parity()).passed


def test_a_log_of_clicked_items_alone_is_refused(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    clicked = replace(data, label=np.ones_like(data.label))
    assert not whole_data(clicked, cut_at_share(clicked, 0.8), Observed()).passed


def test_a_model_that_is_worse_than_the_live_one_is_refused(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    worse, good = ByColumn(data, "shop_index", -1.0), ByColumn(data, "looks")
    check = not_worse_than_live(data, worse, live(data, good), seed=17)
    assert (check.passed, "so the live model stays" in check.says) == (False, True)
    assert not_worse_than_live(data, good, live(data, worse), seed=17).passed


def test_a_model_as_good_as_the_live_one_passes(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    same = ByColumn(data, "looks")
    assert not_worse_than_live(data, same, live(data, same), seed=17).passed


def test_the_live_model_is_not_judged_on_what_it_learned_from(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    worse, good = ByColumn(data, "shop_index"), ByColumn(data, "looks")
    check = not_worse_than_live(data, worse, live(data, good, seen_until=float(data.time[350])), seed=17)
    assert (check.passed, "Only 50 of the judged listings" in check.says) == (True, True)


def test_no_live_model_and_another_table_are_told(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    model = ByColumn(data, "looks")
    assert not_worse_than_live(data, model, None, seed=17).says == "No model serves yet."
    other = replace(live(data, model), table_hash="another")
    assert "another feature table" in not_worse_than_live(data, model, other, seed=17).says


def test_a_kind_of_listing_that_pays_for_the_others_is_named(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=800, signal=6.0)
    quiet = np.repeat(
        data.X[np.cumsum(data.group) - data.group, data.names.index("session_interactions")] == 0, data.group
    )
    unfair = put(data, "looks", data.shop_index[quiet], np.flatnonzero(quiet))
    check = no_slice_worse(evaluate(unfair, ByColumn(unfair, "looks"), seed=17))
    assert (check.passed, "session so far no event yet" in check.says) == (False, True)
    assert no_slice_worse(evaluate(data, ByColumn(data, "looks"), seed=17)).passed


def test_shuffled_labels_teach_nothing(make_dataset: MakeDataset) -> None:
    cut = cut_at_share(make_dataset(listings=800), 0.5)
    assert shuffled_teach_nothing(cut.before, cut.after, seed=17).passed


def test_shuffled_labels_that_are_found_again_sound_the_alarm(make_dataset: MakeDataset) -> None:
    tried = shuffled(make_dataset(), np.random.default_rng(5))
    betrayed = put(tried, "looks", tried.label, slice(None))
    assert not found_nothing(betrayed, ByColumn(betrayed, "looks"), seed=17).passed


def test_honest_columns_do_not_sound_the_leak_alarm(make_dataset: MakeDataset) -> None:
    assert no_leak(make_dataset()).passed


@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_a_counter_shifted_into_the_future_sounds_the_leak_alarm(
    make_dataset: MakeDataset, direction: float
) -> None:
    data = make_dataset(signal=1.0)
    counted = data.X[:, data.names.index("log_clicks_30d")] * 0.2 + data.label  # the click itself is in it
    check = no_leak(put(data, "log_clicks_30d", direction * counted, slice(None)))
    assert (check.passed, "log_clicks_30d alone" in check.says) == (False, True)


def test_a_forest_is_fast_and_small(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    model = Forester(seed=17).grow(data, Candidate("binary", 20, 0.0, ()))
    assert fast_and_small(data, Forest.of(model.text), model.text).passed


def test_a_slow_forest_is_refused(make_dataset: MakeDataset) -> None:
    check = fast_and_small(make_dataset(), Slow(), "")
    assert (check.passed, "pages would wait" in check.says) == (False, True)


def test_a_large_forest_is_refused(make_dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "MOST_BYTES", 10)
    data = make_dataset()
    assert not fast_and_small(data, ByColumn(data, "looks"), "eleven byte").passed


def test_two_trainings_that_differ_are_refused() -> None:
    assert reproduced(Grown("a", {}), Grown("a", {})).passed
    assert not reproduced(Grown("a", {}), Grown("b", {})).passed
