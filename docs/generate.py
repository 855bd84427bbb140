"""Write the generated pages of docs/ and the generated parts of README.md: `make docs`.

With `--check`, write nothing, name what is not current and exit with 1.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from features.attributes import DEFAULT
from features.table import Feature, feature_table
from service.metric_table import METRICS
from service.settings import Settings, variable
from tests.benchmarks.capacity import capacity_page
from tests.benchmarks.pages import figures_page, figures_table

ROOT: Final = Path(__file__).resolve().parent.parent


def settings_table() -> str:
    """The settings, one line each."""
    lines = ["| variable | default | what it sets |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `{variable(name)}` | {default_of(field)} | {field.description} |")
    return "\n".join(lines)


def default_of(field: FieldInfo) -> str:
    """What a setting is when its variable is not set, for a reader."""
    extra = field.json_schema_extra
    if isinstance(extra, Mapping) and "shown" in extra:
        return str(extra["shown"])
    if isinstance(field.default, bool):
        return "`1`" if field.default else "`0`"
    return f"`{field.default}`"


def settings_page() -> str:
    """docs/settings.md."""
    return (
        "# Settings\n\n"
        "Environment variables, read once when a process starts; an empty one counts as not set. A value that\n"
        "cannot be used stops `balad` with one line that names the variable. Generated from `service/settings.py`\n"
        "by `make docs`.\n\n" + settings_table() + "\n"
    )


def features_page() -> str:
    """docs/features.md."""
    table = feature_table(DEFAULT)
    lines = ["| column | block | unit | where absent | what it says |", "| --- | --- | --- | --- | --- |"]
    lines.extend(map(feature_line, table.standing))
    lines.extend(map(feature_line, table.visiting))
    return (
        "# What the model sees\n\n"
        f"The {len(table)} columns of a shop that declares `category` and `brand`; each attribute brings its own\n"
        "family. Blocks: A session and item, B co-visitation, C session and attributes, D how the item fares,\n"
        "E the item, F its place in this list, G the moment, H the returning visitor. Generated from\n"
        "`features/table.py` by `make docs`.\n\n" + "\n".join(lines) + "\n"
    )


def metrics_page() -> str:
    """docs/metrics.md."""
    lines = ["| metric | kind | labels | what it says |", "| --- | --- | --- | --- |"]
    lines.extend(
        f"| `{one.name}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} | {one.meaning} |"
        for one in METRICS
    )
    return (
        "# Metrics\n\n"
        "`GET /metrics` of any web process answers for all of its `balad serve`: this machine without more, others\n"
        "with `BALAD_METRICS_TOKEN`. The worker has its own, on `BALAD_WORKER_BIND`. The dashboard and the alerts\n"
        "are in `deploy/`; [runbook.md](runbook.md) says what to do about each alert. Generated from\n"
        "`service/metric_table.py` by `make docs`.\n\n" + "\n".join(lines) + "\n"
    )


def feature_line(feature: Feature[Any]) -> str:
    """One column as a row of the table."""
    told = (f"`{feature.name}`", feature.block, feature.unit, absent(feature.missing), feature.meaning)
    return f"| {' | '.join(told)} |"


def absent(missing: float | None) -> str:
    """What stands for "not known", for a reader."""
    return "always known" if missing is None else f"{missing:g}".replace("nan", "NaN")


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "docs/settings.md": settings_page,
    "docs/features.md": features_page,
    "docs/metrics.md": metrics_page,
    "docs/figures.md": figures_page,
    "docs/capacity.md": capacity_page,
}
# What stands in README.md between `<!-- NAME -->` and `<!-- /NAME -->`.
README_PARTS: Final[Mapping[str, Callable[[], str]]] = {"settings": settings_table, "figures": figures_table}


def readme(text: str) -> str:
    """Return README.md with its generated parts as they should be."""
    for name, write in README_PARTS.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        if not rest or end not in rest:
            raise SystemExit(f"README.md: the lines {begin} and {end} are missing")
        text = f"{before}{begin}\n{write()}\n{end}{after}"
    return text


def generated() -> dict[Path, str]:
    """Every generated file with the text it should have."""
    page = ROOT / "README.md"
    return {ROOT / name: write() for name, write in PAGES.items()} | {page: readme(page.read_text())}


def main() -> None:
    """Write, or check."""
    stale = [file for file, text in generated().items() if not file.exists() or file.read_text() != text]
    for file in stale:
        print(file.relative_to(ROOT))  # noqa: T201 - a program for the terminal
        if "--check" not in sys.argv:
            file.write_text(generated()[file])
    if stale and "--check" in sys.argv:
        sys.exit("not current; run `make docs`")


if __name__ == "__main__":
    main()
