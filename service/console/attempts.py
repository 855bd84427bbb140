"""How often somebody may try a password, counted in the store for all processes together."""

from collections.abc import Callable
from functools import cache
from typing import Final, TypeVar

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.strategies import MovingWindowRateLimiter

from features.store.protocol import StoreUnavailable
from service.limiting.storage import storage

# One person at one place mistypes; one place guesses many people; many places guess one person.
_PAIR: Final = parse("10 per 15 minutes")
_ADDRESS: Final = parse("60 per 15 minutes")
_PERSON: Final = parse("60 per hour")
_NAMESPACE: Final = "balad:console"
_T = TypeVar("_T")


class Attempts:
    """The attempts to log in of the last while."""

    def __init__(self, redis_url: str) -> None:
        self._limiter = cache(lambda: MovingWindowRateLimiter(storage(redis_url)))

    def allow(self, shop: str, name: str, address: str) -> bool:
        """Count an attempt; False where there were too many. Raises StoreUnavailable."""
        counted = _asked(lambda: [self._limiter().hit(*line) for line in _lines(shop, name, address)])
        return all(counted)

    def forget(self, shop: str, name: str, address: str) -> None:
        """Forgive who knew the password at last, at this place. Raises StoreUnavailable."""
        item, *names = _lines(shop, name, address)[0]
        _asked(lambda: self._limiter().clear(item, *names))


def _lines(shop: str, name: str, address: str) -> list[tuple[RateLimitItem, str, str, str, str]]:
    who = name.strip().casefold()
    return [
        (_PAIR, _NAMESPACE, shop, who, address),
        (_ADDRESS, _NAMESPACE, "", "", address),
        (_PERSON, _NAMESPACE, shop, who, ""),
    ]


def _asked(ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except StorageError as error:
        raise StoreUnavailable(f"attempts to log in cannot be counted: {error}") from error
