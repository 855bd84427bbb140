"""What a merchant sets for a page, and what a page without settings of its own inherits. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

DEFAULT_PAGE: Final = "default"  # the reserved page that every other inherits from
LARGEST_HOLDOUT: Final = 0.2
USUAL_HOLDOUT: Final = 0.05

State = Literal["off", "on"]


def _later(value: object) -> object:
    """Refuse what the contract names and this version cannot do: to accept it silently would promise it."""
    if value not in (None, [], {}):
        raise PydanticCustomError("not_yet", "This version cannot do this yet; leave it out")
    return value


def _known_state(state: str) -> str:
    if state in ("shadow", "test"):
        raise PydanticCustomError(
            "not_yet", "This version knows off and on; shadow and test are not available yet"
        )
    return state


_State: TypeAlias = Annotated[Literal["off", "shadow", "test", "on"], AfterValidator(_known_state)]
_Holdout: TypeAlias = Annotated[float, Field(ge=0, le=LARGEST_HOLDOUT, allow_inf_nan=False)]
_Later: TypeAlias = Annotated[Any, AfterValidator(_later)]


class PageSettings(BaseModel):
    """Whether a page is personalised, and for whom not."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: _State
    holdout: _Holdout = Field(
        USUAL_HOLDOUT, description="Share of visitors that keeps the shop's order for good."
    )
    traffic: _Later = Field(None, description="For the state `test`; not available yet.")
    objective: _Later = Field(None, description="Not available yet.")
    schedule: _Later = Field(None, description="Not available yet.")
    rules: _Later = Field(None, description="Not available yet.")


class PageChange(BaseModel):
    """What to change about a page; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: _State | None = None
    holdout: _Holdout | None = None
    traffic: _Later = None
    objective: _Later = None
    schedule: _Later = None
    rules: _Later = None


OFF: Final = PageSettings(state="off")  # a new shop is off everywhere


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings that hold for a page, and the page they were set on (None: nobody set any)."""

    settings: PageSettings
    source: str | None


def effective(pages: Mapping[str, PageSettings], page: str) -> Effective:
    """Return what holds for `page`: its own settings, else the nearest ancestor's, else those of `default`.

    >>> on = PageSettings(state="on")
    >>> effective({"category": on}, "category/shoes/boots").source
    'category'
    >>> effective({"category": on}, "home").settings.state
    'off'
    """
    place = page
    while place:
        if (own := pages.get(place)) is not None:
            return Effective(own, place)
        place = place.rpartition("/")[0]
    if (inherited := pages.get(DEFAULT_PAGE)) is not None:
        return Effective(inherited, DEFAULT_PAGE)
    return Effective(OFF, None)
