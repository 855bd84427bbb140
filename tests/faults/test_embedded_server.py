"""The embedded server is found again, joined, recovered and left, whatever happened to whom."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from features.store.embedded import EmbeddedServer, EmbeddedServerError, attach_or_start

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """A directory whose server, if any is left, is stopped after the test."""
    place = tmp_path / "redis"
    yield place
    if place.is_dir() and os.access(place, os.W_OK):
        with EmbeddedServer(place):
            pass


def client(server: EmbeddedServer) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def pid_of(server: EmbeddedServer) -> int:
    with client(server) as connection:
        return int(connection.info("server")["process_id"])


def test_serves_and_writes_to_an_append_only_file(directory: Path) -> None:
    with EmbeddedServer(directory, "always") as server, client(server) as connection:
        assert connection.config_get("appendonly", "appendfsync", "port") == {
            "appendonly": "yes",
            "appendfsync": "always",
            "port": "0",
        }


def test_is_stopped_by_its_only_user(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.start()
    pid = pid_of(server)
    server.stop()
    assert not server.answers
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (directory / "server.sock").exists()


def test_stopping_twice_or_before_a_start_does_nothing(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_a_second_start_finds_the_data(directory: Path) -> None:
    with EmbeddedServer(directory) as server, client(server) as connection:
        connection.set("k", "v")
    with EmbeddedServer(directory) as server, client(server) as connection:
        assert connection.get("k") == b"v"


def test_a_second_user_joins_the_running_server(directory: Path) -> None:
    with EmbeddedServer(directory) as first, EmbeddedServer(directory) as second:
        assert first.url == second.url
        assert pid_of(first) == pid_of(second)


def test_the_last_user_stops_it_not_the_first(directory: Path) -> None:
    first, second = EmbeddedServer(directory), EmbeddedServer(directory)
    first.start()
    second.start()
    first.stop()
    assert second.answers
    second.stop()
    assert not second.answers


def test_many_users_at_once_start_one_server(directory: Path) -> None:
    servers = [EmbeddedServer(directory) for _ in range(8)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({pid_of(server) for server in servers}) == 1
    for server in servers:
        server.stop()
    assert not servers[0].answers


def test_a_crashed_server_is_started_again_on_its_data(directory: Path, until: Until) -> None:
    with EmbeddedServer(directory, "always") as server:
        with client(server) as connection:
            connection.set("k", "v")
        os.kill(pid_of(server), signal.SIGKILL)
        until(lambda: not server.answers)
        assert (directory / "server.sock").exists()  # stale: nobody listens
        server.start()
        with client(server) as connection:
            assert connection.get("k") == b"v"


def test_a_server_whose_user_was_killed_is_joined_and_stopped(directory: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from features.store.embedded import EmbeddedServer\n"
        "EmbeddedServer(pathlib.Path(sys.argv[1])).start()\n"
        "print('up', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"up\n"
        user.kill()
    server = EmbeddedServer(directory)
    assert server.answers
    orphan = pid_of(server)
    with server:
        assert pid_of(server) == orphan
    assert not server.answers


def test_is_private_to_its_user(directory: Path) -> None:
    with EmbeddedServer(directory) as server, client(server) as connection:
        connection.set("k", "v")
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        for file in directory.rglob("*"):
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_a_directory_too_deep_for_a_socket_works(tmp_path: Path) -> None:
    directory = tmp_path / ("d" * 120) / "with a space"
    with EmbeddedServer(directory) as server, client(server) as connection:
        connection.set("k", "v")
        with EmbeddedServer(directory) as joined:
            assert pid_of(joined) == pid_of(server)
    with EmbeddedServer(directory) as server, client(server) as connection:
        assert connection.get("k") == b"v"


def test_a_fork_does_not_stop_the_server_of_its_parent(directory: Path) -> None:
    with EmbeddedServer(directory) as server:
        child = os.fork()
        if child == 0:
            server.stop()
            os._exit(0)
        os.waitpid(child, 0)
        assert server.answers


def test_says_when_the_directory_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "redis").write_text("")
    with pytest.raises(EmbeddedServerError, match=r"cannot be used: .*exists"):
        attach_or_start(tmp_path)


def test_says_when_a_foreign_server_listens_in_the_directory(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as foreign:
        foreign.bind(str(directory / "server.sock"))
        foreign.listen()

        with pytest.raises(EmbeddedServerError, match="did not start"):
            EmbeddedServer(directory, silence_seconds=0.1).start()
    (directory / "server.sock").unlink()


def test_says_when_the_running_server_does_not_answer(directory: Path) -> None:
    with EmbeddedServer(directory) as server:
        pid = pid_of(server)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(EmbeddedServerError, match=rf"does not answer .*process {pid}"):
                EmbeddedServer(directory, silence_seconds=0.1).start()
        finally:
            os.kill(pid, signal.SIGCONT)
        assert server.answers


def test_says_what_the_server_said_when_it_cannot_read_its_data(directory: Path) -> None:
    with EmbeddedServer(directory) as server, client(server) as connection:
        connection.set("k", "v")
    (written,) = directory.glob("appendonlydir/*.incr.aof")
    written.write_bytes(b"nonsense\r\n" + written.read_bytes())
    with pytest.raises(EmbeddedServerError, match="Bad file format"):
        EmbeddedServer(directory).start()
    written.write_bytes(written.read_bytes().removeprefix(b"nonsense\r\n"))
    with EmbeddedServer(directory) as server, client(server) as connection:
        assert connection.get("k") == b"v"


def test_a_write_cut_short_by_a_power_cut_is_dropped_and_the_rest_kept(directory: Path) -> None:
    with EmbeddedServer(directory) as server, client(server) as connection:
        connection.set("k", "v")
        connection.set("later", "lost")
    (written,) = directory.glob("appendonlydir/*.incr.aof")
    written.write_bytes(written.read_bytes()[:-5])
    with EmbeddedServer(directory) as server, client(server) as connection:
        assert connection.mget("k", "later") == [b"v", None]
