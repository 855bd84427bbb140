"""What a bundle holds, and its form as files.

| file | holds |
| --- | --- |
| `model.txt` | the trees, LightGBM's text |
| `golden_rows.npy`, `golden_scores.npy` | float32 rows and the float64 raw scores LightGBM gave them where it trained |
| `histograms.json` | how each column was spread in training, to see it drift |
| `report.html` | the evaluation, for people |
| `manifest.json` | the birth certificate, with the hash of each other file |
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from features.bundle.histograms import Histogram, read_histograms, write_histograms
from features.manifest import BundleError, Manifest, read_manifest

MANIFEST: Final = "manifest.json"
MODEL: Final = "model.txt"
REPORT: Final = "report.html"
HISTOGRAMS: Final = "histograms.json"
GOLDEN_ROWS: Final = "golden_rows.npy"
GOLDEN_SCORES: Final = "golden_scores.npy"
NEEDED: Final = frozenset({MODEL, REPORT, HISTOGRAMS, GOLDEN_ROWS, GOLDEN_SCORES})


@dataclass(frozen=True, slots=True)
class Golden:
    """Rows whose scores are known: whoever loads the model must get the same ones, to the bit."""

    rows: npt.NDArray[np.float32]  # (r, k)
    scores: npt.NDArray[np.float64]  # (r,)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One trained model with its papers."""

    manifest: Manifest
    model: str
    golden: Golden
    report: str
    histograms: Mapping[str, Histogram]

    def files(self) -> dict[str, bytes]:
        """Return the bundle's files by name, the manifest last: where it is there, the others are."""
        files = {
            MODEL: self.model.encode(),
            REPORT: self.report.encode(),
            HISTOGRAMS: write_histograms(self.histograms),
            GOLDEN_ROWS: _array_file(self.golden.rows),
            GOLDEN_SCORES: _array_file(self.golden.scores),
        }
        return {**files, MANIFEST: self.manifest.sealed(files)}

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Self:
        """Return the bundle that these files hold.

        Raises BundleError, in one line, for a file that is missing, cut or changed.
        """
        if MANIFEST not in files:
            raise BundleError(f"{MANIFEST} is missing")
        manifest = read_manifest(files[MANIFEST])
        for name in sorted(NEEDED | manifest.sha256.keys()):
            _check_file(manifest, name, files.get(name))
        return cls(
            manifest=manifest,
            model=files[MODEL].decode(),
            golden=_golden(files, columns=len(manifest.features)),
            report=files[REPORT].decode(),
            histograms=read_histograms(files[HISTOGRAMS]),
        )


def _check_file(manifest: Manifest, name: str, content: bytes | None) -> None:
    if content is None:
        raise BundleError(f"{name} is missing")
    if manifest.sha256.get(name) != sha256(content).hexdigest():
        raise BundleError(
            f"{name} is not the file that was published: its sha256 differs from the manifest's"
        )


def _golden(files: Mapping[str, bytes], columns: int) -> Golden:
    rows, scores = _array(files[GOLDEN_ROWS]), _array(files[GOLDEN_SCORES])
    if rows.dtype != np.float32 or rows.shape != (len(scores), columns) or not len(scores):
        raise BundleError(
            f"{GOLDEN_ROWS} is {rows.dtype} {rows.shape}, not float32 rows of {columns} columns"
        )
    if scores.dtype != np.float64:
        raise BundleError(f"{GOLDEN_SCORES} is {scores.dtype}, not float64")
    return Golden(rows, scores)


def _array_file(array: npt.NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(array), allow_pickle=False)
    return file.getvalue()


def _array(content: bytes) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError):
        raise BundleError("golden rows cannot be read") from None
    return array
