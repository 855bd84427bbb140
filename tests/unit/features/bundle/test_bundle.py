"""A bundle survives the way to disk and back, or is refused with one line."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.bundle import Bundle, BundleError, Golden, Manifest, Measure, Shelf, Window, histograms
from features.bundle.contents import GOLDEN_ROWS, GOLDEN_SCORES, MANIFEST, MODEL, NEEDED
from features.manifest import FORMAT, checked_shop, read_manifest, seal

FIRST = "2026-11-22T10-00-00Z-4f2a"
SECOND = "2026-11-23T10-00-00Z-77aa"
AT = 1795341600.0


def bundle(version: str = FIRST, shop: str = "acme") -> Bundle:
    rows = np.array([[1.0, np.nan], [2.0, 0.5]], np.float32)
    manifest = Manifest(
        shop=shop,
        version=version,
        created_at=AT,
        parent=None,
        features=("price", "clicks"),
        table_hash="0f" * 32,
        attributes=("category:categorical",),
        window=Window(since=AT - 86_400, until=AT),
        counts={"listings": 1, "rows": 2, "positives": 1},
        parameters={"objective": "lambdarank", "learning_rate": 0.05, "label_gain": [0, 1, 3, 7]},
        seed=17,
        libraries={"lightgbm": "4.7.0"},
        metrics={
            "mrr": Measure(value=0.65, low=0.64, high=0.66),
            "mrr of the shop's order": Measure(value=0.49),
        },
    )
    golden = Golden(rows, np.array([0.1, -0.0]))
    return Bundle(manifest, "tree\n", golden, "<p>ünïcode</p>", histograms(("price", "clicks"), rows))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(f"file://{tmp_path}/models")


def place(tmp_path: Path, name: str, version: str = FIRST) -> Path:
    return tmp_path / "models" / "acme" / version / name


def test_comes_back_as_it_was_written(shelf: Shelf) -> None:
    shelf.write(bundle())
    read = shelf.read("acme", FIRST)
    assert (read.model, read.report, read.histograms) == (
        bundle().model,
        bundle().report,
        bundle().histograms,
    )
    assert read.golden.rows.tobytes() == bundle().golden.rows.tobytes()
    assert read.golden.scores.tobytes() == bundle().golden.scores.tobytes()
    assert read.manifest.model_copy(update={"sha256": {}}) == bundle().manifest
    assert read.manifest.sha256.keys() == NEEDED


def test_says_the_hash_of_each_file(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(bundle())
    hashes = json.loads(place(tmp_path, MANIFEST).read_text())["sha256"]
    assert hashes == {name: sha256(place(tmp_path, name).read_bytes()).hexdigest() for name in NEEDED}


@pytest.mark.parametrize("name", sorted({MANIFEST, *NEEDED}))
def test_refuses_a_file_with_any_flipped_byte(shelf: Shelf, tmp_path: Path, name: str) -> None:
    shelf.write(bundle())
    whole = place(tmp_path, name).read_bytes()
    for at in range(0, len(whole), 1 + len(whole) // 60):
        place(tmp_path, name).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BundleError, match=name) as refused:
            shelf.read("acme", FIRST)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(NEEDED))
@pytest.mark.parametrize("spoil", [lambda content: content[:-1], lambda _: b""], ids=["cut", "empty"])
def test_refuses_a_truncated_file(
    shelf: Shelf, tmp_path: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    shelf.write(bundle())
    place(tmp_path, name).write_bytes(spoil(place(tmp_path, name).read_bytes()))
    with pytest.raises(BundleError, match=f"{name} is not the file that was published"):
        shelf.read("acme", FIRST)


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-3], lambda _: b"", lambda _: b"[]", lambda _: b"{}", lambda _: b"7"]
)
def test_refuses_a_truncated_manifest(shelf: Shelf, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    shelf.write(bundle())
    place(tmp_path, MANIFEST).write_bytes(spoil(place(tmp_path, MANIFEST).read_bytes()))
    with pytest.raises(BundleError, match=r"manifest\.json is cut"):
        shelf.read("acme", FIRST)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_refuses_a_bundle_without_a_file(shelf: Shelf, tmp_path: Path, name: str) -> None:
    shelf.write(bundle())
    place(tmp_path, name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing"):
        shelf.read("acme", FIRST)


def test_a_directory_without_a_manifest_is_no_model(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(bundle())
    place(tmp_path, MANIFEST).unlink()
    assert shelf.versions("acme") == []
    with pytest.raises(BundleError, match=f"shop acme has no model {FIRST}"):
        shelf.read("acme", FIRST)


def test_refuses_another_models_files_under_this_name(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(bundle())
    place(tmp_path, "", FIRST).rename(place(tmp_path, "", SECOND))
    with pytest.raises(BundleError, match="put in another's place"):
        shelf.read("acme", SECOND)


def test_refuses_the_manifest_of_a_later_format() -> None:
    said = json.loads(bundle().manifest.sealed({})) | {"format": FORMAT + 1}
    with pytest.raises(BundleError, match="format 2; this Balad reads 1"):
        read_manifest(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"seed": "17"}, "seed"), ({"window": {"since": 1.0}}, "until"), ({"surprise": 1}, "surprise")],
)
def test_says_which_field_of_a_manifest_is_wrong(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(BundleError, match=where):
        read_manifest(seal(bundle().manifest.model_dump(mode="json") | wrong))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        (GOLDEN_ROWS, np.zeros((2, 3), np.float32)),
        (GOLDEN_ROWS, np.zeros((2, 2), np.float64)),
        (GOLDEN_ROWS, np.zeros((3, 2), np.float32)),
        (GOLDEN_SCORES, np.zeros(2, np.float32)),
    ],
)
def test_refuses_golden_rows_of_another_shape(name: str, array: np.ndarray[Any, Any]) -> None:
    file = io.BytesIO()
    np.save(file, array)
    files = bundle().files() | {name: file.getvalue()}
    files[MANIFEST] = bundle().manifest.sealed({n: files[n] for n in NEEDED})
    with pytest.raises(BundleError, match="golden_"):
        Bundle.of(files)


def test_refuses_a_bundle_without_golden_rows() -> None:
    empty = replace(bundle(), golden=Golden(np.zeros((0, 2), np.float32), np.zeros(0)))
    with pytest.raises(BundleError, match=GOLDEN_ROWS):
        Bundle.of(empty.files())


def test_never_unpickles() -> None:
    file = io.BytesIO()
    np.save(file, np.array([{"a": "pickle"}], object), allow_pickle=True)
    files = bundle().files() | {GOLDEN_ROWS: file.getvalue()}
    files[MANIFEST] = bundle().manifest.sealed({n: files[n] for n in NEEDED})
    with pytest.raises(BundleError, match="cannot be read"):
        Bundle.of(files)


def test_a_bundle_never_changes(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(bundle())
    with pytest.raises(BundleError, match="never changes"):
        shelf.write(replace(bundle(), model="another"))
    assert place(tmp_path, MODEL).read_text() == "tree\n"


def test_leaves_nothing_half_written(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(bundle())
    assert {path.name for path in place(tmp_path, "").iterdir()} == {MANIFEST, *NEEDED}


def test_lists_the_newest_version_first(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.versions("acme") == []
    shelf.write(bundle(FIRST))
    shelf.write(bundle(SECOND))
    place(tmp_path, MANIFEST, "not-a-version").parent.mkdir()
    place(tmp_path, MANIFEST, "not-a-version").touch()
    assert shelf.versions("acme") == [SECOND, FIRST]


def test_shops_are_kept_apart(shelf: Shelf) -> None:
    shelf.write(bundle(FIRST, "acme"))
    assert shelf.versions("other") == []
    assert shelf.live("other") is None


@pytest.mark.parametrize(
    "shop", ["", ".", "..", "../acme", "acme/..", "/etc", "Acme", "acme\n", "a" * 65, "acme\x00"]
)
def test_refuses_a_shop_that_is_a_path(shelf: Shelf, shop: str) -> None:
    with pytest.raises(BundleError, match="no name of a shop"):
        shelf.versions(shop)
    with pytest.raises(BundleError, match="no name of a shop"):
        checked_shop(shop)


@pytest.mark.parametrize(
    "version", ["", "..", "../live.json", FIRST + "\n", FIRST + "/..", "2026-11-22", "live.json"]
)
def test_refuses_a_version_that_is_a_path(shelf: Shelf, version: str) -> None:
    with pytest.raises(BundleError, match="no version of a model"):
        shelf.promote("acme", version, AT)
    with pytest.raises(BundleError, match="no version of a model"):
        shelf.read("acme", version)


def test_ignores_a_path_among_the_hashes(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(bundle())
    (tmp_path / "secret").write_text("s")
    files = {name: place(tmp_path, name).read_bytes() for name in NEEDED} | {"../../../secret": b"s"}
    place(tmp_path, MANIFEST).write_bytes(bundle().manifest.sealed(files))
    with pytest.raises(BundleError, match="secret is missing"):
        shelf.read("acme", FIRST)


def test_keeps_bundles_on_other_file_systems() -> None:
    elsewhere = Shelf("memory://a-bucket/models")
    elsewhere.write(bundle())
    elsewhere.promote("acme", FIRST, AT)
    live = elsewhere.live("acme")
    assert live is not None
    assert elsewhere.read("acme", live.version).model == "tree\n"
    assert elsewhere.versions("acme") == [FIRST]
