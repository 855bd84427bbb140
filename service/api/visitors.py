"""/v1/visitors and /v1/erasures: access, erasure and objection."""

from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of
from service.api.problems import Conflict, NotFound, wrong_fields
from service.contract.identifiers import Id
from service.deps import Deps
from service.privacy.requests import Proof, Who

_NO_STORE: Final = {"Cache-Control": "private, no-store"}
_ID: Final = TypeAdapter(Id)
_PATH: Final = "/v1/visitors/<path:visitor_id>"


class VisitorAnswer(TypedDict):
    """Everything that is held about a visitor. Items of the state are named by a hash."""

    shop: str
    visitor_id: str
    request: Annotated[str | None, Field(description="`erased` or `objects`: nothing is kept under this id.")]
    state: dict[str, list[dict[str, Any]]]
    events: list[dict[str, Any]]
    exposures: list[dict[str, Any]]
    requests: list[dict[str, Any]]


class ErasureAnswer(Proof):
    """The proof of an erasure, without the id; nulls are still to come."""

    first_model_without: Annotated[
        str | None, Field(description="The first version that was trained after the log was rewritten.")
    ]
    first_model_at: Annotated[float | None, Field(description="When it was trained, Unix seconds.")]


class ObjectionAnswer(TypedDict):
    """Whether the visitor objects. Every process follows within the seconds given."""

    opted_out: bool
    effective_within_seconds: int


def get_visitor(deps: Deps, caller: Caller, visitor_id: str) -> Response:
    """Return everything that is held about a visitor, as it is read."""
    parts = deps.requests.export(caller.shop_name, _checked(visitor_id))
    return Response(parts, 200, _NO_STORE, content_type="application/json")


def delete_visitor(deps: Deps, caller: Caller, visitor_id: str) -> Response:
    """Erase a visitor: from the state now, from the log within a minute."""
    proof = deps.requests.erase(_who(deps, caller, visitor_id))
    return answer_of({**proof, "first_model_without": None, "first_model_at": None}, _NO_STORE)


def get_erasure(deps: Deps, caller: Caller, erasure_id: str) -> Response:
    """Return how far an erasure has come."""
    proof = deps.requests.proof(caller.shop_name, erasure_id)
    if proof is None:
        raise NotFound("unknown_erasure", "There is no such erasure, or it is longer ago than the log")
    model = deps.requests.first_model_after(caller.shop_name, proof["log_erased_at"])
    version, at = (None, None) if model is None else model
    return answer_of({**proof, "first_model_without": version, "first_model_at": at}, _NO_STORE)


def put_opt_out(deps: Deps, caller: Caller, visitor_id: str) -> Response:
    """Have a visitor's objection hold: nothing is known of them from now on."""
    deps.requests.opt_out(_who(deps, caller, visitor_id))
    return _objection(opted_out=True)


def delete_opt_out(deps: Deps, caller: Caller, visitor_id: str) -> Response:
    """Take an objection back; what was known before is gone."""
    if not deps.requests.opt_in(_who(deps, caller, visitor_id)):
        raise Conflict("erased", "This visitor was erased, which is for good; give them a new id")
    return _objection(opted_out=False)


def _who(deps: Deps, caller: Caller, visitor_id: str) -> Who:
    return Who(caller.shop_name, _checked(visitor_id), f"key {caller.key_name}", deps.clock())


def _checked(visitor_id: str) -> str:
    try:
        return _ID.validate_python(visitor_id)
    except ValidationError as error:
        raise wrong_fields(error) from None


def _objection(*, opted_out: bool) -> Response:
    return answer_of({"opted_out": opted_out, "effective_within_seconds": 2}, _NO_STORE)


ENDPOINTS: Final = (
    Endpoint(
        *("GET", _PATH, get_visitor, Access.SECRET, "See everything that is held about a visitor"),
        answer=TypeAdapter(VisitorAnswer),
        description="The log is read from its beginning while the answer is sent.",
    ),
    Endpoint(
        *("DELETE", _PATH, delete_visitor, Access.SECRET, "Erase a visitor"),
        answer=TypeAdapter(ErasureAnswer),
        description="Their state is gone when this is answered. The worker rewrites the files of the log that hold "
        "them; `GET /v1/erasures/{erasure_id}` says when it has. It is for good: what comes later under this id "
        "is counted as nobody's, and rankings answer the shop's order, reason `opted_out`.",
    ),
    Endpoint(
        *("GET", "/v1/erasures/<erasure_id>", get_erasure, Access.SECRET, "See how far an erasure has come"),
        answer=TypeAdapter(ErasureAnswer),
    ),
    Endpoint(
        *("PUT", f"{_PATH}/opt-out", put_opt_out, Access.SECRET, "Have a visitor's objection hold"),
        answer=TypeAdapter(ObjectionAnswer),
        description="It holds until it is taken back. No profile is read or written, what was known is forgotten; "
        "rankings answer the shop's order, reason `opted_out`. What the log has stays: DELETE erases it.",
    ),
    Endpoint(
        *("DELETE", f"{_PATH}/opt-out", delete_opt_out, Access.SECRET, "Take an objection back"),
        answer=TypeAdapter(ObjectionAnswer),
    ),
)
