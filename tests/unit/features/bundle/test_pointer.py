"""Which version serves: promoted, rolled back, never a broken one."""

from pathlib import Path

import numpy as np
import pytest

from features.bundle import Bundle, BundleError, Golden, Manifest, Pointer, Shelf, Window
from features.bundle.contents import MODEL

FIRST, SECOND = "2026-11-22T10-00-00Z-4f2a", "2026-11-23T10-00-00Z-77aa"


def bundle(version: str) -> Bundle:
    manifest = Manifest(
        shop="acme",
        version=version,
        created_at=1.0,
        parent=None,
        features=("price",),
        table_hash="0f",
        attributes=(),
        window=Window(since=0.0, until=1.0),
        counts={},
        parameters={},
        seed=1,
        libraries={},
        metrics={},
    )
    return Bundle(manifest, version, Golden(np.zeros((1, 1), np.float32), np.zeros(1)), "", {})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(f"file://{tmp_path}")
    shelf.write(bundle(FIRST))
    shelf.write(bundle(SECOND))
    return shelf


def test_nothing_serves_before_the_first_promotion(shelf: Shelf) -> None:
    assert shelf.live("acme") is None


def test_the_promoted_version_serves_and_the_one_before_is_remembered(shelf: Shelf) -> None:
    assert shelf.promote("acme", FIRST, 10.0) == Pointer(FIRST, None, 10.0)
    assert shelf.promote("acme", SECOND, 11.0) == Pointer(SECOND, FIRST, 11.0)
    assert shelf.live("acme") == Pointer(SECOND, FIRST, 11.0)


def test_promoting_what_serves_changes_nothing(shelf: Shelf) -> None:
    shelf.promote("acme", FIRST, 10.0)
    shelf.promote("acme", SECOND, 11.0)
    assert shelf.promote("acme", SECOND, 12.0) == Pointer(SECOND, FIRST, 11.0)


def test_a_rollback_goes_back_and_a_second_one_forth(shelf: Shelf) -> None:
    shelf.promote("acme", FIRST, 10.0)
    shelf.promote("acme", SECOND, 11.0)
    assert shelf.rollback("acme", 12.0) == Pointer(FIRST, SECOND, 12.0)
    assert shelf.rollback("acme", 13.0) == Pointer(SECOND, FIRST, 13.0)


def test_there_is_nothing_to_go_back_to_at_first(shelf: Shelf) -> None:
    with pytest.raises(BundleError, match="no previous model"):
        shelf.rollback("acme", 10.0)
    shelf.promote("acme", FIRST, 10.0)
    with pytest.raises(BundleError, match="no previous model"):
        shelf.rollback("acme", 11.0)


def test_a_broken_version_is_never_promoted(shelf: Shelf, tmp_path: Path) -> None:
    shelf.promote("acme", FIRST, 10.0)
    (tmp_path / "acme" / SECOND / MODEL).write_text("spoilt")
    with pytest.raises(BundleError, match=MODEL):
        shelf.promote("acme", SECOND, 11.0)
    assert shelf.live("acme") == Pointer(FIRST, None, 10.0)


def test_a_version_that_is_not_there_is_never_promoted(shelf: Shelf) -> None:
    with pytest.raises(BundleError, match="has no model"):
        shelf.promote("acme", "2026-11-24T10-00-00Z-0000", 10.0)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"version":"../x","previous":null,"at":1}', '{"version":1}']
)
def test_a_promotion_replaces_a_pointer_that_cannot_be_read(shelf: Shelf, tmp_path: Path, text: str) -> None:
    (tmp_path / "acme" / "live.json").write_text(text)
    with pytest.raises(BundleError):
        shelf.live("acme")
    assert shelf.promote("acme", FIRST, 10.0) == shelf.live("acme") == Pointer(FIRST, None, 10.0)
