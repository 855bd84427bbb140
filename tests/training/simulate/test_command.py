import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from training.simulate.command import simulate


def run(*arguments: str) -> Result:
    return CliRunner().invoke(simulate, arguments)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "new" / "directory"
    result = run(
        "--seed",
        "17",
        "--out",
        str(out),
        "--sessions",
        "60",
        "--items",
        "300",
        "--until",
        "1.79e9",
        "--truth",
    )
    assert result.exit_code == 0, result.output
    assert "300 items, 60 visits, " in result.stdout
    return out


def test_writes_the_catalogue_and_the_events(written: Path) -> None:
    assert len(lines(written / "items.jsonl")) == 300
    assert len(lines(written / "events.jsonl")) > 300


def test_the_truth_has_a_relevance_for_each_item_of_each_listing(written: Path) -> None:
    listings = {
        e["event_id"]: len(e["items"])
        for e in lines(written / "events.jsonl")
        if e["name"] == "view_item_list"
    }
    truth = {line["event_id"]: len(line["relevance"]) for line in lines(written / "truth.jsonl")}
    assert truth == listings


def test_nothing_happens_after_the_end(written: Path) -> None:
    assert max(event["time"] for event in lines(written / "events.jsonl")) < 1.79e9


def test_the_same_seed_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    run("--seed", "17", "--out", str(tmp_path), "--sessions", "60", "--items", "300", "--until", "1.79e9")
    for name in ("items.jsonl", "events.jsonl"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()
    assert not (tmp_path / "truth.jsonl").exists()


def test_no_file_is_left_half_written(written: Path) -> None:
    assert {path.suffix for path in written.iterdir()} == {".jsonl"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "either --out"),
        (("--out", "x", "--url", "http://127.0.0.1:1"), "either --out"),
        (("--url", "http://127.0.0.1:1"), "give --key"),
        (("--out", "x", "--days", "0"), "must be above 0"),
        (("--out", "x", "--sessions", "-5"), "must be above 0"),
    ],
)
def test_says_what_is_missing(arguments: tuple[str, ...], said: str) -> None:
    result = run("--seed", "1", *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_seed_is_asked_for() -> None:
    assert "Missing option '--seed'" in run("--out", "x").output
