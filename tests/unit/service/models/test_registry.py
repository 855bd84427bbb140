"""Models follow the pointers on real files, and whatever is wrong with a bundle, the model that serves goes on."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from features.attributes import DEFAULT, Attribute, Kind
from features.bundle import Bundle, Golden, Manifest, Shelf, Window
from features.table import FeatureTable, feature_table
from service.models import LISTINGS, Models
from service.models.warm_up import invented_scene
from service.ranking import Forest, Model, rank

FIRST, SECOND, THIRD = (f"2026-11-2{day}T10-00-00Z-4f2a" for day in (2, 3, 4))
TABLE = feature_table(DEFAULT)
OTHERS = (Attribute("size", Kind.MULTI),)


def text_of(worth: float, columns: int) -> str:
    """Return a model that gives every row the same score."""
    names = " ".join(f"c{i}" for i in range(columns))
    head = f"tree\nnum_tree_per_iteration=1\nmax_feature_idx={columns - 1}\nfeature_names={names}\ntree_sizes=1\n"
    return f"{head}\nTree=0\nnum_leaves=1\nleaf_value={worth}\n\n\nend of trees\n"


def bundle(
    version: str,
    worth: float,
    table: FeatureTable = TABLE,
    text: str | None = None,
    golden: float | None = None,
) -> Bundle:
    manifest = Manifest(
        shop="acme",
        version=version,
        created_at=1.0,
        parent=None,
        features=table.names,
        table_hash=table.hash,
        attributes=(),
        window=Window(since=0.0, until=1.0),
        counts={},
        parameters={},
        seed=1,
        libraries={},
        metrics={},
    )
    rows = np.random.default_rng(1).normal(size=(5, len(table))).astype(np.float32)
    model = text_of(worth, len(table)) if text is None else text
    scores = Forest.of(model).score(rows) if golden is None else np.full(5, golden)
    return Bundle(manifest, model, Golden(rows, scores), "", {})


@dataclass
class Installation:
    """One shop's shelf, and the models of a process that follows it."""

    root: Path
    refused: list[str] = field(default_factory=list)
    shops: dict[str, tuple[Attribute, ...]] = field(default_factory=lambda: {"acme": DEFAULT})

    def __post_init__(self) -> None:
        self.shelf = Shelf(f"file://{self.root}")
        self.models = self.process()

    def process(self) -> Models[Model]:
        return Models(self.shelf, LISTINGS, lambda: self.shops, self.refused.append)

    def promote(self, version: str) -> None:
        self.shelf.promote("acme", version, 1.0)

    def publish(self, made: Bundle) -> None:
        self.shelf.write(made)
        self.promote(made.manifest.version)

    def serving(self) -> str | None:
        self.models.refresh()
        model = self.models.current("acme")
        return None if model is None else model.version


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_shop_without_a_model_has_none(installed: Installation) -> None:
    assert installed.serving() is None
    assert installed.models.current("nobody") is None


def test_serves_what_was_promoted(installed: Installation) -> None:
    installed.publish(bundle(FIRST, 1.0))
    assert installed.serving() == FIRST
    installed.publish(bundle(SECOND, 2.0))
    assert installed.serving() == SECOND
    model = installed.models.current("acme")
    assert model is not None
    assert rank(invented_scene(DEFAULT), model).scores.tolist() == [2.0, 2.0]


def test_a_bundle_that_nobody_promoted_does_not_serve(installed: Installation) -> None:
    installed.shelf.write(bundle(FIRST, 1.0))
    assert installed.serving() is None


def test_goes_back_to_the_model_in_memory(installed: Installation) -> None:
    installed.publish(bundle(FIRST, 1.0))
    installed.serving()
    first = installed.models.current("acme")
    installed.publish(bundle(SECOND, 2.0))
    installed.serving()
    installed.shelf.rollback("acme", 2.0)
    for file in (installed.root / "acme" / FIRST).iterdir():
        file.unlink()
    assert installed.serving() == FIRST
    assert installed.models.current("acme") is first


def flip(root: Path) -> None:
    path = root / "acme" / SECOND / "model.txt"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(root: Path) -> None:
    path = root / "acme" / SECOND / "golden_rows.npy"
    path.write_bytes(path.read_bytes()[:-4])


