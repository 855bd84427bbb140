"""Who may import whom: the contracts of pyproject.toml, and the purity of the core, module by module."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
IMPURE = {  # a socket, a clock, the environment, chance, or a framework
    *("socket", "asyncio", "http", "urllib", "requests", "redis", "hiredis"),
    *("time", "os", "subprocess", "random", "secrets", "uuid"),
    *("flask", "werkzeug", "click", "gunicorn", "lightgbm", "duckdb"),
}
ALLOWED = {("features.bundle.files", "os")}  # a bundle is files: written, flushed to the disk, renamed


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        "features", "service", "training", include_external_packages=True, cache_dir=None
    )


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def pure_modules() -> set[str]:
    features = {
        m
        for m in graph().modules
        if within(m, "features") and not within(m, "features.store", "features.log")
    }
    return features | {m for m in graph().modules if within(m, "service.ranking")}


def test_the_contracts_of_pyproject_hold() -> None:
    # In a process of its own: it sets up logging for itself and silences everybody else's.
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_core_is_there_to_be_checked() -> None:
    assert {"features.table", "features.visit", "service.ranking"} <= pure_modules()


def test_the_pure_core_imports_only_itself() -> None:
    stray = {
        (module, imported)
        for module in pure_modules()
        for imported in graph().find_modules_directly_imported_by(module)
        if within(imported, "features", "service", "training") and imported not in pure_modules()
    }
    assert stray == set()


def test_the_pure_core_has_no_socket_clock_environment_chance_or_framework() -> None:
    stray = {
        (module, imported)
        for module in pure_modules()
        for imported in graph().find_modules_directly_imported_by(module)
        if imported.partition(".")[0] in IMPURE
    }
    assert stray == ALLOWED
