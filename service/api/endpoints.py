"""The table of all calls."""

from itertools import chain
from typing import Final

from service.api import (
    changes,
    drafts,
    events,
    health,
    insights,
    items,
    kill_switch,
    metrics,
    models,
    openapi,
    ordering,
    pages,
    rank,
    rankings,
    recommend,
    rollout,
    rules,
    sdk,
    visitors,
)
from service.api.endpoint import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(
    chain.from_iterable(
        module.ENDPOINTS
        for module in (
            rank,
            recommend,
            rankings,
            events,
            items,
            pages,
            kill_switch,
            drafts,
            rules,
            changes,
            insights,
            ordering,
            models,
            rollout,
            visitors,
            health,
            metrics,
            openapi,
            sdk,
        )
    )
)
