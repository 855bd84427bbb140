"""/v1/models over real bundles."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from features.attributes import DEFAULT, Attribute, Kind
from features.bundle import Bundle, Golden, Manifest, Measure, Shelf, Window
from features.table import feature_table
from service.api.models import ModelsAnswer
from service.app import create_app
from service.models import LISTINGS, Models
from service.ranking import Forest, Model

if TYPE_CHECKING:
    from tests.api.conftest import Api

FIRST, SECOND = "2026-11-22T10-00-00Z-4f2a", "2026-11-23T10-00-00Z-4f2a"
OTHERS = (Attribute("size", Kind.MULTI),)


def bundle(version: str, worth: float, attributes: tuple[Attribute, ...] = DEFAULT) -> Bundle:
    """A model that gives every item the same score."""
    table = feature_table(attributes)
    k = len(table)
    names = " ".join(f"c{i}" for i in range(k))
    head = f"tree\nnum_tree_per_iteration=1\nmax_feature_idx={k - 1}\nfeature_names={names}"
    text = f"{head}\ntree_sizes=1\n\nTree=0\nnum_leaves=1\nleaf_value={worth}\n\n\nend of trees\n"
    manifest = Manifest(
        shop="acme",
        version=version,
        created_at=1.0,
        parent=None,
        features=table.names,
        table_hash=table.hash,
        attributes=(),
        window=Window(since=0.0, until=1.0),
        counts={"listings": 5000},
        parameters={},
        seed=1,
        libraries={},
        metrics={"ndcg@10": Measure(value=0.61, low=0.6, high=0.62)},
    )
    rows = np.random.default_rng(1).normal(size=(5, k)).astype(np.float32)
    return Bundle(manifest, text, Golden(rows, Forest.of(text).score(rows)), "", {})


@pytest.fixture
def published(make_api: Callable[..., "Api"], tmp_path: Path) -> tuple["Api", "Models[Model]"]:
    """A shop with two models on its shelf, and the models of the process that answers for it."""
    api = make_api()
    shelf = Shelf(f"file://{tmp_path}/models")
    shelf.write(bundle(FIRST, 1.0))
    shelf.write(bundle(SECOND, 2.0))
    models = Models(shelf, LISTINGS, api.deps.directory.attributes)
    deps = replace(api.deps, models=models, shelf=shelf)
    real = replace(api, client=create_app(deps).test_client(), deps=deps)
    real.switch(state="on", holdout=0.0)
    return real, models


def post(api: "Api", path: str) -> tuple[int, Any]:
    response = api.call("POST", f"/v1/models/{path}")
    return response.status_code, response.json


def test_models_are_listed_with_their_figures(published: tuple["Api", "Models[Model]"]) -> None:
    api, _ = published
    answer = api.call("GET", "/v1/models").json
    assert {name: answer[name] for name in ("live", "previous", "serving", "refused")} == dict.fromkeys(
        ("live", "previous", "serving", "refused")
    )
    assert [model["version"] for model in answer["models"]] == [SECOND, FIRST]
    assert answer["models"][0]["metrics"] == {"ndcg@10": {"value": 0.61, "low": 0.6, "high": 0.62}}
    assert answer["models"][0]["counts"] == {"listings": 5000}
    TypeAdapter(ModelsAnswer).validate_python(answer)


def test_a_promoted_model_ranks_and_a_rollback_undoes_it(published: tuple["Api", "Models[Model]"]) -> None:
    api, models = published
    for path, live, previous in (
        (f"{FIRST}/promote", FIRST, None),
        (f"{SECOND}/promote", SECOND, FIRST),
        ("rollback", FIRST, SECOND),
        ("rollback", SECOND, FIRST),
    ):
        assert post(api, path) == (200, {"live": live, "previous": previous, "effective_within_seconds": 2})
        models.refresh()
        assert api.rank(["A"])["model"] == live
    answer = api.call("GET", "/v1/models").json
    assert (answer["live"], answer["previous"], answer["serving"]) == (SECOND, FIRST, SECOND)


@pytest.mark.parametrize("version", ["2026-01-01T10-00-00Z-4f2a", "..", "nonsense"])
def test_a_model_that_is_not_there_cannot_be_promoted(
    published: tuple["Api", "Models[Model]"], version: str
) -> None:
    status, problem = post(published[0], f"{version}/promote")
    assert (status, problem["status"]) == (404, 404)


def test_without_a_model_before_there_is_nothing_to_go_back_to(
    published: tuple["Api", "Models[Model]"],
) -> None:
    api, _ = published
    assert post(api, "rollback")[1]["type"] == "/docs#no_previous_model"
    post(api, f"{FIRST}/promote")
    assert post(api, "rollback")[0] == 409


def test_a_bundle_with_a_flipped_byte_is_refused_and_the_one_before_goes_on(
    published: tuple["Api", "Models[Model]"], tmp_path: Path
) -> None:
    api, models = published
    post(api, f"{FIRST}/promote")
    models.refresh()
    file = tmp_path / "models" / "acme" / SECOND / "model.txt"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    status, problem = post(api, f"{SECOND}/promote")
    assert (status, problem["type"]) == (409, "/docs#model_refused")
    assert "model.txt" in problem["detail"]
    models.refresh()
    assert api.rank(["A"])["model"] == FIRST


def test_a_bundle_trained_on_another_feature_table_is_refused(
    published: tuple["Api", "Models[Model]"],
) -> None:
    api, _ = published
    other = "2026-11-24T10-00-00Z-4f2a"
    api.deps.shelf.write(bundle(other, 3.0, OTHERS))
    status, problem = post(api, f"{other}/promote")
    assert (status, problem["type"]) == (409, "/docs#model_refused")
    assert "another feature table" in problem["detail"]
    assert api.call("GET", "/v1/models").json["live"] is None


def test_a_manifest_that_cannot_be_read_is_said(
    published: tuple["Api", "Models[Model]"], tmp_path: Path
) -> None:
    api, _ = published
    (tmp_path / "models" / "acme" / SECOND / "manifest.json").write_text("{")
    newest = api.call("GET", "/v1/models").json["models"][0]
    assert (newest["version"], newest["metrics"]) == (SECOND, {})
    assert "manifest.json" in newest["unusable"]


def test_who_refused_to_rank_is_said_in_readiness(
    published: tuple["Api", "Models[Model]"], tmp_path: Path
) -> None:
    api, models = published
    post(api, f"{FIRST}/promote")
    (tmp_path / "models" / "acme" / FIRST / "model.txt").write_text("nonsense")
    models.refresh()
    response = api.call("GET", "/readyz", key=None)
    shop = response.json["shops"]["acme"]
    assert (response.status_code, shop["model"]) == (200, None)
    assert shop["refused"].startswith(FIRST)
    assert api.call("GET", "/v1/models").json["refused"]["version"] == FIRST
    assert api.rank(["A"])["reason"] == "no_model"
