"""The store behind its circuit breakers, as every request sees it."""

from collections.abc import Sequence

from features.store.circuit import PATIENCE_SECONDS, Circuits
from features.store.protocol import EventWrite, ExposureWrite, Found, ItemWrite, Store, StreamState, TrailPart


class GuardedStore:
    """A Store that fails at once while its circuit is open: that of rankings, or that of all other calls."""

    def __init__(self, store: Store, circuits: Circuits) -> None:
        self._store = store
        self._circuit = circuits.patient
        self._hurried = circuits.hurried

    def ping(self, timeout_seconds: float | None = None) -> None:
        """Return if the store answers."""
        self._circuit.run(lambda: self._store.ping(timeout_seconds))

    def close(self) -> None:
        """Give back what is held."""
        self._store.close()

    def read(
        self,
        shop: str,
        visitor_id: str | None,
        item_ids: Sequence[str] = (),
        *,
        totals: bool = False,
        timeout_seconds: float | None = None,
    ) -> Found:
        """Return what one ranking needs; who states no time can wait, and is not kept out where the store is late."""
        circuit = self._circuit if timeout_seconds is None else self._hurried
        return circuit.run(
            lambda: self._store.read(
                shop, visitor_id, item_ids, totals=totals, timeout_seconds=timeout_seconds
            ),
            patient=_patient(timeout_seconds),
        )

    def append(self, shop: str, writes: Sequence[EventWrite], now: float) -> list[bool]:
        """Append events."""
        return self._circuit.run(lambda: self._store.append(shop, writes, now))

    def append_exposure(
        self, shop: str, write: ExposureWrite, *, timeout_seconds: float | None = None
    ) -> None:
        """Append an exposure."""
        self._hurried.run(
            lambda: self._store.append_exposure(shop, write, timeout_seconds=timeout_seconds),
            patient=_patient(timeout_seconds),
        )

    def ranking(self, shop: str, ranking_id: str) -> bytes | None:
        """Return the order that was answered."""
        return self._circuit.run(lambda: self._store.ranking(shop, ranking_id))

    def get_items(self, shop: str, item_ids: Sequence[str]) -> dict[str, bytes | None]:
        """Return catalogue rows."""
        return self._circuit.run(lambda: self._store.get_items(shop, item_ids))

    def put_items(self, shop: str, writes: Sequence[ItemWrite]) -> list[bool]:
        """Write catalogue rows."""
        return self._circuit.run(lambda: self._store.put_items(shop, writes))

    def erase_visitor(self, shop: str, visitor_id: str) -> None:
        """Forget a visitor."""
        self._circuit.run(lambda: self._store.erase_visitor(shop, visitor_id))

    def stream_state(self, shop: str) -> StreamState:
        """Return how far the worker is behind."""
        return self._circuit.run(lambda: self._store.stream_state(shop))

    def trails(self, shop: str, after: int, count: int) -> TrailPart:
        """Return trails of sessions."""
        return self._circuit.run(lambda: self._store.trails(shop, after, count))


def _patient(timeout_seconds: float | None) -> bool:
    return timeout_seconds is None or timeout_seconds >= PATIENCE_SECONDS
