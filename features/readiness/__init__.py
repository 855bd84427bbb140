"""Whether the data of a shop can carry a model: what is there, what is missing, what that costs, how long it takes.

`Observed` walks a log once, in bounded memory; `readiness` says in plain words what it saw.
"""

from features.readiness.finding import Finding, Level
from features.readiness.observed import Observed
from features.readiness.verdict import Readiness, readiness

__all__ = ["Finding", "Level", "Observed", "Readiness", "readiness"]
