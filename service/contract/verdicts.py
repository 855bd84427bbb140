"""Why something was refused: a code that is counted, the path of the wrong field, and a sentence.

One mapping turns pydantic's errors into these, so that a code means the same wherever it appears.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from service.contract.identifiers import ID_LENGTH, ID_PATTERN, PAGE_PATTERN, looks_like_email

# pydantic's name of an error -> ours. Of the rest, names that end in `_type` are `wrong_type`, others `invalid`.
_CODES: Final = {
    "missing": "missing",
    "finite_number": "not_finite",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_too_short": "wrong_length",
    "string_too_long": "wrong_length",
    "too_short": "wrong_length",
    "too_long": "wrong_length",
    "extra_forbidden": "unknown_field",
    "literal_error": "unknown_value",
    "enum": "unknown_value",
    "time": "bad_time",
    "string_pattern_mismatch": "bad_format",
    "string_unicode": "bad_format",
    "union_tag_not_found": "missing",
    "union_tag_invalid": "unknown_value",
}
UNION_LABELS: Final = frozenset(
    {"constrained-str", "ListedItem", "hide", "pin", "boost", "bury", "diversity"}
)  # pydantic names the branch of `items[i]` or `rules[i]` it tried
_WRONG_BRANCH: Final = frozenset({"string_type", "dict_type"})


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field; `path` is written as in `items[3].price`, empty for the whole."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """The verdict on one event or item of a batch; `path` is inside it."""

    index: int
    id: str | None
    code: str
    path: str
    message: str

    def named(self, id_name: str) -> dict[str, Any]:
        """Return the verdict as it is answered, the id under its own name.

        >>> list(Rejection(3, "e-1", "missing", "name", "Field required").named("event_id"))
        ['index', 'event_id', 'code', 'path', 'message']
        """
        return {(id_name if key == "id" else key): value for key, value in asdict(self).items()}


def path_of(location: Iterable[str | int]) -> str:
    """Write a location as a path.

    >>> path_of(["items", 3, "price"]), path_of([]), path_of([0])
    ('items[3].price', '', '[0]')
    """
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def field_errors(error: ValidationError) -> list[FieldError]:
    """Return one FieldError per wrong field, in the order of the input."""
    by_path: dict[str, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        by_path.setdefault(path_of(plain_location(detail["loc"])), []).append(detail)
    wrong = []
    for path, details in by_path.items():
        right_branch = [d for d in details if d["type"] not in _WRONG_BRANCH]
        if len(details) > 1 and not right_branch:
            wrong.append(
                FieldError(path, "wrong_type", "Input should be an item id, or an object with item_id")
            )
        elif right_branch or not _has_fields(path, by_path):
            wrong.append(_field_error(path, (right_branch or details)[0]))
    return wrong


def plain_location(location: Sequence[str | int]) -> list[str | int]:
    """Leave out the branch names that pydantic writes behind the index of a listed item or a rule."""
    return [
        part
        for place, part in enumerate(location)
        if not (part in UNION_LABELS and place and isinstance(location[place - 1], int))
    ]


def _has_fields(path: str, paths: Iterable[str]) -> bool:
    """Tell whether a listed object was refused for a field of its own: then "not a string" is beside the point."""
    return path.endswith("]") and any(other.startswith(f"{path}.") for other in paths)


def _field_error(path: str, detail: ErrorDetails) -> FieldError:
    kind = detail["type"]
    code = _CODES.get(kind) or ("wrong_type" if kind.endswith("_type") else "invalid")
    if kind == "string_pattern_mismatch":
        return FieldError(path, *_mismatch(detail["ctx"]["pattern"], detail["input"]))
    if kind == "dict_type":
        return FieldError(path, code, "Input should be an object")
    return FieldError(path, code, detail["msg"].removeprefix("Value error, "))


def _mismatch(pattern: str, text: str) -> tuple[str, str]:
    if pattern == ID_PATTERN and looks_like_email(text):
        return "looks_like_email", "Id looks like an e-mail address; send an opaque id"
    if pattern == ID_PATTERN:
        return "bad_id", f"Id should be 1 to {ID_LENGTH} printable characters"
    if pattern == PAGE_PATTERN:
        return "bad_page", "Page should be a slash path of printable parts, such as category/shoes"
    return "bad_format", f"String should match {pattern}"
