"""The file that tells which lines were not imported, and why."""

from pathlib import Path
from typing import IO

import orjson

from service.contract.verdicts import Rejection
from service.importing.records import Record


class Rejects:
    """Lines of JSON in a file, which is made with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def add(self, source: Path, record: Record, rejection: Rejection | None) -> None:
        """Tell of one record: with its rejection, or unreadable as it says itself."""
        if self._file is None:
            self._file = self.path.open("wb")
        why = (
            {"code": rejection.code, "path": rejection.path, "message": rejection.message}
            if rejection is not None
            else {"code": "unreadable", "path": "", "message": record.wrong}
        )
        line = {"file": str(source), "line": record.line, **why, "said": record.said}
        self._file.write(orjson.dumps(line, default=str) + b"\n")
        self.count += 1

    def close(self) -> None:
        """Finish the file, if there is one."""
        if self._file is not None:
            self._file.close()
