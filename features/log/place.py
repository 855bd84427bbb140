"""Where the log lives: `shop=S/kind=K/date=D/part-B.parquet` below any fsspec URL, B the batch that wrote the file.

A part that stands for several is called `part-FIRST-LAST.parquet`: it covers those of its date from the first batch to
the last. Covered parts are not listed; so a merge takes effect in one moment, that of a rename.
"""

import re
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
_NAME: Final = re.compile(rf"{_PREFIX}(?:([0-9]+)-)?([0-9]+){_SUFFIX}")


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
    """One file of the log; `since` is the first batch of a merged one, 0 of any other."""

    shop: str
    kind: Kind
    date: str
    batch: int
    since: int = 0

    @property
    def first(self) -> int:
        """The first batch that is in it."""
        return self.since or self.batch

    def covers(self, other: "Part") -> bool:
        """Tell whether what is in another part is in this one.

        >>> merged = Part("s", Kind.EVENTS, "2026-11-22", 9, since=5)
        >>> [merged.covers(Part("s", Kind.EVENTS, "2026-11-22", batch)) for batch in (4, 5, 9, 10)]
        [False, True, True, False]
        """
        inside = self.first <= other.first and other.batch <= self.batch
        return self != other and bool(self.since) and inside and self.directory == other.directory

    @property
    def directory(self) -> str:
        """Where it is, below the log's root."""
        return f"shop={self.shop}/kind={self.kind}/date={self.date}"

    @property
    def name(self) -> str:
        """What the file is called; as long as a batch is a millisecond of this age, names sort as batches do."""
        first = f"{self.since:013d}-" if self.since else ""
        return f"{_PREFIX}{first}{self.batch:013d}{_SUFFIX}"


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
        dates = [date for date in self.dates(shop, kind) if first <= date <= last]
        return [part for date in dates for part in _standing(self._files(shop, kind, date))]

    def covered(self, shop: str, kind: Kind) -> list[Part]:
        """Return the parts that another one stands for."""
        by_date = (self._files(shop, kind, each) for each in self.dates(shop, kind))
        return [part for files in by_date for part in sorted(set(files) - set(_standing(files)))]

    def dates(self, shop: str, kind: Kind) -> list[str]:
        """Return the dates that have a directory, in order."""
        names = self._names(f"{self._root}/shop={shop}/kind={kind}")
        return sorted(name.removeprefix("date=") for name in names if name.startswith("date="))

    def _files(self, shop: str, kind: Kind, day: str) -> list[Part]:
        """Return all parts of a date, by batch."""
        names = map(_NAME.fullmatch, self._names(f"{self._root}/shop={shop}/kind={kind}/date={day}"))
        return sorted(Part(shop, kind, day, int(n[2]), int(n[1] or 0)) for n in names if n is not None)

    def _names(self, directory: str) -> list[str]:
        try:
            paths: list[str] = self.files.ls(directory, detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return [path.rstrip("/").rpartition("/")[2] for path in paths]


def _standing(files: list[Part]) -> list[Part]:
    """Return the parts that no other covers; where none is merged, all of them."""
    merged = [part for part in files if part.since]
    return [part for part in files if not any(other.covers(part) for other in merged)]


def _opened(url: str) -> tuple[Any, str]:
    files, root = fsspec.core.url_to_fs(url)
    return files, str(root).rstrip("/")
