"""The one handle of the API for what visitors ask for."""

from collections.abc import Callable, Iterator

import orjson

from features.bundle import Shelf
from features.manifest import BundleError
from features.store.privacy import PrivacyStore
from service.privacy import requests
from service.privacy.objections import Objections
from service.privacy.requests import Job, Proof, Who


class Desk:
    """Takes requests, and has this process's copy of them follow at once."""

    def __init__(
        self,
        store: PrivacyStore,
        export: Callable[[str, str], Iterator[bytes]],
        objections: Objections,
        shelf: Shelf,
        new_id: Callable[[float], str],
    ) -> None:
        self._store = store
        self._export = export
        self._objections = objections
        self._shelf = shelf
        self._new_id = new_id

    def export(self, shop: str, visitor_id: str) -> Iterator[bytes]:
        """Return the parts of a JSON object that holds everything about a visitor."""
        return self._export(shop, visitor_id)

    def erase(self, who: Who) -> Proof:
        """Erase a visitor from the state, and have the log follow."""
        proof = requests.erase(self._store, who, self._new_id(who.now))
        self._objections.refresh()
        return proof

    def opt_out(self, who: Who) -> None:
        """Have an objection hold; of who is erased it does already."""
        requests.opt_out(self._store, who)
        self._objections.refresh()

    def opt_in(self, who: Who) -> bool:
        """Take an objection back; False where the visitor is erased."""
        done = requests.opt_in(self._store, who)
        self._objections.refresh()
        return done

    def proof(self, shop: str, erasure_id: str) -> Proof | None:
        """Return how far an erasure has come; None where there is none of this id."""
        if (waits := self._store.erasing(shop).get(erasure_id)) is not None:
            return requests.waiting(erasure_id, Job.of(waits).asked_at)
        found = self._store.proof(shop, erasure_id)
        proof: Proof | None = None if found is None else orjson.loads(found)
        return proof

    def first_model_after(self, shop: str, at: float | None) -> tuple[str, float] | None:
        """Return the first version whose training began after a moment, and when; None where there is none yet."""
        if at is None:
            return None
        for version in reversed(self._shelf.versions(shop)):
            try:
                manifest = self._shelf.manifest(shop, version)
            except BundleError:
                continue
            if manifest.created_at > at:  # the moment at which training began
                return version, manifest.created_at
        return None
