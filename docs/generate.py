"""Write the generated pages of docs/ and the generated parts of README.md: `make docs`.

With `--check`, write nothing, name what is not current and exit with 1.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import orjson
from pydantic.fields import FieldInfo

from features.attributes import DEFAULT
from features.table import Feature, feature_table
from service.metric_table import METRICS
from service.settings import Settings, variable
from tests.benchmarks.capacity import capacity_page
from tests.benchmarks.pages import figures_page, figures_table

ROOT: Final = Path(__file__).resolve().parent.parent
GAINS: Final = ROOT / "docs" / "gains.json"


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
    table, gains = feature_table(DEFAULT), orjson.loads(GAINS.read_bytes())
    lines = ["| column | block | unit | where absent | gain | what it says |", f"|{' --- |' * 6}"]
    lines.extend(feature_line(feature, gains) for feature in table.standing)
    lines.extend(feature_line(feature, gains) for feature in table.visiting)
    return (
        "# What the model sees\n\n"
        f"The {len(table)} columns of a shop that declares `category` and `brand`; each attribute brings its own\n"
        "family. Blocks: A session and item, B co-visitation, C session and attributes, D how the item fares,\n"
        "E the item, F its place in this list, G the moment, H the returning visitor. Generated from\n"
        "`features/table.py` by `make docs`.\n\n"
        "Gain: the share, in percent, of what all splits of a list-wise forest gain that falls on splits by\n"
        "this column; 150 trees on 1,500 visits of the generated shop (seed 17), by\n"
        "`python -m tests.benchmarks.gains`. Columns that say nearly the same share it between them; what nobody\n"
        "does in that shop gains nothing there.\n\n" + "\n".join(lines) + "\n"
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


def feature_line(feature: Feature, gains: Mapping[str, float]) -> str:
    """One column as a row of the table."""
    gain = f"{gains[feature.name]:.2f}" if feature.name in gains else "not measured"
    told = (f"`{feature.name}`", feature.block, feature.unit, absent(feature.missing), gain, feature.meaning)
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
