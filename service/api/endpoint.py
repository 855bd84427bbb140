"""One call of the contract: how it is reached, who may, what goes in and comes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from flask import Response, request
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from service.api.auth import Access
from service.api.problems import BadRequest, TooLarge, wrong_fields

LARGEST_BODY: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A line of the table in `service.api.endpoints`; routes, authorisation and OpenAPI derive from it."""

    method: str
    path: str
    view: Callable[..., Response]  # view(deps, caller, **parts of the path); no caller where access is NONE
    access: Access
    summary: str
    request: TypeAdapter[Any] | None = None
    answer: TypeAdapter[Any] | None = None
    description: str = ""
    query: TypeAdapter[Any] | None = None  # what may stand behind the `?`
    needs_body: bool = True  # where there is a request
    also: tuple[str, ...] = ()  # statuses beside 200 with the same body
    refusals: tuple[str, ...] = ()  # statuses of problems beside those that its access may meet

    @property
    def name(self) -> str:
        """A word for metrics and OpenAPI: the view's own name."""
        return self.view.__name__

    @property
    def scope(self) -> str:
        """What a key with scopes must have to make the call: the first word of its path after `/v1`."""
        return self.path.removeprefix("/v1/").partition("/")[0]


def json_body() -> object:
    """Parse the request's body.

    Python's own literals for numbers that are not finite get through, to be refused with their path like any value.
    """
    raw = _raw_body()
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            return from_json(raw)
        except ValueError:
            raise BadRequest("not_json", f"The body is not JSON: {error}") from None


def _raw_body() -> bytes:
    """Read the body from the server, which knows where it ends, whether or not its length was said.

    Flask's own way takes a chunked body over its limit for an empty one.
    """
    environ, length = request.environ, request.content_length
    if length is None and "wsgi.input_terminated" not in environ:
        return b""  # a server that would wait for more
    if length is None or length <= LARGEST_BODY:
        raw: bytes = environ["wsgi.input"].read(LARGEST_BODY + 1 if length is None else length)
        if len(raw) <= LARGEST_BODY:
            return raw
    raise TooLarge("too_large", "The body is larger than 2 MB; send less at once")


def body_as(model: TypeAdapter[Any]) -> Any:  # noqa: ANN401 - what the model says
    """Parse the request's body and check it against a model."""
    try:
        return model.validate_python(json_body())
    except ValidationError as error:
        raise wrong_fields(error) from None


def answer_of(body: object, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(body), 200, headers, content_type="application/json")


def query_as(model: TypeAdapter[Any]) -> Any:  # noqa: ANN401 - what the model says
    """Check what stands behind the `?` against a model; what the model does not name is ignored."""
    try:
        return model.validate_strings(request.args.to_dict())
    except ValidationError as error:
        raise wrong_fields(error) from None
