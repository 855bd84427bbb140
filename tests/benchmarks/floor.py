"""What a ranking cannot avoid: HTTP in and out, one read, one prediction; each alone, in CPU time."""

from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import lightgbm

from features.store.exchange import Exchange
from service.settings import Settings
from tests.benchmarks import generated
from tests.benchmarks.installation import answers, free_port, running, until
from tests.benchmarks.load import load
from tests.benchmarks.machine import cpu_seconds, family

if TYPE_CHECKING:
    import redis

READS: Final = 5_000
PREDICTIONS: Final = 500
_ECHO: Final = Path(__file__).with_name("echo.py")


def echo_seconds(settings: Settings, question: bytes, answer_bytes: int, seconds: float) -> float:
    """Return the CPU time per request of the same gunicorn and Flask that take and give the same bytes."""
    port = free_port()
    chosen = settings.at(bind=f"127.0.0.1:{port}")
    with running([str(_ECHO), str(answer_bytes)], chosen) as process:
        until(lambda: answers(chosen))
        load(port, [question], 1.0)
        before = cpu_seconds(family(process))
        done = load(port, [question], seconds)
        return (cpu_seconds(family(process)) - before) / done.requests


def read_seconds(url: str, store: "redis.Redis", size: int) -> float:
    """Return the CPU time, client's and server's, of reading one value of so many bytes over a kept connection."""
    store.set("floor", b"x" * size)
    exchange, served = Exchange(url, 1.0), _served_seconds(store)
    mine = _each(lambda: exchange.run([("GET", "floor")]), READS)
    exchange.close()
    return mine + (_served_seconds(store) - served) / READS


def predict_seconds() -> float:
    """Return the CPU time of LightGBM's own prediction of a listing of 100, in one thread."""
    booster = lightgbm.Booster(model_str=generated.model_text())
    listing = generated.rows()[-100:]
    return _each(lambda: booster.predict(listing, raw_score=True, num_threads=1), PREDICTIONS)


def _served_seconds(store: "redis.Redis") -> float:
    used = store.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def _each(call: Callable[[], object], times: int) -> float:
    """Return the CPU time of one call, with the first ones left out."""
    for _ in range(times // 10):
        call()
    began = process_time()
    for _ in range(times):
        call()
    return (process_time() - began) / times
