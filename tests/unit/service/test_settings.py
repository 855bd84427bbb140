"""Settings come from BALAD_… variables, and a wrong one is named."""

from pathlib import Path

import pytest

from service.settings import InvalidSettingsError, Settings, environment, load, misspelt


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in environment() if name.startswith("BALAD_")]:
        monkeypatch.delenv(name)


def test_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAD_THREADS", "7")
    monkeypatch.setenv("BALAD_KILL_SWITCH", "1")
    assert load().threads == 7
    assert load().kill_switch


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAD_REDIS_URL", "")
    monkeypatch.setenv("BALAD_THREADS", "")
    assert load() == Settings()
    assert load().embedded


def test_log_and_models_are_below_the_data_directory() -> None:
    settings = Settings(data=Path("/srv/balad"))
    assert settings.log_url == "file:///srv/balad/log"
    assert settings.models_url == "file:///srv/balad/models"


def test_log_and_models_follow_the_data_directory_when_it_changes() -> None:
    assert Settings().at(data=Path("/srv/balad")).log_url == "file:///srv/balad/log"
    assert Settings(log_url="s3://b/log").at(data=Path("/srv/balad")).log_url == "s3://b/log"


def test_a_relative_data_directory_is_the_same_from_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load().log_url == f"file://{tmp_path}/data/log"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BALAD_BIND", "8000"),
        ("BALAD_BIND", ":8000"),
        ("BALAD_BIND", "localhost:port"),
        ("BALAD_BIND", "localhost:65536"),
        ("BALAD_THREADS", "many"),
        ("BALAD_WORKERS", "0"),
        ("BALAD_SERVED_ROWS_SHARE", "nan"),
        ("BALAD_DEADLINE_MS", "inf"),
        ("BALAD_APPENDFSYNC", "no"),
    ],
)
def test_names_a_value_it_cannot_use(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingsError, match=rf"^{name}='{value}': [^\n]+$"):
        load()


def test_does_not_repeat_a_value_that_may_hold_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAD_REDIS_URL", "https://:hunter2@host")
    with pytest.raises(
        InvalidSettingsError, match=r"^BALAD_REDIS_URL: it takes a URL that begins with redis://"
    ):
        load()


def test_names_all_values_it_cannot_use_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAD_THREADS", "x")
    monkeypatch.setenv("BALAD_DATA", "~")
    monkeypatch.setenv("BALAD_WORKERS", "x")
    with pytest.raises(InvalidSettingsError, match=r"^BALAD_WORKERS=.*; BALAD_THREADS=.*$"):
        load()


def test_tells_a_misspelt_variable_from_somebody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAD_REDDIS_URL", "redis://x")
    monkeypatch.setenv("BALAD_SECRET_KEY", "sk_x")
    assert misspelt() == {"BALAD_REDDIS_URL": "BALAD_REDIS_URL"}


def test_hides_secrets_where_settings_are_printed() -> None:
    settings = Settings(redis_url="redis://:hunter2@host", metrics_token="hunter3")
    assert "hunter" not in repr(settings)
    assert "hunter" not in str(settings)
