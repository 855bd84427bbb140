"""Models: which there are, what decided on each, which one ranks; letting another one rank, and back."""

from dataclasses import dataclass
from typing import Final

from flask import Response
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from features.bundle import BundleError
from features.manifest import Manifest, Measure
from service.console.desk import Desk
from service.console.language import gettext as _
from service.console.route import Route, show
from service.console.screens.rollout import check_words, ending_words, moved, trial_of
from service.models.promotion import live_of
from service.people import Role
from service.rollout.moves import Rollouts, shadow_of

_DECIDING: Final = "NDCG@10"
_OVER: Final = f"{_DECIDING} over "
_MOST: Final = 30  # models on the screen, newest first; more are of no interest to a merchant
# A report is a whole page with styles of its own, written by the training package: it may do nothing but be looked at.
_REPORT_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Card:
    """A model as the screen shows it; without a manifest, `unusable` says why."""

    version: str
    is_live: bool
    is_previous: bool
    manifest: Manifest | None
    unusable: str | None = None

    @property
    def gain(self) -> Measure | None:
        """What the model gains over the shop's order, in the figure that decided."""
        return None if self.manifest is None else self.manifest.metrics.get(f"{_OVER}shop order")

    @property
    def figure(self) -> Measure | None:
        """The figure that decided."""
        return None if self.manifest is None else self.manifest.metrics.get(_DECIDING)

    @property
    def gains(self) -> dict[str, Measure]:
        """What the model gains over each other order."""
        metrics = {} if self.manifest is None else self.manifest.metrics
        return {name.removeprefix(_OVER): one for name, one in metrics.items() if name.startswith(_OVER)}


def models(desk: Desk) -> tuple[str, int]:
    """Show them."""
    cards = _cards(desk)
    serving = desk.deps.models.current(desk.shop_name)
    return show(
        "models.html",
        cards=cards,
        live=next((card for card in cards if card.is_live), None),
        serving=None if serving is None else serving.version,
        refusal=desk.deps.models.refusal(desk.shop_name),
        now=desk.now,
        orders=_orders(),
        trial=trial_of(desk),
        shadow=shadow_of(desk.deps.shelf, desk.shop_name),
        checks=check_words(),
        endings=ending_words(),
    )


def promote(desk: Desk, version: str) -> AnyResponse:
    """Let a model rank for all visitors."""
    rollouts = Rollouts(desk.deps.shelf, desk.deps.shop_settings)
    return moved(
        lambda: rollouts.promote(desk.author, version, desk.shop.attributes),
        _("%(version)s ranks within 2 seconds.", version=version),
    )


def roll_back(desk: Desk) -> AnyResponse:
    """Let the model before rank again."""
    pointer = live_of(desk.deps.shelf, desk.shop_name)
    before = (pointer and pointer.previous) or ""
    rollouts = Rollouts(desk.deps.shelf, desk.deps.shop_settings)
    return moved(
        lambda: rollouts.rollback(desk.author), _("%(version)s ranks within 2 seconds.", version=before)
    )


def report(desk: Desk, version: str) -> Response:
    """Show the evaluation that was written with a model."""
    try:
        text = desk.deps.shelf.read(desk.shop_name, version).report
    except BundleError:
        raise NotFound from None
    return Response(text, mimetype="text/html", headers={"Content-Security-Policy": _REPORT_POLICY})


def _cards(desk: Desk) -> list[Card]:
    pointer = live_of(desk.deps.shelf, desk.shop_name)
    live, previous = (None, None) if pointer is None else (pointer.version, pointer.previous)
    cards = []
    for version in desk.deps.shelf.versions(desk.shop_name)[:_MOST]:
        manifest, unusable = None, None
        try:
            manifest = desk.deps.shelf.manifest(desk.shop_name, version)
        except BundleError as error:
            unusable = str(error)
        cards.append(Card(version, version == live, version == previous, manifest, unusable))
    return cards


def _orders() -> dict[str, str]:
    """Return what the orders are called that a model is compared with."""
    return {
        "shop order": _("the shop's order"),
        "last touched first": _("last touched first"),
        "most popular first": _("most popular first"),
        "cheapest first": _("cheapest first"),
        "random order": _("a random order"),
    }


ROUTES: Final = (
    Route("GET", "/models", models, Role.VIEWER),
    Route("POST", "/models/<version>/promote", promote, Role.ADMIN),
    Route("POST", "/models/rollback", roll_back, Role.ADMIN),
    Route("GET", "/models/<version>/report", report, Role.VIEWER),
)
