"""Files of a build: there whole, or not at all, so that what is there after a kill is good."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from training.parts import Part


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name only once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        yield file
    partial.replace(path)


def save_part(path: Path, part: Part) -> None:
    """Write the small columns of a stretch of listings."""
    with whole(path) as file:
        np.savez(file, **part._asdict())


def load_part(path: Path) -> Part:
    """Return the small columns of a stretch of listings."""
    with np.load(path, allow_pickle=False) as columns:
        return Part(*(columns[name] for name in Part._fields))
