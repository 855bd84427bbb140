"""What merchants decide: shops with their key hashes, and the settings of their pages.

    key                         value                                             life
    balad:shops                 set: names of shops                               for good
    balad:{shop:0}:settings     hash: setting name -> JSON, `#` -> changes so far for good
    balad:{shop:0}:changes      list: the newest RECENT facts of changes, newest   for good
                                first
    stream of partition 0       one entry per change, `k` = "s"                   until archived

A change is one script on one slot: it compares the setting with what the writer saw, replaces it and appends the
fact of it to the shop's stream, so that a rebuild restores settings as it restores everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Protocol

RECENT: Final = 500  # changes at hand; scripts/setting.lua keeps as many
REVISION: Final = "#"  # no name of a setting begins with it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All settings of one shop, as JSON by name, and how many changes led to them."""

    revision: int
    values: Mapping[str, bytes]


class SettingsStore(Protocol):
    """Where settings are kept. Every method raises StoreUnavailable where the store does not answer."""

    def shops(self) -> frozenset[str]:
        """Return the names of all shops."""
        ...

    def read(self, shop: str) -> Snapshot:
        """Return the settings of a shop; of an unknown one, revision 0 and nothing."""
        ...

    def changed(self, revisions: Mapping[str, int]) -> dict[str, Snapshot]:
        """Return the settings of every shop whose revision is not the one given (0 if none is)."""
        ...

    def recent(self, shop: str) -> list[bytes]:
        """Return the facts of the newest changes, at most RECENT, newest first; those restored are not among them."""
        ...

    def replace(self, shop: str, name: str, before: bytes | None, after: bytes | None, fact: bytes) -> bool:
        """Replace one setting (None: absent) and append the fact; False, and nothing done, if it is not `before`."""
        ...

    def restore(self, shop: str, name: str, value: bytes | None) -> None:
        """Set one setting as the log has it, without a new fact."""
        ...


@dataclass
class MemorySettings:
    """The same promises in this process; `facts` holds what would be in the stream, by shop."""

    facts: dict[str, list[bytes]] = field(default_factory=dict)
    _values: dict[str, dict[str, bytes]] = field(default_factory=dict)
    _revisions: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def shops(self) -> frozenset[str]:
        """Return the names of all shops."""
        return frozenset(self._values)

    def read(self, shop: str) -> Snapshot:
        """Return the settings of a shop."""
        with self._lock:
            return Snapshot(self._revisions.get(shop, 0), dict(self._values.get(shop, {})))

    def changed(self, revisions: Mapping[str, int]) -> dict[str, Snapshot]:
        """Return the settings of every shop whose revision is not the one given."""
        snapshots = {shop: self.read(shop) for shop in self.shops()}
        return {shop: s for shop, s in snapshots.items() if s.revision != revisions.get(shop, 0)}

    def recent(self, shop: str) -> list[bytes]:
        """Return the newest facts, newest first."""
        return self.facts.get(shop, [])[: -RECENT - 1 : -1]

    def replace(self, shop: str, name: str, before: bytes | None, after: bytes | None, fact: bytes) -> bool:
        """Replace one setting, if it is `before`, and keep the fact."""
        with self._lock:
            if self._values.get(shop, {}).get(name) != before:
                return False
            self._set(shop, name, after)
            self.facts.setdefault(shop, []).append(fact)
            return True

    def restore(self, shop: str, name: str, value: bytes | None) -> None:
        """Set one setting without a fact."""
        with self._lock:
            self._set(shop, name, value)

    def _set(self, shop: str, name: str, value: bytes | None) -> None:
        values = self._values.setdefault(shop, {})
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
        self._revisions[shop] = self._revisions.get(shop, 0) + 1
