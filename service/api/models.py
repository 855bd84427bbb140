"""/v1/models: which models there are, which one ranks, and which one is tried first."""

from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

from flask import Response, request
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from features.bundle import BundleError, Pointer
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.problems import Conflict
from service.api.rollout import EFFECTIVE_SECONDS, MovedAnswer, ShadowAnswer, author_of, moved, rollouts, told
from service.deps import Deps
from service.models.promotion import NoModel, live_of
from service.rollout.moves import shadow_of
from service.rollout.progress import seen_of
from service.rollout.state import LARGEST, SMALLEST, STEPS, Ended


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


class CanaryCheckAnswer(TypedDict):
    """A comparison of who gets the canary with who does not; its interval holds at every look, null for too few."""

    name: str
    canary: float
    rest: float
    low: float | None
    high: float | None
    is_red: bool
    says: str


class CanaryAnswer(TypedDict):
    """The latest canary; `ended` says how it ended, null while a share of the visitors gets it."""

    version: str
    against: str
    share: float
    next_share: float
    began: float
    since: Annotated[float, Field(description="When this share began; visitors are counted from then.")]
    visitors: Annotated[int, Field(description="Since then, with the canary or without.")]
    canary_visitors: int
    visitors_needed: Annotated[int, Field(description="After so many the next share follows by itself.")]
    checks: list[CanaryCheckAnswer]
    ended: Ended | None
    ended_at: float | None
    why: str | None


class ModelsAnswer(TypedDict):
    """All models, the newest first; `serving` is what this process ranks with right now."""

    live: str | None
    previous: str | None
    serving: str | None
    refused: RefusedAnswer | None
    canary: CanaryAnswer | None
    shadow: Annotated[str | None, Field(description="Scores alongside for a sample; never shown.")]
    models: list[ModelAnswer]


@with_config(ConfigDict(extra="forbid"))
class PromoteRequest(TypedDict):
    """Where a model is to go: `live` (as without a body), `canary`, which a `share` alone says too, or `shadow`."""

    to: Annotated[Literal["live", "canary", "shadow"] | None, Field(default=None)]
    share: Annotated[
        Annotated[float, Field(ge=SMALLEST, le=LARGEST)] | None,
        Field(default=None, description="Of the visitors, that a canary begins with; else 0.01."),
    ]


PROMOTE_REQUEST: Final = TypeAdapter(PromoteRequest)


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
            "canary": _canary(deps, shop),
            "shadow": shadow_of(deps.shelf, shop),
            "models": [_model(deps, shop, version) for version in deps.shelf.versions(shop)],
        }
    )


def promote_model(deps: Deps, caller: Caller, version: str) -> Response:
    """Let a model rank, if it passes every check: for all visitors, for a share of them, or alongside."""
    said = _wish()
    author, attributes = author_of(deps, caller), caller.shop.shop.attributes
    with told():
        if said["to"] == "shadow":
            rollouts(deps).shadow(author, version, attributes)
            return answer_of({"shadow": version, "effective_within_seconds": EFFECTIVE_SECONDS})
        if said["to"] == "canary" or said["share"] is not None:
            canary = rollouts(deps).begin(author, version, attributes, said["share"] or STEPS[0])
            return answer_of(moved(canary))
        return _promoted(rollouts(deps).promote(author, version, attributes))


def _wish() -> PromoteRequest:
    """Return where the model is to go; without a body, to all visitors."""
    if not request.content_length and "wsgi.input_terminated" not in request.environ:
        return {"to": None, "share": None}
    said: PromoteRequest = body_as(PROMOTE_REQUEST)
    return said


def rollback_model(deps: Deps, caller: Caller) -> Response:
    """Let the model before rank again; once more undoes it."""
    try:
        return _promoted(rollouts(deps).rollback(author_of(deps, caller)))
    except NoModel:
        raise Conflict("no_previous_model", "There is no model to go back to") from None
    except BundleError as error:
        raise Conflict("model_refused", f"The model before cannot rank: {error}") from None


def _canary(deps: Deps, shop: str) -> dict[str, Any] | None:
    canary = rollouts(deps).latest(shop)
    if canary is None:
        return None
    seen = seen_of(deps.findings, shop, canary)
    return {
        **asdict(canary),
        "next_share": canary.next_share,
        "visitors": seen.visitors if seen else 0,
        "canary_visitors": seen.tried if seen else 0,
        "visitors_needed": seen.needed if seen else deps.settings.canary_visitors,
        "checks": [asdict(check) for check in seen.checks] if seen else [],
    }


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
        PROMOTE_REQUEST,
        TypeAdapter(PromotedAnswer | MovedAnswer | ShadowAnswer),
        "Without a body the model ranks for all visitors. With `share` it is tried on that share of them first, and "
        "goes on by itself, or is rolled back by itself; `GET /v1/models` says how it does.",
        needs_body=False,
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
