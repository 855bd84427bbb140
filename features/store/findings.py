"""What the worker found about a shop, for whoever shows it: how a canary does, how far columns have drifted.

    key                          value                                                   life
    balad:{shop:0}:findings      hash: name of the finding -> JSON, the latest one        until replaced

It is derived: whoever loses it waits for the worker's next look.
"""

from dataclasses import dataclass, field
from typing import Protocol

from features.store.exchange import Exchange
from features.store.keys import tag


class Findings(Protocol):
    """Where findings are kept. Every method raises StoreUnavailable where the store does not answer."""

    def put(self, shop: str, name: str, found: bytes) -> None:
        """Keep a finding in place of the one before."""
        ...

    def get(self, shop: str, name: str) -> bytes | None:
        """Return the latest finding; None where there is none yet."""
        ...


@dataclass
class MemoryFindings:
    """The same promises in this process."""

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def put(self, shop: str, name: str, found: bytes) -> None:
        """Keep a finding."""
        self.kept[shop, name] = found

    def get(self, shop: str, name: str) -> bytes | None:
        """Return the latest finding."""
        return self.kept.get((shop, name))


class RedisFindings:
    """Findings over an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def put(self, shop: str, name: str, found: bytes) -> None:
        """Keep a finding."""
        self._exchange.run([("HSET", _key(shop), name, found)])

    def get(self, shop: str, name: str) -> bytes | None:
        """Return the latest finding."""
        (found,) = self._exchange.run([("HGET", _key(shop), name)])
        return found  # type: ignore[no-any-return]  # bytes or None, by the command


def _key(shop: str) -> str:
    return f"{tag(shop, 0)}:findings"
