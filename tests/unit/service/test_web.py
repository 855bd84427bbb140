"""gunicorn takes our options, from `balad serve` and from deploy/gunicorn.conf.py alike."""

import runpy
import socket
from pathlib import Path
from typing import Literal

import pytest
from gunicorn.config import Config

from service.settings import Settings
from service.web import AddressError, gunicorn_options, refuse_taken
from service.web_process import WebProcess

CONFIG_FILE = Path(__file__).resolve().parents[3] / "deploy" / "gunicorn.conf.py"


def test_gunicorn_takes_every_option() -> None:
    config = Config()
    for name, value in gunicorn_options(Settings(workers=3, threads=5, bind="[::1]:80")).items():
        config.set(name, value)
    assert (config.workers, config.threads, config.bind) == (3, 5, ["[::1]:80"])
    assert config.worker_class is WebProcess


def test_the_file_in_deploy_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAD_THREADS", "9")
    said = runpy.run_path(str(CONFIG_FILE))
    assert {name: said[name] for name in gunicorn_options(Settings())} == gunicorn_options(Settings())
    assert said["threads"] == 9


def test_a_free_address_is_not_refused() -> None:
    refuse_taken("127.0.0.1:0")


@pytest.mark.parametrize("bind", ["127.0.0.1:{port}", "localhost:{port}", "0.0.0.0:{port}"])
def test_a_taken_port_is_refused_with_what_to_do(bind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken_bind = bind.format(port=taken.getsockname()[1])
        with pytest.raises(AddressError, match=rf"^{taken_bind} is taken .* set BALAD_BIND to another"):
            refuse_taken(taken_bind)


def test_an_address_that_is_nobodys_is_refused() -> None:
    with pytest.raises(AddressError, match=r"^192\.0\.2\.1:8000 cannot be used \(.+\)"):
        refuse_taken("192.0.2.1:8000")


def test_a_name_that_is_nobodys_is_refused() -> None:
    with pytest.raises(AddressError, match=r"^nowhere\.invalid:8000 cannot be used \(.+\)"):
        refuse_taken("nowhere.invalid:8000")


@pytest.mark.parametrize(("level", "lines"), [("debug", 1), ("info", 0), ("warning", 0)])
def test_a_call_whose_address_may_name_a_visitor_is_told_of_at_debug_alone(
    level: Literal["debug", "info", "warning"], lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config()
    for name, value in gunicorn_options(Settings(log_level=level)).items():
        config.set(name, value)
    told: list[str] = []
    log = config.logger_class(config)
    monkeypatch.setattr(log, "atoms", lambda *_: {"r": "GET /v1/visitors/somebody"})
    monkeypatch.setattr(log.access_log, "callHandlers", lambda record: told.append(record.getMessage()))
    log.access(None, None, None, None)
    assert len(told) == lines
