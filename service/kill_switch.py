"""The kill switch of a shop: the shop's order on all its pages, until it is switched back."""

from collections.abc import Mapping
from typing import Final

from features.store.settings import SettingsStore
from service.changes import change

KILL_SWITCH: Final = "kill_switch"  # the name of the setting
_ON: Final = b"true"
_ATTEMPTS: Final = 5


def kill_switch_of(values: Mapping[str, bytes]) -> bool:
    """Tell from a shop's settings whether its kill switch is on."""
    return values.get(KILL_SWITCH) == _ON


def turn(store: SettingsStore, shop: str, *, on: bool, actor: str, now: float) -> None:
    """Turn a shop's kill switch on or off. It is never refused because somebody else turned it, too."""
    after = _ON if on else None
    for _ in range(_ATTEMPTS):
        before = store.read(shop).values.get(KILL_SWITCH)
        if before == after or change(store, shop, KILL_SWITCH, before, after, actor=actor, now=now):
            return
