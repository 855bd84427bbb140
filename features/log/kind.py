"""The kinds of fact; apart from their schemas, which need Arrow, so that a web process does not load it."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of fact, as their directories are called."""

    EVENTS = "events"
    EXPOSURES = "exposures"
    ITEMS = "items"
    SETTINGS = "settings"
    PRIVACY = "privacy"
