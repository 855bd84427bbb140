"""What moves the scores: the planted column first, with the way it points."""

from collections.abc import Callable

from training.dataset import Dataset
from training.fit import Candidate, Forester
from training.report.shap import weights

MakeDataset = Callable[..., Dataset]


def test_what_clicks_follow_moves_the_scores_most_and_upwards(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    model = Forester(seed=17).grow(data, Candidate("binary", 20, 0.0, ()))
    found = weights(data, model.text)
    by_name = {weight.name: weight for weight in found}
    assert found[0].name in {"looks", "items_since_touched", "seconds_since_touched"}
    assert by_name[found[0].name].words == "more lifts"
    assert 0.9 < sum(weight.share for weight in found) <= 1.0 + 1e-9
    assert [weight.share for weight in found] == sorted((weight.share for weight in found), reverse=True)
