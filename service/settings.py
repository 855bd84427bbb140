"""Every setting, declared once; the only module that reads the environment.

Each field is the environment variable `BALAD_<NAME>`. `docs/settings.md` and the README's table are
generated from these lines (`make docs`).
"""

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from features.store.address import address_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX = "BALAD_"
LAST_PORT = 65_535


class InvalidSettingsError(ValueError):
    """A setting has a value that cannot be used; the message names the variable and what it takes."""


def _cores() -> int:
    """Cores this process may use; all of the machine's where the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _below_data(name: str) -> Callable[[dict[str, Path]], str]:
    """A default that is a directory in the data directory, as an fsspec URL."""
    return lambda fields: f"file://{fields['data'].absolute() / name}"


class Settings(BaseSettings):
    """What an installation can choose. Frozen: a change is a restart."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    data: Path = Field(
        Path("data"),
        description="Data directory of this machine: the embedded server, and the log and models unless "
        "they live elsewhere. Made if it is missing.",
        json_schema_extra={"shown": "`./data`"},
    )
    bind: str = Field(
        "127.0.0.1:8000",
        description="Address and port of the HTTP service. `0.0.0.0:8000` listens to every network.",
    )
    redis_url: str | None = Field(
        None,
        repr=False,
        description="Redis or Valkey that holds the live state: one server (`redis://user:password@host:6379/0`, "
        "`unix:///run/valkey.sock`), a cluster (`redis+cluster://one:6379,two:6379`), or the master that Sentinels "
        "name (`redis+sentinel://one:26379,two:26379/mymaster`). Over TLS, `rediss` takes the place of `redis`, with "
        "`?ssl_ca_certs=FILE&ssl_certfile=FILE&ssl_keyfile=FILE`. docs/redis.md has all of it.",
        json_schema_extra={"shown": "the embedded server in the data directory"},
    )
    log_url: str = Field(
        default_factory=_below_data("log"),
        description="Where the log lives: any fsspec URL (`file:`, `s3:`, `gs:`).",
        json_schema_extra={"shown": "`log` in the data directory"},
    )
    models_url: str = Field(
        default_factory=_below_data("models"),
        description="Where model bundles live: any fsspec URL.",
        json_schema_extra={"shown": "`models` in the data directory"},
    )
    appendfsync: Literal["everysec", "always"] = Field(
        "everysec",
        description="When the embedded server writes to disk: `everysec` loses at most one second of "
        "acknowledged writes in a power cut, `always` loses none and is slower.",
    )
    workers: int = Field(
        default_factory=_cores,
        ge=1,
        le=256,
        description="Web processes.",
        json_schema_extra={"shown": "one per core"},
    )
    threads: int = Field(
        2,
        ge=1,
        le=64,
        description="Threads of a web process for calls that may take long. Rankings and recommendations are "
        "answered beside them, one after the other.",
    )
    keepalive_seconds: int = Field(
        75,
        ge=0,
        le=3600,
        description="How long an idle connection is kept; longer than the idle time of a proxy in front.",
    )
    graceful_seconds: int = Field(
        20,
        ge=1,
        le=600,
        description="How long a stopping process may take to finish the calls it has begun.",
    )
    deadline_ms: float = Field(
        50.0,
        gt=0,
        le=10_000,
        description="Default deadline of a ranking in milliseconds; past it the answer is the shop's order. "
        "A call may state its own.",
    )
    served_rows_share: float = Field(
        0.01,
        ge=0,
        le=1,
        description="Share of exposures that log the feature rows as served, to compare with a replay.",
    )
    stream_bound: int = Field(
        200_000,
        ge=1_000,
        description="Facts one stream partition of a shop may hold before writes are refused with 503: "
        "what Redis may grow by while the worker is away.",
    )
    key_rate: int = Field(
        120_000,
        ge=0,
        description="Calls a minute that a shop's publishable keys may make together before they are answered 429; "
        "0 is no limit. Secret keys have none.",
    )
    visitor_rate: int = Field(
        600,
        ge=0,
        description="Rankings and events a minute of one visitor, with a publishable key, before they are answered "
        "429; 0 is no limit. A person makes some dozens.",
    )
    log_retention_days: int = Field(
        395,
        ge=32,
        description="How long the log keeps events and exposures, in days; imported ones from their import on. 13 "
        "months, so that a year can be compared with the one before. Catalogue, settings and requests of visitors "
        "stay: a rebuild needs them.",
    )
    canary_visitors: int = Field(
        10_000,
        ge=100,
        description="Visitors that see a page with Balad on it, with the canary or without, before a canary gets the "
        "next share of them: 1, 5, 25 and 100 %.",
    )
    canary_days: float = Field(
        2.0,
        gt=0,
        le=60,
        description="The longest that a share of a canary waits for them, in days.",
    )
    shadow_share: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Share of rankings that a model in shadow scores as well; its order is logged, never shown.",
    )
    kill_switch: bool = Field(
        default=False,
        description="Shop order on every page of every shop, whatever their settings say.",
    )
    demo: bool = Field(default=False, description="Serve the demo shop at `/demo/`.")
    metrics_token: SecretStr | None = Field(
        None,
        description="Token that `/metrics` asks for (`Authorization: Bearer …`).",
        json_schema_extra={"shown": "none: `/metrics` answers this machine only"},
    )
    worker_bind: str | None = Field(
        None,
        description="Address and port where the worker answers `/metrics` and `/healthz`, such as `0.0.0.0:8001`.",
        json_schema_extra={"shown": "none: it answers nobody"},
    )
    otlp_endpoint: str | None = Field(
        None,
        description="OpenTelemetry collector that gets traces of calls over HTTP, such as `http://localhost:4318`; "
        "takes the extra `otel`.",
        json_schema_extra={"shown": "none: no traces"},
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much the processes say on standard error; each call at `debug` alone."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Lines for people, or one JSON object a line for what collects them."
    )

    @field_validator("data")
    @classmethod
    def _expanded(cls, data: Path) -> Path:
        return data.expanduser()

    @field_validator("bind", "worker_bind")
    @classmethod
    def _host_and_port(cls, bind: str | None) -> str | None:
        if bind is None:
            return None
        host, colon, port = bind.rpartition(":")
        if not (host and colon and port.isascii() and port.isdigit() and int(port) <= LAST_PORT):
            raise ValueError(f"it takes HOST:PORT, such as 127.0.0.1:8000, with a port up to {LAST_PORT}")
        return bind

    @field_validator("redis_url")
    @classmethod
    def _to_the_state(cls, url: str | None) -> str | None:
        if url is not None:
            address_of(url)
        return url

    @field_validator("otlp_endpoint")
    @classmethod
    def _over_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("it takes a URL that begins with http:// or https://")
        return url

    @property
    def embedded(self) -> bool:
        """Whether the live state is the embedded server's."""
        return self.redis_url is None

    def at(self, **changes: object) -> Self:
        """The same settings with some values replaced, validated: for options of the command line and tests.

        >>> Settings().at(threads=2).threads
        2
        """
        return type(self)(**{**self.model_dump(exclude_unset=True), **changes})


