"""Settings: the shop's keys, the origins of its pages, the attributes of its items, how long what is kept."""

from typing import Any, Final

from flask import request
from werkzeug.wrappers import Response

from features.attributes import SLOTS, Attribute, Kind
from features.store.keys import RANKING_LIFE_SECONDS, STATISTICS_LIFE_SECONDS, VISITOR_LIFE_SECONDS
from service.console.desk import Desk
from service.console.language import gettext as _
from service.console.route import Route, done, refused, show
from service.origins import OriginError
from service.pages.change import Stale
from service.people import Role
from service.shop_changes import add_key, is_last, revoke_key, set_attributes, set_shop_origins
from service.shops import KeyKind, ShopError

_DAY: Final = 86_400
_NAME: Final = 64


def settings(desk: Desk) -> tuple[str, int]:
    """Show them."""
    return _screen(desk)


def new_key(desk: Desk, kind: str) -> Response | tuple[str, int]:
    """Make a key and show it, this once."""
    try:
        made = KeyKind(kind)
    except ValueError:
        return refused(_("There is no such kind of key."), "settings")
    try:
        key = add_key(desk.deps.shop_settings, desk.author, made)
    except (ShopError, Stale) as error:
        return refused(_why(error), "settings")
    return show("key.html", key=key, kind=made)


def retire_key(desk: Desk) -> Response:
    """Take a key out of use."""
    try:
        gone = revoke_key(desk.deps.shop_settings, desk.author, request.form.get("key", ""))
    except (ShopError, Stale) as error:
        return refused(_why(error), "settings")
    return done(_("%(key)s opens nothing any more, within 2 seconds.", key=gone.mark), "settings")


def save_origins(desk: Desk) -> Response | tuple[str, int]:
    """Say which web pages may call."""
    lines = request.form.get("origins", "").split()
    try:
        set_shop_origins(desk.deps.shop_settings, desk.author, lines, request.form.get("seen", "").split())
    except OriginError:
        error = _("Write scheme and host of each, one per line, as in https://shop.example.")
        return _screen(desk, {"origins": error}, origins=lines)
    except Stale:
        return refused(_("Somebody else changed the origins meanwhile. Here is what holds now."), "settings")
    return done(_("The origins are saved."), "settings")


def save_attributes(desk: Desk) -> Response | tuple[str, int]:
    """Declare what to learn from."""
    said = list(zip(request.form.getlist("name"), request.form.getlist("kind"), strict=False))
    rows = [(name.strip(), kind) for name, kind in said if name.strip()][:SLOTS]
    if error := _wrong(rows):
        return _screen(desk, {"attributes": error}, attributes=rows)
    seen = [Attribute(*_pair(text)) for text in request.form.getlist("seen")]
    declared = [Attribute(name, Kind(kind)) for name, kind in rows]
    try:
        set_attributes(desk.deps.shop_settings, desk.author, declared, seen)
    except Stale:
        return refused(
            _("Somebody else changed the attributes meanwhile. Here is what holds now."), "settings"
        )
    return done(_("The attributes are saved. Train a model with them now."), "settings")


def _wrong(rows: list[tuple[str, str]]) -> str | None:
    """Return what is wrong with a declaration; None where nothing is."""
    if any(len(name) > _NAME or not name.isprintable() or ":" in name for name, _kind in rows):
        return _("A name is 1 to 64 printable characters without a colon.")
    if any(kind not in set(Kind) for _name, kind in rows):
        return _("There is no such kind of attribute.")
    if len({name for name, _kind in rows}) < len(rows):
        return _("Each attribute is declared once.")
    if sum(Attribute(name, Kind(kind)).width for name, kind in rows) > SLOTS:
        return _(
            "Six places are all there is, and an attribute with several values takes two. Leave one out."
        )
    return None


def _pair(text: str) -> tuple[str, Kind]:
    name, _colon, kind = text.rpartition(":")
    return name, Kind(kind) if kind in set(Kind) else Kind.NUMERIC


def _screen(desk: Desk, errors: dict[str, str] | None = None, **said: Any) -> tuple[str, int]:  # noqa: ANN401
    shop = desk.shop
    rows = said.get("attributes") or [(one.name, one.kind) for one in shop.attributes]
    return show(
        "settings.html",
        400 if errors else 200,
        errors=errors or {},
        origins=said.get("origins", shop.origins),
        attributes=rows + [("", Kind.CATEGORICAL)] * (SLOTS - len(rows)),
        kinds=_kinds(),
        kept=_kept(desk.deps.settings.log_retention_days),
        is_last=is_last,
        has_model=desk.deps.models.current(desk.shop_name) is not None,
    )


def _kinds() -> list[tuple[str, str]]:
    words = {
        Kind.CATEGORICAL: _("one word, such as a colour"),
        Kind.MULTI: _("several words, such as sizes"),
        Kind.NUMERIC: _("a number, such as a weight"),
        Kind.TIME: _("a time, such as a season's start"),
    }
    return [(kind.value, word) for kind, word in words.items()]


def _kept(log_days: int) -> list[tuple[str, str]]:
    """Return how long what is kept, from the constants that make it so."""
    return [
        (
            _("What a visitor did, for ranking"),
            _("%(days)d days after their last visit", days=VISITOR_LIFE_SECONDS // _DAY),
        ),
        (
            _("An order that was answered, for its next page"),
            _("%(minutes)d minutes", minutes=RANKING_LIFE_SECONDS // 60),
        ),
        (
            _("Counters of items"),
            _("%(days)d days after the last event", days=STATISTICS_LIFE_SECONDS // _DAY),
        ),
        (_("The log of events, exposures and changes"), _("%(days)d days", days=log_days)),
        (_("Who is logged in here"), _("12 hours after the last click, 7 days at most")),
    ]


def _why(error: Exception) -> str:
    if isinstance(error, Stale):
        return _("Somebody else changed the keys meanwhile. Here is what holds now.")
    return _("Nothing was changed: %(why)s.", why=str(error))


ROUTES: Final = (
    Route("GET", "/settings", settings, Role.ADMIN),
    Route("POST", "/settings/keys/<kind>", new_key, Role.ADMIN),
    Route("POST", "/settings/revoke", retire_key, Role.ADMIN),
    Route("POST", "/settings/origins", save_origins, Role.ADMIN),
    Route("POST", "/settings/attributes", save_attributes, Role.ADMIN),
)
