"""Parsers fed with what they know, bytes flipped, cut, doubled and spliced: a verdict or a refusal, never a fault."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from pydantic import ValidationError
from pydantic_core import from_json

from features.attributes import DEFAULT
from features.manifest import BundleError, read_manifest, seal
from service.contract.catalogue import judge_items, judge_patches
from service.contract.event import ANY_TIME, judge_events
from service.contract.listing import RANK_REQUEST, split
from service.origins import OriginError, origin_of
from service.ranking.lightgbm_text import ModelTextError, UnsupportedModelError, read_model_text
from service.receiving import as_received, on_our_clock

Parser = Callable[[bytes], object]
NOW: Final = 1_795_348_800.0
_REFUSALS: Final = (ValidationError, BundleError, OriginError, ModelTextError, UnsupportedModelError)
_EVENTS: Final = orjson.dumps(
    [
        {"name": "view_item", "event_id": "e1", "time": NOW, "visitor_id": "v", "consent": True}
        | {"items": [{"item_id": "A"}]},
        {"name": "purchase", "event_id": "e2", "transaction_id": "t", "value": 9.5, "currency": "EUR"}
        | {"items": [{"item_id": "A", "price": 9.5, "quantity": 2}]},
        {"name": "view_item_list", "event_id": "e3", "session_id": "s", "page": "a/b"}
        | {"items": [{"item_id": "A", "index": 0}]},
    ]
)
_ITEMS: Final = (
    b'[{"item_id":"A","price":9.5,"currency":"EUR","in_stock":true,"created_at":1.5,"item_category":"a/b"}]'
)
_RANK: Final = (
    b'{"page":"a","visitor_id":"v","consent":true,"items":["A",{"item_id":"B","price":1.5}],'
    b'"context":{"filters":["x"]},"time":null}'
)
_MANIFEST: Final = seal({"format": 1, "shop": "a", "version": "2026-11-22T10-00-00Z-4f2a", "created_at": 1.5})
_WORDS: Final = (
    *(b"null", b"1e309", b"-0", b'"\\ud800"', b"[[[[", b"\x00", b"\xff", b"NaN"),
    *(b"9" * 40, b'"', b"}", b"\\u0000"),
)


@dataclass
class Found:
    """How many texts each parser was given, and the first faults, in words."""

    cases: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def _json(raw: bytes) -> Any:
    """Read a body as the API does; None where it would be refused."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return from_json(raw)
        except ValueError:
            return None


def _events(raw: bytes) -> None:
    said = _json(raw)
    if isinstance(said, list):
        for event in judge_events(on_our_clock(said, NOW, NOW), ANY_TIME)[0]:
            orjson.dumps(as_received(event, NOW, trusted=True))


def _items(raw: bytes) -> None:
    said = _json(raw)
    if isinstance(said, list):
        judge_items(said, DEFAULT)
        judge_patches(said, DEFAULT)


def _rank(raw: bytes) -> None:
    split(RANK_REQUEST.validate_python(_json(raw))["items"])


def _model(raw: bytes) -> None:
    read_model_text(raw.decode(errors="replace"))


def _origin(raw: bytes) -> None:
    origin_of(raw.decode(errors="replace"))


def parsers(model: bytes) -> Mapping[str, tuple[Parser, bytes]]:
    """Return the parsers by name, each with a text that it takes."""
    return {
        "events": (_events, _EVENTS),
        "items": (_items, _ITEMS),
        "rankings": (_rank, _RANK),
        "manifests": (read_manifest, _MANIFEST),
        "origins": (_origin, b"https://shop.example:8443"),
        "models": (_model, model),
    }


def mutate(each: int, model: bytes, seed: int) -> Found:
    """Give each parser that many mutations of its text; the same for the same seed."""
    draw, found = random.Random(seed), Found()
    for name, (parse, text) in parsers(model).items():
        for _ in range(each):
            mutant = _mutated(text, draw)
            try:
                parse(mutant)
            except _REFUSALS:
                pass
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is what we look for
                found.faults.append(f"{name}: {fault!r} of {mutant[:200]!r}")
        found.cases[name] = each
    return found


def _mutated(text: bytes, draw: random.Random) -> bytes:
    mutant = bytearray(text)
    for _ in range(draw.randint(1, 4)):
        at, upto = sorted((draw.randrange(len(mutant) + 1), draw.randrange(len(mutant) + 1)))
        upto = min(upto, at + 12)
        match draw.randrange(5):
            case 0:
                mutant[at:upto] = draw.randbytes(upto - at)
            case 1:
                del mutant[at:upto]
            case 2:
                mutant[at:at] = mutant[at:upto] * draw.randint(1, 3)
            case 3:
                mutant[at:upto] = draw.choice(_WORDS)
            case _:
                mutant[at:at] = text[at:upto]
    return bytes(mutant)
