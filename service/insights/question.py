"""What is asked: the figures of which page, of when."""

from dataclasses import dataclass
from typing import Final

from features.pages import DEFAULT_PAGE

DAY_SECONDS: Final = 86_400.0
PAST_SECONDS: Final = (
    28 * DAY_SECONDS
)  # how far back a visitor's past is read, to take out what was different before
LONGEST_SECONDS: Final = 400 * DAY_SECONDS  # the log's own retention


@dataclass(frozen=True, slots=True)
class Question:
    """Figures of a page and those below it in [since, until), Unix seconds; of the page `default`: the whole shop."""

    page: str
    since: float
    until: float
    unfiltered: bool = False  # nobody left out as automated, nothing capped

    @property
    def is_whole_shop(self) -> bool:
        """Whether the question is about the shop, as its holdout sees it."""
        return self.page == DEFAULT_PAGE
