"""`balad up` serves, heals and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import orjson
import pytest

from features.store.embedded import EmbeddedServer
from features.store.filelock import FileLock
from service.settings import environment
from tests.benchmarks.installation import free_port

Until = Callable[[Callable[[], bool]], None]
BALAD = [sys.executable, "-m", "service.cli"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def variables(tmp_path: Path, port: int) -> dict[str, str]:
    return environment(data=tmp_path, bind=f"127.0.0.1:{port}", workers=1, log_level="warning")


@contextmanager
def up(variables: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen([*BALAD, "up"], env=variables, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def answer(port: int, path: str = "/readyz") -> tuple[int, bytes]:
    """The status and body of a call; (0, b"") where nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


def nobody_uses(data: Path) -> bool:
    """Whether all processes of `balad up` are gone: each of them holds a share of this lock."""
    lock = FileLock(data / "redis" / "users.lock")
    taken = lock.take()
    lock.drop()
    return taken and not EmbeddedServer(data / "redis").runs()


def child(parent: int, command: str) -> int:
    """The process that runs a command of ours for a parent."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    (pid,) = (int(row[0]) for row in rows if row[1] == str(parent) and f"service.cli {command}" in row[2])
    return pid


def shop_named(name: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [*BALAD, "shop", "create", name, "--json"]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_serves_until_stopped_and_finds_its_data_again(
    tmp_path: Path, port: int, variables: dict[str, str], until: Until
) -> None:
    with up(variables) as process:
        until(lambda: answer(port)[0] == 200)
        assert set(orjson.loads(shop_named("acme", variables).stdout)) == {
            "shop",
            "publishable_key",
            "secret_key",
        }
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (0, "")
    assert nobody_uses(tmp_path)
    again = shop_named("acme", variables)  # starts the embedded server for itself
    assert (again.returncode, again.stderr) == (1, "balad: shop 'acme' exists already\n")
    assert nobody_uses(tmp_path)


def test_starts_again_what_was_killed(
    tmp_path: Path, port: int, variables: dict[str, str], until: Until
) -> None:
    pid_file = tmp_path / "redis" / "server.pid"
    with up(variables) as process:
        until(lambda: answer(port)[0] == 200)
        server = pid_file.read_text()
        os.kill(int(server), signal.SIGKILL)
        os.kill(child(process.pid, "serve"), signal.SIGKILL)
        until(lambda: pid_file.exists() and pid_file.read_text() != server and answer(port)[0] == 200)
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert "balad: the embedded server stopped; starting it again in 0.5 s\n" in said
    assert "balad: web stopped; starting it again in 0.5 s\n" in said


def test_nothing_outlives_it_when_it_is_killed(
    tmp_path: Path, port: int, variables: dict[str, str], until: Until
) -> None:
    with up(variables) as process:
        until(lambda: answer(port)[0] == 200)
        process.kill()
        process.wait()
        until(lambda: nobody_uses(tmp_path))
        until(lambda: answer(port)[0] == 0)


def test_says_that_the_port_is_taken(port: int, variables: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", port)), up(variables) as process:
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert said.startswith(f"balad: 127.0.0.1:{port} is taken by another program; ")
    assert said.count("\n") == 1
