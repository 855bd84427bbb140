"""DuckDB over the files of a question and the facts that wait: one in-memory database per question, with a bound."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from features.log.kind import Kind
from features.log.place import Log, Part
from service.insights.sources import COLUMNS, Sources, readable

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT: Final = "512MB"  # beyond it DuckDB writes to the temporary directory
THREADS: Final = 2
_STATEMENTS: Final = files("service.insights") / "sql"


class Database:
    """What the statements of `sql/` run on. All text that comes from outside is a parameter, none is SQL."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection

    def run(self, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
        """Run the statement of a file and return its rows, none where it makes a table."""
        text = (_STATEMENTS / f"{statement}.sql").read_text(encoding="utf-8")
        return self._connection.execute(text, parameters or None).fetchall()

    def see(self, name: str, table: object) -> None:
        """Let statements read an Arrow table under a name."""
        self._connection.register(name, table)


@contextmanager
def database(log: Log, sources: Sources, directory: str) -> Iterator[Database]:
    """Open a database that sees the sources; `directory` takes what does not fit into memory."""
    import duckdb  # noqa: PLC0415 - 30 MB that a process needs only once somebody looks at figures

    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "threads": THREADS,
        "temp_directory": directory,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        if not log.local:
            connection.register_filesystem(log.files)
        for kind in COLUMNS:
            connection.register(f"waiting_{kind}", sources.waiting[kind])
            _see(connection, log, kind, sources)
        yield Database(connection)


def _see(connection: "duckdb.DuckDBPyConnection", log: Log, kind: Kind, sources: Sources) -> None:
    """Let the database see the files of a kind as one view; without files, nothing of that kind."""
    import duckdb  # noqa: PLC0415 - imported by now

    view, parts = f"logged_{kind}", sources.parts[kind]
    try:
        relation = _read(connection, log, parts)
    except duckdb.Error:
        parts = readable(log, parts)
        relation = _read(connection, log, parts)
    if relation is None:
        connection.register(view, sources.waiting[kind].slice(0, 0))
    else:
        relation.create_view(view)


def _read(
    connection: "duckdb.DuckDBPyConnection", log: Log, parts: Sequence[Part]
) -> "duckdb.DuckDBPyRelation | None":
    """Read files; those of older versions lack columns, which are then empty (exposures only: events have had all)."""
    if not parts:
        return None
    paths = [log.path(part) if log.local else log.files.unstrip_protocol(log.path(part)) for part in parts]
    is_uneven = parts[0].kind is Kind.EXPOSURES
    return connection.read_parquet(paths, union_by_name=is_uneven, hive_partitioning=False)
