"""How one page's list is ordered at a moment: what its switch, its rules and the live model come to. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.ordering.parameters import Parameter
from service.pages.rules import Rule
from service.pages.status import Obstacle, Status


class Ordering(BaseModel):
    """Everything that the text is made from; where two are equal, so are their texts."""

    model_config = ConfigDict(frozen=True)

    share: Annotated[float, Field(description="Share of consenting visitors whose order is their own.")]
    is_test: Annotated[bool, Field(description="Whether two orders are being compared.")]
    is_scheduled: Annotated[bool, Field(description="Whether it is so at certain times only.")]
    model: Annotated[str | None, Field(description="The version that orders.")]
    weights: Annotated[dict[Parameter, float], Field(description="Shares of 1, the weightiest first.")]
    rules: Annotated[dict[str, int], Field(description="How many rules of the shop hold, by kind.")]


def ordering_of(
    status: Status, rules: Sequence[Rule], model: str | None, weights: Mapping[Parameter, float]
) -> Ordering:
    """Return how a page is ordered; by the shop alone where it is off, in shadow, killed, or has no model.

    A schedule that is closed right now is said, not waited for: else the text would change with the hour.
    """
    settings, obstacle = status.settings, status.why_not_active
    is_active = model is not None and obstacle in {None, Obstacle.OUTSIDE_SCHEDULE}
    is_personal = is_active and settings.state in {"test", "on"}
    share = (settings.share if settings.state == "test" else 1.0) * (1.0 - settings.holdout)
    return Ordering(
        share=round(share, 6) if is_personal else 0.0,
        is_test=is_personal and settings.state == "test",
        is_scheduled=is_personal and settings.schedule is not None,
        model=model if is_personal else None,
        weights={p: round(w, 3) for p, w in weights.items()} if is_personal else {},
        rules=dict(sorted(Counter(rule.kind for rule in rules).items())),
    )
