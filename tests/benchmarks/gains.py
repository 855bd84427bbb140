"""What each column is worth to the model, on a generated shop: `python -m tests.benchmarks.gains`.

Writes docs/gains.json, from which docs/features.md has its last column: the share of what all splits of the forest gain
that falls on splits by this column. Shoppers there like colours, brands and prices; another shop has other shares.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import lightgbm as lgb
import orjson

from features.attributes import DEFAULT
from features.log.place import Log
from features.log.reader import facts
from features.log.schema import Kind
from service.settings import environment
from training.dataset import dataset
from training.fit import Candidate, Forester

SHOP: Final = "generated"
SESSIONS: Final = 1_500
SEED: Final = 17
TREES: Final = 150
FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "gains.json"


def gains() -> dict[str, float]:
    """Return the share of each column, in percent."""
    with TemporaryDirectory() as directory:
        past, place = f"{directory}/past", {"data": Path(directory)}
        _run(place, "shop", "create", SHOP)
        _run(place, "simulate", "--seed", f"{SEED}", "--sessions", f"{SESSIONS}", "--out", past, "--quiet")
        for kind in ("items", "events"):
            _run(place, "import", f"{past}/{kind}.jsonl", "--shop", SHOP, "--kind", kind)
        data = dataset(facts(Log(f"file://{directory}/log"), SHOP, (Kind.ITEMS, Kind.EVENTS)), DEFAULT)
    grown = Forester(SEED).grow(data, Candidate("lambdarank", TREES, 0.0, ()))
    gained = lgb.Booster(model_str=grown.text).feature_importance("gain")
    shares = 100.0 * gained / gained.sum()
    return {name: round(float(share), 2) for name, share in zip(data.names, shares, strict=True)}


def _run(place: Mapping[str, Any], *words: str) -> None:
    command = [sys.executable, "-m", "service.cli", *words]
    subprocess.run(command, env=environment(**place), check=True, capture_output=True)


if __name__ == "__main__":
    FILE.write_bytes(orjson.dumps(gains(), option=orjson.OPT_INDENT_2) + b"\n")