def remove_manifest(root: Path) -> None:
    (root / "acme" / SECOND / "manifest.json").unlink()


def nothing(_: Path) -> None: ...


MULTICLASS = text_of(2.0, len(TABLE)).replace("num_tree_per_iteration=1", "num_tree_per_iteration=3")
UNSOUND = text_of(2.0, len(TABLE)).replace("num_leaves=1", "num_leaves=2")
LINEAR = text_of(2.0, len(TABLE)).replace("num_leaves=1", "num_leaves=1\nis_linear=1")


@pytest.mark.parametrize(
    ("second", "spoil", "why"),
    [
        pytest.param(bundle(SECOND, 2.0), flip, "model.txt is not the file that was published", id="flipped"),
        pytest.param(bundle(SECOND, 2.0), cut, "golden_rows.npy is not the file", id="cut"),
        pytest.param(bundle(SECOND, 2.0), remove_manifest, "has no model", id="gone"),
        pytest.param(
            bundle(SECOND, 2.0, feature_table(OTHERS)), nothing, "another feature table", id="other-columns"
        ),
        pytest.param(
            bundle(SECOND, 2.0, replace(TABLE, hash="an older revision")),
            nothing,
            "with another meaning",
            id="other-meaning",
        ),
        pytest.param(
            bundle(SECOND, 2.0, replace(TABLE, names=TABLE.names[:-1], hash="shorter")),
            nothing,
            f"{len(TABLE) - 1} columns there and {len(TABLE)} here",
            id="fewer-columns",
        ),
        pytest.param(
            bundle(SECOND, 2.0, golden=2.5), nothing, "5 of 5 golden rows score differently", id="golden"
        ),
        pytest.param(
            bundle(SECOND, 2.0, golden=np.nextafter(2.0, 3.0)), nothing, "golden rows", id="golden-by-one-bit"
        ),
        pytest.param(
            bundle(SECOND, 2.0, text=MULTICLASS, golden=2.0), nothing, "one score per row", id="multiclass"
        ),
        pytest.param(
            bundle(SECOND, 2.0, text=UNSOUND, golden=2.0), nothing, "leaf_value has 1", id="unsound"
        ),
        pytest.param(
            bundle(SECOND, 2.0, text=LINEAR, golden=2.0), nothing, "model.txt", id="not-even-lightgbm"
        ),
        pytest.param(
            bundle(SECOND, 2.0, text=text_of(2.0, 3), golden=2.0),
            nothing,
            "reads 3 columns",
            id="columns-in-text",
        ),
    ],
)
def test_refuses_a_spoilt_bundle_once_and_goes_on(
    installed: Installation,
    caplog: pytest.LogCaptureFixture,
    second: Bundle,
    spoil: Callable[[Path], None],
    why: str,
) -> None:
    installed.publish(bundle(FIRST, 1.0))
    assert installed.serving() == FIRST
    installed.publish(second)
    spoil(installed.root)
    with caplog.at_level(logging.ERROR):
        assert [installed.serving() for _ in range(3)] == [FIRST] * 3
    assert installed.refused == ["acme"]
    assert len(caplog.messages) == 1
    assert why in caplog.messages[0]
    assert f"{FIRST} goes on" in caplog.messages[0]
    refusal = installed.models.refusal("acme")
    assert refusal is not None
    assert refusal.version == SECOND
    installed.publish(bundle(THIRD, 3.0))
    assert installed.serving() == THIRD
    assert installed.models.refusal("acme") is None


def test_a_process_that_starts_beside_a_spoilt_bundle_serves_the_one_before(installed: Installation) -> None:
    installed.publish(bundle(FIRST, 1.0))
    installed.publish(bundle(SECOND, 2.0))
    flip(installed.root)
    assert installed.serving() == FIRST
    assert installed.refused == ["acme"]


