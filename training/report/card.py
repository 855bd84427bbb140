"""The model card for business readers, English and French: what a model is for, good and bad at, what decided.

Every sentence is made from the evaluation; nothing in it needs to know what a gradient is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from training.bootstrap import Interval
from training.evaluate import DECIDING, MODEL, Evaluation, Slice
from training.gate import Check, Verdict

Language: TypeAlias = Literal["en", "fr"]
REVIEW_SECONDS: Final = 30 * 86_400.0  # a shop's assortment and visitors have changed by then
FEWEST_LISTINGS: Final = 30  # of a slice that is worth a word

_QUESTIONS: Final = {
    "session so far": ("visits so far", "visite en cours"),
    "items in the list": ("items in the list", "articles dans la liste"),
    "page": ("page", "page"),
}
_NAMES: Final = {
    "no event yet": ("no action yet", "aucune action"),
    "1 to 3 events": ("1 to 3 actions", "1 à 3 actions"),
    "4 events and more": ("4 actions and more", "4 actions et plus"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a card speaks of; times are Unix seconds."""

    shop: str
    evaluation: Evaluation
    verdict: Verdict
    since: float
    until: float
    made_at: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading, and what stands under it."""

    heading: str
    lines: tuple[str, ...]


def card(judged: Judged, language: Language) -> tuple[Entry, ...]:
    """Return the card in a language, in reading order."""
    en = language == "en"
    slices = [s for s in judged.evaluation.slices if s.listings >= FEWEST_LISTINGS]
    good = [s for s in slices if s.over_shop_order.low > 0.0]
    bad = [s for s in slices if s.over_shop_order.high < 0.0]
    unsure = [s for s in slices if s not in good and s not in bad]
    none = "None found." if en else "Rien de tel."
    return (
        Entry("What it is for" if en else "À quoi il sert", (_purpose(judged, language),)),
        Entry("Good at" if en else "Ses points forts", _told(good, language) or (none,)),
        Entry("Bad at" if en else "Ses points faibles", _told(bad, language) or (none,)),
        Entry(
            "Makes no sure difference" if en else "Sans différence certaine",
            _told(unsure, language) or (none,),
        ),
        Entry("Which figure decided" if en else "Le chiffre qui a décidé", _decided(judged, language)),
        Entry(
            "What would change the decision" if en else "Ce qui changerait la décision",
            _changes(judged, language),
        ),
        Entry("Data" if en else "Données", (_data(judged, language),)),
        Entry("Next review" if en else "Prochaine revue", (_review(judged, language),)),
    )


def _purpose(judged: Judged, language: Language) -> str:
    if language == "en":
        return (
            f"It puts the items of a listing of {judged.shop} in the order most useful to the "
            "visitor, by what they did "
            "in this visit, prices and popularity. It adds no item, hides none, and sets no price."
        )
    return (
        f"Il met les articles d'une liste de {judged.shop} dans l'ordre le plus utile au visiteur, d'après ce qu'il a "
        "fait pendant sa visite, les prix et la popularité. Il n'ajoute ni ne cache "
        "aucun article et ne fixe aucun prix."
    )


def _told(slices: list[Slice], language: Language) -> tuple[str, ...]:
    place = 0 if language == "en" else 1
    gain = ("gain", "gain")[place]
    return tuple(
        f"{_QUESTIONS.get(s.question, (s.question,) * 2)[place]}: {_named(s.name, place)} — {gain} "
        f"{_interval(s.over_shop_order, language)}, {s.listings:,} {('listings', 'listes')[place]}"
        for s in slices
    )


def _named(name: str, place: int) -> str:
    return _NAMES[name][place] if name in _NAMES else (name if place == 0 else name.replace(" to ", " à "))


def _decided(judged: Judged, language: Language) -> tuple[str, ...]:
    averages = judged.evaluation.averages
    first = [averages[order]["recall@1"].per_listing for order in (MODEL, "shop order")]
    lift = _interval(judged.evaluation.lift["shop order"][DECIDING], language)
    failed = [check for check in judged.verdict.checks if not check.passed]
    if language == "en":
        verdict = "It passed every gate." if not failed else f"It does not serve: {_listed(failed)}."
        return (
            f"The gain over the shop's own order, in how high what visitors wanted stands ({DECIDING}): {lift}.",
            f"The wanted item stood first in {first[0]:.0%} of the model's listings, in {first[1]:.0%} of the shop's.",
            verdict,
        )
    verdict = (
        "Il a passé tous les contrôles." if not failed else f"Il n'est pas en service : {_listed(failed)}."
    )
    return (
        f"Le gain sur l'ordre de la boutique, à la hauteur où se trouve l'article voulu ({DECIDING}) : {lift}.",
        (
            f"L'article voulu était premier dans {_percent(first[0])} des listes du modèle, "
            f"{_percent(first[1])} de la boutique."
        ),
        verdict,
    )


def _changes(judged: Judged, language: Language) -> tuple[str, ...]:
    if language == "en":
        turn = (
            "It would be kept back if that gain were no longer surely above zero, or if one gate failed."
            if judged.verdict.passed
            else "It would serve once the gates named above pass on newer traffic."
        )
        return (
            turn,
            (
                "Past clicks favour what stood high that day. A test on the page against a control group outweighs all "
                "of this: if it shows a loss, switch the page off."
            ),
        )
    turn = (
        "Il serait retenu si ce gain n'était plus sûrement supérieur à zéro, ou si un seul contrôle échouait."
        if judged.verdict.passed
        else "Il entrerait en service dès que les contrôles cités passent sur un trafic plus récent."
    )
    return (
        turn,
        (
            "Les clics passés favorisent ce qui était placé haut ce jour-là. Un test sur la "
            "page face à un groupe témoin "
            "prime sur tout ceci : s'il montre une perte, désactivez la page."
        ),
    )


def _data(judged: Judged, language: Language) -> str:
    tested = judged.evaluation.averages[MODEL][DECIDING]
    since, until = _date(judged.since), _date(judged.until)
    if language == "en":
        return (
            f"Traffic from {since} to {until}; judged on its newest {tested.listings:,} "
            "listings with something wanted, of "
            f"{tested.sessions:,} visits."
        )
    return (
        f"Trafic du {since} au {until} ; jugé sur les {_count(tested.listings)} listes "
        "les plus récentes où quelque chose "
        f"était voulu, de {_count(tested.sessions)} visites."
    )


def _review(judged: Judged, language: Language) -> str:
    by = _date(judged.made_at + REVIEW_SECONDS)
    if language == "en":
        return f"By {by}, or as soon as assortment, prices or the look of the lists change much."
    return f"Avant le {by}, ou dès que l'assortiment, les prix ou l'aspect des listes changent beaucoup."


def _interval(interval: Interval, language: Language) -> str:
    mean, low, high = (f"{value:+.3f}" for value in (interval.mean, interval.low, interval.high))
    if language == "en":
        return f"{mean} (95 % sure: {low} to {high})"
    return f"{mean} (sûr à 95 % : {low} à {high})".replace(".", ",")


def _listed(failed: list[Check]) -> str:
    return ", ".join(check.name for check in failed)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
