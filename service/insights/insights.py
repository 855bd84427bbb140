"""Figures on demand: one question computed at a time, its answer kept for a while."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final, TypeAlias

from features.log.place import Log
from features.store.protocol import WorkStore
from features.store.settings import SettingsStore
from service.insights.answer import Found, InsightsAnswer, answer_of
from service.insights.figures import Figures, figures_of
from service.insights.question import DAY_SECONDS, Question
from service.insights.shares import (
    PageChanged,
    changes_in,
    changes_of,
    documents_of,
    holdout_share,
    last_holdout_change,
    treatment_share,
)

USUAL_EFFECT: Final = 0.05  # a lift that a merchant would act on
USUAL_SECONDS: Final = 28 * DAY_SECONDS  # four whole weeks
KEPT_SECONDS: Final = 60.0
_MOST_KEPT: Final = 128  # answers; one takes 20 KB
_Key: TypeAlias = tuple[str, Question]


class Insights:
    """The figures of all shops, as one process sees them."""

    def __init__(
        self, log_url: str, store: WorkStore, settings: SettingsStore, clock: Callable[[], float]
    ) -> None:
        self._log_url = log_url
        self._store = store
        self._settings = settings
        self._clock = clock
        self._kept: OrderedDict[_Key, Found] = OrderedDict()
        self._one_at_a_time = Lock()  # a question takes both cores and up to 512 MB

    def usual(self, page: str) -> Question:
        """Return the question about the last four weeks; the same for a minute, so that its answer is kept."""
        until = (self._clock() // KEPT_SECONDS + 1) * KEPT_SECONDS
        return Question(page, until - USUAL_SECONDS, until)

    def answer(self, shop: str, question: Question, effect: float = USUAL_EFFECT) -> InsightsAnswer:
        """Return the answer, at most a minute old. Raises StoreUnavailable where the streams cannot be read."""
        found = self._fresh(shop, question)
        if found is None:
            with self._one_at_a_time:
                found = self._fresh(shop, question) or self._keep(shop, question)
        return answer_of(found, effect)

    def _fresh(self, shop: str, question: Question) -> Found | None:
        found = self._kept.get((shop, question))
        return found if found and 0.0 <= self._clock() - found["computed_at"] < KEPT_SECONDS else None

    def _keep(self, shop: str, question: Question) -> Found:
        found = self._computed(shop, question)
        self._kept[shop, question] = found
        self._kept.move_to_end((shop, question))
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def _computed(self, shop: str, question: Question) -> Found:
        # Here, not above: they load Arrow and DuckDB, 45 MB that a process which only ranks does without.
        from service.insights.database import database  # noqa: PLC0415
        from service.insights.sources import last_event_at, sources_of  # noqa: PLC0415

        log, now = Log(self._log_url), self._clock()
        sources = sources_of(log, self._store, shop, question)
        changes = changes_in(log, shop, question.since, question.until) + changes_of(sources.settings)
        asked = _within_one_holdout(question, changes)
        with TemporaryDirectory() as directory, database(log, sources, directory) as db:
            figures = figures_of(db, shop, asked)
        return Found(
            question=asked,
            figures=figures,
            share=self._share(shop, question, figures, changes),
            computed_at=now,
            last_event_at=last_event_at(log, shop, sources),
            is_complete=sources.is_complete,
        )

    def _share(
        self, shop: str, question: Question, figures: Figures, changes: list[PageChanged]
    ) -> float | None:
        documents = documents_of(self._settings.read(shop).values)
        if question.is_whole_shop:
            return holdout_share(documents)
        return treatment_share(figures.window, documents, changes) if figures.window else None


def _within_one_holdout(question: Question, changes: list[PageChanged]) -> Question:
    """Return the question about the shop from its last change of a holdout on: visitors changed sides then."""
    if not question.is_whole_shop:
        return question
    return replace(question, since=max(question.since, last_holdout_change(changes)))
