"""What an operator sees: metrics by stage and of the moment, the id of a request, lines of the log, traces."""

import json
import logging
import re
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service import traces
from service.app import create_app
from service.logs import REQUEST, JsonLines, Lines
from service.metric_table import MODEL_AGE, SETTINGS_AGE, STREAM_AGE, STREAM_BOUND, STREAM_LENGTH
from service.worker.observed import STUCK_SECONDS, Observer, Report, WorkerMetrics, observe
from tests.api.conftest import Api, Clock

STAGES = ("parse", "decide", "read", "compute", "write", "answer", "total")


def sample(text: str, name: str, **labels: str) -> float:
    wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
    (found,) = re.findall(
        rf"^{re.escape(f'{name}{{{wanted}}}' if wanted else name)} (\S+)$", text, re.MULTILINE
    )
    return float(found)


def metrics(api: Api) -> str:
    return api.call("GET", "/metrics", key=None).text


def test_a_ranking_is_timed_stage_by_stage(api: Api) -> None:
    api.rank(["a", "b"])
    text = metrics(api)
    assert [sample(text, "balad_ranking_seconds_count", stage=stage) for stage in STAGES] == [1] * len(STAGES)
    parts = sum(sample(text, "balad_ranking_seconds_sum", stage=stage) for stage in STAGES[:-1])
    assert parts > 0
    assert sample(text, "balad_ranking_seconds_bucket", le="+Inf", stage="read") == 1


def test_a_stage_that_was_not_reached_is_not_timed(api: Api) -> None:
    api.rank(["a", "b"], consent=False)
    assert 'stage="compute"' not in metrics(api)


def test_metrics_say_how_old_model_settings_and_waiting_facts_are(api: Api) -> None:
    model = api.models.live[api.shop.shop]
    api.models.live[api.shop.shop] = type(model)("2026-11-22T11-00-00Z-dc9c", model.table, model.forest)
    api.send({"name": "view_item", "visitor_id": "v-81", "consent": True, "items": [{"item_id": "a"}]})
    api.clock.now += 60
    text = metrics(api)
    assert sample(text, MODEL_AGE.name, shop="acme") == 3660
    assert sample(text, SETTINGS_AGE.name) == 60
    assert sample(text, STREAM_LENGTH.name, shop="acme") >= 1
    assert sample(text, STREAM_AGE.name, shop="acme") >= 0
    assert sample(text, STREAM_BOUND.name) == api.deps.settings.stream_bound


def test_a_request_keeps_the_id_that_it_came_with(api: Api) -> None:
    said = api.call("GET", "/healthz", key=None, headers={"X-Request-Id": "shop-7f.3:a_b"})
    assert said.headers.getlist("X-Request-Id") == ["shop-7f.3:a_b"]


@pytest.mark.parametrize("forged", ["", "two words", "a" * 65, 'x","level":"info'])
def test_an_id_that_is_no_word_is_replaced(api: Api, forged: str) -> None:
    (one,) = api.call("GET", "/healthz", key=None, headers={"X-Request-Id": forged}).headers.getlist(
        "X-Request-Id"
    )
    (two,) = api.call("GET", "/nowhere", key=None, headers={"X-Request-Id": forged}).headers.getlist(
        "X-Request-Id"
    )
    assert re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", one)
    assert one not in {forged, two}


def line(formatter: logging.Formatter, message: str) -> str:
    record = logging.LogRecord("service.x", logging.WARNING, "", 0, "said %s", (message,), None)
    token = REQUEST.set("r-1")
    try:
        return formatter.format(record)
    finally:
        REQUEST.reset(token)


def test_a_line_of_the_log_is_one_json_object_with_the_request() -> None:
    said = json.loads(line(JsonLines(), 'a\n{"level":"info"}'))
    assert (said["message"], said["level"], said["request_id"]) == (
        'said a\n{"level":"info"}',
        "warning",
        "r-1",
    )
    assert "\n" not in line(JsonLines(), "a\nb")


def test_a_line_for_people_stays_one_line() -> None:
    assert line(Lines(), "a\nFATAL all is lost").endswith("said a\\nFATAL all is lost (request r-1)")


def test_no_line_from_info_up_names_a_visitor(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    api.rank(["a", "b"], visitor_id="visitor-who-is-nobodys-business")
    api.send(
        {"name": "view_item", "visitor_id": "visitor-who-is-nobodys-business", "items": [{"item_id": "a"}]}
    )
    api.call("GET", "/v1/visitors/visitor-who-is-nobodys-business")
    api.call("POST", "/v1/rank", {"visitor_id": "visitor-who-is-nobodys-business", "items": 3})
    assert "nobodys-business" not in caplog.text


def test_a_trace_holds_one_span_a_call_and_names_neither_visitor_nor_key(api: Api) -> None:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app = create_app(api.deps)
    traces.trace(app, provider)
    client = app.test_client()
    client.get(f"/v1/visitors/nobodys-business?key={api.shop.publishable_key}")
    client.get("/healthz", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    visitor, health = spans.get_finished_spans()
    assert (visitor.name, health.name) == ("GET /v1/visitors", "GET /healthz")
    told = repr([dict(span.attributes or {}) for span in (visitor, health)])
    assert "nobodys-business" not in told
    assert api.shop.publishable_key not in told
    assert health.context is not None
    assert format(health.context.trace_id, "032x") == "a" * 32


def fetched(port: int, path: str, token: str = "") -> tuple[int, str]:
    try:
        with urlopen(
            Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"})
        ) as got:
            return got.status, got.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_a_worker_tells_what_its_rounds_came_to() -> None:
    clock = Clock()
    worker = WorkerMetrics(clock)
    port = observe("127.0.0.1:0", Observer(worker, "token"))
    worker.hear(Report(store_available=True, log_writable={"acme": False}, failures={"acme": 2}))
    worker.hear(Report(store_available=False, log_writable={"acme": False}, failures={"acme": 3}))
    status, text = fetched(port, "/metrics", "token")
    assert status == HTTPStatus.OK
    assert sample(text, "balad_worker_log_writable", shop="acme") == 0
    assert sample(text, "balad_worker_failures_total", shop="acme") == 3
    assert sample(text, "balad_worker_store_available") == 0
    assert sample(text, "balad_worker_last_round_timestamp_seconds") == clock.now
    assert fetched(port, "/metrics", "wrong")[0] == HTTPStatus.UNAUTHORIZED
    assert fetched(port, "/else")[0] == HTTPStatus.NOT_FOUND


def test_a_worker_that_stands_still_says_so_to_its_supervisor() -> None:
    clock = Clock()
    worker = WorkerMetrics(clock)
    port = observe("127.0.0.1:0", Observer(worker))
    assert fetched(port, "/healthz") == (HTTPStatus.OK, "alive\n")
    clock.now += STUCK_SECONDS + 1
    assert fetched(port, "/healthz")[0] == HTTPStatus.SERVICE_UNAVAILABLE
