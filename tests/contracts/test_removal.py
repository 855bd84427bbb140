"""A removed shop leaves no key behind, and no other shop loses one."""

import redis

from features.attributes import DEFAULT
from features.store.census import census
from features.store.exchange import Exchange
from features.store.protocol import EventWrite, ItemWrite
from features.store.redis import RedisStore
from features.store.redis_settings import RedisSettings
from features.store.removal import remove_shop
from service.shops import create_shop

NOW = 1_795_348_800.0


def fill(exchange: Exchange, shop: str) -> None:
    create_shop(RedisSettings(exchange), shop, DEFAULT, now=NOW)
    store = RedisStore(exchange, 10_000)
    store.append(shop, [EventWrite(f"e-{n}", f"v-{n}", b"{}", b"x" * 40) for n in range(50)], NOW)
    store.put_items(shop, [ItemWrite(f"i-{n}", b"{}", b"{}") for n in range(50)])


def test_a_removed_shop_leaves_nothing_and_others_keep_everything(
    server_url: str, client: redis.Redis
) -> None:
    exchange = Exchange(server_url, 5.0)
    fill(exchange, "demo")
    ours = set(client.scan_iter()) - {b"balad:shops"}
    fill(exchange, "demo-2")
    assert len(census(exchange, "demo-2").visitors) == len(census(exchange, "demo").items) == 50
    remove_shop(exchange, "demo")
    left = set(client.scan_iter())
    assert len(ours) > 50
    assert not ours & left
    assert len(left) > 50
    assert RedisSettings(exchange).shops() == {"demo-2"}
    exchange.close()


def test_removing_an_unknown_shop_is_fine(server_url: str) -> None:
    exchange = Exchange(server_url, 5.0)
    remove_shop(exchange, "nobody")
    exchange.close()
