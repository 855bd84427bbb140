"""A whole training, from files of a log to a bundle on the shelf."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from features.bundle import Shelf
from features.log.place import Log
from features.log.schema import SCHEMAS, Kind
from features.log.writer import write
from features.table import feature_table
from service.ranking.forest import Forest
from tests.training.places import Place
from training import fit
from training.cli.check import BROKEN, NOT_YET, USABLE, check
from training.cli.evaluate import evaluate
from training.cli.train import REFUSED, train
from training.dataset import Dataset
from training.effort import Effort
from training.fit import Choice, Forester
from training.report import report
from training.run import Trainer, Wish, judged_share, optional_columns
from training.tuning import Tuner
from training.usable import UnusableLogError

START = 1_700_000_000.0
SESSIONS, ITEMS, SHOWN = 400, 60, 8
LATER = START + 10 * 86_400.0
Row = dict[str, Any]
MakeDataset = Callable[..., Dataset]


def event(name: str, at: float, who: int, items: list[Row], number: int) -> Row:
    row: Row = dict.fromkeys(SCHEMAS[Kind.EVENTS].names)
    full = [{"index": None, "price": None, "quantity": None, **item} for item in items]
    said = {
        "event_id": f"e{number}",
        "name": name,
        "time": at,
        "received_at": at,
        "sequence": number,
        "visitor_id": f"v{who}",
        "session_id": f"s{who}",
        "page": "search/shoes",
        "consent": True,
        "items": full,
    }
    return row | said


def visits(*, knowing: bool, sessions: int = SESSIONS, seed: int = 3) -> Iterator[Row]:
    """Sessions of a look and a listing with a click; where `knowing`, mostly on what was looked at."""
    rng = np.random.default_rng(seed)
    number = 0
    for who in range(sessions):
        at = START + who * 300.0
        shown = rng.choice(ITEMS, SHOWN, replace=False)
        looked = int(rng.integers(SHOWN))
        clicked = looked if knowing and rng.random() < 0.8 else int(rng.integers(SHOWN))
        listing = [{"item_id": f"i{i}", "index": n, "price": 10.0 + i} for n, i in enumerate(shown.tolist())]
        for name, after, items in (
            ("view_item", 0.0, [listing[looked] | {"index": None}]),
            ("view_item_list", 20.0, listing),
            ("select_item", 30.0, [listing[clicked]]),
        ):
            number += 1
            yield event(name, at + after, who, items, number)


def settings(shop: str) -> Row:
    said = {"shop": shop, "attributes": ["category:categorical"], "keys": [], "created_at": START}
    return {
        "time": START,
        "received_at": START,
        "sequence": 0,
        "actor": "test",
        "name": "shop",
        "before": None,
        "after": json.dumps(said),
    }


def fill(place: Place, shop: str, rows: Iterator[Row] | list[Row]) -> None:
    log = Log(place.log_url)
    write(log, shop, Kind.EVENTS, 1, rows)
    write(log, shop, Kind.SETTINGS, 1, [settings(shop)])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    data = tmp_path_factory.mktemp("data")
    made = Place(data, f"file://{data}/log")
    fill(made, "acme", visits(knowing=True))
    fill(made, "noise", visits(knowing=False, seed=5))
    fill(made, "quiet", visits(knowing=True, sessions=5))
    return made


@pytest.fixture(scope="module")
def trained(place: Place) -> Row:
    """What `balad train --json` says of a log that can be learned from."""
    done = CliRunner().invoke(train, ["--shop", "acme", "--json"], obj=place, standalone_mode=False)
    assert done.return_value == 0, done.output
    said: Row = json.loads(done.stdout)
    return said


def test_a_model_that_passes_the_gate_serves(place: Place, trained: Row) -> None:
    live = Shelf(place.models_url).live("acme")
    assert live is not None
    assert (live.version, trained["published"]) == (trained["version"], True)
    assert trained["gain"]["shop order"]["NDCG@10"]["low"] > 0


def test_every_gate_is_a_line_of_the_manifest_and_of_the_report(place: Place, trained: Row) -> None:
    manifest = Shelf(place.models_url).manifest("acme", trained["version"])
    assert [gate.model_dump() for gate in manifest.gates] == trained["gates"]
    names = {gate.name for gate in manifest.gates}
    assert {
        "whole data",
        "replayed as served",
        "not worse than the live model",
        "no column knows the future",
        "fast and small",
    } <= names
    page = Path(trained["report"].removeprefix("file://")).read_text()
    assert not [name for name in names if name not in page.replace("&#39;", "'")]


def test_the_bundle_is_whole_and_its_forest_gives_its_golden_scores(place: Place, trained: Row) -> None:
    bundle = Shelf(place.models_url).read("acme", trained["version"])
    np.testing.assert_array_equal(Forest.of(bundle.model).score(bundle.golden.rows), bundle.golden.scores)
    assert bundle.manifest.seed == 17
    assert bundle.manifest.metrics["NDCG@10 over shop order"].low is not None


def test_the_report_stands_alone_and_tells_the_verdict(trained: Row) -> None:
    page = Path(trained["report"].removeprefix("file://")).read_text()
    assert "This model may serve, and does." in page
    assert not [outside for outside in ("src=", "<link", "@import", "url(") if outside in page]
    assert page.count("<svg") >= 6


def test_two_trainings_on_the_same_log_give_equal_models(place: Place, trained: Row) -> None:
    again, bundle = Trainer(place, report).train(Wish("acme", 17, LATER, START, promote=False))
    first = Shelf(place.models_url).read("acme", trained["version"])
    assert bundle.model == first.model
    assert again.manifest.parent == trained["version"]


def test_a_model_that_learned_nothing_is_kept_back_and_says_why(place: Place) -> None:
    done = CliRunner().invoke(train, ["--shop", "noise"], obj=place, standalone_mode=False)
    assert done.return_value == REFUSED
    assert "does not serve." in done.stdout
    assert Shelf(place.models_url).live("noise") is None
    assert len(Shelf(place.models_url).versions("noise")) == 1


def test_a_model_that_was_not_to_be_published_does_not_serve(place: Place) -> None:
    arguments = ["--shop", "acme", "--no-publish", "--as-of", str(LATER)]
    before = Shelf(place.models_url).live("acme")
    done = CliRunner().invoke(train, arguments, obj=place, standalone_mode=False)
    assert done.return_value == 0
    assert "was not published, as asked" in done.stdout
    assert Shelf(place.models_url).live("acme") == before


def test_facts_after_the_asked_time_are_not_seen(place: Place) -> None:
    most = START + SESSIONS * 0.8 * 300.0
    trained, _ = Trainer(place, lambda _: "").train(Wish("acme", 17, most, START + 1.0, promote=False))
    assert trained.data.time.max() < most
    assert len(trained.data) == SESSIONS * 0.8


def test_tuning_knows_what_lies_before_the_judged_window_and_nothing_else(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "MOST_TREES", 20)  # quickly grown
    effort, until = Effort(trials=1, seconds=600.0), START + SESSIONS * 300.0
    trained, bundle = Trainer(place, report).train(Wish("acme", 17, until, LATER, promote=False, tune=effort))
    forester = Forester(17, optional_columns(feature_table(trained.attributes)))
    before = trained.cut.before
    usual = tuple(c for c in trained.choice.tried if not c.tuned)
    untuned = Choice(next(c for c in usual if c.objective == trained.choice.best.objective), usual)
    choice, alone = Tuner(forester, effort).tune(before, untuned)
    assert trained.manifest.tuning == alone
    assert trained.choice.best == choice.best
    kept = Shelf(place.models_url).read("acme", bundle.manifest.version)
    assert kept.manifest.tuning == alone
    assert len(alone.trials) == 1
    for trial in alone.trials:
        assert f"{trial.ndcg:.4f}" in kept.report
    assert "--tune 1" in kept.report


def test_how_long_to_tune_without_how_much_is_told_so(place: Place) -> None:
    arguments = ["--shop", "acme", "--tune-minutes", "5"]
    done = CliRunner().invoke(train, arguments, obj=place, standalone_mode=False)
    assert "say how many trials with --tune N" in str(done.exception)


def test_too_little_traffic_is_told_so(place: Place) -> None:
    with pytest.raises(UnusableLogError, match="Only 5 listings of 5 sessions"):
        Trainer(place, report).train(Wish("quiet", 17, LATER, START))


def test_the_live_model_is_compared_on_what_it_has_not_seen(place: Place, trained: Row) -> None:
    fill_later = [
        row
        | {
            "time": row["time"] + 864_000,
            "received_at": row["received_at"] + 864_000,
            "event_id": f"l{row['event_id']}",
            "visitor_id": f"l{row['visitor_id']}",
        }
        for row in visits(knowing=True, sessions=40)
    ]
    write(Log(place.log_url), "acme", Kind.EVENTS, 2, fill_later)
    done = CliRunner().invoke(evaluate, ["--shop", "acme", "--json"], obj=place, standalone_mode=False)
    said = json.loads(done.stdout)
    assert (said["version"], said["seen_in_training"]) == (trained["version"], False)
    assert said["metrics"]["model"]["NDCG@10"] > said["metrics"]["shop order"]["NDCG@10"]


def test_nothing_new_to_compare_on_is_told_so(place: Place, trained: Row) -> None:
    assert trained["published"]
    after_all = ["--shop", "acme", "--since", "2033-01-01"]
    done = CliRunner().invoke(evaluate, after_all, obj=place, standalone_mode=False)
    assert "choose an earlier --since" in str(done.exception)


def test_a_shop_without_a_live_model_is_told_how_to_get_one(place: Place) -> None:
    done = CliRunner().invoke(evaluate, ["--shop", "quiet"], obj=place, standalone_mode=False)
    assert "`balad train --shop quiet` makes one" in str(done.exception)


def test_a_small_log_is_judged_on_a_larger_part(make_dataset: MakeDataset) -> None:
    assert [judged_share(make_dataset(listings=n)) for n in (200, 500, 2_000)] == [0.5, 0.3, 0.2]


def test_a_log_is_checked_before_any_training(place: Place) -> None:
    said = {}
    for shop in ("acme", "quiet"):
        done = CliRunner().invoke(check, ["--shop", shop, "--json"], obj=place, standalone_mode=False)
        said[shop] = done.return_value, json.loads(done.stdout)["verdict"]
    assert said == {"acme": (USABLE, "usable"), "quiet": (NOT_YET, "not_yet")}


def test_what_is_broken_is_told_by_check_and_by_train_in_the_same_words(place: Place) -> None:
    first = [
        row | {"items": [row["items"][0] | {"item_id": f"sku-{n}"}]} if row["name"] == "select_item" else row
        for n, row in enumerate(visits(knowing=True))
        if row["name"] != "view_item"
    ]
    fill(place, "stray", first)
    checked = CliRunner().invoke(check, ["--shop", "stray"], obj=place, standalone_mode=False)
    trained = CliRunner().invoke(train, ["--shop", "stray"], obj=place, standalone_mode=False)
    assert checked.return_value == BROKEN
    assert isinstance(trained.exception, UnusableLogError)
    for said in (checked.stdout, str(trained.exception)):
        assert (
            "100% of 400 select_item events are on items that no earlier listing of their visitor holds"
            in said
        )
