"""A place to import another system's files into."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import orjson
import pytest

from features.log.place import Log
from features.log.reader import facts
from features.store.memory_work import MemoryWorkStore
from features.store.settings import MemorySettings
from service.importing.foreign.formats import Foreign
from service.importing.foreign.notes import Assumptions, Desk, Notes
from service.importing.intake import Events, Items
from service.importing.load import Into, Load, Tally
from service.importing.records import Source
from service.importing.rejects import Rejects
from service.shops import create_shop, shop_of

NOW = 1_795_366_800.0


class Taken(NamedTuple):
    """What became of a file."""

    tally: Tally
    notes: Notes
    rows: list[dict[str, Any]]
    told: list[dict[str, Any]]

    def adds_up(self) -> bool:
        """Whether every record ended somewhere, and every name was counted."""
        t = self.tally
        ended = t.added + t.duplicates + t.rejected + t.unmapped
        return (t.read, t.rejected, t.unmapped) == (ended, len(self.told), self.notes.unmapped.total())


Take: TypeAlias = Callable[..., Taken]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Return what imports lines (objects, or bytes as they are) of a format."""
    settings, place = MemorySettings(), Log(f"file://{tmp_path / 'log'}")
    create_shop(settings, "acme", now=NOW)
    into = Into(MemoryWorkStore(clock=lambda: NOW), place, shop_of(settings, "acme"), lambda: NOW)

    def taken(form: str, lines: list[object], kind: str = "events", **assumed: Any) -> Taken:
        path, rejected = tmp_path / "said.jsonl", tmp_path / "rejected.jsonl"
        rejected.unlink(missing_ok=True)
        said = [line if isinstance(line, bytes) else orjson.dumps(line) for line in lines]
        path.write_bytes(b"\n".join(said) + b"\n")
        foreign = Foreign(form, kind, Desk(Assumptions(**{"consent": True} | assumed)))
        intake = Events() if kind == "events" else Items(into.store, "acme", into.shop.attributes)
        with closing(Rejects(rejected)) as rejects, closing(Source(path)) as source:
            load = Load(into, intake, rejects, foreign)
            load.prepare()
            for _ in load.take(source):
                pass
        told = [orjson.loads(x) for x in rejected.read_bytes().splitlines()] if rejected.exists() else []
        return Taken(load.tally, foreign.notes, [fact.row for fact in facts(place, "acme")], told)

    return taken
