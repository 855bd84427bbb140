from collections.abc import Callable

import numpy as np

from service.ranking.forest import Matrix, Scores
from training.dataset import Dataset
from training.evaluate import evaluate
from training.gate import Check, Verdict
from training.report.card import Judged, Language, card

MakeDataset = Callable[..., Dataset]
START = 1_700_000_000.0


class Looks:
    """Goes by what was looked at; with `upside_down`, the other way round."""

    def __init__(self, data: Dataset, *, upside_down: bool = False) -> None:
        self.column, self.sign = data.names.index("looks"), -1.0 if upside_down else 1.0

    def score(self, matrix: Matrix) -> Scores:
        return self.sign * matrix[:, self.column].astype(np.float64)


def judged(data: Dataset, model: Looks, *, passed: bool = True) -> Judged:
    verdict = Verdict((Check("whole data", passed, "The log has a hole."),))
    return Judged("acme", evaluate(data, model, seed=17), verdict, START, START + 86_400, START + 86_400)


def told(of: Judged, language: Language) -> dict[str, str]:
    return {entry.heading: " ".join(entry.lines) for entry in card(of, language)}


def test_a_card_says_where_a_model_is_good_and_where_not(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    said = told(judged(data, Looks(data)), "en")
    assert "1 to 3 actions" in said["Good at"]
    assert "no action yet" in said["Makes no sure difference"]
    assert said["Bad at"] == "None found."
    assert "It passed every gate." in said["Which figure decided"]
    assert "By 2023-12-15" in said["Next review"]


def test_the_french_card_says_the_same_in_french(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    of = judged(data, Looks(data))
    said = told(of, "fr")
    assert len(said) == len(told(of, "en"))
    assert "1 à 3 actions" in said["Ses points forts"]
    assert "sûr à 95 %" in said["Le chiffre qui a décidé"]
    assert "," in said["Ses points forts"]


def test_what_a_model_is_bad_at_is_not_hidden(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    said = told(judged(data, Looks(data, upside_down=True), passed=False), "en")
    assert "1 to 3 actions" in said["Bad at"]
    assert "It does not serve: whole data." in said["Which figure decided"]
    assert "once the gates named above pass" in said["What would change the decision"]
