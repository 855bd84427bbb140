"""The service's own gunicorn and Flask with nothing behind them: it reads what comes and gives as many bytes as told.

python tests/benchmarks/echo.py BYTES
"""

import sys

from flask import Flask, Response, request

from service.cli.lifeline import end_with_parent
from service.settings import load
from service.web import Web


class Echo(Web):
    """The same server for another application."""

    def load(self) -> Flask:
        """Make the application, in each web process."""
        app, answer = Flask("echo"), b"x" * int(sys.argv[1])

        def echo() -> Response:
            request.get_data(cache=False)
            return Response(answer, 200, content_type="application/json")

        app.add_url_rule("/v1/rank", "echo", echo, methods=["POST"])
        app.add_url_rule("/healthz", "health", lambda: Response(b""))
        return app


if __name__ == "__main__":
    end_with_parent()
    Echo(load(), lambda: None).run()
