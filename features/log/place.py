"""Where the log lives: `shop=S/kind=K/date=D/part-B.parquet` below any fsspec URL, B the batch that wrote the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem

from features.log.kind import Kind

_DAY_SECONDS: Final = 86_400.0
_PREFIX: Final = "part-"
_SUFFIX: Final = ".parquet"


def date_of(received_at: float) -> str:
    """Return the UTC date under which a fact is kept.

    >>> date_of(1795366800.5)
    '2026-11-22'
    """
    return _date(int(received_at // _DAY_SECONDS))


@lru_cache(64)
def _date(day: int) -> str:
    """Return a day since 1970 as a date; a batch asks for the same one thousands of times."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One file of the log."""

    shop: str
    kind: Kind
    date: str
    batch: int

    @property
    def directory(self) -> str:
        """Where it is, below the log's root."""
        return f"shop={self.shop}/kind={self.kind}/date={self.date}"

    @property
    def name(self) -> str:
        """What the file is called; as long as a batch is a millisecond of this age, names sort as batches do."""
        return f"{_PREFIX}{self.batch:013d}{_SUFFIX}"


class Log:
    """The files of the log."""

    def __init__(self, url: str) -> None:
        self.files, self._root = _opened(url)
        self.local = isinstance(self.files, LocalFileSystem)

    def path(self, part: Part) -> str:
        """Return the full path of a part."""
        return f"{self._root}/{part.directory}/{part.name}"

    def directory(self, part: Part) -> str:
        """Return the full path of the directory that a part is in."""
        return f"{self._root}/{part.directory}"

    def parts(self, shop: str, kind: Kind, first: str = "", last: str = "9") -> list[Part]:
        """Return the parts with dates between two dates, both included, by date and batch."""
        found = (
            Part(shop, kind, date, batch)
            for date in self.dates(shop, kind)
            if first <= date <= last
            for batch in self._batches(f"{self._root}/shop={shop}/kind={kind}/date={date}")
        )
        return sorted(found)

    def dates(self, shop: str, kind: Kind) -> list[str]:
        """Return the dates that have a directory, in order."""
        names = self._names(f"{self._root}/shop={shop}/kind={kind}")
        return sorted(name.removeprefix("date=") for name in names if name.startswith("date="))

    def _batches(self, directory: str) -> Iterator[int]:
        for name in self._names(directory):
            number = name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
            if name == f"{_PREFIX}{number}{_SUFFIX}" and number.isdigit():
                yield int(number)

    def _names(self, directory: str) -> list[str]:
        try:
            paths: list[str] = self.files.ls(directory, detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return [path.rstrip("/").rpartition("/")[2] for path in paths]


def _opened(url: str) -> tuple[Any, str]:
    files, root = fsspec.core.url_to_fs(url)
    return files, str(root).rstrip("/")
