"""Ids and pages: opaque words that must be safe to store, log and show."""

import re
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError

ID_LENGTH: Final = 128
PAGE_LENGTH: Final = 256

_NO_AT: Final = r"(?:[^\p{C}\p{Z}@]| )"  # a printable character but @; the space is the one separator allowed
_NO_AT_NO_DOT: Final = r"(?:[^\p{C}\p{Z}@.]| )"
# Printable and not `x@y.z`. The engine has no look-ahead, so this spells the complement: after a part that is not
# empty, `@` may only be followed by a part without a dot inside.
ID_PATTERN: Final = rf"^@?{_NO_AT}*(?:@\.?{_NO_AT_NO_DOT}*\.?|@@{_NO_AT}*)*$"
PAGE_PATTERN: Final = r"^(?:[^\p{C}\p{Z}/]| )+(?:/(?:[^\p{C}\p{Z}/]| )+)*$"

_EMAIL: Final = re.compile(r"[^@]@[^@]+\.[^@]", re.DOTALL)

Id: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=ID_LENGTH, pattern=ID_PATTERN),
    Field(
        description=f"Opaque id: 1 to {ID_LENGTH} printable characters, not an e-mail address.",
        examples=["B7"],
    ),
]
Page: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=PAGE_LENGTH, pattern=PAGE_PATTERN),
    Field(
        description="Slash path of a page. Settings are inherited from the nearest ancestor, then from `default`.",
        examples=["category/shoes"],
    ),
]


def _without_dots(page: str) -> str:
    if any(part in {".", ".."} for part in page.split("/")):
        raise PydanticCustomError("dots", "A part of a page should not be . or ..")
    return page


_PAGE: Final = TypeAdapter(Annotated[Page, AfterValidator(_without_dots)])


def looks_like_email(text: str) -> bool:
    """Tell whether an id holds an e-mail address, which would make it personal data.

    >>> looks_like_email("jane@example.com"), looks_like_email("icon@2x"), looks_like_email("A@.1")
    (True, False, False)
    """
    return _EMAIL.search(text) is not None


def page_of(path: str) -> str:
    """Check a page that somebody sets or asks for; raises pydantic's ValidationError.

    Clients and proxies rewrite paths with dots, so that such a page could be set and never be found again.

    >>> page_of("category/shoes")
    'category/shoes'
    """
    return _PAGE.validate_python(path)
