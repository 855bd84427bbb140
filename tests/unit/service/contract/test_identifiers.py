"""Ids and pages, against the same rules written the obvious way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from service.contract.identifiers import Id, Page, looks_like_email

ID = TypeAdapter(Id)
PAGE = TypeAdapter(Page)
near = st.text(st.sampled_from("a.@ \n/é\x00"), max_size=12)
# Not those that only a later Unicode than this Python's assigns: the two engines differ on them.
anything = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=6)


def accepts(adapter: TypeAdapter[str], text: str) -> bool:
    try:
        adapter.validate_python(text)
    except ValidationError:
        return False
    return True


@given(near | anything)
def test_an_id_is_printable_not_empty_and_no_email(text: str) -> None:
    assert accepts(ID, text) == (bool(text) and text.isprintable() and not looks_like_email(text))


@given(near | anything)
def test_a_page_is_printable_parts_between_slashes(text: str) -> None:
    assert accepts(PAGE, text) == (text.isprintable() and all(text.split("/")))


@pytest.mark.parametrize(
    "text", ["jane@example.com", "jane.doe+x@mail.example.co", "x jane@example.com", "a@b@c.d"]
)
def test_an_email_is_told(text: str) -> None:
    assert looks_like_email(text)


@pytest.mark.parametrize("text", ["icon@2x", "@home", "a@b", "v1.2.3", "a@.", "@a.b", "a@b.", ""])
def test_what_merely_holds_an_at_sign_is_no_email(text: str) -> None:
    assert not looks_like_email(text)
