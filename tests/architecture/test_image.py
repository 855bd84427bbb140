"""The images of deploy/Dockerfile, built step by step in a Debian of their own, and started as compose.yaml does."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import Settings
from tests.architecture.image import Image, build
from tests.benchmarks.client import Connection, prepared
from tests.benchmarks.installation import answers, free_port, until
from tests.faults.fleet import Fleet

PATIENCE_SECONDS = 120.0


def why_not() -> str:
    """Return why no image can be built here, or nothing."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        return "building the image takes root and debootstrap"
    words = ["unshare", "--mount", "true"]
    return "mounts cannot be made here" if subprocess.run(words, check=False).returncode else ""


WHY_NOT = why_not()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Image]]:
    place, built = tmp_path_factory.mktemp("image"), dict[str, Image]()
    for name in ("serve", "train"):
        build(name, place, built)
    yield built
    shutil.rmtree(place)


def test_an_image_that_serves_has_no_compiler_and_nothing_that_only_trains(images: dict[str, Image]) -> None:
    root = images["serve"].root
    for compiler in ("gcc", "cc", "clang", "make"):
        assert not list(root.glob(f"usr/*bin/{compiler}")), compiler
    packages = next((root / "opt/balad/lib").glob("python3*/site-packages"))
    assert (packages / "service").is_dir()
    assert not [name for name in ("matplotlib", "optuna", "shap") if (packages / name).exists()]


def test_an_image_that_serves_answers_on_a_read_only_root(images: dict[str, Image], tmp_path: Path) -> None:
    image, state = images["serve"], Fleet(tmp_path)
    port, redis_port = free_port(), free_port()
    settings = Settings(bind=f"127.0.0.1:{port}", redis_url=f"redis://127.0.0.1:{redis_port}")
    told = {
        "BALAD_BIND": settings.bind,
        "BALAD_REDIS_URL": str(settings.redis_url),
        "BALAD_METRICS_TOKEN": "t",
    }
    state.start(redis_port, {})
    try:
        with image.started(told, "shop", "create", "acme") as made:
            said = made.communicate(timeout=PATIENCE_SECONDS)[0]
        key = re.search(r"sk_[\w-]+", said)
        assert key, said
        with image.started(told):
            until(lambda: answers(settings), PATIENCE_SECONDS)
            body = {"page": "home", "visitor_id": "v", "consent": True, "items": ["a", "b"]}
            with Connection(port) as connection:
                ranked = connection.send(prepared("POST", "/v1/rank", key[0], body)).json()
        assert [one["item_id"] for one in ranked["items"]] == ["a", "b"]
    finally:
        state.stop()


def test_an_image_that_trains_knows_the_training_commands(images: dict[str, Image]) -> None:
    with images["train"].started({}) as process:
        said = process.communicate(timeout=PATIENCE_SECONDS)[0]
    assert process.returncode == 0, said
    assert "--seed" in said
