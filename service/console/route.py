"""One screen, or one form's destination, of the console: how it is reached and who may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from service.people import Role

View: TypeAlias = Callable[..., Response | str | tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the table in `service.console.routes`; addresses, roles and the test of both derive from it.

    `view(desk, **parts of the path)` answers; where `role` is None nobody has to be logged in, and it is
    `view(deps, **parts of the path)`. Its name is the endpoint: `url_for("console.<name>")`. A POST arrives only
    with the CSRF token of its session, which `{{ token() }}` puts into a form.
    """

    method: str
    path: str  # below /console
    view: View
    role: Role | None

    @property
    def name(self) -> str:
        """The endpoint in the blueprint."""
        return self.view.__name__


def show(template: str, status: int = 200, **context: Any) -> tuple[str, int]:  # noqa: ANN401 - what the template takes
    """Answer with a page of `templates/console/`."""
    return render_template(f"console/{template}", **context), status


def done(message: str, view: str, **parts: Any) -> Response:  # noqa: ANN401 - parts of the path
    """Answer a form that did what it should: say so on the screen of that view, which a reload only shows again."""
    flash(message, "success")
    return redirect(url_for(f"console.{view}", **parts), 303)


def refused(message: str, view: str, **parts: Any) -> Response:  # noqa: ANN401 - parts of the path
    """Answer a form that did nothing, with the reason."""
    flash(message, "danger")
    return redirect(url_for(f"console.{view}", **parts), 303)
