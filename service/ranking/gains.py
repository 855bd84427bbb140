"""How much each column decides: the gain of its splits, summed over a model's trees. From LightGBM's text alone."""

from itertools import chain
from typing import Final

from service.ranking.lightgbm_text import ModelTextError

_NAMES: Final = "feature_names="
_COLUMNS: Final = "split_feature="
_GAINS: Final = "split_gain="


def gains_of(text: str) -> dict[str, float]:
    """Return the summed gain of each column, in the order of the columns; 0 for one that decides nothing.

    A tree that never split adds nothing. Raises ModelTextError where splits and gains do not belong together.

    >>> gains_of("feature_names=a b\\nsplit_feature=1 0 1\\nsplit_gain=4 1 0.5\\n")
    {'a': 1.0, 'b': 4.5}
    """
    lines = text.splitlines()
    names = next((line.removeprefix(_NAMES).split() for line in lines if line.startswith(_NAMES)), [])
    columns, gains = _all(lines, _COLUMNS), _all(lines, _GAINS)
    summed = [0.0] * len(names)
    try:
        for column, gain in zip(columns, gains, strict=True):
            summed[int(column)] += float(gain)
    except (ValueError, IndexError):
        raise ModelTextError("the splits and their gains do not belong together") from None
    return dict(zip(names, summed, strict=True))


def _all(lines: list[str], field: str) -> list[str]:
    return list(
        chain.from_iterable(line.removeprefix(field).split() for line in lines if line.startswith(field))
    )
