from itertools import product
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from service.demo.pictures import draw
from service.demo.shapes import SHAPES
from service.demo.words import words
from training.simulate.assortment import BRANDS, COLORS, KINDS

LARGEST = 3_500  # bytes: 36 of them are one page


def item(**changes: object) -> dict[str, Any]:
    shown = {
        "item_id": "boots-001",
        "item_category": "shoes/boots",
        "item_brand": "Norda",
        "attributes": {"color": "red"},
    }
    return {**shown, **changes}


@pytest.mark.parametrize(("kind", "color"), list(product([k.path for k in KINDS], COLORS)))
def test_every_kind_in_every_colour_is_a_small_picture_without_text_style_or_script(
    kind: str, color: str
) -> None:
    svg = draw(item(item_category=kind, attributes={"color": color}))
    tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in ET.fromstring(svg).iter()}  # noqa: S314
    assert tags <= {"svg", "g", "path", "rect", "circle", "ellipse"}
    assert "style" not in svg
    assert "$" not in svg
    assert len(svg) < LARGEST


def test_the_same_item_gives_the_same_picture() -> None:
    assert draw(item()) == draw(item())


def test_colour_kind_and_brand_show() -> None:
    pictures = [draw(item()), draw(item(attributes={"color": "blue"})), draw(item(item_category="home/mugs"))]
    signs = {draw(item(item_brand=brand.name)) for brand in BRANDS}
    assert len(set(pictures)) == 3
    assert len(signs) > 6  # a few brands may share a sign


def test_every_kind_that_is_sold_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == {kind.leaf for kind in KINDS}


def test_what_is_unknown_is_drawn_as_a_parcel() -> None:
    unknown = draw({"item_id": "x"})
    assert unknown == draw(
        {"item_id": "x", "item_category": "cars/vans", "attributes": None, "item_brand": None}
    )
    assert ET.fromstring(unknown) is not None  # noqa: S314 - our own


def test_markup_in_an_item_is_not_drawn() -> None:
    assert "<script" not in draw(
        item(item_id="<script>", item_brand="<script>", attributes={"color": "<script>"})
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_and_colour_has_a_word(language: str) -> None:
    told = words(language)
    assert {kind.leaf for kind in KINDS} | {kind.department for kind in KINDS} <= set(told["categories"])
    assert set(COLORS) <= set(told["colors"])