def test_a_process_that_starts_beside_two_spoilt_bundles_has_no_model(
    installed: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    installed.publish(bundle(FIRST, 1.0))
    installed.publish(bundle(SECOND, 2.0))
    flip(installed.root)
    (installed.root / "acme" / FIRST / "report.html").unlink()
    with caplog.at_level(logging.ERROR):
        assert [installed.serving() for _ in range(2)] == [None, None]
    assert len(caplog.messages) == 2
    assert "no model serves" in caplog.messages[1]


def test_does_not_rank_with_attributes_that_the_shop_no_longer_declares(installed: Installation) -> None:
    installed.publish(bundle(FIRST, 1.0))
    assert installed.serving() == FIRST
    installed.shops["acme"] = OTHERS
    assert installed.serving() is None
    installed.publish(bundle(SECOND, 2.0, feature_table(OTHERS)))
    assert installed.serving() == SECOND
    installed.shops["acme"] = DEFAULT
    installed.promote(FIRST)
    assert installed.serving() == FIRST


def test_forgets_a_shop_that_is_gone(installed: Installation) -> None:
    installed.publish(bundle(FIRST, 1.0))
    assert installed.serving() == FIRST
    installed.shops.clear()
    assert installed.serving() is None


def test_goes_on_where_the_pointer_cannot_be_read(
    installed: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    installed.publish(bundle(FIRST, 1.0))
    assert installed.serving() == FIRST
    pointer = installed.root / "acme" / "live.json"
    said = pointer.read_text()
    pointer.write_text(said[:10])
    assert [installed.serving() for _ in range(3)] == [FIRST] * 3
    assert len(caplog.messages) == 1
    pointer.write_text(json.dumps(json.loads(said)))
    assert installed.serving() == FIRST
    pointer.write_text("")
    installed.serving()
    assert len(caplog.messages) == 2


def test_a_shop_whose_models_cannot_be_read_holds_up_no_other(installed: Installation) -> None:
    installed.shops = {"aaaa": DEFAULT, "acme": DEFAULT}
    (installed.root / "aaaa").mkdir()
    (installed.root / "aaaa" / "live.json").write_text("{")
    installed.publish(bundle(FIRST, 1.0))
    assert installed.serving() == FIRST


def test_lightgbm_itself_scores_what_the_forest_does_not(installed: Installation) -> None:
    import lightgbm  # noqa: PLC0415 - heavy, for this test only

    rng = np.random.default_rng(1)
    rows = rng.integers(0, 30, (400, len(TABLE))).astype(np.float32)
    data = lightgbm.Dataset(rows, rows[:, 0] % 3, categorical_feature=[0], params={"verbose": -1})
    booster = lightgbm.train({"verbose": -1, "num_threads": 1, "seed": 1}, data, 5)
    made = bundle(FIRST, 0.0, text=booster.model_to_string(), golden=0.0)
    scores = np.asarray(booster.predict(rows[:9], raw_score=True, num_threads=1))
    installed.publish(Bundle(made.manifest, made.model, Golden(rows[:9], scores), "", {}))
    assert installed.serving() == FIRST
    model = installed.models.current("acme")
    assert model is not None
    assert len(rank(invented_scene(DEFAULT), model).order) == 2
    assert model.forest.score(rows[:0]).shape == (0,)
    assert model.forest.score(np.asfortranarray(rows[:9])).tolist() == scores.tolist()


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Have threads take turns fifty times as often: more chances to meet, and who reads a file waits less."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(interval / 50)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("eager_threads")
def test_no_answer_mixes_two_models_while_they_are_swapped(
    installed: Installation, until: Callable[[Callable[[], bool]], None]
) -> None:
    worth = {FIRST: 1.0, SECOND: 2.0, THIRD: 3.0}
    for version, score in worth.items():
        installed.shelf.write(bundle(version, score))
    installed.promote(FIRST)
    assert installed.serving() == FIRST
    scene, stop = invented_scene(DEFAULT), Event()
    seen: set[str] = set()

    def shopper() -> int:
        answers = 0
        try:
            while not stop.is_set():
                model = installed.models.current("acme")
                assert model is not None
                assert rank(scene, model).scores.tolist() == [worth[model.version]] * 2
                seen.add(model.version)
                answers += 1
        finally:
            stop.set()
        return answers

    with ThreadPoolExecutor(3) as pool:
        shoppers = [pool.submit(shopper) for _ in range(3)]
        for version in (SECOND, THIRD, FIRST, THIRD, SECOND):
            installed.promote(version)
            assert installed.serving() == version
            seen.clear()
            until(lambda: version in seen or stop.is_set())  # noqa: B023 - called before the loop goes on
        stop.set()
        assert all(future.result() > 0 for future in shoppers)
