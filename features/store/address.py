"""Where the live state is, as its URL says: on one server, in a cluster, or with the master that Sentinels name."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

Kind = Literal["server", "cluster", "sentinel"]

SCHEMES: Final[Mapping[str, Kind]] = {
    "redis": "server",
    "rediss": "server",
    "unix": "server",
    "redis+cluster": "cluster",
    "rediss+cluster": "cluster",
    "redis+sentinel": "sentinel",
    "rediss+sentinel": "sentinel",
}
SERVER_PORT: Final = 6379
SENTINEL_PORT: Final = 26_379
LAST_PORT: Final = 65_535
FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_TLS: Final = (*FILES, "ssl_ca_path", "ssl_password", "ssl_cert_reqs", "ssl_check_hostname")
_SENTINEL: Final = ("sentinel_username", "sentinel_password")
_SOCKET: Final = ("db", "username", "password")
_ANY: Final = ("client_name",)
_CERT_REQS: Final = ("required", "optional", "none")


class InvalidAddressError(ValueError):
    """The URL cannot be used; the message says why and never repeats it: it may hold a password."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says: `hosts` are the servers it names, or the Sentinels, and `url` is what the driver takes.

    `service` is what Sentinels call the master, `of_sentinels` what they are greeted with: they know nothing of the
    master's user and password.
    """

    kind: Kind
    hosts: tuple[tuple[str, int], ...]
    url: str  # of the first host, with all that the driver is told of each
    service: str = ""
    of_sentinels: Mapping[str, str] = field(default_factory=dict)


def address_of(url: str) -> Address:
    """Read a URL.

    >>> address_of("redis+cluster://balad:secret@one:7000,two").hosts
    (('one', 7000), ('two', 6379))
    >>> address_of("rediss+sentinel://s1,s2/shop?ssl_ca_certs=/etc/hosts").service
    'shop'

    Raises:
        InvalidAddressError: It cannot be used.
    """
    scheme, colon, _ = url.partition("://")
    if not colon or scheme not in SCHEMES:
        *others, last = (f"{name}://" for name in SCHEMES)
        raise InvalidAddressError(f"it takes a URL that begins with {', '.join(others)} or {last}")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidAddressError("an IPv6 address stands in brackets, such as [::1]:6379") from error
    if parts.fragment or url.endswith("#"):
        raise InvalidAddressError("a # in a user or password is written %23")
    kind, options = SCHEMES[scheme], _options(parts)
    if scheme == "unix":
        return _of_socket(url, parts)
    return _of_hosts(kind, parts, options)


def _of_socket(url: str, parts: SplitResult) -> Address:
    if not parts.path.strip("/"):
        raise InvalidAddressError("the path of the socket is missing: unix:///run/valkey.sock")
    return Address("server", (), url)


def _of_hosts(kind: Kind, parts: SplitResult, options: dict[str, str]) -> Address:
    who, _, named = parts.netloc.rpartition("@")
    hosts = tuple(
        _host(name, SENTINEL_PORT if kind == "sentinel" else SERVER_PORT) for name in named.split(",")
    )
    if kind == "server" and len(hosts) > 1:
        raise InvalidAddressError(
            "it names several servers: a cluster's begins with redis+cluster://, that of Sentinels with redis+sentinel://"
        )
    service, database = _path(kind, parts.path)
    of_sentinels = {name: options.pop(name) for name in _SENTINEL if name in options}
    host, port = hosts[0]
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    scheme = "rediss" if parts.scheme.startswith("rediss") else "redis"
    query = f"?{urlencode(options)}" if options else ""
    url = f"{scheme}://{f'{who}@' if who else ''}{at}/{database}{query}"
    return Address(
        kind, hosts, url, service, {n.removeprefix("sentinel_"): v for n, v in of_sentinels.items()}
    )


def _host(named: str, default_port: int) -> tuple[str, int]:
    if named.startswith("["):
        host, _, rest = named[1:].partition("]")
        colon, port = rest[:1], rest[1:]
    else:
        host, colon, port = named.partition(":")
    if not host:
        raise InvalidAddressError("the name of a server is missing")
    if not colon:
        return host, default_port
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= LAST_PORT):
        raise InvalidAddressError(
            f"the port of {host} is no number from 1 to {LAST_PORT}; a / or @ in a password is written %2F or %40"
        )
    return host, int(port)


def _path(kind: Kind, path: str) -> tuple[str, int]:
    """Return the name of the service and the number of the database."""
    words = [unquote(word) for word in path.split("/") if word]
    service = words.pop(0) if kind == "sentinel" and words else ""
    if kind == "sentinel" and not service:
        raise InvalidAddressError(
            "the name that the Sentinels give the master is missing: redis+sentinel://one,two,three/mymaster"
        )
    if len(words) > 1 or not "".join(words or ["0"]).isdigit():
        raise InvalidAddressError("what follows the last / is the number of a database")
    database = int(words[0]) if words else 0
    if kind == "cluster" and database:
        raise InvalidAddressError("a cluster has no databases but 0")
    return service, database


def _options(parts: SplitResult) -> dict[str, str]:
    """Return what stands behind the question mark."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = _known(parts.scheme)
    for name in options:
        if name not in known:
            raise InvalidAddressError(_unknown(name, known))
    for name in FILES:
        if name in options and not os.access(options[name], os.R_OK):
            raise InvalidAddressError(f"{name}: the file {options[name]} cannot be read")
    if options.get("ssl_cert_reqs", "required") not in _CERT_REQS:
        raise InvalidAddressError(f"ssl_cert_reqs is one of {', '.join(_CERT_REQS)}")
    return options


def _known(scheme: str) -> list[str]:
    """Return the options that a scheme takes."""
    of_sentinels = _SENTINEL if SCHEMES[scheme] == "sentinel" else ()
    return [
        *_ANY,
        *(_TLS if scheme.startswith("rediss") else _SOCKET if scheme == "unix" else ()),
        *of_sentinels,
    ]


def _unknown(name: str, known: list[str]) -> str:
    if name in _TLS:
        return f"{name} is an option of TLS: the URL begins with rediss"
    near = difflib.get_close_matches(name, known, n=1)
    return f"it knows no option {name}" + (f"; {near[0]} is meant?" if near else f", only {', '.join(known)}")
