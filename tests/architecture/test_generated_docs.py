"""What is generated is current, and says every setting."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from service.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(generate: ModuleType) -> None:
    stale = [str(file) for file, text in generate.generated().items() if file.read_text() != text]
    assert stale == [], "run `make docs`"


@pytest.mark.parametrize("page", ["README.md", "docs/settings.md"])
def test_every_setting_is_told(page: str) -> None:
    text = (ROOT / page).read_text()
    assert [name for name in Settings.model_fields if f"`{variable(name)}`" not in text] == []


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
