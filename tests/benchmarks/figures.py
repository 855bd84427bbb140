"""Figures as they are measured, promised and kept in docs/figures.json."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from tests.benchmarks.machine import Busy, described

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "figures.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; `at_most` and `at_least` are what the project promises of it, None where it promises nothing."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool | None:
        """Whether the promise is kept; None where there is none."""
        if self.at_most is None and self.at_least is None:
            return None
        above = self.at_most is not None and self.value > self.at_most
        return not above and (self.at_least is None or self.value >= self.at_least)

    def line(self) -> str:
        """Return the figure for a terminal."""
        marks = {None: "", True: "  kept", False: "  NOT KEPT"}
        bound = f"  (at most {self.at_most:g})" if self.at_most is not None else ""
        bound += f"  (at least {self.at_least:g})" if self.at_least is not None else ""
        return f"  {self.name:<58} {shown(self.value):>9} {self.unit}{bound}{marks[self.kept]}"


@dataclass(frozen=True, slots=True)
class Section:
    """What one benchmark measured, and how."""

    title: str
    how: str
    figures: list[Figure] = field(default_factory=list)


def shown(value: float) -> str:
    """Return a number with three digits that mean something.

    >>> shown(1234.56), shown(12.345), shown(0.01234)
    ('1,235', '12.3', '0.0123')
    """
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")


def measured(name: str, measure: Callable[[], Section]) -> dict[str, Any]:
    """Run one benchmark and return its section as it is kept, with machine, moment and what else the machine did."""
    before, began = Busy.now(), datetime.now(UTC)
    section = measure()
    others = Busy.now().others_since(before)
    return {
        "name": name,
        "title": section.title,
        "how": section.how,
        "at": began.isoformat(timespec="seconds"),
        "machine": described(),
        "others": round(others, 2),
        "figures": [{**asdict(figure), "kept": figure.kept} for figure in section.figures],
    }


def keep(section: dict[str, Any], order: Sequence[str]) -> None:
    """Write a section into docs/figures.json, in place of the one of the same name; sections stand in this order."""
    known = {s["name"]: s for s in orjson.loads(FILE.read_bytes())["sections"]} if FILE.exists() else {}
    known[section["name"]] = section
    sections = [known[name] for name in order if name in known]
    FILE.write_bytes(orjson.dumps({"sections": sections}, option=orjson.OPT_INDENT_2) + b"\n")
