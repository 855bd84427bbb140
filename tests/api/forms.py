"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Fields = dict[str, list[str]]


@dataclass
class Form:
    """Where it goes, and what it holds untouched."""

    action: str
    fields: Fields = field(default_factory=dict)

    def with_(self, **said: str) -> Fields:
        """The fields after somebody changed some."""
        return {**self.fields, **{name: [value] for name, value in said.items()}}


def form_of(text: str, action: str) -> Form:
    """The first form of a page that goes to an address."""
    reader = _Reader()
    reader.feed(text)
    return next(form for form in reader.forms if form.action == action)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: str | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", "")))
        elif tag == "select":
            self._select = said.get("name")
        elif tag == "textarea":
            self._text = said.get("name")
        elif tag == "option" and self._select and "selected" in said:
            self._add(self._select, said.get("value", ""))
        elif tag == "input" and "name" in said and _counts(said):
            self._add(said["name"], said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text:
            self._add(self._text, data)

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].fields.setdefault(name, []).append(value)


def _counts(said: dict[str, str]) -> bool:
    return said.get("type") not in {"radio", "checkbox"} or "checked" in said
