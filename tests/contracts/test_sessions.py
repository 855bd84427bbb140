"""What every store of logins promises, asked of the one in memory, in Redis and in a cluster."""

import pytest
import redis

from features.store.exchange import Exchange
from features.store.protocol import StoreUnavailable
from features.store.redis_sessions import RedisSessions
from features.store.sessions import SECRET_BYTES, MemorySessions, Sessions


@pytest.fixture(params=["memory", "redis", "cluster"])
def sessions(request: pytest.FixtureRequest) -> Sessions:
    if request.param == "memory":
        return MemorySessions()
    url = request.getfixturevalue("cluster_url" if request.param == "cluster" else "redis_url")
    return RedisSessions(Exchange(url, 5.0))


def test_the_secret_is_made_once(sessions: Sessions) -> None:
    first = sessions.secret()
    assert len(first) == SECRET_BYTES
    assert sessions.secret() == first


def test_every_process_has_the_same_secret(server_url: str) -> None:
    one, other = (RedisSessions(Exchange(server_url, 5.0)) for _ in range(2))
    assert one.secret() == other.secret()


def test_keeps_what_was_put_until_it_is_deleted(sessions: Sessions) -> None:
    assert sessions.get("a", 60) is None
    sessions.put("a", b"{}", 60)
    assert (sessions.get("a", 60), sessions.get("b", 60)) == (b"{}", None)
    sessions.delete("a")
    sessions.delete("a")
    assert sessions.get("a", 60) is None


def test_a_session_has_a_life_that_every_look_begins_anew(server_url: str, client: redis.Redis) -> None:
    sessions = RedisSessions(Exchange(server_url, 5.0))
    sessions.put("a", b"{}", 60)
    assert client.ttl("balad:console:session:a") <= 60
    sessions.get("a", 600)
    assert client.ttl("balad:console:session:a") > 60


def test_nobody_listening_is_unavailable() -> None:
    sessions = RedisSessions(Exchange("redis://127.0.0.1:1", 0.2))
    with pytest.raises(StoreUnavailable):
        sessions.get("a", 60)
