"""A Dask cluster that builds datasets and grows forests: `balad train --dask ADDRESS`."""

import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Lock
from typing import Any, Final

import dask
import dask.array as da
import numpy as np
import numpy.typing as npt
from distributed import Client, KilledWorker
from lightgbm import DaskLGBMRanker

from training.learnable import Learnable, Parameters, grown_here
from training.reading import BuildError

ROWS_A_PART: Final = 500_000  # at the most: a part is in memory here while it is sent; 200 MB
_PATIENCE_SECONDS: Final = 10.0
_NAMES: Final = {  # what LightGBM's own names are called there
    "lambda_l2": "reg_lambda",
    "min_data_in_leaf": "min_child_samples",
    "feature_fraction": "colsample_bytree",
    "bagging_fraction": "subsample",
    "bagging_freq": "subsample_freq",
    "seed": "random_state",
}
_THEIRS: Final = ("num_threads",)  # what each worker decides for itself


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Workers, each of which has this version of Balad and sees the same directory for data and log."""

    client: Client
    _one_at_a_time: Lock = field(default_factory=Lock)  # two forests would wait for each other's workers

    @contextmanager
    def pool(self, most: int) -> Iterator[Executor]:  # noqa: ARG002 - the cluster knows how many it has
        """Yield its workers to build with."""
        try:
            with self.client.get_executor() as pool:
                yield pool
        except KilledWorker as killed:
            message = (
                "workers died, for their memory perhaps; what was done is kept: run the same command again"
            )
            raise BuildError(message) from killed

    def grow(self, parameters: Parameters, rows: Learnable, trees: int) -> str:
        """Return the text of a forest that all workers grew together, each on some of the listings.

        A forest that a position bias is taken out of is grown here: LightGBM takes positions from no cluster.
        """
        if rows.position is not None:
            return grown_here(parameters, rows, trees)
        said = {_NAMES.get(name, name): value for name, value in parameters.items() if name not in _THEIRS}
        with self._one_at_a_time:
            columns = self._sent(rows)
            ranker = DaskLGBMRanker(client=self.client, n_estimators=trees, **said)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Parameter n_jobs will be ignored", UserWarning)
                ranker.fit(**columns, feature_name=rows.names)
            return ranker.booster_.model_to_string()

    def _sent(self, rows: Learnable) -> dict[str, Any]:
        """Send whole listings to the workers in turn, and return the columns as they lie there."""
        workers = sorted(self.client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise ClusterError("the Dask cluster has no workers")
        found: dict[str, list[da.Array]] = {"X": [], "y": [], "group": [], "sample_weight": []}
        starts = np.concatenate([[0], np.cumsum(rows.group, dtype=np.int64)])
        for number, (first, last) in enumerate(pieces(rows.group, len(workers))):
            some, worker = slice(int(starts[first]), int(starts[last])), workers[number % len(workers)]
            found["X"].append(self._put(np.asarray(rows.X[some], np.float32), worker))
            found["y"].append(self._put(rows.label[some], worker))
            found["group"].append(self._put(rows.group[first:last], worker))
            if rows.weight is not None:
                found["sample_weight"].append(self._put(rows.weight[some], worker))
        return {name: da.concatenate(parts) for name, parts in found.items() if parts}

    def _put(self, values: npt.NDArray[Any], worker: str) -> da.Array:
        held = self.client.scatter(values, workers=[worker], hash=False)
        return da.from_delayed(dask.delayed(held), values.shape, values.dtype)


def pieces(group: npt.NDArray[np.int32], workers: int, rows_each: int = ROWS_A_PART) -> list[tuple[int, int]]:
    """Return from which listing to which each part goes: one for each worker, or more, so that none is too large.

    A listing is never cut: what is compared stays on one worker. Fewer listings than workers are a part each.

    >>> pieces(np.array([5, 5, 5, 5], np.int32), 2)
    [(0, 2), (2, 4)]
    >>> pieces(np.array([5, 5, 5, 5], np.int32), 1, rows_each=6)
    [(0, 1), (1, 2), (2, 3), (3, 4)]
    """
    starts = np.cumsum(group, dtype=np.int64) - group
    rows = int(group.sum())
    wanted = -(-max(workers, -(-rows // rows_each)) // workers) * workers  # as many for each
    part = starts * wanted // max(rows, 1)
    edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(group)]
    return list(pairwise(edges))


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Yield the cluster whose scheduler is at an address; raises ClusterError where none answers."""
    try:
        client = Client(address, timeout=_PATIENCE_SECONDS)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield Cluster(client)
