"""Who is logged in: a record in the store, and a cookie that names it.

The cookie is signed by Flask with the installation's secret and holds the session's id, the raw CSRF token, the
language and what is to be flashed. A login makes a new id and throws everything else away, so that nobody can be made
to log in to a session that somebody else knows. The record is what counts: without it, or once the person's `epoch`
is another (new password, logged out everywhere), the cookie opens nothing.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from features.store.sessions import Sessions
from service.people import Person

PATH: Final = "/console/"
IDLE_SECONDS: Final = 12 * 3600  # a working day; each use begins it anew
LONGEST_SECONDS: Final = 7 * 86_400.0  # then the password is asked for again, however busy one was
_ID: Final = "id"
_ID_BYTES: Final = 32
_KEPT_AT_LOGIN: Final = ("language",)


class ConsoleSession(SecureCookieSessionInterface):
    """Cookies for the console and for nothing else: the API sets none and spends no time on looking for one."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def open_session(self, app: Flask, request: Request) -> Any:  # noqa: ANN401 - Flask's own type is wrong about None
        """Open what the cookie holds; None beyond the console."""
        if not request.path.startswith(PATH):
            return None
        if app.secret_key is None:
            app.secret_key = self._sessions.secret()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it changed; `Secure` where the browser came by https."""
        if hasattr(session, "accessed"):
            super().save_session(app, session, response)

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - Flask's own signature
        """Return a name that no other program on this host is likely to use."""
        return "balad_console"

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - Flask's own signature
        """Return the one path that the cookie is sent to."""
        return PATH

    def get_cookie_samesite(self, app: Flask) -> str:  # noqa: ARG002 - Flask's own signature
        """Links from elsewhere arrive logged in, forms from elsewhere do not."""
        return "Lax"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's own signature
        """Where the browser came by https, the cookie is never sent without."""
        return request.is_secure


@dataclass(frozen=True, slots=True)
class Login:
    """What is kept of one login."""

    shop: str
    name: str
    epoch: str
    at: float


def log_in(sessions: Sessions, shop: str, person: Person, at: float) -> None:
    """Begin a session under a new id."""
    log_out(sessions)
    session_id = secrets.token_urlsafe(_ID_BYTES)
    body = {"shop": shop, "name": person.name, "epoch": person.epoch, "at": at}
    sessions.put(_digest(session_id), orjson.dumps(body), IDLE_SECONDS)
    session[_ID] = session_id


def log_out(sessions: Sessions) -> None:
    """End this browser's session: the record is gone, so a copy of the cookie opens nothing either."""
    if (session_id := session.get(_ID)) is not None:
        sessions.delete(_digest(session_id))
    kept = {name: session[name] for name in _KEPT_AT_LOGIN if name in session}
    session.clear()
    session.update(kept)


def login_of(sessions: Sessions, now: float) -> Login | None:
    """Return who this browser is logged in as; None for nobody, or nobody any more."""
    session_id = session.get(_ID)
    body = None if session_id is None else sessions.get(_digest(session_id), IDLE_SECONDS)
    if body is None:
        return None
    login = Login(**orjson.loads(body))
    return login if now - login.at < LONGEST_SECONDS else None


def _digest(session_id: str) -> str:
    return sha256(session_id.encode()).hexdigest()
