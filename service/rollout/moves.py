"""Beginning a canary, giving it more visitors, ending it: by people, or by the worker, always on record.

Two who move it at once cannot undo each other: a move counts where what it was decided on still stands.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from features.attributes import Attribute
from features.bundle import CANARY, SHADOW, BundleError, Pointer, Shelf
from features.store.settings import SettingsStore
from service.changes import change
from service.models.loading import load
from service.models.promotion import NoModel, Promotions, live_of
from service.pages.change import Author, Stale
from service.rollout.state import CANARY_SETTING, SHADOW_SETTING, STEPS, Canary, Ended, canary_of

_ATTEMPTS: Final = 5
_NONE: Final = "no model is tried on a share of the visitors"
_MOVED: Final = "somebody else moved the canary meanwhile; look again"


class NoCanary(Exception):  # noqa: N818 - read as a sentence: "there is no canary"
    """No model is tried on a share of the visitors."""


class NothingToCompare(Exception):  # noqa: N818 - the same
    """A canary needs another model that is live: without one, or with itself, there is nothing to compare."""


class Rollouts:
    """The models of all shops on their way: the pointers on the shelf, and the settings that say how far each is."""

    def __init__(self, shelf: Shelf, settings: SettingsStore) -> None:
        self._shelf = shelf
        self._settings = settings

    def latest(self, shop: str) -> Canary | None:
        """Return the latest canary, ended or not."""
        return canary_of(self._settings.read(shop).values)

    def under_way(self, shop: str) -> Canary:
        """Return the canary that a share of the visitors gets now. Raises NoCanary."""
        canary = self.latest(shop)
        if canary is None or not canary.is_on:
            raise NoCanary(_NONE)
        return canary

    def promote(self, author: Author, version: str, attributes: tuple[Attribute, ...]) -> Pointer:
        """Let a version rank for all at once; a canary that there is ends. Raises NoModel, BundleError."""
        pointer = Promotions(self._shelf, self._settings).promote(author, version, attributes)
        self._leave(author, version)
        return pointer

    def rollback(self, author: Author) -> Pointer:
        """Let the model before rank again; a canary that there is ends. Raises NoModel, BundleError."""
        pointer = Promotions(self._shelf, self._settings).rollback(author)
        self._leave(author, pointer.version)
        return pointer

    def begin(
        self, author: Author, version: str, attributes: tuple[Attribute, ...], share: float = STEPS[0]
    ) -> Canary:
        """Try a version on a share of the visitors, in place of a canary that there may be.

        Raises:
            NoModel: The shop has none of this name.
            NothingToCompare: No other model is live.
            BundleError: It failed a check that a web process makes; the message says which.
            Stale: Somebody else moved the canary meanwhile.
        """
        if version not in self._shelf.versions(author.shop):
            raise NoModel("the shop has no such model")
        live = live_of(self._shelf, author.shop)
        if live is None or live.version == version:
            raise NothingToCompare("a canary needs another model that is live; promote this one instead")
        load(self._shelf.read(author.shop, version), attributes)
        before = self.latest(author.shop)
        self._shelf.point(author.shop, CANARY, version, author.now)
        return self._write(author, before, Canary(version, live.version, share, author.now, author.now))

    def step(self, author: Author, seen: Canary, attributes: tuple[Attribute, ...]) -> Canary:
        """Give a canary its next share; after the last one it becomes the live model.

        Raises:
            Stale: It is no longer the one that was `seen`.
            BundleError, NoModel: It cannot become the live model.
        """
        if seen.next_share < 1.0:
            return self._write(author, seen, replace(seen, share=seen.next_share, since=author.now))
        # Live first: a process that stops here leaves the new model live, and its canary to be ended by the worker.
        Promotions(self._shelf, self._settings).promote(author, seen.version, attributes)
        return self.end(author, seen, Ended.PROMOTED)

    def end(self, author: Author, seen: Canary, how: Ended, why: str | None = None) -> Canary:
        """End a canary: all visitors get the live model within two seconds. Raises Stale."""
        share = 1.0 if how is Ended.PROMOTED else seen.share
        after = replace(seen, share=share, ended=how, ended_at=author.now, why=why)
        done = self._write(author, seen, after)
        self._shelf.unpoint(author.shop, CANARY)
        return done

    def stop(self, author: Author, why: str | None = None) -> Canary:
        """End whichever canary there is, on somebody's word.

        Raises:
            NoCanary: There is none.
            Stale: It kept moving.
        """
        for _ in range(_ATTEMPTS):
            try:
                return self.end(author, self.under_way(author.shop), Ended.STOPPED, why)
            except Stale:
                continue
        raise Stale(_MOVED)

    def _leave(self, author: Author, version: str) -> None:
        """End a canary because another model became live: what it was compared with is no longer there."""
        with suppress(NoCanary, Stale):
            seen = self.latest(author.shop)
            if seen is not None and seen.is_on and seen.version == version:
                self.end(author, seen, Ended.PROMOTED)
            else:
                self.stop(author, f"{version} became the live model.")

    def refuse(self, author: Author, version: str, why: str) -> Canary:
        """Note that a version was to be tried and cannot rank, and take its pointer away. Raises Stale."""
        live = live_of(self._shelf, author.shop)
        refused = Canary(
            *(version, "" if live is None else live.version, 0.0, author.now, author.now),
            *(Ended.REFUSED, author.now, why),
        )
        done = self._write(author, self.latest(author.shop), refused)
        self._shelf.unpoint(author.shop, CANARY)
        return done

    def shadow(self, author: Author, version: str | None, attributes: tuple[Attribute, ...]) -> None:
        """Let a version score alongside and never be shown; None: no longer any.

        Raises:
            NoModel: The shop has none of this name.
            BundleError: It failed a check; the message says which.
        """
        if version is None:
            self._shelf.unpoint(author.shop, SHADOW)
        elif version not in self._shelf.versions(author.shop):
            raise NoModel("the shop has no such model")
        else:
            load(self._shelf.read(author.shop, version), attributes)
            self._shelf.point(author.shop, SHADOW, version, author.now)
        self._note_shadow(author, None if version is None else b'{"version":"%s"}' % version.encode())

    def _note_shadow(self, author: Author, after: bytes | None) -> None:
        """Repeat the pointer as a setting, so that the audit log tells who moved it."""
        for _ in range(_ATTEMPTS):
            before = self._settings.read(author.shop).values.get(SHADOW_SETTING)
            if before == after or change(
                *(self._settings, author.shop, SHADOW_SETTING, before, after),
                actor=author.actor,
                now=author.now,
            ):
                return

    def _write(self, author: Author, before: Canary | None, after: Canary) -> Canary:
        seen = None if before is None else before.text()
        if not change(
            *(self._settings, author.shop, CANARY_SETTING, seen, after.text()),
            actor=author.actor,
            now=author.now,
        ):
            raise Stale(_MOVED)
        return after


def shadow_of(shelf: Shelf, shop: str) -> str | None:
    """Return which version should score alongside; a pointer that cannot be read points to nothing."""
    try:
        pointer = shelf.pointer(shop, SHADOW)
    except BundleError:
        return None
    return None if pointer is None else pointer.version
