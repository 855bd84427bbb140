"""Letting a model rank, or the one before it again: after every check that a web process makes, and on record.

The pointer on the shelf is what counts. The setting `model` only repeats it, so that the audit log tells who moved it.
"""

from typing import Final

import orjson

from features.attributes import Attribute
from features.bundle import BundleError, Pointer, Shelf
from features.store.settings import SettingsStore
from service.changes import change
from service.models.loading import load
from service.pages.change import Author

MODEL_SETTING: Final = "model"
_ATTEMPTS: Final = 5


class NoModel(Exception):  # noqa: N818 - read as a sentence: "there is no such model"
    """The shop has no such model, or none to go back to."""


class Promotions:
    """The shelf of models, and the settings that their moves are noted in."""

    def __init__(self, shelf: Shelf, settings: SettingsStore) -> None:
        self._shelf = shelf
        self._settings = settings

    def promote(self, author: Author, version: str, attributes: tuple[Attribute, ...]) -> Pointer:
        """Let a version rank.

        Raises:
            NoModel: The shop has none of this name.
            BundleError: It failed a check; the message says which.
        """
        if version not in self._shelf.versions(author.shop):
            raise NoModel
        load(self._shelf.read(author.shop, version), attributes)
        return self._noted(author, self._shelf.promote(author.shop, version, author.now))

    def rollback(self, author: Author) -> Pointer:
        """Let the model before rank again; once more undoes it.

        Raises:
            NoModel: There was none before.
            BundleError: It failed a check; the message says which.
        """
        pointer = live_of(self._shelf, author.shop)
        if pointer is None or pointer.previous is None:
            raise NoModel
        return self._noted(author, self._shelf.rollback(author.shop, author.now))

    def _noted(self, author: Author, pointer: Pointer) -> Pointer:
        after = orjson.dumps({"version": pointer.version})
        for _ in range(_ATTEMPTS):
            before = self._settings.read(author.shop).values.get(MODEL_SETTING)
            if before == after or change(
                self._settings, author.shop, MODEL_SETTING, before, after, actor=author.actor, now=author.now
            ):
                break
        return pointer


def live_of(shelf: Shelf, shop: str) -> Pointer | None:
    """Return which model should rank; a pointer that cannot be read points to nothing, and a promotion replaces it."""
    try:
        return shelf.live(shop)
    except BundleError:
        return None
