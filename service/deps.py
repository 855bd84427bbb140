"""What the service works with: one frozen bundle of handles, built in `service.wiring`, replaced by fakes in tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from features.bundle import Shelf
from features.store.findings import Findings
from features.store.protocol import Store
from features.store.sessions import Sessions
from features.store.settings import SettingsStore
from service.directory import Directory
from service.metrics import Metrics
from service.models.next_items import NextItemModel
from service.models.registry import Refusal
from service.ordering.orderings import Weights
from service.privacy.objections import Objections
from service.ranking import Model
from service.rankings.tally import Tally
from service.recent import RecentSessions
from service.settings import Settings
from service.shedding import Shedding
from service.tables import Tables

if TYPE_CHECKING:  # it knows how rankings are recorded, which takes these handles
    from service.console.attempts import Attempts
    from service.insights.data import DataHealth
    from service.insights.insights import Insights
    from service.insights.traffic import Traffic
    from service.limiting.rates import Rates
    from service.privacy.desk import Desk


class Models(Protocol):
    """The models of all shops."""

    def current(self, shop: str) -> Model | None:
        """Return the live model; None where none was published, or the one that was is refused."""
        ...

    def refusal(self, shop: str) -> Refusal | None:
        """Return which version should serve and why it does not; None where all is well."""
        ...


class Recommenders(Protocol):
    """The models that recommend, of all shops."""

    def current(self, shop: str) -> NextItemModel | None:
        """Return the live model; None where none was published, or the one that was is refused."""
        ...

    def refresh(self) -> None:
        """Look for newer ones."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """The handles of one process."""

    settings: Settings
    clock: Callable[[], float]  # Unix seconds
    timer: Callable[[], float]  # seconds, only differences mean something; never set back
    new_id: Callable[[float], str]  # an id for a ranking made at a time
    store: Store
    shop_settings: SettingsStore
    directory: Directory
    tables: Tables
    models: Models
    canaries: Models  # those that a share of the visitors gets
    shadows: Models  # those that score alongside and are never shown
    shelf: Shelf
    metrics: Metrics
    tally: Tally
    insights: "Insights"
    data_health: "DataHealth"
    sessions: Sessions
    attempts: "Attempts"
    weights: Weights
    traffic: "Traffic"
    objections: Objections
    rates: "Rates"
    requests: "Desk"
    recent: RecentSessions
    next_items: "Recommenders"
    findings: Findings
    shedding: Shedding
