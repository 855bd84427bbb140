"""What a ranker learns from: one group of rows per listing that was seen, labelled by what followed."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.attributes import Attribute
from features.log.reader import Fact
from features.objectives import GAINS, USUAL, Objective
from features.table import FeatureTable, feature_table
from training.labelling import Labelling, walk
from training.objectives import Objectives, objective_of
from training.parts import Joined, Part
from training.rows import Kept
from training.rows import chosen as chosen_rows
from training.shown import Shown


@dataclass(frozen=True, slots=True)
class Dataset:
    """L listings with `rows` candidates in all; a listing's rows stand together, in the shop's order."""

    X: npt.NDArray[np.float32]  # (rows, k)
    label: npt.NDArray[np.int8]  # (rows,) 0 none, 1 click, 2 cart, 3 purchase
    shop_index: npt.NDArray[np.int32]  # (rows,) place in the shop's order
    tie: npt.NDArray[np.uint64]  # (rows,) hash of (listing, item): an order that knows nothing
    group: npt.NDArray[np.int32]  # (L,) candidates of each listing
    session: npt.NDArray[np.uint32]  # (L,)
    time: npt.NDArray[np.float64]  # (L,) Unix seconds
    page: tuple[str, ...]  # (L,)
    names: tuple[str, ...]  # (k,)
    table_hash: str
    objective: tuple[Objective, ...] = ()  # (L,) of each listing's page; empty: the usual one of all
    shown: Shown | None = None  # how the rows were shown; None: not known

    def __len__(self) -> int:
        return len(self.group)

    def listings(self, chosen: npt.NDArray[np.bool_]) -> "Dataset":
        """Return the listings where `chosen`, shape (L,), is true."""
        rows = np.repeat(chosen, self.group)
        return Dataset(
            chosen_rows(self.X, rows),
            self.label[rows],
            self.shop_index[rows],
            self.tie[rows],
            self.group[chosen],
            self.session[chosen],
            self.time[chosen],
            tuple(p for p, c in zip(self.page, chosen.tolist(), strict=True) if c),
            self.names,
            self.table_hash,
            tuple(o for o, c in zip(self.objective, chosen.tolist(), strict=True) if c)
            if self.objective
            else (),
            None if self.shown is None else self.shown.at(rows, chosen),
        )

    @property
    def gain(self) -> npt.NDArray[np.float64]:
        """What each row is worth, shape (rows,), by its label and the objective of its listing's page."""
        if not self.objective:
            return np.asarray(GAINS[USUAL])[self.label]
        gains = np.array([GAINS[objective] for objective in self.objective]).reshape(-1, len(GAINS[USUAL]))
        worth: npt.NDArray[np.float64] = np.repeat(gains, self.group, axis=0)[
            np.arange(len(self.label)), self.label
        ]
        return worth


def dataset(
    facts: Iterable[Fact], attributes: tuple[Attribute, ...], objectives: Objectives | None = None
) -> Dataset:
    """Return the listings of a log that were seen, each with at least two candidates."""
    kept = Kept(len(feature_table(attributes)))
    labelling = Labelling(attributes, kept.add)
    joined = Joined.of([Part.of(walk(labelling, facts))])
    return assembled(joined, kept.let_go(joined.rows), labelling.table, objectives)


def assembled(
    joined: Joined, X: npt.NDArray[np.float32], table: FeatureTable, objectives: Objectives | None
) -> Dataset:
    """Return joined listings, with their rows X, as a dataset."""
    return Dataset(
        X=X,
        label=joined.label,
        shop_index=joined.shop_index,
        tie=joined.tie,
        group=joined.group,
        session=joined.session,
        time=joined.time,
        page=joined.page,
        names=table.names,
        table_hash=table.hash,
        objective=tuple(objective_of(objectives, page) for page in joined.page) if objectives else (),
        shown=Shown(joined.placed, joined.propensity, joined.device),
    )
