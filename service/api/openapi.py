"""/openapi.json and /docs: the contract, generated from the models that validate."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from flask import Response, render_template
from pydantic import TypeAdapter

from service.api.auth import Access
from service.api.endpoint import Endpoint, answer_of
from service.api.problems import PROBLEM
from service.deps import Deps

_PARAMETER: Final = re.compile(r"<(?:path:)?(\w+)>")
_REFERENCE: Final = "#/components/schemas/{model}"
_JSON: Final = "application/json"
_POLICY: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)
_ERRORS: Final = {
    Access.NONE: (),
    Access.PUBLISHABLE: ("400", "401", "403", "404", "413", "429", "503"),
    Access.SECRET: ("400", "401", "403", "404", "409", "412", "413", "503"),
}
_TITLES: Final = {
    "400": "The body is not what the model says; `errors` names each wrong field",
    "401": "No key, or one that nobody has",
    "403": "The key may not do this",
    "404": "There is no such thing",
    "409": "What is there does not allow it",
    "412": "Somebody else changed it meanwhile",
    "413": "The body is larger than 2 MB",
    "429": "More than one key or visitor needs; Retry-After says when to try again",
    "503": "The store is away, its backlog too long, or rankings are late; Retry-After says when to try again",
}


def openapi_json(_: Deps) -> Response:
    """Return the contract as OpenAPI 3.1."""
    return answer_of(document(_endpoints()))


def docs(_: Deps) -> Response:
    """Return the contract as a page."""
    page = render_template("docs.html", document=document(_endpoints()), access=Access)
    return Response(page, headers={"Content-Security-Policy": _POLICY})


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Return the OpenAPI document of a table of calls."""
    models = [adapter for endpoint in endpoints for adapter in (endpoint.request, endpoint.answer) if adapter]
    inputs = [(id(adapter), "validation", adapter) for adapter in [*models, PROBLEM]]
    by_key, definitions = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE)  # type: ignore[arg-type]
    schemas = {key: schema for (key, _), schema in by_key.items()}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(_PARAMETER.sub(r"{\1}", endpoint.path), {})[endpoint.method.lower()] = _operation(
            endpoint, schemas
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Balad",
            "version": version("balad"),
            "description": "An online shop's listings, in order.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "`pk_…` or `sk_…`"}
            },
        },
    }


def _operation(endpoint: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _PARAMETER.findall(endpoint.path)
        ]
        + _query(endpoint),
        "responses": {s: _response(endpoint, schemas) for s in ("200", *endpoint.also)}
        | {s: _problem(s, schemas) for s in (*_ERRORS[endpoint.access], *endpoint.refusals)},
        "security": [] if endpoint.access is Access.NONE else [{"key": []}],
        "x-balad-key": endpoint.access.value,
    }
    if endpoint.request is not None:
        content = {_JSON: {"schema": schemas[id(endpoint.request)]}}
        operation["requestBody"] = {"required": endpoint.needs_body, "content": content}
    return operation


def _query(endpoint: Endpoint) -> list[dict[str, Any]]:
    fields = {} if endpoint.query is None else endpoint.query.json_schema()["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]


def _response(endpoint: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    if endpoint.answer is None:
        return {"description": endpoint.summary}
    return {"description": endpoint.summary, "content": {_JSON: {"schema": schemas[id(endpoint.answer)]}}}


def _problem(status: str, schemas: dict[Any, Any]) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": schemas[id(PROBLEM)]}}
    return {"description": _TITLES[status], "content": content}


def _endpoints() -> Sequence[Endpoint]:
    from service.api.endpoints import ENDPOINTS  # noqa: PLC0415 - the table holds these calls too

    return ENDPOINTS


ENDPOINTS: Final = (
    Endpoint("GET", "/openapi.json", openapi_json, Access.NONE, "The contract as OpenAPI"),
    Endpoint("GET", "/docs", docs, Access.NONE, "The contract as a page"),
)
