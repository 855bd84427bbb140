"""The worker's part of a canary: begin what training points to, look how it does, go on, or roll back.

One worker does it, the holder of the shop's lease. Looking costs at most a twentieth of its time.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from features.attributes import Attribute
from features.bundle import CANARY, BundleError, Shelf
from features.store.findings import Findings
from features.store.settings import SettingsStore
from service.models.promotion import NoModel
from service.pages.change import Author, Stale
from service.rollout.checks import FEWEST_VISITORS, checks_of, red
from service.rollout.figures import figures_of
from service.rollout.moves import NothingToCompare, Rollouts
from service.rollout.progress import FINDING, Progress, visitors_of
from service.rollout.state import Canary, Ended, canary_of
from service.shops import SHOP_SETTING, Shop
from service.worker.held import Held

LOOK_SECONDS: Final = 5.0  # between two looks, where one is quick
_COST: Final = 20.0  # … else this many times what one takes
_DAY_SECONDS: Final = 86_400.0
_LOG: Final = logging.getLogger(__name__)
ACTOR: Final = "worker"


@dataclass(frozen=True, slots=True)
class Plan:
    """When a step is done: after so many visitors of both groups, or after so many days with some of both."""

    visitors: int
    days: float


class Watch:
    """The canaries of one shop, as one process sees them.

    `timer` is in seconds; only differences mean something.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what it looks at, what it moves, and how it is told to
        self,
        shop: str,
        shelf: Shelf,
        settings: SettingsStore,
        findings: Findings,
        plan: Plan,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shop = shop
        self._shelf = shelf
        self._settings = settings
        self._findings = findings
        self._plan = plan
        self._timer = timer
        self._rollouts = Rollouts(shelf, settings)
        self._look_at = float("-inf")
        self._unreadable = False

    def is_due(self, now: float) -> bool:  # noqa: ARG002 - a clock that jumps must not stop it
        """Whether it is time for a look."""
        return self._timer() >= self._look_at

    def step(self, held: Held, now: float) -> bool:
        """Look once; never more at once."""
        began = self._timer()
        try:
            self._look(held, now)
            self._unreadable = False
        except (OSError, BundleError) as error:
            if not self._unreadable:
                _LOG.error("the models of shop %s are not watched: %s", self._shop, error)
            self._unreadable = True
        except Stale:
            _LOG.info("somebody else moved the canary of shop %s", self._shop)
        took = self._timer() - began
        self._look_at = self._timer() + max(LOOK_SECONDS, _COST * took)
        return False

    def _look(self, held: Held, now: float) -> None:
        values = self._settings.read(self._shop).values
        canary, pointer = canary_of(values), self._shelf.pointer(self._shop, CANARY)
        author = Author(self._shop, ACTOR, now)
        if pointer is None or SHOP_SETTING not in values:
            if canary is not None and canary.is_on:
                self._ended(author, canary)
            return
        attributes = Shop.of(values[SHOP_SETTING]).attributes
        if canary is None or canary.version != pointer.version or pointer.at > canary.began:
            self._begin(author, pointer.version, attributes)
        elif not canary.is_on:
            self._shelf.unpoint(self._shop, CANARY)  # a process was killed just before it did
        else:
            self._judge(held, author, canary, attributes)

    def _ended(self, author: Author, canary: Canary) -> None:
        """Note that somebody took the pointer away, or that a process was killed when it had promoted the canary."""
        live = self._shelf.live(self._shop)
        if live is not None and live.version == canary.version:
            self._rollouts.end(author, canary, Ended.PROMOTED)
        else:
            self._rollouts.end(
                author,
                canary,
                Ended.STOPPED,
                "Its pointer was taken away, as when another model becomes live.",
            )

    def _begin(self, author: Author, version: str, attributes: tuple[Attribute, ...]) -> None:
        """Begin what training points to."""
        try:
            self._rollouts.begin(author, version, attributes)
            _LOG.info("shop %s: %s is tried on the first visitors", self._shop, version)
        except NothingToCompare:
            self._shelf.unpoint(self._shop, CANARY)
        except NoModel:
            self._rollouts.refuse(author, version, "There is no such model.")
        except BundleError as error:
            _LOG.error("shop %s: %s cannot be tried: %s", self._shop, version, error)
            self._rollouts.refuse(author, version, str(error))

    def _judge(self, held: Held, author: Author, canary: Canary, attributes: tuple[Attribute, ...]) -> None:
        groups = figures_of(held.log, held.store, self._shop, canary, author.now + 1.0)
        visitors, tried = visitors_of(groups)
        checks = checks_of(groups, max(self._plan.visitors * canary.share, FEWEST_VISITORS))
        progress = Progress(
            *(canary.version, canary.since, author.now, visitors, tried, self._plan.visitors), tuple(checks)
        )
        self._findings.put(self._shop, FINDING, progress.text())
        if (why := red(checks)) is not None:
            self._rollouts.end(author, canary, Ended.ROLLED_BACK, why)
            _LOG.error("shop %s: %s is rolled back: %s", self._shop, canary.version, why)
        elif self._is_done(canary, visitors, tried, author.now):
            with suppress(NoModel):
                after = self._rollouts.step(author, canary, attributes)
                _LOG.info(
                    "shop %s: %s goes on to %g of the visitors", self._shop, canary.version, after.share
                )

    def _is_done(self, canary: Canary, visitors: int, tried: int, now: float) -> bool:
        """Tell whether a share has run its time: all visitors that were stated, or the longest wait for them."""
        if min(tried, visitors - tried) < 1:
            return False
        return visitors >= self._plan.visitors or now - canary.since >= self._plan.days * _DAY_SECONDS
