"""Everything in deploy/ can be read by what reads it, and names only metrics, settings and paragraphs that exist."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import crossplane
import pytest
import yaml

from service.metric_table import METRICS, Kind
from service.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "balad"
DASHBOARD = json.loads((DEPLOY / "grafana" / "balad.json").read_text())
RULES = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"][0]["rules"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
SETTINGS = {variable(name) for name in Settings.model_fields}
SERIES = {
    series
    for metric in METRICS
    for series in (
        [f"{metric.name}_{part}" for part in ("bucket", "sum", "count")]
        if metric.kind is Kind.HISTOGRAM
        else [metric.name]
    )
}


def expressions() -> list[str]:
    shown = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return shown + [rule["expr"] for rule in RULES]


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_names_only_metrics_that_exist(expression: str) -> None:
    assert set(re.findall(r"balad_\w+", expression)) <= SERIES
    assert all(expression.count(a) == expression.count(b) for a, b in ("()", "{}", "[]"))


def test_every_metric_is_on_the_dashboard_or_in_an_alert() -> None:
    named = {name for expression in expressions() for name in re.findall(r"balad_\w+", expression)}
    assert [
        metric.name for metric in METRICS if not any(name.startswith(metric.name) for name in named)
    ] == []


def test_panels_neither_share_an_id_nor_a_place() -> None:
    for key in (lambda p: p["id"], lambda p: (p["gridPos"]["x"], p["gridPos"]["y"]), lambda p: p["title"]):
        assert len({key(panel) for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_every_alert_has_its_paragraph_in_the_run_book_and_no_paragraph_is_left_over() -> None:
    assert re.findall(r"^## (\w+)$", RUNBOOK, flags=re.MULTILINE) == [rule["alert"] for rule in RULES]
    paragraphs = re.split(r"^## \w+$", RUNBOOK, flags=re.MULTILINE)[1:]
    assert [paragraph for paragraph in paragraphs if len(paragraph.split()) < 20] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_happens_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"


def variables() -> dict[str, list[str]]:
    """The settings that each file names, by file."""
    files = [file for file in DEPLOY.rglob("*") if file.is_file() and file.suffix != ".lock"]
    return {str(f.relative_to(ROOT)): re.findall(r"\bBALAD_[A-Z_]+\b", f.read_text()) for f in files}


@pytest.mark.parametrize(("file", "named"), variables().items(), ids=list(variables()))
def test_a_file_names_only_settings_that_exist(file: str, named: list[str]) -> None:
    assert set(named) <= SETTINGS, file


def test_the_values_of_compose_are_values_that_the_settings_take() -> None:
    for service in COMPOSE["services"].values():
        said = {k: str(v) for k, v in service.get("environment", {}).items() if "${" not in str(v)}
        Settings(**{name.removeprefix("BALAD_").lower(): value for name, value in said.items()})  # type: ignore[arg-type]


def test_compose_follows_the_specification() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            DEPLOY / "compose.yaml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_runs_two_web_processes_behind_nginx_and_every_part_is_read_only() -> None:
    services = COMPOSE["services"]
    assert {"valkey", "worker", "web1", "web2", "nginx"} == set(services)
    assert [name for name, service in services.items() if not service["read_only"]] == []
    servers = re.findall(r"server (\w+):8000 ", (DEPLOY / "nginx.conf").read_text())
    assert servers == ["web1", "web2", "web1", "web2"]  # each once more, for when both are left alone


def test_nginx_can_read_its_configuration() -> None:
    read = crossplane.parse(str(DEPLOY / "nginx.conf"), strict=True, comments=False)
    assert read["errors"] == []


@pytest.mark.parametrize("name", ["nginx.conf", "redis.conf"])
def test_each_line_has_its_reason(name: str) -> None:
    """A comment on the line, or on the one before it; braces have none."""
    lines = [line.strip() for line in (DEPLOY / name).read_text().splitlines()]
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if line and "#" not in line and not line.endswith(("{", "}")) and not before.startswith("#")
    ]
    free = {"proxy_pass http://balad;", "return 404;"}  # what its block is for
    assert [line for line in bare if line not in free] == []


def test_the_image_runs_as_nobody_without_a_compiler_and_copies_only_what_is_there() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert re.findall(r"^USER (\S+)$", dockerfile, flags=re.MULTILINE) == ["10001:10001"]
    assert re.search(r"\b(gcc|g\+\+|build-essential|clang)\b", dockerfile) is None
    _, _, serve = dockerfile.partition("AS serve")
    assert "build-train" not in serve
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = [
        source
        for sources in re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", dockerfile, flags=re.MULTILINE)
        for source in sources.split()
    ]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if f"!{source}" not in allowed] == []


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), DEPLOY / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_values_that_the_templates_use_exist() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    text = "".join(file.read_text() for file in (CHART / "templates").iterdir())
    for path in set(re.findall(r"\.Values\.([\w.]+)", text)):
        found: Any = values
        for step in path.split("."):
            assert step in found, f".Values.{path}"
            found = found[step]


@pytest.mark.skipif(shutil.which("helm") is None, reason="no helm on the PATH: the chart is not rendered")
def test_the_chart_renders_to_objects() -> None:
    said = "secrets.BALAD_REDIS_URL=redis://redis,secrets.BALAD_METRICS_TOKEN=t,training.shops={acme},ingress.enabled=true"
    done = subprocess.run(
        ["helm", "template", "shop", CHART, "--set", said], capture_output=True, text=True, check=True
    )
    kinds = {document["kind"] for document in yaml.safe_load_all(done.stdout) if document}
    wanted = {
        "Deployment",
        "Service",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "CronJob",
        "NetworkPolicy",
    }
    assert kinds >= {*wanted, "Secret", "ConfigMap", "Ingress"}
