"""Every metric, one line each: docs/metrics.md is made of them, dashboard and alerts may name no other.

None has a label whose values visitors choose: there are as many series as shops, calls and words of the contract.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What Prometheus calls it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; a counter's name ends in `_total`, a time is in seconds."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()


RANKINGS: Final = Metric(
    "balad_rankings_total",
    Kind.COUNTER,
    "Rankings answered. `reason` says why they were not personalised, `none` where they were.",
    ("shop", "reason"),
)
SECONDS: Final = Metric(
    "balad_ranking_seconds",
    Kind.HISTOGRAM,
    "Time of a ranking: `total`, and its stages `parse`, `decide`, `read`, `compute`, `write` and `answer`.",
    ("stage",),
)
EVENTS: Final = Metric(
    "balad_events_total",
    Kind.COUNTER,
    "Events received, `accepted`, `duplicate` or `rejected`.",
    ("shop", "verdict"),
)
ITEMS: Final = Metric(
    "balad_items_total",
    Kind.COUNTER,
    "Item changes received, `accepted` or `rejected`.",
    ("shop", "verdict"),
)
REJECTIONS: Final = Metric(
    "balad_rejections_total", Kind.COUNTER, "Events and items refused, by code.", ("shop", "code")
)
RESPONSES: Final = Metric(
    "balad_responses_total",
    Kind.COUNTER,
    "Answers by call and HTTP status; `none` is what no path of the service is.",
    ("call", "status"),
)
EXPOSURES_LOST: Final = Metric(
    "balad_exposures_lost_total",
    Kind.COUNTER,
    "Rankings answered whose exposure could not be written.",
    ("shop",),
)
FAILURES: Final = Metric(
    "balad_ranking_failures_total",
    Kind.COUNTER,
    "Rankings that a fault of ours turned into the shop's order.",
    ("shop",),
)
MODELS_REFUSED: Final = Metric(
    "balad_models_refused_total",
    Kind.COUNTER,
    "Promoted models that failed a check and do not serve, once per web process.",
    ("shop",),
)
STORE_AVAILABLE: Final = Metric(
    "balad_store_available",
    Kind.GAUGE,
    "1 while the circuit to the store is closed in every web process, else 0.",
)
STREAM_LENGTH: Final = Metric(
    "balad_stream_length", Kind.GAUGE, "Facts in the stream that the worker has not archived yet.", ("shop",)
)
STREAM_AGE: Final = Metric("balad_stream_age_seconds", Kind.GAUGE, "Age of the oldest of them.", ("shop",))
STREAM_BOUND: Final = Metric(
    "balad_stream_bound", Kind.GAUGE, "Facts that one of a shop's streams may hold before writes are refused."
)
MODEL_AGE: Final = Metric(
    "balad_model_age_seconds",
    Kind.GAUGE,
    "Since when the model was made that this web process ranks with; absent without a model.",
    ("shop",),
)
CANARY_SHARE: Final = Metric(
    "balad_canary_share",
    Kind.GAUGE,
    "Share of the visitors that a model is tried on; absent while none is.",
    ("shop",),
)
CANARY_ROLLED_BACK: Final = Metric(
    "balad_canary_rolled_back_timestamp_seconds",
    Kind.GAUGE,
    "When the latest canary was rolled back by itself, in Unix seconds; absent where it was not.",
    ("shop",),
)
DRIFTED: Final = Metric(
    "balad_drifted_columns",
    Kind.GAUGE,
    "Columns, and the score among them, that drifted on the newest finished day; absent before the worker looked.",
    ("shop",),
)
SETTINGS_AGE: Final = Metric(
    "balad_settings_age_seconds", Kind.GAUGE, "Since when this web process has its copy of the settings."
)
WORKER_ROUND: Final = Metric(
    "balad_worker_last_round_timestamp_seconds",
    Kind.GAUGE,
    "When the worker last went round all shops, in Unix seconds; of the worker.",
)
WORKER_STORE: Final = Metric(
    "balad_worker_store_available", Kind.GAUGE, "1 while the store answers the worker, else 0; of the worker."
)
WORKER_LOG: Final = Metric(
    "balad_worker_log_writable",
    Kind.GAUGE,
    "1 while the log of a shop can be written, else 0; of the worker that holds the shop.",
    ("shop",),
)
WORKER_FAILURES: Final = Metric(
    "balad_worker_failures_total",
    Kind.COUNTER,
    "Work on a shop that failed for a reason we do not know, and is tried again; of the worker.",
    ("shop",),
)
METRICS: Final = (
    *(RANKINGS, SECONDS, EVENTS, ITEMS, REJECTIONS, RESPONSES, EXPOSURES_LOST, FAILURES, MODELS_REFUSED),
    *(
        STORE_AVAILABLE,
        STREAM_LENGTH,
        STREAM_AGE,
        STREAM_BOUND,
        MODEL_AGE,
        CANARY_SHARE,
        CANARY_ROLLED_BACK,
        DRIFTED,
        SETTINGS_AGE,
    ),
    *(WORKER_ROUND, WORKER_STORE, WORKER_LOG, WORKER_FAILURES),
)
