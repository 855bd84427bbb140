"""Web processes share the connections, and no client holds up the short calls of others."""

import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import pytest

from service.settings import Settings
from tests.benchmarks.client import Connection, prepared
from tests.benchmarks.installation import answers, free_port, running

Until = Callable[[Callable[[], bool]], None]
PROGRAM = str(Path(__file__).with_name("answering.py"))
SHORT = prepared("POST", "/v1/rank", "no key", b"{}")
CLOSING_SECONDS = 2.0  # gunicorn's patience
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = b"GET /long?seconds=30 HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def serving(data: Path, until: Until, workers: int, *arguments: str) -> Iterator[int]:
    """Run the server with one thread for long calls in each process; yield its port."""
    settings = Settings(data=data, bind=f"127.0.0.1:{free_port()}", log_level="error").at(
        workers=workers, threads=1, graceful_seconds=1
    )
    with running([PROGRAM, *arguments], settings):
        until(lambda: answers(settings))
        yield int(settings.bind.rpartition(":")[2])


@pytest.fixture
def port(tmp_path: Path, until: Until) -> Iterator[int]:
    with serving(tmp_path, until, 1) as port:
        yield port


def test_kept_connections_are_spread_evenly(tmp_path: Path, until: Until) -> None:
    with serving(tmp_path, until, 2) as port, ExitStack() as stack:
        until(lambda: len({answer(port) for _ in range(4)}) == 2)  # both have begun
        kept = [stack.enter_context(Connection(port)) for _ in range(8)]
        held = Counter(connection.send(SHORT).body for connection in kept)
        assert sorted(held.values()) == [4, 4]


def test_a_process_that_gives_no_sign_of_life_is_replaced(tmp_path: Path, until: Until) -> None:
    with serving(tmp_path, until, 2, "2") as port:
        until(lambda: len({answer(port) for _ in range(4)}) == 2)
        stopped = answer(port)
        os.kill(int(stopped), signal.SIGSTOP)
        until(lambda: len({answer(port) for _ in range(4)} - {stopped}) == 2)
        with pytest.raises(ProcessLookupError):
            os.kill(int(stopped), 0)


def test_a_call_that_is_not_whole_holds_up_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as slow:
        slow.sendall(SHORT[:-1])
        assert answer(port)
        slow.sendall(SHORT[-1:])
        assert slow.recv(1 << 16).startswith(b"HTTP/1.1 200")


def test_a_connection_that_says_nothing_holds_up_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as silent, Connection(port) as other:
        assert other.send(b"GET /long?seconds=0 HTTP/1.1\r\nHost: x\r\n\r\n").body == b"done"
        silent.sendall(SHORT)
        assert silent.recv(1 << 16).startswith(b"HTTP/1.1 200")


def test_a_long_call_holds_up_no_short_one(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as long:
        long.sendall(LONG)
        assert [answer(port) for _ in range(20)]


def test_clients_that_keep_their_side_open_hold_up_nobody(port: int) -> None:
    last = SHORT.replace(b"Host:", b"Connection: close\r\nHost:")
    with ExitStack() as stack:
        still_open = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(5)
        ]
        for client in still_open:
            client.sendall(last)
        other = stack.enter_context(Connection(port))
        assert other.send(SHORT).seconds < len(still_open) * CLOSING_SECONDS / 2


def test_calls_sent_together_are_all_answered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(3 * SHORT)
        received = b""
        while received.count(b"HTTP/1.1 200") < 3:
            more = client.recv(1 << 16)
            assert more
            received += more


def test_a_client_that_takes_no_answer_is_given_up(port: int) -> None:
    """Else the process would wait for it until gunicorn took it for dead."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", port))
        sender = Thread(target=_send_many, args=(deaf,), daemon=True)
        sender.start()
        assert answer(port)
        sender.join(20)
        assert not sender.is_alive(), "nobody has closed the connection"


def _send_many(deaf: socket.socket) -> None:
    try:
        while True:
            deaf.sendall(HEALTH)
    except OSError:
        return


def answer(port: int) -> bytes:
    """What a connection of its own is answered."""
    with Connection(port) as connection:
        return connection.send(SHORT).body
