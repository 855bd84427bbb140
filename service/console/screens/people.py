"""People: who may log in, as what; and each person's own password."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from service.console.desk import ROLE_WORDS, Desk
from service.console.language import gettext as _
from service.console.route import Route, done, refused, show
from service.console.sessions import log_in
from service.pages.change import Stale
from service.passwords import LONGEST, SHORTEST, PasswordError, fits, made
from service.people import (
    LONGEST_NAME,
    PersonError,
    Role,
    add_person,
    change_password,
    change_role,
    log_out_everywhere,
    people_of,
    remove_person,
)


def people(desk: Desk) -> tuple[str, int]:
    """Show who may log in."""
    return _screen(desk)


def add_somebody(desk: Desk) -> tuple[str, int]:
    """Let somebody in, and show the password that was made for them, this once."""
    name, password = request.form.get("name", ""), made()
    try:
        person = add_person(desk.deps.shop_settings, desk.author, name, _role(), password)
    except PersonError:
        said = _("A name is 1 to %(most)d printable characters, and nobody else's.", most=LONGEST_NAME)
        return _screen(desk, {"name": said}, name=name)
    return show("password.html", name=person.name, password=password)


def change_somebody(desk: Desk) -> Response | tuple[str, int]:
    """Change one person: what the button says."""
    name, do = request.form.get("name", ""), _CHANGES.get(request.form.get("do", ""))
    if do is None:
        return redirect(url_for("console.people"), 303)
    try:
        return do(desk, name)
    except PersonError:
        return refused(
            _("Nothing was changed: there is nobody of this name, or they are the only admin."), "people"
        )
    except Stale:
        return refused(_("Somebody else changed this person meanwhile. Here is what holds now."), "people")


def _other_role(desk: Desk, name: str) -> Response:
    change_role(desk.deps.shop_settings, desk.author, name, _role())
    return done(_("%(name)s has another role from their next click.", name=name), "people")


def _other_password(desk: Desk, name: str) -> tuple[str, int]:
    password = made()
    person = change_password(desk.deps.shop_settings, desk.author, name, password)
    return show("password.html", name=person.name, password=password)


def _out(desk: Desk, name: str) -> Response:
    log_out_everywhere(desk.deps.shop_settings, desk.author, name)
    return done(_("%(name)s is logged out everywhere.", name=name), "people")


def _removed(desk: Desk, name: str) -> Response:
    remove_person(desk.deps.shop_settings, desk.author, name)
    return done(_("%(name)s may not log in any more.", name=name), "people")


_CHANGES: Final[Mapping[str, Callable[[Desk, str], Response | tuple[str, int]]]] = {
    "role": _other_role,
    "password": _other_password,
    "out": _out,
    "remove": _removed,
}


def account(_desk: Desk) -> tuple[str, int]:
    """Show what one can change of oneself."""
    return show("account.html", errors={}, shortest=SHORTEST, longest=LONGEST)


def save_password(desk: Desk) -> Response | tuple[str, int]:
    """Change one's own password; every other session of this person ends."""
    before, after = request.form.get("current", ""), request.form.get("password", "")
    if not desk.deps.attempts.allow(desk.shop_name, desk.person.name, request.remote_addr or ""):
        return _own({"current": _("Too many attempts. Wait a quarter of an hour, then try again.")})
    if len(before) > LONGEST or not fits(desk.person.password, before):
        return _own({"current": _("This is not your password.")})
    if after != request.form.get("again", ""):
        return _own({"again": _("The two are not the same.")})
    try:
        person = change_password(desk.deps.shop_settings, desk.author, desk.person.name, after)
    except PasswordError:
        wrong = _(
            "A password has %(least)d to %(most)d characters and is not your name.",
            least=SHORTEST,
            most=LONGEST,
        )
        return _own({"password": wrong})
    log_in(desk.deps.sessions, desk.shop_name, person, desk.now)
    return done(_("Your password is changed; you are logged out everywhere else."), "account")


def _own(errors: dict[str, str]) -> tuple[str, int]:
    return show("account.html", 400, errors=errors, shortest=SHORTEST, longest=LONGEST)


def _role() -> Role:
    said = request.form.get("role", "").upper()
    return Role[said] if said in Role.__members__ else Role.VIEWER


def _screen(desk: Desk, errors: dict[str, str] | None = None, name: str = "") -> tuple[str, int]:
    roles = [(role.word, word) for role, word in ROLE_WORDS.items()]
    status = 400 if errors else 200
    return show(
        "people.html", status, people=people_of(desk.values), roles=roles, errors=errors or {}, name=name
    )


ROUTES: Final = (
    Route("GET", "/people", people, Role.ADMIN),
    Route("POST", "/people", add_somebody, Role.ADMIN),
    Route("POST", "/people/change", change_somebody, Role.ADMIN),
    Route("GET", "/account", account, Role.VIEWER),
    Route("POST", "/account", save_password, Role.VIEWER),
)
