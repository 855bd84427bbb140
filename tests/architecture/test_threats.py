"""docs/threats.md: each threat is there, and each test that it names."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/threats.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| threat", "| ---"))
]
THREATS = {
    "forged events",
    "key theft from the browser",
    "popularity pumping by one visitor",
    "enumeration",
    "cache poisoning between visitors",
    "path tricks in page and shop names",
    "decompression bombs and deep bodies",
    "zip, pickle and model files",
    "SQL in DuckDB",
    "log injection",
}


def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_no_threat_is_forgotten() -> None:
    assert {row[0] for row in ROWS} >= THREATS


def test_every_threat_names_tests_that_exist() -> None:
    for threat, _, _, shown in ROWS:
        named = re.findall(r"`([^`:]+)::(\w+)`", shown)
        assert named, threat
        assert [f"{path}::{test}" for path, test in named if test not in functions_of(path)] == [], threat
