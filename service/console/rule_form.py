"""The form of one rule: from fields to a rule, or to what is wrong with which field."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask_babel import gettext as _
from pydantic import ValidationError

from features.attributes import Attribute, Kind
from service.console.said import errors_of
from service.console.switch_form import Wrong, local, moment
from service.pages.compiled import wrong_rules
from service.pages.drafts import RULES
from service.pages.rules import Rule
from service.pages.schedule import Schedule

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

FIELDS: Final = (
    *("id", "name", "kind", "item_id", "index", "factor", "attribute", "at_most", "items", "match_attribute"),
    *("values", "number_from", "number_to", "price_from", "price_to", "stock", "newer", "older"),
    *("pages", "devices", "search_terms", "since", "until", "time_zone", "more"),
)
_ID_BYTES: Final = 4
_TIMES: Final = ("days", "hours")  # of a schedule, beyond its ends
# The field that an error of a rule is about, by the end of its path.
_FIELD_OF: Final = {
    "match.item_ids": "items",
    "match.attributes": "values",
    "match.price": "price_from",
    "match.newer_than_days": "newer",
    "match.older_than_days": "older",
    "match": "items",
    "when.pages": "pages",
    "when.devices": "devices",
    "when.search_terms": "search_terms",
    "schedule": "until",
}


def blank() -> dict[str, Any]:
    """Return the fields of a new rule."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "kind": "pin",
        "index": "1",
        "factor": "2",
        "at_most": "2",
        "soft": False,
    }


def fields_of(rule: Rule) -> dict[str, Any]:
    """Return the fields that a form of this rule begins with."""
    said: dict[str, Any] = rule.model_dump(mode="json", exclude_none=True)
    match, when, schedule = said.get("match") or {}, said.get("when") or {}, said.get("schedule") or {}
    (name, value), *others = [*(match.get("attributes") or {}).items()] or [("", [])]
    number = value if isinstance(value, dict) else {}
    fields = blank() | {
        key: str(said[key]) for key in ("id", "name", "kind", "item_id", "attribute") if key in said
    }
    fields |= {key: _plain(said[key]) for key in ("factor", "at_most") if key in said}
    price = match.get("price") or {}
    return fields | {
        "index": str(said["index"] + 1) if "index" in said else fields["index"],
        "soft": bool(said.get("soft")),
        "items": "\n".join(match.get("item_ids") or ()),
        "match_attribute": name,
        "values": "" if number else ", ".join(value),
        "number_from": _plain(number.get("at_least")),
        "number_to": _plain(number.get("at_most")),
        "price_from": _plain(price.get("at_least")),
        "price_to": _plain(price.get("at_most")),
        "stock": {True: "yes", False: "no", None: ""}[match.get("in_stock")],
        "newer": _plain(match.get("newer_than_days")),
        "older": _plain(match.get("older_than_days")),
        "pages": ", ".join(when.get("pages") or ()),
        "devices": ", ".join(when.get("devices") or ()),
        "search_terms": ", ".join(when.get("search_terms") or ()),
        **_times(rule.schedule),
        "time_zone": schedule.get("time_zone", ""),
        "more": _beyond(dict(others), {part: schedule[part] for part in _TIMES if part in schedule}),
    }


def said_in(form: "MultiDict[str, str]") -> dict[str, Any]:
    """Return the fields as somebody filled them in, to show them again."""
    return {name: form.get(name, "") for name in FIELDS} | {"soft": form.get("soft") == "yes"}


def read(fields: dict[str, Any], attributes: tuple[Attribute, ...]) -> tuple[Rule | None, dict[str, str]]:
    """Return the rule that a form asks for; None and the errors by field where it cannot be one."""
    try:
        said = _said(fields, {a.name: a.kind for a in attributes})
        (rule,) = RULES.validate_python([said])
    except Wrong as wrong:
        return None, {wrong.field: wrong.message}
    except ValidationError as error:
        return None, errors_of(error, _field)
    if wrong_rules([rule], attributes, ""):
        field = "attribute" if rule.kind == "diversity" else "match_attribute"
        return None, {field: _("The shop declares no such attribute, or none of this kind.")}
    return rule, {}


