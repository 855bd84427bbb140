"""`balad models` lists, promotes and rolls back, for people and for programs."""

import json
from pathlib import Path

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.bundle import Bundle, Golden, Manifest, Measure, Shelf, Window
from features.table import feature_table
from service.cli.group import run
from service.ranking import Forest

FIRST, SECOND = "2026-11-22T10-00-00Z-4f2a", "2026-11-23T10-00-00Z-77aa"
TABLE = feature_table(DEFAULT)


def bundle(version: str, table_hash: str = TABLE.hash) -> Bundle:
    names = " ".join(f"c{i}" for i in range(len(TABLE)))
    head = f"tree\nnum_tree_per_iteration=1\nmax_feature_idx={len(TABLE) - 1}\nfeature_names={names}\ntree_sizes=\n"
    text = f"{head}\nend of trees\n"
    manifest = Manifest(
        shop="acme",
        version=version,
        created_at=1795341600.0,
        parent=None,
        features=TABLE.names,
        table_hash=table_hash,
        attributes=tuple(f"{a.name}:{a.kind}" for a in DEFAULT),
        window=Window(since=0.0, until=1.0),
        counts={"listings": 12_345},
        parameters={},
        seed=17,
        libraries={},
        metrics={
            "mrr": Measure(value=0.6513),
            "mrr over shop order": Measure(value=0.16, low=0.15, high=0.17),
        },
    )
    rows = np.zeros((1, len(TABLE)), np.float32)
    return Bundle(manifest, text, Golden(rows, Forest.of(text).score(rows)), "", {})


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setenv("BALAD_MODELS_URL", f"file://{tmp_path}")
    shelf = Shelf(f"file://{tmp_path}")
    shelf.write(bundle(FIRST))
    shelf.write(bundle(SECOND))
    return shelf


def test_lists_models_with_what_serves(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    shelf.promote("acme", FIRST, 1.0)
    shelf.promote("acme", SECOND, 2.0)
    assert run(["models", "--shop", "acme"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{SECOND}  live      12,345 listings  mrr 0.651",
        f"{FIRST}  previous  12,345 listings  mrr 0.651",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--shop", "acme", "--json"],
        ["list", "--shop", "acme", "--json"],
        ["--shop", "acme", "list", "--json"],
    ],
)
def test_lists_as_json_wherever_the_options_stand(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    shelf.promote("acme", FIRST, 1.0)
    assert run(["models", *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["shop"] == "acme"
    assert [(m["version"], m["place"]) for m in answer["models"]] == [(SECOND, None), (FIRST, "live")]
    assert answer["models"][1]["metrics"]["mrr over shop order"] == {"value": 0.16, "low": 0.15, "high": 0.17}


def test_says_why_a_model_in_the_list_cannot_be_used(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme" / FIRST / "manifest.json").write_text("{}")
    assert run(["models", "--shop", "acme"]) == 0
    assert f"{FIRST}            unusable: manifest.json is cut" in capsys.readouterr().out
    assert shelf.versions("acme") == [SECOND, FIRST]


def test_a_shop_without_models_is_told_how_to_make_one(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shelf.versions("other") == []
    assert run(["models", "--shop", "other"]) == 0
    assert "balad train --shop other" in capsys.readouterr().out


def test_promotes_and_rolls_back(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--shop", "acme", "promote", FIRST]) == 0
    assert run(["models", "promote", SECOND, "--shop", "acme"]) == 0
    assert run(["models", "--shop", "acme", "rollback", "--json"]) == 0
    live = shelf.live("acme")
    assert live is not None
    assert (live.version, live.previous) == (FIRST, SECOND)
    *said, answer = capsys.readouterr().out.split("\n", 2)
    assert said[1] == f"{SECOND} serves acme within 2 seconds; before: {FIRST}"
    assert json.loads(answer)["live"] == FIRST


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["promote", "../acme", "--shop", "acme"], "no version of a model"),
        (["promote", "2026-11-29T10-00-00Z-77aa", "--shop", "acme"], "shop acme has no model"),
        (["--shop", "../..", "rollback"], "no name of a shop"),
        (["rollback", "--shop", "acme"], "no previous model to go back to"),
        (["rollback"], "Missing option '--shop'"),
        ([], "Missing option '--shop'"),
    ],
)
def test_says_in_one_line_what_cannot_be_done(
    shelf: Shelf, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(["models", *arguments]) != 0
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert shelf.live("acme") is None


def test_does_not_promote_what_no_web_process_would_serve(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "2026-11-24T10-00-00Z-0000"
    shelf.write(bundle(other, table_hash="another"))
    assert run(["models", "--shop", "acme", "promote", other]) == 1
    assert "another feature table" in capsys.readouterr().err
    assert shelf.live("acme") is None
