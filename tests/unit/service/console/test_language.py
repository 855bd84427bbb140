"""Every text of the console is there in every language, and nothing else is."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

import service.console
from service.console.language import LANGUAGES, catalogue, translations

FOLDER = Path(service.console.__file__).parent
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)")


@cache
def said() -> Catalog:
    """Every message in the code and the templates."""
    found = Catalog()
    for file, line, message, _, context in extract_from_dir(FOLDER, METHODS, keywords=KEYWORDS):
        found.add(message, locations=[(file, line)], context=context)
    return found


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_has_a_translation(code: str) -> None:
    known = catalogue(code)
    missing = [
        f"#: {message.locations[0][0]}\nmsgid {message.id!r}"
        for message in said()
        if message.id and not ((there := known.get(message.id)) and all([*parts(there.string)]))
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_left_of_a_message_that_nobody_says(code: str) -> None:
    assert [message.id for message in catalogue(code) if message.id and said().get(message.id) is None] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_takes_the_same_values(code: str) -> None:
    for message in catalogue(code):
        named = {name for part in parts(message.id) for name in PLACE.findall(part)}
        for part in parts(message.string):
            assert set(PLACE.findall(part)) <= named, message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_speaks(code: str) -> None:
    assert translations(code).gettext("Log in") != "Log in"


def parts(text: object) -> list[str]:
    """The forms of a message: one, or one per number."""
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]
