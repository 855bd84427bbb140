"""Which calls a web process answers where it reads them, and who takes a new connection."""

import pytest

from service.connections import Connections
from service.web_process import PEEKED_BYTES, SHORT, is_short
from tests.benchmarks.client import prepared

WHOLE = prepared("POST", "/v1/rank", "pk_key", {"items": ["a"]})
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "call", [WHOLE, HEALTH, WHOLE + WHOLE[:20], WHOLE.replace(b"Length: ", b"LENGTH:\t")]
)
def test_a_whole_short_call_is_short(call: bytes) -> None:
    assert is_short(call)


@pytest.mark.parametrize("call", [WHOLE, HEALTH])
def test_no_part_of_a_call_is_short(call: bytes) -> None:
    assert not any(is_short(call[:length]) for length in range(len(call)))


@pytest.mark.parametrize(
    "call",
    [
        prepared("POST", "/v1/events", "pk_key", {"events": []}),
        prepared("POST", "/v1/rank", "pk_key", b"x" * PEEKED_BYTES)[:PEEKED_BYTES],
        WHOLE.replace(b"Content-Length", b"X-Content-Length"),
        WHOLE.replace(b"Content-Type: application/json", b"Transfer-Encoding: chunked"),
        HEALTH.replace(b"Host: x", b"Transfer-Encoding: chunked"),
        HEALTH.replace(b"Host: x", b"Content-Length: 5"),
        b"GET /metrics HTTP/1.1\r\n\r\n",
    ],
)
def test_what_may_take_long_is_not_short(call: bytes) -> None:
    assert not is_short(call)


def test_short_calls_are_calls_of_ours() -> None:
    from service.api.endpoints import ENDPOINTS  # noqa: PLC0415 - all of the service

    assert set(SHORT) <= {f"{endpoint.method} {endpoint.path} ".encode() for endpoint in ENDPOINTS}


def test_a_process_that_takes_no_more_has_not_the_fewest() -> None:
    connections = Connections()
    connections.hold(7, 0)
    connections.hold(8, 4)
    assert connections.fewest() == 0
    connections.leave(7)
    assert connections.fewest() == 4
    connections.hold(1 << 40, 1 << 40)
    assert connections.fewest() == 4
