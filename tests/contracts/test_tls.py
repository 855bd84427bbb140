"""The state over TLS: the server must be who the authority says, and may ask the same of Balad."""

import select
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from features.identity import PARTITIONS
from features.store.exchange import Exchange
from features.store.keys import stream_key
from features.store.protocol import StoreUnavailable
from tests.faults.fleet import HOST, Cluster, cluster, until

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="no openssl to make certificates with"
)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One certificate that vouches for itself, for the server and for Balad."""
    place = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [*made, "-keyout", "tls.key", "-out", "tls.crt"], cwd=place, check=True, capture_output=True
    )
    return place


@pytest.fixture
def port(redis_url: str, certificates: Path) -> Iterator[int]:
    """A server that talks TLS and asks for a certificate, before the one that does not."""
    path = unquote(urlsplit(redis_url).path)
    with _before(certificates, socket.AF_UNIX, path) as port:
        yield port


@contextmanager
def _before(certificates: Path, family: int, server: Any) -> Iterator[int]:
    """Listen with TLS before a server, and ask for a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "tls.crt"))
    context.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(listener, context, family, server), daemon=True).start()
    with closing(listener):
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, context: ssl.SSLContext, family: int, server: Any) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=_pass_on, args=(plain, context, family, server), daemon=True).start()


def _pass_on(plain: socket.socket, context: ssl.SSLContext, family: int, address: Any) -> None:
    """Pass on what either side says, in as many pieces as it comes."""
    with (
        plain,
        suppress(OSError),
        context.wrap_socket(plain, server_side=True) as client,
        socket.socket(family) as server,
    ):
        server.connect(address)
        while True:
            ready, _, _ = select.select([client, server], [], [])
            for one, other in ((client, server), (server, client)):
                if one not in ready:
                    continue
                said = one.recv(1 << 16)  # more than a TLS record: nothing waits that no select sees
                if not said:
                    return
                other.sendall(said)


def asked(url: str) -> object:
    with closing(Exchange(url, 5.0)) as exchange:
        return exchange.run([("PING",)])


def test_a_server_and_a_client_that_know_each_other_talk(port: int, certificates: Path) -> None:
    shown = f"ssl_certfile={certificates}/tls.crt&ssl_keyfile={certificates}/tls.key"
    assert asked(f"rediss://localhost:{port}?ssl_ca_certs={certificates}/tls.crt&{shown}") == [b"PONG"]


def test_an_authority_that_is_not_trusted_a_missing_certificate_and_no_tls_are_refused(
    port: int, certificates: Path
) -> None:
    trusting = f"ssl_ca_certs={certificates}/tls.crt"
    for url in (
        f"rediss://localhost:{port}",
        f"rediss://localhost:{port}?{trusting}",
        f"redis://localhost:{port}",
    ):
        with pytest.raises(StoreUnavailable):
            asked(url)


def _announced(made: Cluster, master: int) -> set[int]:
    """Return the ports of all nodes, as one tells them."""
    return {told[2][1] for told in made.fleet.ask(master, "CLUSTER", "SLOTS")}


@pytest.fixture
def cluster_ports(certificates: Path, tmp_path: Path) -> Iterator[list[int]]:
    """A cluster whose nodes are reached over TLS alone: they announce the ports of what stands before them."""
    with cluster(tmp_path) as made, ExitStack() as stack:
        ports = [
            stack.enter_context(_before(certificates, socket.AF_INET, (HOST, master)))
            for master in made.masters
        ]
        for master, port in zip(made.masters, ports, strict=True):
            made.fleet.ask(master, "CONFIG", "SET", "cluster-announce-port", port)
        until(lambda: all(_announced(made, master) == set(ports) for master in made.masters))
        yield ports


def test_a_cluster_and_a_client_that_know_each_other_talk(
    cluster_ports: list[int], certificates: Path
) -> None:
    trusting = f"ssl_ca_certs={certificates}/tls.crt"
    shown = f"{trusting}&ssl_certfile={certificates}/tls.crt&ssl_keyfile={certificates}/tls.key"
    at = f"rediss+cluster://localhost:{cluster_ports[0]}"
    names = [stream_key("s", partition) for partition in range(PARTITIONS)]
    with closing(Exchange(f"{at}?{shown}", 5.0)) as exchange:
        assert exchange.run([("SET", name, name) for name in names]) == [b"OK"] * len(names)
        assert exchange.run([("GET", name) for name in names]) == [name.encode() for name in names]
        exchange.ping()
    for url in (f"{at}?{trusting}", f"redis+cluster://localhost:{cluster_ports[0]}"):
        with closing(Exchange(url, 0.5)) as exchange, pytest.raises(StoreUnavailable):
            exchange.run([("GET", names[0])])
