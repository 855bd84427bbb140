"""How the console writes times, figures and shares, in the language of the request: filters of its templates.

Times are shown in UTC, and say so: a shop's people, its log and its schedules may be in three time zones.
"""

import datetime as dt
from typing import Final

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from flask import Blueprint
from flask_babel import get_locale

NONE: Final = "\N{EN DASH}"  # where there is no figure


def register(blueprint: Blueprint) -> None:
    """Give the filters to the templates: `{{ change.at | at }}`."""
    for view in (at, ago, day, number, compact, share, lift, signed, money, ms, twice):
        blueprint.add_app_template_filter(view)


def at(time: float | None) -> str:
    """Write a time (Unix seconds) with its date: `22 Nov 2026, 12:00 UTC`."""
    if time is None:
        return NONE
    return format_datetime(moment(time), "d MMM y, HH:mm 'UTC'", locale=get_locale())


def ago(time: float | None, now: float) -> str:
    """Write how long ago something was: `3 minutes ago`."""
    if time is None:
        return NONE
    return format_timedelta(moment(time) - moment(now), add_direction=True, locale=get_locale())


def day(date: str) -> str:
    """Write a date of the log, `2026-11-22`, short: `22 Nov`."""
    return format_date(dt.date.fromisoformat(date), "d MMM", locale=get_locale())


def number(value: float | None, digits: int = 0) -> str:
    """Write a figure with the separators of the language: `12,345`."""
    if value is None:
        return NONE
    return format_decimal(value, f"#,##0.{'0' * digits}" if digits else "#,##0", locale=get_locale())


def compact(value: float | None) -> str:
    """Write a large figure short: `12K`."""
    if value is None:
        return NONE
    return format_compact_decimal(value, fraction_digits=1, locale=get_locale())


def share(value: float | None, digits: int = 0) -> str:
    """Write a share of 1 as a percentage: `12 %` in French, `12%` in English."""
    if value is None:
        return NONE
    pattern = get_locale().percent_formats[None].pattern  # French puts a space before the sign
    return format_percent(
        value, pattern.replace("##0", f"##0.{'0' * digits}") if digits else pattern, locale=get_locale()
    )


def lift(value: float | None, digits: int = 1) -> str:
    """Write a difference as a percentage with its sign: `+2.1%`; less than nothing with a minus, no hyphen."""
    if value is None:
        return NONE
    written = share(abs(value), digits)
    return ("\N{MINUS SIGN}" if value < 0 else "+") + written


def signed(value: float | None, digits: int = 3) -> str:
    """Write a difference with its sign: `+0.064`."""
    if value is None:
        return NONE
    return ("\N{MINUS SIGN}" if value < 0 else "+") + number(abs(value), digits)


def money(value: float | None, currency: str | None) -> str:
    """Write an amount: `€22.87`; without a currency the number alone."""
    if value is None:
        return NONE
    return format_currency(value, currency, locale=get_locale()) if currency else number(value, 2)


def ms(value: float | None) -> str:
    """Write milliseconds: `3.1 ms`."""
    return NONE if value is None else f"{number(value, 1)}\N{NO-BREAK SPACE}ms"


def twice(word: str) -> tuple[str, str]:
    """Return a choice whose value is its label."""
    return word, word


def moment(time: float) -> dt.datetime:
    """Return a time as Babel takes it."""
    return dt.datetime.fromtimestamp(time, dt.UTC)
