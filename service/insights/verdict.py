"""A lift in words, English and French. There are four forms and no others."""

from enum import StrEnum
from typing import Final

from typing_extensions import TypedDict

from service.insights.lift import Interval

LONGEST_DAYS: Final = 365
_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_MINUS: Final = "\N{MINUS SIGN}"


class VerdictKind(StrEnum):
    """The four forms."""

    NOT_ENOUGH_DATA = "not_enough_data"
    NO_DIFFERENCE = "no_difference"
    BETTER = "better"
    WORSE = "worse"


class Verdict(TypedDict):
    """A verdict; `days` is how long until more can be said, null where nobody can tell."""

    kind: str
    days: int | None
    en: str
    fr: str


def verdict_of(lift: Interval | None, effect: float, days: int | None) -> Verdict:
    """Return the verdict on a relative lift (None: none can be computed yet).

    An interval without 0 is better or worse. One with 0 shows no difference once it reaches no further than `effect`
    from its middle: before that there is not enough data, and it takes `days` more.

    >>> verdict_of(Interval(0.03, 0.021, 0.054), 0.05, None)["en"]
    'better by 2.1 % to 5.4 %'
    >>> verdict_of(Interval(0.002, -0.0, 0.008), 0.05, None)["en"]
    'no difference seen (between 0.0 % and +0.8 %)'
    >>> verdict_of(None, 0.05, 9)["en"]
    'not enough data — about 9 more days'
    """
    if lift is not None and lift.low > 0.0:
        return _sided(VerdictKind.BETTER, lift.low, lift.high)
    if lift is not None and lift.high < 0.0:
        return _sided(VerdictKind.WORSE, -lift.high, -lift.low)
    if lift is None or (lift.high - lift.low) / 2.0 > effect:
        return _too_early(days)
    low, high = lift.low, lift.high
    return Verdict(
        kind=VerdictKind.NO_DIFFERENCE,
        days=None,
        en=f"no difference seen (between {_signed(low)} and {_signed(high)})",
        fr=f"aucune différence visible (entre {_french(_signed(low))} et {_french(_signed(high))})",
    )


def _sided(kind: VerdictKind, least: float, most: float) -> Verdict:
    word = "mieux" if kind is VerdictKind.BETTER else "moins bien"
    least_said, most_said = _percent(least), _percent(most)
    return Verdict(
        kind=kind,
        days=None,
        en=f"{kind} by {least_said} to {most_said}",
        fr=f"{word}, de {_french(least_said)} à {_french(most_said)}",
    )


def _too_early(days: int | None) -> Verdict:
    en, fr = "not enough data", "pas assez de données"
    if days is None:
        return Verdict(kind=VerdictKind.NOT_ENOUGH_DATA, days=None, en=en, fr=fr)
    if days > LONGEST_DAYS:
        more, encore = "more than a year", "encore plus d'un an"
    else:
        days = max(days, 1)
        ending = "" if days == 1 else "s"
        more, encore = f"about {days} more day{ending}", f"encore {days} jour{ending} environ"
    return Verdict(kind=VerdictKind.NOT_ENOUGH_DATA, days=days, en=f"{en} — {more}", fr=f"{fr} — {encore}")


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"


def _signed(share: float) -> str:
    rounded = round(100.0 * share, 1)
    sign = _MINUS if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):.1f} %"


def _french(percent: str) -> str:
    return percent.replace(".", ",").replace(" %", f"{_NARROW}%")
