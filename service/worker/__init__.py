"""The worker: from the stream to the log and the counters."""

from service.worker.run import run

__all__ = ["run"]
