"""Small drawings as inline SVG: no library, no script, sharp at any size, readable in print.

Every text in a drawing is escaped; colours are CSS classes of the page.
"""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from markupsafe import Markup

WIDTH: Final = 720
ROW: Final = 28
LABEL: Final = 190
NUMBER: Final = 165


class Range(NamedTuple):
    """A mean with its interval, and what it is of."""

    label: str
    mean: float
    low: float
    high: float
    note: str = ""


class Bar(NamedTuple):
    """A share in [0, 1] with its name."""

    label: str
    share: float
    note: str = ""


class Curve(NamedTuple):
    """Values after 1, 2, … trees, and the one that was chosen (counted from 1)."""

    label: str
    values: Sequence[float]
    chosen: int


def intervals(ranges: Sequence[Range], unit: str) -> Markup:
    """Draw each range as a dot on a line, about a shared zero: right of it is better.

    Nothing to draw is an empty drawing.
    """
    known = [r for r in ranges if r.low == r.low and r.high == r.high]
    lowest, highest = min([0.0, *(r.low for r in known)]), max([0.0, *(r.high for r in known)])
    span = (highest - lowest) or 1.0
    left, right = LABEL, WIDTH - NUMBER

    def x(value: float) -> float:
        return left + (value - lowest) / span * (right - left)

    height = ROW * len(known) + 22
    parts = [f'<line class="zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="0" y2="{height - 20}"/>']
    for i, r in enumerate(known):
        y = ROW * i + ROW / 2
        kind = "good" if r.low > 0 else ("bad" if r.high < 0 else "unsure")
        parts += [
            _text(LABEL - 10, y, r.label, "end"),
            f'<line class="{kind}" x1="{x(r.low):.1f}" x2="{x(r.high):.1f}" y1="{y}" y2="{y}" stroke-width="3"/>',
            f'<circle class="{kind}" cx="{x(r.mean):.1f}" cy="{y}" r="5"/>',
            _text(WIDTH - NUMBER + 12, y, f"{r.mean:+.3f} {r.note}".strip(), "start", "number"),
        ]
    parts.append(_text(x(0), height - 8, f"0 = no difference in {unit}", "middle", "faint"))
    return _svg(height, parts, f"Differences in {unit} with 95 % intervals")


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Draw shares as horizontal bars, the longest filling the width."""
    longest = max([row.share for row in rows], default=0.0) or 1.0
    parts = []
    for i, row in enumerate(rows):
        y, width = ROW * i, row.share / longest * (WIDTH - 2 * LABEL - 60)
        parts += [
            _text(2 * LABEL - 10, y + ROW / 2, row.label, "end"),
            f'<rect class="bar" x="{2 * LABEL}" y="{y + 5}" width="{max(width, 1):.1f}" height="{ROW - 10}"/>',
            _text(
                2 * LABEL + width + 8, y + ROW / 2, f"{row.share:.1%} {row.note}".strip(), "start", "number"
            ),
        ]
    return _svg(ROW * len(rows), parts, title)


def columns(pairs: Sequence[tuple[str, float, float]], names: tuple[str, str], title: str) -> Markup:
    """Draw pairs of shares side by side, one pair per place."""
    height, top = 190, 150
    tallest = max([max(a, b) for _, a, b in pairs], default=0.0) or 1.0
    step = WIDTH / max(len(pairs), 1)
    parts = []
    for i, (label, first, second) in enumerate(pairs):
        for kind, value, x in (("other", first, i * step + 6), ("bar", second, i * step + step / 2)):
            tall = value / tallest * (top - 24)
            half = step / 2 - 6
            parts.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{top - tall:.1f}" width="{half:.1f}" height="{tall:.1f}"/>'
            )
            parts.append(_text(x + half / 2, top - tall - 9, f"{value:.0%}", "middle", "small"))
        parts.append(_text((i + 0.5) * step, top + 14, label, "middle"))
    parts += _legend(names, height - 8)
    return _svg(height, parts, title)


def timeline(
    counts: Sequence[int], parts_of_log: Sequence[tuple[float, str]], ends: tuple[str, str]
) -> Markup:
    """Draw how many listings fell into each stretch of time; a part of the log ends at a share of it and has a name."""
    height, top = 140, 96
    tallest = max(counts, default=0) or 1
    step = WIDTH / max(len(counts), 1)
    parts, began = [], 0.0
    for n, (end, name) in enumerate(parts_of_log):
        x, width = began * WIDTH, (end - began) * WIDTH
        parts.append(f'<rect class="part{n}" x="{x:.1f}" y="0" width="{width:.1f}" height="{top}"/>')
        parts.append(_text(x + width / 2, 12, name, "middle", "small"))
        began = end
    for i, count in enumerate(counts):
        tall = count / tallest * (top - 26)
        parts.append(
            f'<rect class="bar" x="{i * step + 0.5:.1f}" y="{top - tall:.1f}" width="{max(step - 1, 1):.1f}" '
            f'height="{tall:.1f}"/>'
        )
    parts += [_text(0, top + 18, ends[0], "start", "faint"), _text(WIDTH, top + 18, ends[1], "end", "faint")]
    return _svg(height - 16, parts, "Listings over time")


def curves(lines: Sequence[Curve], unit: str) -> Markup:
    """Draw how a figure grew with the number of trees, with a dot at the chosen number."""
    height, left, bottom = 220, 60, 180
    values = [v for line in lines for v in line.values]
    if not values:
        return Markup("")
    low, high, most = min(values), max(values), max(len(line.values) for line in lines)

    def point(tree: int, value: float) -> tuple[float, float]:
        x = left + (tree - 1) / max(most - 1, 1) * (WIDTH - left - 20)
        return x, bottom - (value - low) / ((high - low) or 1.0) * (bottom - 20)

    parts = [_text(left - 8, point(1, v)[1], f"{v:.3f}", "end", "faint") for v in (low, high)]
    for n, line in enumerate(lines):
        path = " ".join("{:.1f},{:.1f}".format(*point(i, v)) for i, v in enumerate(line.values, 1))
        parts.append(f'<polyline class="line{n}" points="{path}"/>')
        if line.values:
            x, y = point(line.chosen, line.values[line.chosen - 1])
            parts.append(f'<circle class="dot{n}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>')
            parts.append(
                _text(
                    left + 10 + 220 * n, height - 12, f"{line.label}: {line.chosen} trees", "start", f"dot{n}"
                )
            )
    parts.append(_text(WIDTH - 20, height - 12, f"{unit} by trees", "end", "faint"))
    return _svg(height, parts, f"{unit} by number of trees")


def _legend(names: tuple[str, str], y: float) -> list[str]:
    parts = []
    for x, kind, name in ((0, "other", names[0]), (170, "bar", names[1])):
        parts.append(f'<rect class="{kind}" x="{x}" y="{y - 9}" width="12" height="12"/>')
        parts.append(_text(x + 18, y - 2, name, "start"))
    return parts


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}" dominant-baseline="middle">'
        f"{escape(text)}</text>"
    )


def _svg(height: float, parts: Sequence[str], title: str) -> Markup:
    body = "".join(parts)
    return Markup(  # noqa: S704 - every text in it went through `escape`
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">{body}</svg>'
    )
