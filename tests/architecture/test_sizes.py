"""The tail is policed: no long files, no long functions. Docstrings count in a file, not in a function."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 300
FUNCTION_LINES = 40
MOST_FUNCTION_LINES = 25  # nine of ten functions
LONGER_FILES: dict[str, str] = {  # path: why shorter would be worse
    "tests/unit/features/test_columns.py": "one textbook of all columns, to be read beside features/table.py",
    "tests/unit/service/models/test_registry.py": "one registry over one shelf of bundles: every case needs both",
}
LONGER_FUNCTIONS: dict[str, str] = {}  # path:function: why shorter would be worse

FILES = sorted(
    f for top in ("features", "service", "training", "docs", "tests") for f in (ROOT / top).rglob("*.py")
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def lines_of(function: Function) -> int:
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    told = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - told


def functions() -> dict[str, int]:
    return {
        f"{name_of(file)}:{node.name}": lines_of(node)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, Function)
    }


def test_a_file_is_one_idea() -> None:
    lengths = {name_of(file): len(file.read_text().splitlines()) for file in FILES}
    long = {name: lines for name, lines in lengths.items() if lines > FILE_LINES}
    assert set(long) == set(LONGER_FILES), long


def test_a_function_is_one_step() -> None:
    long = {name: lines for name, lines in functions().items() if lines > FUNCTION_LINES}
    assert set(long) == set(LONGER_FUNCTIONS), long


def test_nine_of_ten_functions_are_short() -> None:
    lengths = sorted(functions().values())
    assert lengths[len(lengths) * 9 // 10] <= MOST_FUNCTION_LINES
