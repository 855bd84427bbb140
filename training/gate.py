"""Whether a model may serve: every check is one line that says what was found, and a failed one says what to do."""

from dataclasses import dataclass
from typing import Final

from training.bootstrap import Interval
from training.evaluate import DECIDING, MODEL, Evaluation

FEWEST_LISTINGS: Final = 100  # an interval on fewer says nothing
FEWEST_SESSIONS: Final = 30
BEATEN: Final = "shop order"  # what a shop has without a model
MATCHED: Final = ("last touched first", "most popular first")  # what a few lines of code would do as well
MOST_CONSTANT: Final = 0.5  # a model that leaves more lists as they are has learned nothing of the visitor


@dataclass(frozen=True, slots=True)
class Check:
    """One gate."""

    name: str
    passed: bool
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All gates; a model serves only through all of them."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the model may serve."""
        return all(check.passed for check in self.checks)

    @property
    def why_not(self) -> str:
        """What the failed gates say, in one line; empty where all passed."""
        return " ".join(check.says for check in self.checks if not check.passed)


def judge(evaluation: Evaluation) -> Verdict:
    """Judge a model by its evaluation on listings later than all it learned from."""
    matches = (_not_worse_than(evaluation, baseline) for baseline in MATCHED)
    return Verdict((_enough(evaluation), _sane(evaluation), _better_than(evaluation, BEATEN), *matches))


def _enough(evaluation: Evaluation) -> Check:
    tested = evaluation.averages[MODEL][DECIDING]
    enough = tested.listings >= FEWEST_LISTINGS and tested.sessions >= FEWEST_SESSIONS
    says = f"Judged on {tested.listings:,} listings of {tested.sessions:,} sessions."
    if not enough:
        says = (
            f"Only {tested.listings:,} listings of {tested.sessions:,} sessions were left to judge the model on; "
            f"it takes {FEWEST_LISTINGS} of {FEWEST_SESSIONS}. Collect more traffic and train again."
        )
    return Check("enough listings to judge", enough, says)


def _sane(evaluation: Evaluation) -> Check:
    if not evaluation.finite:
        return Check(
            "sane scores", passed=False, says="Some scores are not finite: this is a bug, report it."
        )
    if evaluation.constant_lists > MOST_CONSTANT:
        says = (
            f"The model leaves {evaluation.constant_lists:.0%} of the listings as they are: it found nothing to go "
            "by. Check that events carry session_id and that items carry prices or are in the catalogue."
        )
        return Check("sane scores", passed=False, says=says)
    return Check("sane scores", passed=True, says="All scores are finite, and they tell items apart.")


def _better_than(evaluation: Evaluation, baseline: str) -> Check:
    """Ask for a lift that is surely above 0."""
    lift = evaluation.lift[baseline][DECIDING]
    says = f"{_found(lift, baseline)}."
    if not lift.above_zero:
        says = f"{_found(lift, baseline)}: that is not surely better, so the shop's order stays."
    return Check(f"better than {baseline}", lift.above_zero, says)


def _not_worse_than(evaluation: Evaluation, baseline: str) -> Check:
    """Ask for a lift that is not surely below 0: where the baseline is all there is to know, a model equals it."""
    lift = evaluation.lift[baseline][DECIDING]
    passed = not lift.high < 0.0
    says = f"{_found(lift, baseline)}."
    if not passed:
        says = f"{_found(lift, baseline)}: that is surely worse than what a few lines of code would do."
    return Check(f"not worse than {baseline}", passed, says)


def _found(lift: Interval, baseline: str) -> str:
    return (
        f"{DECIDING} {lift.mean:+.4f} against {baseline}, 95 % between {lift.low:+.4f} and {lift.high:+.4f}"
    )
