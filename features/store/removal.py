"""Taking a whole shop out of Redis: every key of its partitions, and its name."""

from typing import Final

from features.identity import PARTITIONS
from features.store.exchange import Exchange
from features.store.keys import tag

_SHOPS: Final = "balad:shops"


def remove_shop(exchange: Exchange, shop: str) -> None:
    """Delete everything of a shop; one that does not exist is fine.

    For a demo and for tests: it walks over the keys of the whole server, so on a shared one it takes its time.
    """
    exchange.run([("SREM", _SHOPS, shop)])
    for partition in range(PARTITIONS):
        for found in exchange.scan(f"{tag(shop, partition)}:*"):
            exchange.run([("UNLINK", *found)])
