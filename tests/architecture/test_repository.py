"""What is in the repository: the top level of the design, locks that name no registry, verbs that exist."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted((ROOT / "deploy").glob("*.lock"))
TOP = {
    *("service", "features", "training", "deploy", "tests", "pyproject.toml", "README.md"),
    *("docs", "LICENSE", "CHANGELOG.md", "Makefile", ".ci", ".gitignore", ".pre-commit-config.yaml"),
}
CODE = {"features", "service", "training"}


def committed() -> list[str]:
    return subprocess.run(
        ["git", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def pinned(lock: Path) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(), flags=re.MULTILINE):
        pins.setdefault(name, set()).add(version)
    return pins


def wanted(*extras: str) -> list[Requirement]:
    project = PROJECT["project"]
    lines = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return [Requirement(line) for line in lines]


def test_the_top_level_holds_what_the_design_says() -> None:
    assert {path.partition("/")[0] for path in committed()} <= TOP


def test_tests_hold_no_package_that_would_shadow_ours() -> None:
    assert [path for path in committed() if path.startswith("tests/") and path.endswith("__init__.py")] == []


def test_every_package_is_a_regular_one() -> None:
    folders = {Path(p).parent for p in committed() if p.endswith(".py") and p.partition("/")[0] in CODE}
    assert [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_registry(lock: Path) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*|--find-links.*", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_a_hash_for_every_pin(lock: Path) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ()),
        ("requirements-serve.lock", ("s3", "otel")),
        ("requirements-train.lock", ("train",)),
        ("requirements-dev.lock", ("train", "dask", "s3", "otel", "dev")),
    ],
)
def test_a_lock_is_within_the_bounds(lock: str, extras: tuple[str, ...]) -> None:
    pins = pinned(ROOT / "deploy" / lock)
    outside = [str(r) for r in wanted(*extras) if not all(v in r.specifier for v in pins.get(r.name, {"0"}))]
    assert outside == [], "run `make lock`"


def test_every_dependency_is_bounded_above() -> None:
    calendar = {"fsspec", "s3fs"}  # versions are dates, with no promise to bound
    open_ended = [r.name for r in wanted("train", "dask", "s3", "otel", "dev") if "<" not in str(r.specifier)]
    assert set(open_ended) == calendar
