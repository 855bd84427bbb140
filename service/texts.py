"""What the API says to shoppers in words, in every language it speaks."""

from collections.abc import Mapping, Sequence
from typing import Final

from service.ranking.reasons import Why

LANGUAGES: Final = ("en", "fr")
_AND: Final[Mapping[str, str]] = {"en": " and ", "fr": " et "}

REASONS: Final[Mapping[Why, Mapping[str, str]]] = {
    Why.SEEN: {"en": "you looked at it recently", "fr": "vous l'avez consulté récemment"},
    Why.SIMILAR: {"en": "it is like what you viewed", "fr": "il ressemble à ce que vous avez vu"},
    Why.TOGETHER: {
        "en": "others looked at it beside what you viewed",
        "fr": "d'autres l'ont regardé avec ce que vous avez vu",
    },
    Why.POPULAR: {"en": "it is popular", "fr": "il est très demandé"},
    Why.PRICE: {"en": "its price fits what you look at", "fr": "son prix correspond à ce que vous regardez"},
    Why.NEW: {"en": "it is new", "fr": "il est récent"},
    Why.RULE: {"en": "the shop puts it forward", "fr": "la boutique le met en avant"},
}


def joined(language: str, parts: Sequence[str]) -> str:
    """Join clauses into a sentence without a full stop; none give an empty one.

    >>> joined("fr", ["il est récent", "il est très demandé"])
    'Il est récent et il est très demandé'
    """
    sentence = _AND[language].join(parts)
    return sentence[:1].upper() + sentence[1:]
