"""The languages of the console: English in the code, others in `translations/`, one catalogue per screen.

Catalogues are read as they are written (`.po`), when first needed: a few milliseconds instead of compiled files that
a build would have to make, or a commit could forget.
"""

from functools import cache
from importlib import resources
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain, get_domain, get_locale

LANGUAGES: Final = {"en": "English", "fr": "Français"}
ENGLISH: Final = "en"
_CHOSEN: Final = "language"  # in the session


class PortableDomain(Domain):  # type: ignore[misc]  # it publishes no types
    """A Domain whose catalogues need no compiling."""

    def get_translations(self) -> NullTranslations:
        """Return the translations into the language of this request."""
        return translations(get_locale().language)


class ConsoleBabel(Babel):  # type: ignore[misc]  # it publishes no types
    """Flask-Babel over those catalogues."""

    @property
    def domain_instance(self) -> PortableDomain:
        """Return the domain of every message."""
        return PortableDomain()


def register(app: Flask) -> None:
    """Let templates and views of this app speak the language of the request."""
    ConsoleBabel(app, default_locale=ENGLISH, locale_selector=language)


def language() -> str:
    """Return the language that this person chose, else the browser's, else English."""
    chosen = session.get(_CHOSEN) if session else None
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, ENGLISH)


def choose(code: str) -> None:
    """Keep a choice for this browser; a language that we do not speak is no choice."""
    if code in LANGUAGES:
        session[_CHOSEN] = code


def gettext(message: str, **values: object) -> str:
    """Say a message in the language of this request."""
    return str(get_domain().gettext(message, **values))


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Say one of two messages, as the language wants it for that number."""
    return str(get_domain().ngettext(singular, plural, num, **values))


@cache
def translations(code: str) -> NullTranslations:
    """Return all messages in a language; for English those of the code."""
    if code == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(code: str) -> Catalog:
    """Return the messages of all catalogues of a language in one.

    Raises:
        ValueError: Two catalogues say the same message in different words.
    """
    whole = Catalog(locale=code)
    folder = resources.files(__package__).joinpath("translations", code)
    for part in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if part.name.endswith(".po"):
            for message in read_po(BytesIO(part.read_bytes()), locale=code, abort_invalid=True):
                if not message.id:
                    continue  # the head of the file
                known = whole.get(message.id, message.context)
                if known is not None and known.string != message.string:
                    raise ValueError(f"{part.name} says {message.id!r} otherwise than another catalogue")
                whole.add(message.id, message.string, context=message.context, flags=message.flags)
    return whole
