"""Web pages that may call with a shop's publishable key: which origins the shop declared. Pure."""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


class OriginError(ValueError):
    """What was given is no origin; the message says what is."""


def origin_of(text: str) -> str:
    """Return an origin as a browser writes it in `Origin`.

    >>> origin_of("HTTPS://Shop.Example:443/"), origin_of("http://localhost:3000")
    ('https://shop.example', 'http://localhost:3000')

    Raises:
        OriginError: It is none: a path, no scheme, a wildcard.
    """
    said = text.strip().lower().removesuffix("/")
    scheme, _, rest = said.partition("://")
    said = f"{scheme}://{rest.removesuffix(_DEFAULT_PORTS.get(scheme, '/'))}"
    if not _ORIGIN.fullmatch(said):
        raise OriginError(f"origin {text!r}: write scheme and host, as in https://shop.example")
    return said


def may_call(origin: str, declared: Collection[str], host: str) -> bool:
    """Tell whether a page of `origin` may call a service that was reached as `host`.

    The service's own pages always may. While nothing is declared, so may pages served from the developer's own
    machine; afterwards exactly what is declared.

    >>> may_call("https://shop.example", ["https://shop.example"], "balad.example")
    True
    >>> may_call("http://localhost:3000", [], "balad.example")
    True
    >>> may_call("http://localhost:3000", ["https://shop.example"], "balad.example")
    False
    >>> may_call("https://balad.example", ["https://shop.example"], "balad.example")
    True
    """
    if origin in declared:
        return True
    try:
        parts = urlsplit(origin)
        name = parts.hostname
    except ValueError:
        return False
    return (bool(host) and parts.netloc == host.lower()) or (not declared and name in _THIS_MACHINE)
