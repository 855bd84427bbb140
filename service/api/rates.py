"""What a publishable key asks too much is refused; secret keys are the shop's own machines."""

from service.api.auth import Caller
from service.api.problems import TooMany
from service.deps import Deps


def check_key(deps: Deps, caller: Caller) -> None:
    """Count a call. Raises TooMany."""
    if not caller.is_trusted:
        _refuse("key", deps.rates.of_key(caller.shop_name))


def check_visitor(deps: Deps, caller: Caller, visitor_id: str | None, number: int = 1) -> None:
    """Count rankings or events of a visitor. Raises TooMany."""
    if visitor_id is not None and not caller.is_trusted:
        _refuse("visitor", deps.rates.of_visitor(caller.shop_name, visitor_id, number))


def _refuse(who: str, wait_seconds: int | None) -> None:
    if wait_seconds is not None:
        detail = f"More than one {who} needs; nothing was kept. Send it again later"
        raise TooMany("too_many", detail, headers={"Retry-After": str(wait_seconds)})
