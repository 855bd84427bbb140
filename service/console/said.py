"""What is wrong with a form's field, in the words of who filled it in."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WORDS: Final[Mapping[str, Any]] = {
    "missing": _l("Fill this in."),
    "string_too_short": _l("Fill this in."),
    "string_too_long": _l("This is too long."),
    "string_pattern_mismatch": _l("This has characters that cannot be used here."),
    "float_parsing": _l("This should be a number."),
    "float_type": _l("This should be a number."),
    "int_parsing": _l("This should be a whole number."),
    "int_type": _l("This should be a whole number."),
    "finite_number": _l("This should be a number."),
    "overlap": _l("Two of these times overlap: which of them is meant?"),
    "end_before_start": _l("The end should be after the start."),
    "empty_hours": _l("These hours end when they start."),
    "time_zone": _l("There is no such time zone; write one such as Europe/Paris."),
    "matches_all": _l("Say which items: by id, attribute, price, stock or age."),
    "empty_range": _l("The range ends before it starts."),
    "dots": _l("A part of a page's path cannot be . or .."),
    "unknown_attribute": _l("The shop declares no such attribute."),
    "literal_error": _l("Choose one of these."),
    "union_tag_invalid": _l("Choose one of these."),
}


def errors_of(error: ValidationError, field_of: Callable[[tuple[Any, ...]], str]) -> dict[str, str]:
    """Return a message by the id of the field that each error is about; the first of each field."""
    errors: dict[str, str] = {}
    for each in error.errors():
        errors.setdefault(field_of(each["loc"]), sentence(each))
    return errors


def sentence(error: ErrorDetails) -> str:
    """Return one error in words."""
    context = error.get("ctx") or {}
    match error["type"]:
        case "greater_than_equal" | "greater_than":
            least = context.get("ge", context.get("gt"))
            return str(_("This should be at least %(least)s.", least=least))
        case "less_than_equal" | "less_than":
            most = context.get("le", context.get("lt"))
            return str(_("This should be at most %(most)s.", most=most))
        case "too_long":
            return str(_("There should be at most %(most)s.", most=context.get("max_length")))
        case "duplicate_rule":
            return str(_("There is a rule of this name already."))
        case known if known in _WORDS:
            return str(_WORDS[known])
        case _:
            return str(_("This cannot be used here."))
