"""What a merchant says about an order, applied to one: hide > pin > boost and bury, and diversity between the pins."""

from service.ranking.rules.arrange import Arranged, Rules, arrange
from service.ranking.rules.boost import Boost
from service.ranking.rules.diversity import Diversity
from service.ranking.rules.effect import Effect, Verdict
from service.ranking.rules.hide import Hide
from service.ranking.rules.pin import Pin
from service.ranking.rules.selection import Between, Listed, Selection

__all__ = [
    "Arranged",
    "Between",
    "Boost",
    "Diversity",
    "Effect",
    "Hide",
    "Listed",
    "Pin",
    "Rules",
    "Selection",
    "Verdict",
    "arrange",
]
