"""A web server of ours with an application that only says which process answered, and takes as long as it is told.

python tests/faults/answering.py [SECONDS WITHOUT A SIGN OF LIFE]
"""

import os
import sys
import time

from flask import Flask, request

from service.cli.lifeline import end_with_parent
from service.settings import load
from service.web import Web
from service.web_process import WebProcess

LONG_BYTES = 1 << 16


class Patient(WebProcess):
    """Leaves a new connection to others for as long as a busy machine may take."""

    head_start_seconds = 20.0


class Answering(Web):
    """The same server for another application."""

    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("worker_class", Patient)
        for seconds in sys.argv[1:]:
            self.cfg.set("timeout", int(seconds))

    def load(self) -> Flask:
        app = Flask("answering")

        @app.post("/v1/rank")
        def rank() -> str:
            request.get_data()
            return f"{os.getpid()}"

        @app.get("/healthz")
        def health() -> str:
            return "x" * LONG_BYTES

        @app.get("/long")
        def long() -> str:
            time.sleep(float(request.args["seconds"]))
            return "done"

        return app


if __name__ == "__main__":
    end_with_parent()
    Answering(load(), lambda: None).run()
