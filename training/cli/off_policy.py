"""`balad evaluate --off-policy`: what one log foretells of another policy, beside what that policy truly had."""

import json
from collections.abc import Iterator
from pathlib import Path

from training.off_policy.bandit_file import read_decisions
from training.off_policy.estimate import Estimate
from training.off_policy.judgement import Comparison, Judgement, compared


def told_off_policy(logging: Path, target: Path, seed: int, *, as_json: bool) -> str:
    """Return what to print. Raises BadBanditFileError where a file holds no logged decisions."""
    found = compared(read_decisions(logging), read_decisions(target), seed=seed)
    if as_json:
        return json.dumps({"logging_file": str(logging), "target_file": str(target), **found.as_json()})
    return "\n".join(_lines(found))


def judgement_lines(judgement: Judgement) -> Iterator[str]:
    """Yield an estimate a line, and what their worth depends on."""
    for name, value in judgement.estimates.items():
        yield f"{name:<14} {_range(value)}"
    yield (
        f"{judgement.decisions:,} decisions are worth {judgement.effective:,.0f} of the judged policy's own; the "
        f"largest weight is {judgement.largest:,.1f}"
    )
    if judgement.clipped_share > 0.0:
        yield (
            f"{judgement.clipped_share:.2%} of them weighed more than {judgement.cap:,.0f} and were clipped: "
            f"{judgement.clipped_mass:.1%} of all weight is not seen"
        )


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{'as logged':<14} {_range(found.logging)}"
    yield from judgement_lines(found.foretold)
    yield f"{'in truth':<14} {_range(found.target)}"
    for name, value in found.foretold.estimates.items():
        holds = "holds" if value.low <= found.target.value <= value.high else "does not hold"
        ratio = value.value / found.target.value if found.target.value else float("nan")
        yield f"{name}: {ratio:.2f} times the truth, which its interval {holds}"


def _range(value: Estimate) -> str:
    return f"{value.value:.5f} a decision, 95 % between {value.low:.5f} and {value.high:.5f}"
