"""docs/importing.md says of each name what becomes of it, as the code has it."""

from pathlib import Path

import pytest

from service.importing.foreign import ga4, metarank, segment

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "importing.md").read_text()


def section(title: str) -> list[tuple[str, str]]:
    """The rows of a section's table."""
    text = next(part for part in PAGE.split("\n## ") if part.startswith(title))
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [(row[0], row[-1]) for row in cells[2:]]


@pytest.mark.parametrize(("theirs", "ours"), segment.NAMES.items())
def test_every_track_is_told(theirs: str, ours: str) -> None:
    assert any(theirs in row[0].lower().split(", ") and row[1] == f"`{ours}`" for row in section("Segment"))


@pytest.mark.parametrize(("theirs", "ours"), ga4.NAMES.items())
def test_every_event_of_ga4_is_told(theirs: str, ours: str) -> None:
    expected = "the same" if theirs == ours else f"`{ours}`"
    assert any(f"`{theirs}`" in row[0] and row[1] == expected for row in section("GA4"))


@pytest.mark.parametrize(("theirs", "ours"), metarank.INTERACTIONS.items())
def test_every_interaction_is_told(theirs: str, ours: str) -> None:
    row = next(row for row in section("Metarank") if row[0].startswith("`interaction` of type"))
    assert f"`{theirs}`" in row[0]
    assert f"`{ours}`" in row[1]
