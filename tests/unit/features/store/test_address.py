"""What a URL of the live state says, and what is wrong with one that says nothing."""

import re
from pathlib import Path

import pytest
from redis.connection import SSLConnection, UnixDomainSocketConnection, parse_url

from features.store.address import InvalidAddressError, address_of


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://one", {"host": "one", "port": 6379, "db": 0}),
        ("redis://one:7000/3", {"host": "one", "port": 7000, "db": 3}),
        ("redis://balad:s%40cret@one", {"username": "balad", "password": "s@cret", "host": "one"}),
        ("redis://:secret@one", {"password": "secret"}),
        ("redis://[::1]:7000", {"host": "::1", "port": 7000}),
        ("rediss://one", {"connection_class": SSLConnection}),
        ("rediss://one?ssl_check_hostname=no", {"ssl_check_hostname": False}),
        (
            "unix:///run/valkey.sock",
            {"path": "/run/valkey.sock", "connection_class": UnixDomainSocketConnection},
        ),
        ("redis+cluster://u:p@one:7000,two", {"host": "one", "port": 7000, "username": "u", "password": "p"}),
        ("rediss+cluster://one", {"connection_class": SSLConnection, "host": "one"}),
        ("redis+sentinel://u:p@s1,s2/shop/2", {"username": "u", "password": "p", "db": 2}),
    ],
)
def test_the_driver_is_told_what_the_url_says(url: str, said: dict[str, object]) -> None:
    options = parse_url(address_of(url).url)  # type: ignore[no-untyped-call]
    assert {name: options.get(name) for name in said} == said


def test_all_hosts_are_kept_each_with_its_port() -> None:
    assert address_of("redis+cluster://one,[::1]:7001,two:7002").hosts == (
        ("one", 6379),
        ("::1", 7001),
        ("two", 7002),
    )
    assert address_of("redis+sentinel://one,two:9000/shop").hosts == (("one", 26379), ("two", 9000))


def test_sentinels_are_greeted_with_words_of_their_own() -> None:
    address = address_of("redis+sentinel://u:p@one/shop?sentinel_username=watch&sentinel_password=w%26rd")
    assert address.of_sentinels == {"username": "watch", "password": "w&rd"}
    assert "watch" not in address.url
    assert (address.kind, address.service) == ("sentinel", "shop")


def test_files_of_tls_must_be_there(tmp_path: Path) -> None:
    authority = tmp_path / "ca.crt"
    with pytest.raises(InvalidAddressError, match=r"^ssl_ca_certs: the file .*/ca\.crt cannot be read$"):
        address_of(f"rediss://one?ssl_ca_certs={authority}")
    authority.touch()
    options = parse_url(address_of(f"rediss://one?ssl_ca_certs={authority}").url)  # type: ignore[no-untyped-call]
    assert options["ssl_ca_certs"] == str(authority)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://one", "begins with redis://, rediss://, unix://, redis+cluster://"),
        ("one:6379", "begins with redis://"),
        ("redis://", "name of a server is missing"),
        ("redis+cluster://one,,two", "name of a server is missing"),
        ("redis://one:port", "the port of one is no number"),
        ("redis://one:0", "the port of one is no number"),
        ("redis://one:70000", "the port of one is no number"),
        ("redis://u:pass/word@one", "%2F"),
        ("redis://u:pass#word@one", "%23"),
        ("redis://one,two", "redis+cluster://"),
        ("redis://[::1", "in brackets"),
        ("redis://one/two", "number of a database"),
        ("redis+cluster://one/1", "no databases but 0"),
        ("redis+sentinel://one,two", "redis+sentinel://one,two,three/mymaster"),
        ("redis+sentinel://one/shop/x", "number of a database"),
        ("redis://one?ssl_ca_certs=/etc/hosts", "begins with rediss"),
        ("rediss://one?ssl_ca_cert=/etc/hosts", "ssl_ca_certs is meant?"),
        ("rediss://one?ssl_cert_reqs=maybe", "required, optional, none"),
        ("redis://one?retry_on_timeout=1", "no option retry_on_timeout"),
        ("unix://", "unix:///run/valkey.sock"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_without_the_password(url: str, why: str) -> None:
    with pytest.raises(InvalidAddressError, match=re.escape(why)) as raised:
        address_of(url)
    said = str(raised.value)
    assert "\n" not in said
    assert "word" not in said.replace("password", "")
