"""From a trained model to a bundle on the shelf, and to the pointer that lets it serve."""

from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.attributes import Attribute
from features.bundle import (
    CANARY,
    Bundle,
    BundleError,
    Golden,
    Manifest,
    Measure,
    Shelf,
    Window,
    histograms,
    version_of,
)
from training.bootstrap import Interval
from training.dataset import Dataset
from training.evaluate import MODEL, Evaluation
from training.fit import Grown

GOLDEN_ROWS: Final = 256
HISTOGRAM_ROWS: Final = 200_000
LIBRARIES: Final = ("balad", "lightgbm", "numba", "numpy")


@dataclass(frozen=True, slots=True)
class Papers:
    """What a bundle says beside the model itself."""

    shop: str
    attributes: tuple[Attribute, ...]
    created_at: float
    parent: str | None
    seed: int


def manifest_of(papers: Papers, model: Grown, dataset: Dataset, evaluation: Evaluation) -> Manifest:
    """Return the birth certificate of a model trained on `dataset`."""
    return Manifest(
        shop=papers.shop,
        version=version_of(papers.created_at, model.text.encode()),
        created_at=papers.created_at,
        parent=papers.parent,
        features=dataset.names,
        table_hash=dataset.table_hash,
        attributes=tuple(f"{a.name}:{a.kind}" for a in papers.attributes),
        window=Window(since=float(dataset.time.min()), until=float(np.nextafter(dataset.time.max(), np.inf))),
        counts={
            "listings": len(dataset),
            "rows": len(dataset.label),
            "positives": int((dataset.label > 0).sum()),
            "sessions": len(np.unique(dataset.session)),
            "listings_judged_on": evaluation.listings,
        },
        parameters={k: v for k, v in model.parameters.items() if k != "num_threads"},
        seed=papers.seed,
        libraries=libraries(),
        metrics=measures(evaluation),
    )


def bundle_of(manifest: Manifest, model: str, dataset: Dataset, report: str) -> Bundle:
    """Return the bundle: golden rows and histograms are drawn evenly over the dataset's rows."""
    rows = np.ascontiguousarray(dataset.X[spread_evenly(len(dataset.X), GOLDEN_ROWS)])
    scores = lgb.Booster(model_str=model).predict(rows, raw_score=True, num_threads=1)
    spread = histograms(dataset.names, dataset.X[spread_evenly(len(dataset.X), HISTOGRAM_ROWS)])
    return Bundle(manifest, model, Golden(rows, np.asarray(scores, np.float64)), report, spread)


class Place(StrEnum):
    """Where a bundle came to stand."""

    SHELF = "shelf"
    LIVE = "live"
    CANARY = "canary"
    WAITS = "waits"  # another model is in the canary


def publish(shelf: Shelf, bundle: Bundle, *, now: float | None) -> Place:
    """Put a bundle on the shelf and, where `now` (Unix seconds) is given, let it serve all visitors from then on."""
    shelf.write(bundle)
    if now is None:
        return Place.SHELF
    shelf.promote(bundle.manifest.shop, bundle.manifest.version, now)
    return Place.LIVE


def introduce(shelf: Shelf, bundle: Bundle, *, now: float) -> Place:
    """Put a bundle on the shelf and let it serve a share of the visitors first; the shop's first model serves all.

    A model that is being tried is left in peace: a shop that trains every day would never finish trying one.
    """
    shop, version = bundle.manifest.shop, bundle.manifest.version
    if live_version(shelf, shop) is None:
        return publish(shelf, bundle, now=now)
    shelf.write(bundle)
    if shelf.pointer(shop, CANARY) is not None:
        return Place.WAITS
    shelf.point(shop, CANARY, version, now)
    return Place.CANARY


def live_version(shelf: Shelf, shop: str) -> str | None:
    """Return which version serves; None where none does, or the pointer cannot be read and is about to be replaced."""
    try:
        live = shelf.live(shop)
    except BundleError:
        return None
    return None if live is None else live.version


def measures(evaluation: Evaluation) -> dict[str, Measure]:
    """Return the figures by name; those that could not be computed are left out."""
    found = {name: Measure(value=a.per_listing) for name, a in evaluation.averages[MODEL].items()}
    for order, by_metric in evaluation.lift.items():
        for metric, interval in by_metric.items():
            found[f"{metric} over {order}"] = _measure(interval)
    return {name: m for name, m in found.items() if np.isfinite(m.value)}


def _measure(interval: Interval) -> Measure:
    if np.isnan(interval.low):
        return Measure.model_construct(value=interval.mean, low=None, high=None)
    return Measure(value=interval.mean, low=interval.low, high=interval.high)


def libraries() -> dict[str, str]:
    """Return the versions of what decides a model's bytes."""
    return {name: version(name) for name in LIBRARIES}


def spread_evenly(rows: int, wanted: int) -> npt.NDArray[np.int64]:
    """Return `wanted` places evenly over `rows`, or all of them."""
    return np.unique(np.linspace(0, max(rows - 1, 0), min(rows, wanted)).astype(np.int64))
