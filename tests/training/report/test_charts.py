from xml.etree import ElementTree as ET

import numpy as np
import pytest
from markupsafe import Markup

from training.report.charts import WIDTH, Bar, Curve, Range, bars, columns, curves, intervals, timeline

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("x")</script> & co'


def read(drawing: Markup) -> ET.Element:
    """A drawing as XML: what is not well-formed fails here."""
    return ET.fromstring(str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314 - our own


def texts(drawing: Markup) -> list[str]:
    return [text.text or "" for text in read(drawing).iter(f"{SVG}text")]


DRAWINGS = [
    intervals([Range(HOSTILE, 0.1, 0.05, 0.2)], HOSTILE),
    bars([Bar(HOSTILE, 0.5, HOSTILE)], HOSTILE),
    columns([(HOSTILE, 0.5, 0.7)], (HOSTILE, HOSTILE), HOSTILE),
    timeline([1, 5, 2], [(0.8, HOSTILE), (1.0, HOSTILE)], (HOSTILE, HOSTILE)),
    curves([Curve(HOSTILE, [0.1, 0.2], 2)], HOSTILE),
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_text_in_a_drawing_is_text(drawing: Markup) -> None:
    assert "<script" not in drawing
    assert any(HOSTILE in text for text in texts(drawing))


def test_a_range_right_of_zero_is_good_left_of_it_bad_across_it_unsure() -> None:
    drawing = intervals(
        [Range("a", 0.2, 0.1, 0.3), Range("b", -0.2, -0.3, -0.1), Range("c", 0, -0.1, 0.1)], "MRR"
    )
    assert [dot.get("class") for dot in read(drawing).iter(f"{SVG}circle")] == ["good", "bad", "unsure"]


def test_a_range_without_ends_is_not_drawn() -> None:
    assert not list(read(intervals([Range("a", 0.2, np.nan, np.nan)], "MRR")).iter(f"{SVG}circle"))


def test_every_mark_lies_inside_the_drawing() -> None:
    drawing = intervals([Range("a", 0.2, -0.4, 0.9)], "MRR")
    (line,) = [e for e in read(drawing).iter(f"{SVG}line") if e.get("class") == "unsure"]
    assert 0 <= float(line.get("x1", "nan")) < float(line.get("x2", "nan")) <= WIDTH


def test_the_longest_bar_is_the_largest_share() -> None:
    drawing = bars([Bar("a", 0.6), Bar("b", 0.3)], "title")
    widths = [float(bar.get("width", "nan")) for bar in read(drawing).iter(f"{SVG}rect")]
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)


def test_the_dot_of_a_curve_is_at_the_chosen_tree() -> None:
    drawing = read(curves([Curve("a", [0.1, 0.9, 0.2], 2)], "NDCG"))
    (dot,) = drawing.iter(f"{SVG}circle")
    (line,) = drawing.iter(f"{SVG}polyline")
    assert line.get("points", "").split()[1] == f"{dot.get('cx')},{dot.get('cy')}"


@pytest.mark.parametrize(
    "drawing", [intervals([], "x"), bars([], "x"), columns([], ("a", "b"), "x"), timeline([], [], ("", ""))]
)
def test_nothing_to_draw_is_an_empty_drawing(drawing: Markup) -> None:
    assert read(drawing).tag == f"{SVG}svg"


def test_no_curve_is_no_drawing() -> None:
    assert curves([Curve("a", [], 3)], "x") == ""
