"""The state over TLS: the server must be who the authority says, and may ask the same of Balad."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from features.store.exchange import Exchange
from features.store.protocol import StoreUnavailable

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
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "tls.crt"))
    context.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(
        target=_serve, args=(listener, context, unquote(urlsplit(redis_url).path)), daemon=True
    ).start()
    with closing(listener):
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, context: ssl.SSLContext, path: str) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=_pass_on, args=(plain, context, path), daemon=True).start()


def _pass_on(plain: socket.socket, context: ssl.SSLContext, path: str) -> None:
    """Answer what is asked, one exchange at a time."""
    with (
        plain,
        suppress(OSError),
        context.wrap_socket(plain, server_side=True) as client,
        socket.socket(socket.AF_UNIX) as server,
    ):
        server.connect(path)
        while asked := client.recv(1 << 16):
            server.sendall(asked)
            client.sendall(server.recv(1 << 16))


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
