"""A model on its way to all visitors: tried on a share of them, given more, stopped; or scoring alongside, unseen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from werkzeug.wrappers import Response

from features.bundle import BundleError
from service.console.desk import Desk
from service.console.language import gettext as _
from service.console.route import Route, done, refused
from service.models.promotion import NoModel
from service.pages.change import Stale
from service.people import Role
from service.rollout.moves import NoCanary, NothingToCompare, Rollouts
from service.rollout.progress import Progress, seen_of
from service.rollout.state import Canary, canary_of


@dataclass(frozen=True, slots=True)
class Trial:
    """The latest canary as the screen shows it, with what the worker saw of it last."""

    canary: Canary
    seen: Progress | None
    needed: int

    @property
    def visitors(self) -> int:
        """Visitors of both groups so far."""
        return self.seen.visitors if self.seen else 0

    @property
    def tried(self) -> int:
        """Who of them got the canary."""
        return self.seen.tried if self.seen else 0


def trial_of(desk: Desk) -> Trial | None:
    """Return the latest canary of a shop; None where there was none."""
    canary = canary_of(desk.values)
    if canary is None:
        return None
    seen = seen_of(desk.deps.findings, desk.shop_name, canary)
    return Trial(canary, seen, seen.needed if seen else desk.deps.settings.canary_visitors)


def try_model(desk: Desk, version: str) -> Response:
    """Try a model on the first share of the visitors."""
    return moved(
        lambda: _rollouts(desk).begin(desk.author, version, desk.shop.attributes),
        _("%(version)s ranks for the first visitors within 2 seconds.", version=version),
    )


def step_canary(desk: Desk) -> Response:
    """Give the canary its next share."""

    def step() -> object:
        rollouts = _rollouts(desk)
        return rollouts.step(desk.author, rollouts.under_way(desk.shop_name), desk.shop.attributes)

    return moved(step, _("The model that is tried ranks for more visitors within 2 seconds."))


def stop_canary(desk: Desk) -> Response:
    """Give all visitors the live model again."""
    return moved(
        lambda: _rollouts(desk).stop(desk.author), _("All visitors get the live model within 2 seconds.")
    )


def shadow_model(desk: Desk, version: str) -> Response:
    """Let a model score alongside."""
    return moved(
        lambda: _rollouts(desk).shadow(desk.author, version, desk.shop.attributes),
        _("%(version)s scores alongside, and nobody sees it.", version=version),
    )


def stop_shadow(desk: Desk) -> Response:
    """Let no model score alongside any more."""
    return moved(
        lambda: _rollouts(desk).shadow(desk.author, None, ()), _("No model scores alongside any more.")
    )


def moved(move: Callable[[], object], said: str) -> Response:
    """Move a model, and say so or why not."""
    try:
        move()
    except NoModel:
        return refused(_("There is no such model."), "models")
    except NothingToCompare:
        return refused(_("There is no other live model to compare with."), "models")
    except NoCanary:
        return refused(_("No model is tried on a share of the visitors."), "models")
    except Stale:
        return refused(_("Somebody else moved the model meanwhile. Look again."), "models")
    except BundleError as error:
        return refused(_("This model cannot rank: %(why)s.", why=str(error)), "models")
    return done(said, "models")


def check_words() -> dict[str, str]:
    """Return what the checks of a canary are called."""
    return {
        "errors": _("Rankings that failed"),
        "fallbacks": _("Rankings late or without the store"),
        "slow": _("Slow rankings"),
        "clicks": _("Clicks per ranking"),
        "conversion": _("Visitors who bought"),
    }


def ending_words() -> dict[str, str]:
    """Return how a canary ended, in words."""
    return {
        "promoted": _("It became the live model."),
        "rolled_back": _("It was rolled back by itself."),
        "stopped": _("It was stopped."),
        "refused": _("It cannot rank."),
    }


def _rollouts(desk: Desk) -> Rollouts:
    return Rollouts(desk.deps.shelf, desk.deps.shop_settings)


ROUTES: Final = (
    Route("POST", "/models/<version>/try", try_model, Role.ADMIN),
    Route("POST", "/models/canary/step", step_canary, Role.ADMIN),
    Route("POST", "/models/canary/stop", stop_canary, Role.ADMIN),
    Route("POST", "/models/<version>/shadow", shadow_model, Role.ADMIN),
    Route("POST", "/models/shadow/stop", stop_shadow, Role.ADMIN),
)
