"""docs/figures.md and the README's table, written from docs/figures.json."""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from tests.benchmarks.figures import FILE, Figure, shown

NOTHING: Final = "Nothing was measured yet; `make bench` does.\n"


def figures_page() -> str:
    """Return docs/figures.md."""
    head = (
        "# Figures\n\nMeasured by `make bench` (`make bench ONLY=latency` for one of them), each benchmark on a "
        "service of its own.\nGenerated from `docs/figures.json`.\n"
    )
    return head + "".join(_section(section) for section in _sections())


def figures_table() -> str:
    """Return the promised figures, for the README."""
    promised = [
        (section, figure)
        for section in _sections()
        for figure in _figures(section)
        if figure.kept is not None
    ]
    if not promised:
        return NOTHING
    rows = [f"| {s['title']}: {f.name} | {_value(f)} | {_promise(f)} |" for s, f in promised]
    machines = sorted({f"{section['machine']}, {section['at'][:10]}" for section, _ in promised})
    return "\n".join(
        [
            "| figure | measured | promised |",
            "| --- | --- | --- |",
            *rows,
            "",
            *machines,
            "",
            "`make bench` measures them.",
        ]
    )


def _section(section: dict[str, Any]) -> str:
    rows = [f"| {f.name.strip()} | {_value(f)} | {_promise(f)} |" for f in _figures(section)]
    when = f"{section['at']}; other programs took {section['others']:.0%} of the cores meanwhile. {section['machine']}."
    lines = [
        "",
        f"## {section['title']}",
        "",
        section["how"],
        "",
        "| | measured | promised |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*lines, *rows, "", when, ""])


def _figures(section: dict[str, Any]) -> Iterator[Figure]:
    for figure in section["figures"]:
        yield Figure(**{name: value for name, value in figure.items() if name != "kept"})


def _value(figure: Figure) -> str:
    unkept = " **(not kept)**" if figure.kept is False else ""
    return f"{shown(figure.value)} {figure.unit}{unkept}".strip()


def _promise(figure: Figure) -> str:
    bounds = [("at most", figure.at_most), ("at least", figure.at_least)]
    return ", ".join(f"{word} {shown(bound)}" for word, bound in bounds if bound is not None)


def _sections() -> list[dict[str, Any]]:
    if not FILE.exists():
        return []
    sections: list[dict[str, Any]] = orjson.loads(FILE.read_bytes())["sections"]
    return sections
