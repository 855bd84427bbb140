"""/v1/models: which models there are, and which one ranks."""

from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from features.bundle import BundleError, Pointer
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of
from service.api.problems import Conflict, NotFound
from service.deps import Deps
from service.models.promotion import NoModel, Promotions, live_of
from service.pages.change import Author

EFFECTIVE_SECONDS: Final = 2  # every process looks at the pointers each second


class ModelAnswer(TypedDict):
    """A published model; `unusable` says why it cannot be promoted, null where it can."""

    version: str
    created_at: float | None
    parent: str | None
    window: dict[str, float] | None
    counts: dict[str, int]
    metrics: Annotated[dict[str, Any], Field(description="Figures of its evaluation, with 95 % intervals.")]
    unusable: str | None


class RefusedAnswer(TypedDict):
    """The version that should rank and does not."""

    version: str
    why: str


class ModelsAnswer(TypedDict):
    """All models, the newest first; `serving` is what this process ranks with right now."""

    live: str | None
    previous: str | None
    serving: str | None
    refused: RefusedAnswer | None
    models: list[ModelAnswer]


class PromotedAnswer(TypedDict):
    """What ranks from now on; every process follows within the seconds given."""

    live: str
    previous: str | None
    effective_within_seconds: int


def get_models(deps: Deps, caller: Caller) -> Response:
    """List the shop's models."""
    shop = caller.shop_name
    pointer = live_of(deps.shelf, shop)
    serving, refusal = deps.models.current(shop), deps.models.refusal(shop)
    return answer_of(
        {
            "live": None if pointer is None else pointer.version,
            "previous": None if pointer is None else pointer.previous,
            "serving": None if serving is None else serving.version,
            "refused": None if refusal is None else {"version": refusal.version, "why": refusal.why},
            "models": [_model(deps, shop, version) for version in deps.shelf.versions(shop)],
        }
    )


def promote_model(deps: Deps, caller: Caller, version: str) -> Response:
    """Let a model rank, if it passes every check."""
    try:
        return _promoted(
            _promotions(deps).promote(_author(deps, caller), version, caller.shop.shop.attributes)
        )
    except NoModel:
        raise NotFound("unknown_model", "The shop has no such model") from None
    except BundleError as error:
        raise Conflict("model_refused", f"The model cannot rank: {error}") from None


def rollback_model(deps: Deps, caller: Caller) -> Response:
    """Let the model before rank again; once more undoes it."""
    try:
        return _promoted(_promotions(deps).rollback(_author(deps, caller)))
    except NoModel:
        raise Conflict("no_previous_model", "There is no model to go back to") from None
    except BundleError as error:
        raise Conflict("model_refused", f"The model before cannot rank: {error}") from None


def _promotions(deps: Deps) -> Promotions:
    return Promotions(deps.shelf, deps.shop_settings)


def _author(deps: Deps, caller: Caller) -> Author:
    return Author(caller.shop_name, f"key {caller.key_name}", deps.clock())


def _promoted(pointer: Pointer) -> Response:
    return answer_of(
        {
            "live": pointer.version,
            "previous": pointer.previous,
            "effective_within_seconds": EFFECTIVE_SECONDS,
        }
    )


def _model(deps: Deps, shop: str, version: str) -> dict[str, Any]:
    try:
        manifest = deps.shelf.manifest(shop, version)
    except BundleError as error:
        unknown = dict.fromkeys(("created_at", "parent", "window"))
        return {"version": version, **unknown, "counts": {}, "metrics": {}, "unusable": str(error)}
    said = manifest.model_dump(mode="json", include={"created_at", "parent", "window", "counts", "metrics"})
    return {"version": version, **said, "unusable": None}


ENDPOINTS: Final = (
    Endpoint(
        "GET", "/v1/models", get_models, Access.SECRET, "List the models", None, TypeAdapter(ModelsAnswer)
    ),
    Endpoint(
        "POST",
        "/v1/models/<version>/promote",
        promote_model,
        Access.SECRET,
        "Let a model rank",
        None,
        TypeAdapter(PromotedAnswer),
    ),
    Endpoint(
        "POST",
        "/v1/models/rollback",
        rollback_model,
        Access.SECRET,
        "Let the model before rank again",
        None,
        TypeAdapter(PromotedAnswer),
    ),
)
