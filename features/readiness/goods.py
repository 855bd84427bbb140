"""Whether the catalogue and the events speak of the same items, and whether they have prices."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from features.readiness.finding import Finding, Level, share
from features.readiness.observed import Observed

HALF: Final = 0.5
HARDLY: Final = 0.05
FEWEST_ITEMS: Final = 20
WORTH_A_WORD: Final = 0.1  # of mentions
NEW_IDS: Final = 0.9  # of a day's mentions, where ids changed
FEWEST_MENTIONS: Final = 200
_DAY: Final = 86_400


def catalogue(seen: Observed) -> Iterator[Finding]:
    """Say that there is no catalogue, that it names other items, or that it lacks some."""
    items = seen.items
    if not items.named:
        return
    known = share(len(items.named.keys() & items.catalogue.keys()), len(items.named))
    late = share(items.uncatalogued, items.mentions.total())
    if not items.catalogue:
        yield Finding(
            "no_catalogue",
            Level.COSTS,
            f"The log names {len(items.named):,} items, and there is no catalogue.",
            "Category, brand, age and stock of items are unknown: new items and tastes cannot be told apart.",
            "Send items to /v1/items, or `balad import --kind items` a file of them.",
        )
    elif known < HARDLY and len(items.named) >= FEWEST_ITEMS:
        yield Finding(
            "ids_do_not_meet",
            Level.BROKEN,
            f"{known:.0%} of the {len(items.named):,} items that events name are in the catalogue of "
            f"{len(items.catalogue):,}.",
            "The two use different item ids, so nothing that the catalogue says reaches a ranking.",
            "Send the same item_id in events, rankings and the catalogue: the article or the variant, not both.",
        )
    elif late >= WORTH_A_WORD:
        yield Finding(
            "catalogue_gaps",
            Level.COSTS,
            f"{late:.0%} of the items in events were not in the catalogue at the time; {1 - known:.0%} are not "
            "in it now.",
            "Their category, brand, age and stock are unknown to the model.",
            "Send items before they are shown; import a catalogue with the times from which it was true.",
        )


def prices(seen: Observed) -> Iterator[Finding]:
    """Say that items are shown without a price."""
    part = share(seen.nowhere_priced, seen.shown)
    if part >= WORTH_A_WORD:
        much = "half of the items and more" if part >= HALF else "some items"
        yield Finding(
            "prices_missing",
            Level.COSTS,
            f"{part:.0%} of the items shown have a price neither in the event nor in the catalogue.",
            f"What a price is within its list, and for this visitor, is unknown for {much}; it is among the first "
            "things that a model goes by.",
            "Send price with the items of view_item_list and of rankings, or in the catalogue.",
        )


def changed_ids(seen: Observed) -> Iterator[Finding]:
    """Say that from one day on almost every item is one that no earlier day named."""
    items, known = seen.items, 0
    for day in sorted(items.mentions):
        new, old = items.first_named[day], share(items.known_mentions[day], items.mentions[day])
        enough = known >= FEWEST_ITEMS and items.mentions[day] >= FEWEST_MENTIONS
        if enough and new >= HALF * known and old <= 1.0 - NEW_IDS:
            date = datetime.fromtimestamp(day * _DAY, UTC).strftime("%Y-%m-%d")
            yield Finding(
                "ids_changed",
                Level.COSTS,
                f"On {date} events name {new:,} new items and hardly any of the {known:,} before: item ids seem to "
                "have changed.",
                "What was learned of the items before is lost to those after.",
                "Import the log before that day again with the ids of today.",
            )
            return
        known += new
