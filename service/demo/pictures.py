"""Product pictures, drawn from an item's attributes: shape by category, colour by colour, a sign by brand.

The same item always gives the same picture, about 2 KB of SVG, with no text and no style, so that a strict content
security policy lets it through.
"""

import math
from collections.abc import Mapping
from string import Template
from typing import Any, Final

from features.identity import hash64
from service.demo.shapes import MARK, PARCEL, SHAPES

_INKS: Final = {
    "black": "#33353d",
    "white": "#f3efe6",
    "grey": "#9aa0a8",
    "beige": "#d9bf98",
    "brown": "#8a5a3c",
    "red": "#d8433f",
    "orange": "#ee8434",
    "yellow": "#f2c230",
    "green": "#4e9a63",
    "blue": "#3f74c9",
    "purple": "#8259b5",
    "pink": "#ee8fae",
}
_NO_INK: Final = "#8fa3a0"  # an item without a colour that we know
_CLOSE: Final = 90.0  # of 441: colours nearer than this drown in each other
_BRIGHT: Final = 150.0  # of 255: from here a dark sign reads better than a white one
_ACCENTS: Final = ("#fff7e8", "#f2c230", "#2f3b52", "#e2574c", "#58a992", "#c9b7e8")
# Signs within a square from -1 to 1; a brand takes the one that its name's hash points to.
_SIGNS: Final = (
    '<circle r=".9"/>',
    '<path d="M0-1L1 .8H-1z"/>',
    '<path d="M0-1.1L1.1 0 0 1.1-1.1 0z"/>',
    '<path d="M-1-.9h.6V.9H-1zM-.3-.9h.6V.9h-.6zM.4-.9H1V.9H.4z"/>',
    '<path d="M-.3-1h.6v.7H1v.6H.3V1h-.6V.3H-1v-.6h.7z"/>',
    '<path d="M-1 .1L-.5-.8 0 .1.5-.8 1 .1V.8H-1z"/>',
    '<path d="M0-1l.3.7H1L.4.2.7 1 0 .5-.7 1-.4.2-1-.3h.7z"/>',
    '<path d="M-1 .6C-1-.4-.4-1 .6-1 .6 0 0 .6-1 .6zM.2 1C.2.4.5 0 1-.1 1 .6.8 1 .2 1z"/>',
    '<path d="M-1-.7L0 .1l1-.8v.7L0 .9-1 0z"/>',
    '<path fill-rule="evenodd" d="M0-1a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm0 .5a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1z"/>',
)
_FRAME: Final = Template(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="240" height="240">'
    '<rect width="240" height="240" fill="$wall"/><path fill="$floor" d="M0 184h240v56H0z"/>'
    '<ellipse cx="120" cy="202" rx="88" ry="10" fill="$deep" opacity=".18"/>$shape$sign</svg>'
)


def draw(item: Mapping[str, Any]) -> str:
    """Return an item's picture as an SVG document.

    Reads `item_id`, `item_category` (its last part picks the shape), `item_brand` and `attributes.color`. What is
    absent or unknown is drawn as a grey parcel, or without a sign.
    """
    leaf = str(item.get("item_category") or "").rsplit("/", 1)[-1]
    color = str((item.get("attributes") or {}).get("color") or "")
    tones = _tones(_INKS.get(color, _NO_INK), hash64(str(item.get("item_id"))))
    shape = Template(SHAPES.get(leaf, PARCEL)).substitute(tones)
    return _FRAME.substitute(
        tones, shape=shape.replace("\n", ""), sign=_sign(leaf, item.get("item_brand"), tones)
    )


def _tones(ink: str, chance: int) -> dict[str, str]:
    """Return the colours of one picture; `chance` picks the accent, never one that drowns in the ink."""
    accents = [a for a in _ACCENTS if _distance(a, ink) > _CLOSE]
    return {
        "main": ink,
        "dark": _mix(ink, "#1d1a26", 0.22),
        "deep": _mix(ink, "#1d1a26", 0.55),
        "light": _mix(ink, "#ffffff", 0.38),
        "accent": accents[chance % len(accents)],
        "wall": _mix(_mix(ink, "#ffffff", 0.86), "#f4efe8", 0.4),
        "floor": _mix(_mix(ink, "#ffffff", 0.74), "#eae2d6", 0.4),
    }


def _sign(leaf: str, brand: object, tones: Mapping[str, str]) -> str:
    """Return the brand's sign where the shape has room for one."""
    if brand is None or leaf not in MARK:
        return ""
    x, y, size = MARK[leaf]
    ink = "#fffdf8" if _brightness(tones["main"]) < _BRIGHT else tones["deep"]
    sign = _SIGNS[hash64(str(brand)) % len(_SIGNS)]
    return f'<g fill="{ink}" transform="translate({x} {y}) scale({size})">{sign}</g>'


def _channels(ink: str) -> tuple[int, int, int]:
    return int(ink[1:3], 16), int(ink[3:5], 16), int(ink[5:7], 16)


def _mix(ink: str, other: str, share: float) -> str:
    """Blend two colours.

    >>> _mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    return "#" + "".join(
        f"{round(a + (b - a) * share):02x}" for a, b in zip(_channels(ink), _channels(other), strict=True)
    )


def _brightness(ink: str) -> float:
    """Return how bright a colour looks, 0 to 255 (ITU-R BT.601)."""
    red, green, blue = _channels(ink)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _distance(ink: str, other: str) -> float:
    return math.dist(_channels(ink), _channels(other))
