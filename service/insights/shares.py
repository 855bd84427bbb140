"""Which share of visitors a window meant for treatment, and when the shop last changed its holdouts."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import orjson

from features.log.kind import Kind
from features.log.place import Log
from features.pages import DEFAULT_PAGE
from service.insights.question import DAY_SECONDS
from service.insights.windows import Window
from service.pages.settings import OFF, USUAL_TRAFFIC
from service.pages.tree import PAGE_PREFIX

Document: TypeAlias = Mapping[str, Any]  # a page's settings, as the settings store and the log hold them


class PageChanged(NamedTuple):
    """That a page's settings were changed; None: it had, or has, none of its own."""

    at: float
    page: str
    before: Document | None
    after: Document | None


def changes_of(rows: Iterable[Mapping[str, Any]]) -> list[PageChanged]:
    """Return the changes of pages among changes of settings."""
    return [
        PageChanged(
            row["time"], row["name"].removeprefix(PAGE_PREFIX), _read(row["before"]), _read(row["after"])
        )
        for row in rows
        if row["name"].startswith(PAGE_PREFIX)
    ]


def changes_in(log: Log, shop: str, since: float, until: float) -> list[PageChanged]:
    """Return the changes of pages that the log holds of a time."""
    from features.log.reader import Window as Received  # noqa: PLC0415 - loads Arrow
    from features.log.reader import facts  # noqa: PLC0415

    received = Received(since - DAY_SECONDS, until + DAY_SECONDS)
    return changes_of(fact.row for fact in facts(log, shop, (Kind.SETTINGS,), received))


def documents_of(values: Mapping[str, bytes]) -> dict[str, Document]:
    """Return the settings of each page that has any, as they stand."""
    return {
        name.removeprefix(PAGE_PREFIX): orjson.loads(text)
        for name, text in values.items()
        if name.startswith(PAGE_PREFIX)
    }


def treatment_share(
    window: Window, documents: Mapping[str, Document], changes: Iterable[PageChanged]
) -> float | None:
    """Return the share that a window's settings put into treatment; None where nobody knows them any more."""
    source = window.source or DEFAULT_PAGE
    past = [change.after for change in changes if change.page == source and change.after is not None]
    known = [document for document in (documents.get(source), *past) if document is not None]
    if window.since:
        known = [document for document in known if document.get("window") == window.since]
    return _share(known[0]) if known else None


def holdout_share(documents: Mapping[str, Document]) -> float | None:
    """Return the share of the shop that its holdout leaves in treatment; None where pages hold out different ones."""
    shares = {
        1.0 - _holdout(document) for document in documents.values() if document.get("state") in {"on", "test"}
    }
    return shares.pop() if len(shares) == 1 else None


def last_holdout_change(changes: Iterable[PageChanged]) -> float:
    """Return when a page's holdout last changed, Unix seconds: visitors changed sides then; 0.0 for never."""
    times = [
        change.at
        for change in changes
        if change.before and change.after and _holdout(change.before) != _holdout(change.after)
    ]
    return max(times, default=0.0)


def _share(document: Document) -> float | None:
    if document.get("state") == "test":
        traffic = document.get("traffic")
        return USUAL_TRAFFIC if traffic is None else float(traffic)
    return 1.0 - _holdout(document) if document.get("state") == "on" else None


def _holdout(document: Document) -> float:
    return float(document.get("holdout", OFF.holdout))


def _read(text: str | None) -> Document | None:
    document: Document | None = None if text is None else orjson.loads(text)
    return document