def variable(name: str) -> str:
    """The environment variable of a field.

    >>> variable("redis_url")
    'BALAD_REDIS_URL'
    """
    return PREFIX + name.upper()


def load() -> Settings:
    """The settings of this process.

    Raises:
        InvalidSettingsError: One line, naming each variable that has an unusable value.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = [e for e in error.errors() if e["type"] != "default_factory_not_called"]
        raise InvalidSettingsError("; ".join(_sentence(e) for e in wrong)) from None


def _sentence(error: "ErrorDetails") -> str:
    field, said = str(error["loc"][0]), error["msg"].removeprefix("Value error, ")
    value = f"={error['input']!r}" if Settings.model_fields[field].repr else ""  # it may hold a password
    return f"{variable(field)}{value}: {said}"


def environment(**changes: object) -> dict[str, str]:
    """This process's environment with some settings replaced: for a process that it starts."""
    return {**os.environ, **{variable(name): str(value) for name, value in changes.items()}}


def misspelt() -> dict[str, str]:
    """Variables of the environment that look like a misspelt setting, each with the setting meant.

    Other `BALAD_…` variables are somebody else's and left alone.
    """
    known = [variable(name) for name in Settings.model_fields]
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    near = {name: difflib.get_close_matches(name, known, n=1, cutoff=0.9) for name in unknown}
    return {name: match[0] for name, match in near.items() if match}
