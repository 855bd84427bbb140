"""How fast the forest scores, beside LightGBM with one thread on the same rows."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Final

import lightgbm
import numpy as np

from service.ranking import Forest
from tests.benchmarks import generated
from tests.benchmarks.figures import Figure, Section

SIZES: Final = (1, 25, 100, 500)
REPEATS: Final = 300
PROMISED_MS: Final = {100: 0.25}
PROMISED_RATIO: Final = {100: 2.0}


def measure() -> Section:
    """Score listings of several sizes, each many times, and keep the best time of each scorer."""
    section = Section(
        "Scoring a matrix",
        f"Best of {REPEATS}, in one thread, in process: a generated model of {generated.TREES} trees of depth "
        f"{generated.DEPTH}; the forest against LightGBM's Booster.predict(raw_score=True, num_threads=1).",
    )
    text = generated.model_text()
    forest, booster = Forest.of(text), lightgbm.Booster(model_str=text)
    different = 0
    for size in SIZES:
        rows = np.ascontiguousarray(generated.rows()[-size:])
        scorers = partial(forest.score, rows), partial(booster.predict, rows, raw_score=True, num_threads=1)
        ours, theirs = (best(scorer) for scorer in scorers)
        different += int(np.count_nonzero(scorers[0]() != scorers[1]()))
        section.figures.extend(
            (
                Figure(f"{size} rows, forest", ours * 1_000, "ms", at_most=PROMISED_MS.get(size)),
                Figure(f"{size} rows, LightGBM", theirs * 1_000, "ms"),
                Figure(
                    f"{size} rows, LightGBM over forest",
                    theirs / ours,
                    "x",
                    at_least=PROMISED_RATIO.get(size),
                ),
            )
        )
    section.figures.append(Figure("scores that differ in any bit", different, "rows", at_most=0))
    return section


def best(call: Callable[[], object]) -> float:
    """Return the least time that a call took, in seconds: what the code needs when nobody else wants the core."""
    times = []
    for _ in range(REPEATS):
        began = perf_counter()
        call()
        times.append(perf_counter() - began)
    return min(times)
