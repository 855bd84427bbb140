"""Whether a replay of the log sees what the service saw: rows logged as served against rows replayed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from features.attributes import Attribute
from features.log.reader import Fact
from features.log.schema import Kind
from features.matrix import matrix
from features.replay import Replay, Visitor
from features.table import feature_table
from training.labelling import context_of, listing_of

TOLERANCE: Final = 1e-6


@dataclass(slots=True)
class Parity:
    """Counts of rankings and rows compared, and how often each column differed."""

    rankings: int = 0
    rows: int = 0
    equal_rows: int = 0
    bit_equal_rankings: int = 0
    other_table: int = 0  # rankings served with other columns than today's: not compared
    differing: dict[str, int] = field(default_factory=dict)  # column -> rows

    @property
    def equal_share(self) -> float:
        """Share of rows equal within TOLERANCE in every column; 1 of none."""
        return self.equal_rows / self.rows if self.rows else 1.0


def parity(facts: Iterable[Fact], attributes: tuple[Attribute, ...]) -> Parity:
    """Replay a log and compare every ranking that logged its rows."""
    table, replay, counts = feature_table(attributes), Replay(attributes), Parity()
    for fact in facts:
        match fact.kind:
            case Kind.EVENTS:
                replay.take_event(fact.row)
            case Kind.ITEMS:
                replay.take_item(fact.row)
            case Kind.EXPOSURES if fact.row["served"] is not None:
                exposure = fact.row
                served = np.frombuffer(exposure["served"], np.float32)
                listing = listing_of(exposure)
                if len(served) != len(table) * len(listing.item_ids):
                    counts.other_table += 1
                    continue
                visitor = Visitor(exposure["visitor_id"], exposure["session_id"])
                replay.reach(exposure["received_at"])
                scene = replay.scene(listing, context_of(exposure), visitor, exposure["time"])
                _compare(counts, table.names, served.reshape(-1, len(table)), matrix(table, scene))
    return counts


def _compare(
    counts: Parity, names: tuple[str, ...], served: npt.NDArray[np.float32], replayed: npt.NDArray[np.float32]
) -> None:
    same = np.isclose(served, replayed, rtol=0.0, atol=TOLERANCE, equal_nan=True)
    counts.rankings += 1
    counts.rows += len(same)
    counts.equal_rows += int(same.all(axis=1).sum())
    counts.bit_equal_rankings += served.tobytes() == replayed.tobytes()
    for column in np.nonzero(~same.all(axis=0))[0].tolist():
        counts.differing[names[column]] = counts.differing.get(names[column], 0) + int(
            (~same[:, column]).sum()
        )