def _said(fields: dict[str, Any], kinds: dict[str, Kind]) -> dict[str, Any]:
    kind = fields["kind"]
    said: dict[str, Any] = {
        "id": fields["id"] or secrets.token_hex(_ID_BYTES),
        "kind": kind,
        "name": fields["name"],
    }
    match kind:
        case "pin":
            place = _number("index", fields["index"], int)
            said |= {"item_id": fields["item_id"].strip(), "soft": fields["soft"]}
            said["index"] = None if place is None else place - 1
        case "diversity":
            said |= {"attribute": fields["attribute"], "at_most": _number("at_most", fields["at_most"], int)}
        case _:
            said["match"] = _match(fields, kinds)
            if kind != "hide":
                said["factor"] = _number("factor", fields["factor"])
    return said | _conditions(fields)


def _match(fields: dict[str, Any], kinds: dict[str, Kind]) -> dict[str, Any]:
    price = _range(fields, "price_from", "price_to")
    said = {
        "item_ids": fields["items"].split() or None,
        "attributes": _attributes(fields, kinds),
        "price": price,
        "in_stock": {"yes": True, "no": False}.get(fields["stock"]),
        "newer_than_days": _number("newer", fields["newer"]),
        "older_than_days": _number("older", fields["older"]),
    }
    return {name: value for name, value in said.items() if value is not None}


def _attributes(fields: dict[str, Any], kinds: dict[str, Kind]) -> dict[str, Any] | None:
    name, others = fields["match_attribute"], _more(fields)["attributes"]
    if not name:
        return others or None
    if kinds.get(name) is Kind.NUMERIC:
        found = _range(fields, "number_from", "number_to")
        return {**others, name: found} if found else others or None
    values = _words(fields["values"])
    if not values:
        raise Wrong("values", _("Say which values, such as red, blue."))
    return {**others, name: values}


def _conditions(fields: dict[str, Any]) -> dict[str, Any]:
    when = {name: _words(fields[name]) for name in ("pages", "devices", "search_terms")}
    zone = fields["time_zone"].strip() or "UTC"
    times = {
        "from": moment("since", fields["since"], zone),
        "until": moment("until", fields["until"], zone),
    }
    given = {name: at for name, at in times.items() if at is not None} | _more(fields)["schedule"]
    conditions = {name: words for name, words in when.items() if words}
    return {
        "when": conditions or None,
        "schedule": {**given, "time_zone": zone} if given else None,
    }


def _beyond(attributes: dict[str, Any], times: dict[str, Any]) -> str:
    """Return what a rule says that the form has no field for, so that saving it takes nothing away."""
    said = {"attributes": attributes, "schedule": times}
    return orjson.dumps(said).decode() if attributes or times else ""


def _more(fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    try:
        said = orjson.loads(fields["more"] or b"{}")
        return {part: dict(said.get(part) or {}) for part in ("attributes", "schedule")}
    except (ValueError, TypeError, AttributeError):
        raise Wrong("kind", _("This cannot be used here.")) from None


def _range(fields: dict[str, Any], least: str, most: str) -> dict[str, float] | None:
    ends = {"at_least": _number(least, fields[least]), "at_most": _number(most, fields[most])}
    return {name: value for name, value in ends.items() if value is not None} or None


def _number(field: str, text: str, kind: Callable[[str], Any] = float) -> Any:  # noqa: ANN401 - float or int
    text = text.strip().replace(",", ".")
    try:
        return kind(text) if text else None
    except ValueError:
        whole = _("This should be a whole number.") if kind is int else _("This should be a number.")
        raise Wrong(field, whole) from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _times(schedule: Schedule | None) -> dict[str, str]:
    if schedule is None:
        return {"since": "", "until": ""}
    zone = schedule.time_zone
    return {"since": local(schedule.since, zone), "until": local(schedule.until, zone)}


def _field(location: tuple[Any, ...]) -> str:
    """Return the field that an error is about: its path without the rule's place and kind."""
    path = ".".join(str(part) for part in location[2:])
    found = next((field for end, field in _FIELD_OF.items() if path.startswith(end)), None)
    return found or (str(location[2]) if len(location) > 2 else "kind")  # noqa: PLR2004 - place, kind, then the field
