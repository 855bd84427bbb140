"""Whether a replay of the log sees what the service saw: a model learns from the one and ranks with the other."""

from typing import Final

from training.gate import Check
from training.parity import Parity

NAME: Final = "replayed as served"
LEAST_EQUAL: Final = 0.99  # of the rows; 0.999 is the aim, and `balad parity` fails below it
_WORST: Final = 3  # columns that are named


def replayed_as_served(found: Parity) -> Check:
    """Check the rows that rankings logged as served against those of the replay; without any, that is said."""
    if not found.rows:
        return Check(NAME, passed=True, says="No ranking in the log has the rows that it was served with.")
    says = f"{found.equal_share:.2%} of {found.rows:,} rows are replayed as they were served"
    if found.equal_share >= LEAST_EQUAL:
        return Check(NAME, passed=True, says=f"{says}.")
    worst = sorted(found.differing, key=lambda column: -found.differing[column])[:_WORST]
    return Check(
        NAME,
        passed=False,
        says=f"{says}: a model would learn from other numbers than it ranks with. Most differ in {', '.join(worst)}; "
        "`balad parity` tells more.",
    )
