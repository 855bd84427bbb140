"""docs/reliability.md is what was measured and kept, and nothing else."""

from pathlib import Path

import orjson

from tests.faults.bench import KEPT, PAGE, SECTIONS, page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_made_of_what_was_kept() -> None:
    assert page(orjson.loads(KEPT.read_bytes())) == PAGE.read_text()


def test_every_section_says_what_it_is_about() -> None:
    assert all(section.title and section.measure.__doc__ for section in SECTIONS.values())
    assert {section.title for section in SECTIONS.values()} == {
        line.removeprefix("## ") for line in PAGE.read_text().splitlines() if line.startswith("## ")
    }
