"""No ranking waits for a compilation: what a process compiles, it compiles before the first one."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from features.attributes import DEFAULT, SLOTS, Attribute, declared
from features.candidates import Candidates, Context, Listing
from features.facts import IMPRESSION, INTERACTION
from features.identity import hash64
from features.items import ItemRead, ItemTable
from features.matrix import matrix
from features.scene import Scene
from features.table import feature_table
from features.visit import Visit
from service.models.warm_up import warm_up

NOW = 1_795_341_600.0
IDS = [f"i{n}" for n in range(30)]
ATTRIBUTES = declared(["category:categorical", "size:multi", "weight:numeric", "released:time"])
SAID = {
    "price": 5.0,
    "in_stock": True,
    "created_at": NOW - 9.0,
    "item_category": "i1",
    "attributes": {"weight": 2.0},
}
CONTEXTS = (
    Context("home"),
    Context("search", "mobile", "FR", "i1 red", ["category:i1", "size:3", "colour:x"]),
)


def compiled() -> dict[str, list[Any]]:
    """Return the types that each compiled function of ours was compiled for."""
    ours = [module for name, module in sys.modules.items() if name.startswith(("features", "service"))]
    found = {
        id(value): value
        for module in ours
        for value in vars(module).values()
        if isinstance(value, Dispatcher)
    }
    return {f"{d.py_func.__module__}.{d.py_func.__qualname__}": list(d.signatures) for d in found.values()}


def visits() -> Iterator[Visit]:
    """Yield visitors who did nothing, one thing, many, in order and not, and were shown nothing or much."""
    rng = np.random.default_rng(1)
    items = np.array([hash64(item_id) for item_id in IDS], np.uint64)
    for done, shown, session, in_order in product((0, 1, 40), (0, 1, 48), (0, 1, 9), (True, False)):
        records, seen = np.zeros(done, INTERACTION), np.zeros(shown, IMPRESSION)
        times = NOW - rng.uniform(1.0, 5000.0, done)
        records["time"] = np.sort(times) if in_order else times
        records["item"], records["action"] = rng.choice(items, done), rng.integers(1, 10, done)
        records["session"], records["price"] = rng.integers(1, 3, done), rng.choice([3.0, np.nan], done)
        records["slots"] = rng.integers(0, 9, (done, SLOTS))
        seen["item"], seen["time"], seen["session"] = rng.choice(items, shown), NOW - 100.0, 1
        yield Visit.of(records.tobytes(), seen.tobytes(), session, NOW)


def listings(attributes: tuple[Attribute, ...]) -> Iterator[Candidates]:
    """Yield listings of none, one and many items, known and not, with what the call says and without."""
    for known, size, said in product((False, True), (0, 1, 30), (None, SAID)):
        table = ItemTable(attributes)
        missing = table.missing(IDS[:size], NOW, NOW)
        if known and missing:
            catalogue = {"price": 3.0, "created_at": NOW - 5.0, "item_category": "i1", "in_stock": True}
            table.put([ItemRead(i, {"item_id": i, **catalogue}, None) for i in missing], None, NOW, NOW)
        table.know("i0")
        yield table.candidates(Listing(IDS[:size], [said] * size))


def compiled_late() -> list[str]:
    """Warm up as a process does, rank whatever comes, and return what that had compiled."""
    warm_up()
    before = compiled()
    for attributes in (DEFAULT, ATTRIBUTES):
        table = feature_table(attributes)
        for visit, candidates, context in product(visits(), listings(attributes), CONTEXTS):
            matrix(table, Scene(visit, candidates, context))
    return [
        f"{name}{types}"
        for name, signatures in compiled().items()
        for types in signatures
        if types not in before.get(name, [])
    ]


def test_nothing_is_compiled_after_the_warm_up() -> None:
    """In a process of its own: whatever ran before in this one has had things compiled."""
    run = subprocess.run(
        [sys.executable, "-W", "error", __file__],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


if __name__ == "__main__":
    sys.stdout.write("\n".join(compiled_late()))
