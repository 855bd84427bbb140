"""A change of a setting is a fact: who, when, before and after go to the log with it."""

from collections.abc import Mapping
from typing import Any

import orjson

from features.store.settings import SettingsStore


def change(  # noqa: PLR0913 - the sentence of an audit log: who changed what of whom from what to what, and when
    store: SettingsStore,
    shop: str,
    name: str,
    before: bytes | None,
    after: bytes | None,
    *,
    actor: str,
    now: float,
) -> bool:
    """Replace a setting and record it; False, and nothing done, where it is no longer `before` (None: absent)."""
    fact = orjson.dumps(
        {
            "time": now,
            "received_at": now,
            "actor": actor,
            "name": name,
            "before": None if before is None else before.decode(),
            "after": None if after is None else after.decode(),
        }
    )
    return store.replace(shop, name, before, after, fact)


def restore_setting(store: SettingsStore, shop: str, fact: Mapping[str, Any]) -> None:
    """Apply a recorded change again, as a rebuild does in the order of the log."""
    after = fact["after"]
    store.restore(shop, fact["name"], None if after is None else after.encode())
