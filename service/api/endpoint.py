"""One call of the contract: how it is reached, who may, what goes in and comes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from flask import Response, request
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from service.api.auth import Access
from service.api.problems import BadRequest, wrong_fields

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

    @property
    def name(self) -> str:
        """A word for metrics and OpenAPI: the view's own name."""
        return self.view.__name__


def json_body() -> object:
    """Parse the request's body.

    Python's own literals for numbers that are not finite get through, to be refused with their path like any value.
    """
    raw = request.get_data(cache=False)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            return from_json(raw)
        except ValueError:
            raise BadRequest("not_json", f"The body is not JSON: {error}") from None


def body_as(model: TypeAdapter[Any]) -> Any:  # noqa: ANN401 - what the model says
    """Parse the request's body and check it against a model."""
    try:
        return model.validate_python(json_body())
    except ValidationError as error:
        raise wrong_fields(error) from None


def answer_of(body: object, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(body), 200, headers, content_type="application/json")
