"""/v1/models/canary and /v1/models/shadow: a model on its way, moved by hand; what the moves of models share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Response
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from features.bundle import BundleError
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of
from service.api.problems import Conflict, NotFound
from service.deps import Deps
from service.models.promotion import NoModel
from service.pages.change import Author, Stale
from service.rollout.moves import NoCanary, NothingToCompare, Rollouts
from service.rollout.state import Canary, Ended

EFFECTIVE_SECONDS: Final = 2  # every process looks at the pointers each second


class MovedCanary(TypedDict):
    """A canary after a move."""

    version: str
    against: str
    share: float
    ended: Ended | None


class MovedAnswer(TypedDict):
    """The canary after a move; every process follows within the seconds given."""

    canary: MovedCanary
    effective_within_seconds: int


class ShadowAnswer(TypedDict):
    """The model that scores alongside."""

    shadow: str | None
    effective_within_seconds: int


def step_canary(deps: Deps, caller: Caller) -> Response:
    """Give the canary its next share of the visitors now."""
    author = author_of(deps, caller)
    with told():
        canary = rollouts(deps).under_way(author.shop)
        return answer_of(moved(rollouts(deps).step(author, canary, caller.shop.shop.attributes)))


def stop_canary(deps: Deps, caller: Caller) -> Response:
    """End the canary: all visitors get the live model."""
    with told():
        return answer_of(moved(rollouts(deps).stop(author_of(deps, caller))))


def stop_shadow(deps: Deps, caller: Caller) -> Response:
    """Let no model score alongside any more."""
    rollouts(deps).shadow(author_of(deps, caller), None, ())
    return answer_of({"shadow": None, "effective_within_seconds": EFFECTIVE_SECONDS})


@contextmanager
def told() -> Iterator[None]:
    """Say what keeps a model from being moved."""
    try:
        yield
    except NoModel:
        raise NotFound("unknown_model", "The shop has no such model") from None
    except BundleError as error:
        raise Conflict("model_refused", f"The model cannot rank: {error}") from None
    except NothingToCompare:
        raise Conflict(
            "nothing_to_compare",
            "A canary needs another model that is live; promote this one without a share",
        ) from None
    except NoCanary:
        raise Conflict("no_canary", "No model is tried on a share of the visitors") from None
    except Stale:
        raise Conflict("stale", "Somebody else moved the canary meanwhile; look again") from None


def rollouts(deps: Deps) -> Rollouts:
    """Return what moves the models of all shops."""
    return Rollouts(deps.shelf, deps.shop_settings)


def moved(canary: Canary) -> dict[str, Any]:
    """Return the answer to a move of a canary."""
    said = {name: getattr(canary, name) for name in ("version", "against", "share", "ended")}
    return {"canary": said, "effective_within_seconds": EFFECTIVE_SECONDS}


def author_of(deps: Deps, caller: Caller) -> Author:
    """Return who the audit log names."""
    return Author(caller.shop_name, f"key {caller.key_name}", deps.clock())


ENDPOINTS: Final = (
    Endpoint(
        *("POST", "/v1/models/canary/step", step_canary, Access.SECRET),
        "Give the canary its next share of the visitors",
        None,
        TypeAdapter(MovedAnswer),
    ),
    Endpoint(
        *("DELETE", "/v1/models/canary", stop_canary, Access.SECRET),
        "End the canary: all visitors get the live model",
        None,
        TypeAdapter(MovedAnswer),
    ),
    Endpoint(
        *("DELETE", "/v1/models/shadow", stop_shadow, Access.SECRET),
        "Let no model score alongside any more",
        None,
        TypeAdapter(ShadowAnswer),
    ),
)
