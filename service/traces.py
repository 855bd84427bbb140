"""OpenTelemetry traces of calls, where BALAD_OTLP_ENDPOINT names a collector and the extra `otel` is installed.

The library's own WSGI middleware makes one span a call and continues the trace of the caller (`traceparent`). A span
names no visitor: what stands in an address, its path's parts and its query, is left out.
"""

from typing import TYPE_CHECKING, Final

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_PARTS: Final = 3  # "/v1/visitors/<id>": what the first word after the version does is all that is told
_ADDRESSES: Final = ("http.target", "http.url", "url.path", "url.full")


def begin(app: Flask, endpoint: str) -> None:
    """Trace the calls of an application and send the spans to a collector, in batches and in the background."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "balad"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace(app, provider)


def trace(app: Flask, provider: "TracerProvider") -> None:
    """Trace the calls of an application with a provider of one's own."""
    from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware  # noqa: PLC0415 - an extra

    app.wsgi_app = OpenTelemetryMiddleware(  # type: ignore[method-assign]  # as Flask's documentation has it
        app.wsgi_app, request_hook=_without_ids, tracer_provider=provider
    )


def _without_ids(span: "Span", environ: "WSGIEnvironment") -> None:
    """Name a span by its call, and leave out what an address holds of keys and visitors."""
    route = "/".join(environ["PATH_INFO"].split("/")[:_PARTS])
    span.update_name(f"{environ['REQUEST_METHOD']} {route}")
    for name in _ADDRESSES:
        span.set_attribute(name, route)
    span.set_attribute("url.query", "")
