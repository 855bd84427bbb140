"""All pages of a shop, as the settings store holds them."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from service.pages.settings import OFF, KeptPage

PAGE_PREFIX: Final = "page/"  # the name of a page's setting is this and its path


def pages_of(values: Mapping[str, bytes]) -> dict[str, KeptPage]:
    """Return the pages that have settings of their own."""
    return {
        name.removeprefix(PAGE_PREFIX): page_from(text)
        for name, text in values.items()
        if name.startswith(PAGE_PREFIX)
    }


def page_from(text: bytes) -> KeptPage:
    """Read a page's settings; what a later version wrote, and this one cannot do, is off."""
    try:
        return KeptPage.model_validate_json(text)
    except ValidationError:
        return OFF
