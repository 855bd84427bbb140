"""Since when a page has been ordered as it is, and how it was before: a setting of its own, noted by the service.

The setting `ordering/PAGE` holds the newest MOST periods; older ones stay in the log, as every change of a setting.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from features.store.settings import SettingsStore
from service.changes import change
from service.ordering.ordering import Ordering

ORDERING_PREFIX: Final = "ordering/"
MOST: Final = 24
ACTOR: Final = "balad"  # nobody changed it: it is noted what changes came to


class Period(BaseModel):
    """How a page was ordered for a time, in Unix seconds; it goes on where there is no `until`."""

    model_config = ConfigDict(frozen=True)

    since: float
    until: Annotated[float | None, Field(description="Null where it goes on.")] = None
    ordering: Ordering


_PERIODS: Final[TypeAdapter[list[Period]]] = TypeAdapter(list[Period])


def periods_of(values: Mapping[str, bytes], page: str) -> list[Period]:
    """Return the periods noted of a page, the newest first; none where nothing was."""
    try:
        return _PERIODS.validate_json(values.get(ORDERING_PREFIX + page, b"[]"))
    except ValidationError:  # a later version wrote it
        return []


def note(store: SettingsStore, shop: str, page: str, ordering: Ordering, now: float) -> None:
    """Note how a page is ordered from now on, where that is another way than the last one noted.

    Where another process notes at the same time, one of them does it.
    """
    values = store.read(shop).values
    periods = periods_of(values, page)
    if periods and periods[0].ordering == ordering:
        return
    ended = [periods[0].model_copy(update={"until": now}), *periods[1:]] if periods else []
    newest = [Period(since=now, ordering=ordering), *ended][:MOST]
    name = ORDERING_PREFIX + page
    change(store, shop, name, values.get(name), _PERIODS.dump_json(newest), actor=ACTOR, now=now)
