"""The parts of deploy/compose.yaml as plain processes: two webs behind nginx restart in turn, and no call fails."""

import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from werkzeug import Response

from features.store.embedded import EmbeddedServer
from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from service.settings import Settings
from service.shops import NewShop, create_shop
from tests.benchmarks import generated
from tests.benchmarks.client import Answer, Connection, prepared
from tests.benchmarks.installation import answers, command, free_port, running
from tests.benchmarks.installation import until as wait
from tests.served import Server

NGINX_CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="no nginx on this machine: only the configuration is read"
)
SHOPPERS = 3
PATIENCE_SECONDS = 180.0  # a machine that others use may stand still for a minute or two
Send = Callable[[bytes], Answer]
Until = Callable[[Callable[[], bool]], None]


@dataclass
class Web:
    """One `balad serve` that can be stopped and started again."""

    settings: Settings
    process: ExitStack = field(default_factory=ExitStack)

    @property
    def port(self) -> int:
        return int(self.settings.bind.rpartition(":")[2])

    def start(self) -> None:
        self.process.enter_context(running(command("serve"), self.settings))
        wait(lambda: answers(self.settings), PATIENCE_SECONDS)

    def restart(self) -> None:
        self.process.close()
        self.start()


@dataclass
class Topology:
    """What compose starts, but for what is in front."""

    webs: list[Web]
    worker_port: int
    shop: NewShop


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    data = tmp_path_factory.mktemp("topology")
    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(data / "redis"))
        with closing(Exchange(server.url, 10.0)) as exchange:
            shop = create_shop(RedisSettings(exchange), generated.SHOP, now=time.time())
        worker_port = free_port()
        common = Settings(
            data=data, redis_url=server.url, workers=1, log_level="error", log_format="json"
        ).at(visitor_rate=0, key_rate=0)
        worker = common.at(worker_bind=f"127.0.0.1:{worker_port}")
        stack.enter_context(running(command("worker"), worker))
        webs = [Web(common.at(bind=f"127.0.0.1:{free_port()}")) for _ in range(2)]
        for web in webs:
            stack.callback(web.process.close)
            web.start()
        yield Topology(webs, worker_port, shop)


@contextmanager
def nginx(directory: Path, ports: list[int]) -> Iterator[int]:
    """Run nginx with our configuration, its addresses and places replaced; yield its port."""
    assert NGINX is not None
    port, text = free_port(), NGINX_CONF.read_text().replace("/tmp/", f"{directory}/")  # noqa: S108 - replaced
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
    for number, own in enumerate(ports, start=1):
        text = text.replace(f"web{number}:8000", f"127.0.0.1:{own}")
    file = directory / "nginx.conf"
    file.write_text(text)
    arguments = [NGINX, "-e", "stderr", "-p", str(directory), "-c", str(file), "-g", "daemon off;"]
    with subprocess.Popen(arguments, process_group=0) as process:
        try:
            yield port
        finally:
            process.terminate()


def through(port: int) -> Send:
    """Send every call on a connection of its own to one address."""

    def send(request: bytes) -> Answer:
        with Connection(port) as connection:
            return connection.send(request)

    return send


def either(ports: list[int]) -> Send:
    """Send to one, or where it does not answer to the other: what nginx is told to do."""

    def send(request: bytes) -> Answer:
        for port in ports:
            try:
                return through(port)(request)
            except (OSError, ValueError):
                continue
        return Answer(0, b"nobody answered", 0.0)

    return send


class Shopper:
    """Asks for rankings and sends events, one after the other, until stopped."""

    def __init__(self, number: int, send: Send, shop: NewShop) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._number = number
        self._send = send
        self._key = shop.publishable_key
        self._stop = Event()
        self._thread = Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        visitor = {"visitor_id": f"v-{self._number}", "session_id": "s", "consent": True, "page": "shoes"}
        question = {**visitor, "items": ["a", "b", "c"]}
        while not self._stop.is_set():
            event = {**visitor, "name": "view_item", "items": [{"item_id": "a"}]}
            for path, body in (("/v1/rank", question), ("/v1/events", {"events": [event]})):
                self.statuses[path, self._status(prepared("POST", path, self._key, body))] += 1

    def _status(self, request: bytes) -> int:
        try:
            return self._send(request).status
        except (OSError, ValueError):
            return 0


def restart_in_turn(topology: Topology, send: Send, until: Until) -> Counter[tuple[str, int]]:
    """Restart each web process under load; return how often each call got each status."""
    shoppers = [Shopper(number, send, topology.shop) for number in range(SHOPPERS)]
    for shopper in shoppers:
        shopper.start()
    try:
        for web in topology.webs:
            before = sum(shoppers[0].statuses.values())
            until(lambda seen=before: sum(shoppers[0].statuses.values()) > seen + 20)  # type: ignore[misc]
            web.restart()
    finally:
        for shopper in shoppers:
            shopper.stop()
    return sum((shopper.statuses for shopper in shoppers), Counter())


@needs_nginx
def test_two_webs_behind_nginx_are_restarted_in_turn_and_no_call_fails(
    topology: Topology, tmp_path: Path, until: Until
) -> None:
    with nginx(tmp_path, [web.port for web in topology.webs]) as port:
        until(lambda: _serves(port))
        statuses = restart_in_turn(topology, through(port), until)
        assert set(statuses) == {("/v1/rank", 200), ("/v1/events", 200)}, statuses
        assert through(port)(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").status == 404


@needs_nginx
def test_a_web_that_is_back_at_once_takes_the_calls_of_the_one_that_goes_next(
    tmp_path: Path, until: Until
) -> None:
    first, second = (Server(Response(), free_port()) for _ in range(2))  # they start and stop at once
    with ExitStack() as stack:
        for server in (first, second):
            stack.callback(server.stop)
        port = stack.enter_context(nginx(tmp_path, [first.port, second.port]))
        second.start()
        until(lambda: _serves(port))
        assert [_serves(port) for _ in range(4)] == [True] * 4  # now nginx leaves the first one alone
        first.start()
        second.stop()
        assert [_serves(port) for _ in range(4)] == [True] * 4


def test_a_call_that_one_web_does_not_take_the_other_one_takes(topology: Topology, until: Until) -> None:
    statuses = restart_in_turn(topology, either([web.port for web in topology.webs]), until)
    assert set(statuses) == {("/v1/rank", 200), ("/v1/events", 200)}, statuses


def test_the_worker_tells_of_itself(topology: Topology, until: Until) -> None:
    def told() -> bytes:
        try:
            return through(topology.worker_port)(b"GET /metrics HTTP/1.0\r\n\r\n").body
        except OSError:
            return b""

    until(lambda: re.search(rb"^balad_worker_store_available 1\.0$", told(), re.MULTILINE) is not None)


def _serves(port: int) -> bool:
    try:
        return through(port)(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").status == 200
    except OSError:
        return False
