"""What must be in order before a lift means anything, in words. A red check hides the lift and says why."""

from typing import Final, Literal, TypeAlias

from typing_extensions import TypedDict

from service.insights.figures import Split
from service.insights.split import RED_P, split_p

Level: TypeAlias = Literal["green", "amber", "red"]
MOST_IN_BOTH: Final = 0.01  # of all visitors; fewer are left out without harm
WEEK_DAYS: Final = 7.0
_NEARLY: Final = 0.5  # days that a window may be away from whole weeks


class Words(TypedDict):
    """A sentence in both languages."""

    en: str
    fr: str


class Check(TypedDict):
    """A check; `value` is the number that it judges (p of the split, share of visitors in both arms, days)."""

    check: Literal["split", "both_arms", "whole_weeks"]
    level: Level
    value: float | None
    words: Words


def checks_of(split: Split, share: float | None, days: float) -> list[Check]:
    """Return all checks of a window of so many days."""
    return [_split(split, share), _both_arms(split), _whole_weeks(days)]


def hidden_by(checks: list[Check]) -> Words | None:
    """Return why no lift may be shown; None where it may."""
    red = [check["words"] for check in checks if check["level"] == "red"]
    if not red:
        return None
    return Words(en=" ".join(words["en"] for words in red), fr=" ".join(words["fr"] for words in red))


def _split(split: Split, share: float | None) -> Check:
    if share is None:
        return _check(
            ("split", "amber", None),
            "The split cannot be checked: the share that these settings meant is not known.",
            "La répartition ne peut pas être vérifiée : la part prévue par ces réglages n'est pas connue.",
        )
    p = split_p(split.treatment, split.control, share)
    seen = split.treatment / max(split.treatment + split.control, 1)
    if p < RED_P:
        return _check(
            ("split", "red", p),
            f"Visitors are not split as set: {_percent(seen)} saw Balad's order where {_percent(share)} should have.",
            f"La répartition n'est pas celle prévue : {_french(seen)} des visiteurs ont vu l'ordre de Balad au lieu "
            f"de {_french(share)}.",
        )
    return _check(
        ("split", "green", p),
        f"Visitors are split as set ({_percent(share)}).",
        f"Les visiteurs sont répartis comme prévu ({_french(share)}).",
    )


def _both_arms(split: Split) -> Check:
    in_both = split.both / max(sum(split), 1)
    level: Level = "green" if split.both == 0 else "amber" if in_both <= MOST_IN_BOTH else "red"
    return _check(
        ("both_arms", level, in_both),
        f"{_percent(in_both)} of the visitors saw both orders and are left out ({split.both}).",
        f"{_french(in_both)} des visiteurs ont vu les deux ordres et sont laissés de côté ({split.both}).",
    )


def _whole_weeks(days: float) -> Check:
    away = abs(days - WEEK_DAYS * round(days / WEEK_DAYS))
    is_whole = days >= WEEK_DAYS - _NEARLY and away <= _NEARLY
    return _check(
        ("whole_weeks", "green" if is_whole else "amber", days),
        f"The window is {days:.1f} days; whole weeks compare best, for weekdays differ.",
        f"La fenêtre est de {days:.1f}".replace(".", ",")
        + " jours ; les semaines entières se comparent mieux, car les jours diffèrent.",
    )


def _check(
    which: tuple[Literal["split", "both_arms", "whole_weeks"], Level, float | None], en: str, fr: str
) -> Check:
    check, level, value = which
    return Check(check=check, level=level, value=value, words=Words(en=en, fr=fr))


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"


def _french(share: float) -> str:
    return _percent(share).replace(".", ",").replace(" %", "\N{NARROW NO-BREAK SPACE}%")
