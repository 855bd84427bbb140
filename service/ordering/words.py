"""How a page's list is ordered, in words: the main parameters and how much each counts, English and French.

For the duty to inform of Regulation (EU) 2019/1150, article 5, and Directive 2011/83/EU, article 6a (1) (a). Whether
somebody pays for a place, a shop has to add itself: Balad does not know.
"""

from collections.abc import Mapping
from typing import Final

from service.ordering.ordering import Ordering
from service.ordering.parameters import Parameter
from service.texts import LANGUAGES

LEAST_WEIGHT: Final = 0.01  # below it a parameter is none of the main ones
_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_BETWEEN: Final = {"en": "; ", "fr": " ; "}

_PARAMETERS: Final[Mapping[str, Mapping[Parameter, str]]] = {
    "en": {
        Parameter.SEEN: "what you have looked at, clicked or put into your cart on this shop",
        Parameter.SIMILAR: "how much an item is like those you viewed: brand, colour and the like",
        Parameter.POPULAR: "how often other visitors view, click and buy an item",
        Parameter.PRICE: "an item's price, beside the others in the list and those you look at",
        Parameter.NEW: "how new an item is in the shop",
        Parameter.ITEM: "what an item is: whether it is in stock, how it is rated and the like",
        Parameter.SHOP_ORDER: "the place that the shop itself gives an item",
        Parameter.MOMENT: "the moment: the page, the device, the hour and how long your visit has lasted",
    },
    "fr": {
        Parameter.SEEN: "ce que vous avez consulté, cliqué ou mis au panier dans cette boutique",
        Parameter.SIMILAR: "la ressemblance d'un article avec ceux que vous avez vus : marque, couleur, etc.",
        Parameter.POPULAR: "la fréquence à laquelle les autres visiteurs consultent et achètent un article",
        Parameter.PRICE: "le prix d'un article, comparé aux autres de la liste et à ceux que vous regardez",
        Parameter.NEW: "la nouveauté d'un article dans la boutique",
        Parameter.ITEM: "les caractéristiques d'un article : disponibilité, évaluation, etc.",
        Parameter.SHOP_ORDER: "la place que la boutique elle-même donne à un article",
        Parameter.MOMENT: "le moment : la page, l'appareil, l'heure et la durée de votre visite",
    },
}
_RULES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "pin": "gives some items a fixed place",
        "boost": "moves some items up",
        "bury": "moves some items down",
        "hide": "leaves some items out",
        "diversity": "keeps like items from standing in a row",
    },
    "fr": {
        "pin": "donne une place fixe à certains articles",
        "boost": "fait monter certains articles",
        "bury": "fait descendre certains articles",
        "hide": "retire certains articles",
        "diversity": "évite que des articles semblables se suivent",
    },
}
_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "shop": "The items are in the order that the shop has chosen, the same for every visitor.",
        "own": "The items are in an order of your own, computed from your visits to this shop, if you have agreed to "
        "that; without your agreement, in the shop's own order, the same for everybody.",
        "test": "The shop is comparing two orders: {share} of the visitors who agreed see one of their own, computed "
        "from their visits to this shop; all others see the shop's own order, the same for everybody.",
        "holdout": "{share} of the visitors who agreed always see the shop's own order, so that the shop can tell "
        "what difference it makes.",
        "scheduled": "This is so at certain times; at others, everybody sees the shop's own order.",
        "weights": "What decides, and how much of the whole: {list}.",
        "unweighted": "What decides how much is not known of the model in use.",
        "rules": "Beside that the shop {list}, for every visitor alike.",
    },
    "fr": {
        "shop": "Les articles sont dans l'ordre choisi par la boutique, le même pour tous les visiteurs.",
        "own": "Les articles sont dans un ordre qui vous est propre, calculé d'après vos visites dans cette boutique, "
        "si vous y avez consenti ; sans votre accord, dans l'ordre de la boutique, le même pour tous.",
        "test": "La boutique compare deux ordres : {share} des visiteurs ayant donné leur accord voient un ordre qui "
        "leur est propre, calculé d'après leurs visites ; les autres voient l'ordre de la boutique, le même pour tous.",
        "holdout": "{share} des visiteurs ayant donné leur accord voient toujours l'ordre de la boutique, pour "
        "qu'elle puisse mesurer la différence.",
        "scheduled": "Il en est ainsi à certaines heures ; aux autres, tous voient l'ordre de la boutique.",
        "weights": "Ce qui compte, et pour quelle part : {list}.",
        "unweighted": "Le poids de chaque critère du modèle utilisé n'est pas connu.",
        "rules": "En outre, la boutique {list}, de la même façon pour tous les visiteurs.",
    },
}


def told(ordering: Ordering) -> dict[str, str]:
    """Return the text by language."""
    return {language: _spaced(" ".join(_sentences(ordering, language)), language) for language in LANGUAGES}


def named(parameter: Parameter) -> dict[str, str]:
    """Return what a parameter is, by language."""
    return {language: _PARAMETERS[language][parameter] for language in LANGUAGES}


def _sentences(ordering: Ordering, language: str) -> list[str]:
    say = _SENTENCES[language]
    sentences = _of_model(ordering, language) if ordering.share > 0.0 else [say["shop"]]
    if ordering.rules:
        known = [text for kind, text in _RULES[language].items() if kind in ordering.rules]
        sentences.append(say["rules"].format(list=_listed(known, language)))
    return sentences


def _of_model(ordering: Ordering, language: str) -> list[str]:
    say = _SENTENCES[language]
    share = _percent(ordering.share, language)
    sentences = [(say["test"] if ordering.is_test else say["own"]).format(share=share)]
    if not ordering.is_test and ordering.share < 1.0:
        sentences.append(say["holdout"].format(share=_percent(1.0 - ordering.share, language)))
    if ordering.is_scheduled:
        sentences.append(say["scheduled"])
    main = {p: weight for p, weight in ordering.weights.items() if weight >= LEAST_WEIGHT}
    parts = [f"{_PARAMETERS[language][p]} ({_percent(weight, language)})" for p, weight in main.items()]
    sentences.append(
        say["weights"].format(list=_BETWEEN[language].join(parts)) if parts else say["unweighted"]
    )
    return sentences


def _listed(parts: list[str], language: str) -> str:
    """Join parts as a sentence does.

    >>> _listed(["a", "b", "c"], "en"), _listed(["a"], "fr")
    ('a, b and c', 'a')
    """
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {'et' if language == 'fr' else 'and'} {parts[-1]}"


def _percent(share: float, language: str) -> str:
    """Write a share as that language does, with a space at which no line breaks.

    >>> _percent(0.475, "en") == f"47.5{_NARROW}%", _percent(0.05, "fr") == f"5{_NARROW}%"
    (True, True)
    """
    text = f"{100.0 * share:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language == 'fr' else text}{_NARROW}%"


def _spaced(text: str, language: str) -> str:
    """Keep French punctuation on the line of its word."""
    if language != "fr":
        return text
    return text.replace(" ;", f"{_NARROW};").replace(" :", "\N{NO-BREAK SPACE}:")
