"""Exposures of a shop's own past rankings, as a file holds them; a verdict for each."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from service.contract.batch import Entry, judge
from service.contract.identifiers import Id, Page
from service.contract.quantities import Index, Price, Time
from service.contract.verdicts import FieldError, Rejection

_STRICT: Final = ConfigDict(strict=True)
_Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Text = Annotated[str, Field(max_length=512)]


@with_config(_STRICT)
class ExposedItem(TypedDict):
    """An item that was ranked: `shop_index` in the shop's order, `index` as shown (null: not shown)."""

    item_id: Id
    index: Annotated[Index | None, Field(default=None)]
    shop_index: Index
    score: Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, Field(default=None)]
    price: Annotated[Price | None, Field(default=None)]
    in_stock: Annotated[bool | None, Field(default=None)]


@with_config(_STRICT)
class ExposureContext(TypedDict):
    """What the page said beside the list."""

    device: Annotated[_Text | None, Field(default=None)]
    country: Annotated[_Text | None, Field(default=None)]
    search_term: Annotated[_Text | None, Field(default=None)]
    filters: Annotated[list[_Text] | None, Field(default=None, max_length=100)]
    referrer: Annotated[_Text | None, Field(default=None)]


@with_config(_STRICT)
class Exposure(TypedDict):
    """A ranking that was shown; one that was drawn by its scores says how, as `service.ranking.exploration` has it."""

    ranking_id: Id
    time: Time
    visitor_id: Annotated[Id | None, Field(default=None)]
    session_id: Annotated[Id | None, Field(default=None)]
    page: Page
    consent: Annotated[bool, Field(default=False)]
    arm: Annotated[_Text | None, Field(default=None)]
    experiment: Annotated[_Text | None, Field(default=None)]
    window: Annotated[Time | None, Field(default=None)]
    source: Annotated[Page | None, Field(default=None)]
    personalized: Annotated[bool, Field(default=False)]
    reason: Annotated[_Text | None, Field(default=None)]
    model: Annotated[_Text | None, Field(default=None)]
    exploration: Annotated[_Chance | None, Field(default=None)]
    temperature: Annotated[Annotated[float, Field(gt=0, allow_inf_nan=False)] | None, Field(default=None)]
    propensity: Annotated[list[_Chance] | None, Field(default=None, max_length=500)]
    context: Annotated[ExposureContext | None, Field(default=None)]
    items: Annotated[list[ExposedItem], Field(min_length=1, max_length=500)]


_EXPOSURES: Final[TypeAdapter[list[Exposure]]] = TypeAdapter(list[Exposure])


def judge_exposures(raw: Sequence[object], last: float) -> tuple[list[Entry], list[Rejection]]:
    """Return the valid exposures and a rejection for each of the others; none may be later than `last`."""
    return judge(_EXPOSURES, raw, "ranking_id", lambda exposure: _wrong(exposure, last))


def as_shown(exposure: dict[str, Any]) -> dict[str, Any]:
    """Return a valid exposure as a row of the log."""
    row = {**exposure, "received_at": exposure["time"], "candidates": len(exposure["items"])}
    if not exposure["consent"]:
        row["visitor_id"] = row["session_id"] = None
    return row


def _wrong(exposure: Entry, last: float) -> FieldError | None:
    if exposure["time"] > last:
        return FieldError("time", "time_out_of_range", "Time is in the future")
    if exposure["propensity"] is not None and len(exposure["propensity"]) != len(exposure["items"]):
        return FieldError("propensity", "wrong_length", "Propensity should have one value for each item")
    return None
