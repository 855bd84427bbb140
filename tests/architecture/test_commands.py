"""Every command of `balad` is there, answers --help at once and shows how it is used."""

import re
import subprocess
import sys

import click
import pytest

from service.cli.group import balad

HEAVY = {"duckdb", "flask", "lightgbm", "numba", "numpy", "pyarrow", "pydantic", "redis"}
CONTEXT = click.Context(balad, info_name="balad")


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name in balad.list_commands(CONTEXT):
        command = balad.get_command(CONTEXT, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", child) for sub, child in command.commands.items()]
    return found


@pytest.mark.parametrize("name", balad.list_commands(CONTEXT))
def test_a_command_is_where_the_group_says(name: str) -> None:
    assert isinstance(balad.get_command(CONTEXT, name), click.Command)


def test_every_command_shows_an_example() -> None:
    # A group's options may stand before the command: `balad models --shop acme list`.
    pattern = {name: f"balad {name.replace(' ', '( .*)? ')}" for name, _ in commands()}
    assert [name for name, command in commands() if not re.search(pattern[name], command.help or "")] == []


def test_help_imports_nothing_heavy() -> None:
    program = "import sys; from service.cli.group import run; run(['--help']); print(sorted(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert [module for module in HEAVY if f"'{module}'" in said] == []
