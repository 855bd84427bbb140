"""Errors as RFC 9457 problems: what is wrong, where, and what to send instead."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import orjson
from flask import Flask, Response, request
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from features.store.protocol import Backlog, StoreUnavailable
from service.contract.verdicts import FieldError, field_errors
from service.metrics import Metrics

NO_CALL: Final = "none"  # the label of what no path of ours is
RETRY_SECONDS: Final = 1  # the circuit probes more often than that
_LOG: Final = logging.getLogger(__name__)
_CODES: Final = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}  # those that Flask raises itself


class ProblemError(TypedDict):
    """One wrong field; `path` is written as in `items[3].price`."""

    path: str
    code: str
    message: str


class ProblemAnswer(TypedDict):
    """What is wrong with a call (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError]


PROBLEM: Final = TypeAdapter(ProblemAnswer)


class Problem(Exception):  # noqa: N818 - the word of the RFC
    """What a call is refused with. One subclass per status that we choose."""

    status: int = 500
    title: str = "Internal error"

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


class BadRequest(Problem):
    """The body or a parameter is not what the contract says."""

    status = 400
    title = "Bad request"


class Unauthorized(Problem):
    """No key, or one that nobody has."""

    status = 401
    title = "Unauthorized"


class Forbidden(Problem):
    """The key may not do this."""

    status = 403
    title = "Forbidden"


class NotFound(Problem):
    """There is no such thing."""

    status = 404
    title = "Not found"


class Conflict(Problem):
    """What is there does not allow it."""

    status = 409
    title = "Conflict"


class PreconditionFailed(Problem):
    """Somebody else changed it meanwhile."""

    status = 412
    title = "Precondition failed"


class TooLarge(Problem):
    """The body is larger than any call needs."""

    status = 413
    title = "Content too large"


class TooMany(Problem):
    """More than one key or visitor needs; less of it, later, is fine."""

    status = 429
    title = "Too many requests"


class Unavailable(Problem):
    """The store is away; the same call may succeed later."""

    status = 503
    title = "Service unavailable"


def wrong_fields(error: ValidationError) -> BadRequest:
    """Return the problem of a body that does not fit its model."""
    return refused(field_errors(error))


def refused(errors: Sequence[FieldError]) -> BadRequest:
    """Return the problem of a body with wrong fields."""
    where = errors[0].path or "the body"
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return BadRequest("invalid", f"{where}: {errors[0].message}{more}", errors)


def response_of(problem: Problem) -> Response:
    """Render a problem."""
    body: dict[str, Any] = {
        "type": f"/docs#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": [asdict(error) for error in problem.errors],
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(orjson.dumps(body), problem.status, headers, content_type="application/problem+json")


def register(app: Flask, metrics: Metrics) -> None:
    """Render every error of the app as a problem; what is not one of ours is a bug, logged and a 500."""

    def handle(error: Exception) -> Response:
        if not isinstance(error, Problem | HTTPException | StoreUnavailable):
            _LOG.error("a call failed", exc_info=error)
        problem = problem_of(error)
        metrics.answered(request.endpoint or NO_CALL, problem.status)()
        return response_of(problem)

    app.register_error_handler(Exception, handle)


def problem_of(error: Exception) -> Problem:
    """Return the problem that stands for an exception."""
    match error:
        case Problem():
            return error
        case Backlog():
            return put_off("backlog", "Facts wait to be archived; nothing was written. Send it again later")
        case StoreUnavailable():
            return put_off("store_unavailable", "The store does not answer. Send it again later")
        case HTTPException(code=int(status)) if status < 500:  # noqa: PLR2004 - the client's mistakes
            problem = Problem(_CODES.get(status, "bad_request"), _sentence(error), headers=_allow(error))
            problem.status, problem.title = status, error.name
            return problem
        case _:
            return Problem("internal", "Balad failed; the log says why")


def put_off(code: str, detail: str) -> Unavailable:
    """Return the problem of a call that may succeed if it is sent again."""
    return Unavailable(code, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def _sentence(error: HTTPException) -> str:
    return error.description or error.name


def _allow(error: HTTPException) -> dict[str, str]:
    """Keep the one header that Flask's own errors carry, which methods there are, in an order that stays the same."""
    if not isinstance(error, MethodNotAllowed) or not error.valid_methods:
        return {}
    return {"Allow": ", ".join(sorted(error.valid_methods))}
