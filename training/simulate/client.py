"""One keep-alive connection to a Balad service, as a storefront's server would hold it."""

import http.client
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

TIMEOUT_SECONDS: Final = 5.0
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class ServiceAwayError(Exception):
    """Nobody answered, or the service asks to come back later."""


class RefusedError(Exception):
    """The service answered that the call is wrong: a key, a page, a field."""


class Client:
    """Calls to one service with one key."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RefusedError(f"{url!r} is no address of a service; write one such as http://127.0.0.1:8000")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer's body.

        A connection that the other side closed while it was idle is opened once more. Raises ServiceAwayError
        and RefusedError.
        """
        raw = orjson.dumps(body)
        try:
            status, text = self._send(path, raw)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            status, text = self._again(path, raw)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ServiceAwayError(f"nothing answers: {error}") from None
        if status >= _SERVER_ERROR or status == _TOO_MANY:
            raise ServiceAwayError(f"{path} answers {status}")
        if status != http.client.OK:
            raise RefusedError(f"{path} answers {status}: {text[:300].decode(errors='replace')}")
        answer: dict[str, Any] = orjson.loads(text)
        return answer

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _again(self, path: str, raw: bytes) -> tuple[int, bytes]:
        self._connection.close()
        try:
            return self._send(path, raw)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ServiceAwayError(f"nothing answers: {error}") from None

    def _send(self, path: str, raw: bytes) -> tuple[int, bytes]:
        self._connection.request("POST", self._prefix + path, raw, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()
