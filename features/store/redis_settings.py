"""Settings in Redis; the key schema is in `features.store.settings`."""

from collections.abc import Mapping, Sequence
from typing import Final

from features.store.exchange import Exchange
from features.store.keys import changes_key, settings_key, stream_key
from features.store.lua import Command, script
from features.store.settings import REVISION, Snapshot
from features.store.wire import Reply

_SHOPS: Final = "balad:shops"


class RedisSettings:
    """A SettingsStore over an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def shops(self) -> frozenset[str]:
        """Return the names of all shops."""
        (names,) = self._exchange.run([("SMEMBERS", _SHOPS)])
        return frozenset(name.decode() for name in names)

    def read(self, shop: str) -> Snapshot:
        """Return the settings of a shop."""
        (reply,) = self._exchange.run([("HGETALL", settings_key(shop))])
        return _snapshot(reply)

    def changed(self, revisions: Mapping[str, int]) -> dict[str, Snapshot]:
        """Return the settings of every shop whose revision is not the one given."""
        names = sorted(self.shops())
        found = self._run([("HGET", settings_key(name), REVISION) for name in names])
        other = [
            n for n, revision in zip(names, found, strict=True) if int(revision or 0) != revisions.get(n, 0)
        ]
        replies = self._run([("HGETALL", settings_key(name)) for name in other])
        return {name: _snapshot(reply) for name, reply in zip(other, replies, strict=True)}

    def recent(self, shop: str) -> list[bytes]:
        """Return the newest facts, newest first."""
        (facts,) = self._exchange.run([("LRANGE", changes_key(shop), 0, -1)])
        return list(facts)

    def replace(self, shop: str, name: str, before: bytes | None, after: bytes | None, fact: bytes) -> bool:
        """Replace one setting, if it is `before`, and append the fact."""
        return self._set(shop, [name, before or b"", after or b"", fact, "1"])

    def restore(self, shop: str, name: str, value: bytes | None) -> None:
        """Set one setting without a fact."""
        self._set(shop, [name, b"", value or b"", b"", "0"])

    def _set(self, shop: str, args: Sequence[str | bytes]) -> bool:
        call = script("setting").call([settings_key(shop), stream_key(shop, 0), changes_key(shop)], args)
        # The name first: a name without settings is no shop, settings without a name would be lost. Two keys of
        # two slots, so two commands.
        _, done = self._exchange.run([("SADD", _SHOPS, shop), call])
        return bool(done)

    def _run(self, commands: Sequence[Command]) -> list[Reply]:
        return self._exchange.run(commands) if commands else []


def _snapshot(reply: Sequence[bytes]) -> Snapshot:
    fields = dict(zip(reply[::2], reply[1::2], strict=True))
    revision = int(fields.pop(REVISION.encode(), 0))
    return Snapshot(revision, {name.decode(): value for name, value in fields.items()})
