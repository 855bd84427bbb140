"""Files of a build: there whole, or not at all, so that what is there after a kill is good."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import uuid4

import numpy as np

from training.parts import Part

_BUFFER_BYTES: Final = 1 << 20  # rows come ten thousand bytes at a time


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name only once it is complete; others may write the same one meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid4().hex}.partial")
    with partial.open("wb", _BUFFER_BYTES) as file:
        yield file
    partial.replace(path)


def save_part(path: Path, part: Part) -> None:
    """Write the small columns of a stretch of listings."""
    with whole(path) as file:
        np.savez(file, **part._asdict())


class SavedParts(Sequence[Part]):
    """Parts in files, of which each is read when it is asked for, and none is kept."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, number: Any) -> Any:  # noqa: ANN401 - a Part; no slices
        with np.load(self._paths[number], allow_pickle=False) as columns:
            return Part(*(columns[name] for name in Part._fields))
