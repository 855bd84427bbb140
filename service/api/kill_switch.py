"""/v1/kill-switch: the shop's order on all pages at once."""

from typing import Annotated, Final

from flask import Response
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.pages import EFFECTIVE_SECONDS
from service.deps import Deps
from service.kill_switch import kill_switch_of, turn

_NO_STORE: Final = {"Cache-Control": "no-store"}


@with_config(ConfigDict(strict=True, extra="forbid"))
class KillSwitch(TypedDict):
    """Whether all pages of the shop are to show the shop's own order."""

    on: bool


class KillSwitchAnswer(TypedDict):
    """Whether it is on for this shop, and whether the whole installation's is, which only its operator turns."""

    on: bool
    installation: Annotated[bool, Field(description="BALAD_KILL_SWITCH: on for every shop.")]


class TurnedAnswer(KillSwitchAnswer):
    """What holds from now on; every process follows within the seconds given."""

    effective_within_seconds: int


def get_kill_switch(deps: Deps, caller: Caller) -> Response:
    """Return whether the kill switch is on."""
    on = kill_switch_of(deps.shop_settings.read(caller.shop_name).values)
    return answer_of({"on": on, "installation": deps.settings.kill_switch}, _NO_STORE)


def post_kill_switch(deps: Deps, caller: Caller) -> Response:
    """Turn the kill switch of the shop on or off."""
    on = body_as(_REQUEST)["on"]
    turn(deps.shop_settings, caller.shop_name, on=on, actor=f"key {caller.key_name}", now=deps.clock())
    deps.directory.refresh()
    body = {
        "on": on,
        "installation": deps.settings.kill_switch,
        "effective_within_seconds": EFFECTIVE_SECONDS,
    }
    return answer_of(body, _NO_STORE)


_REQUEST: Final = TypeAdapter(KillSwitch)
_PATH: Final = "/v1/kill-switch"

ENDPOINTS: Final = (
    Endpoint(
        *("GET", _PATH, get_kill_switch, Access.SECRET, "See whether the kill switch is on"),
        answer=TypeAdapter(KillSwitchAnswer),
    ),
    Endpoint(
        *("POST", _PATH, post_kill_switch, Access.SECRET, "Show the shop's order on all pages at once"),
        request=_REQUEST,
        answer=TypeAdapter(TurnedAnswer),
        description="Rules still apply. Settings of pages stay as they are, and hold again when it is turned off.",
    ),
)
