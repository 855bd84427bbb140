"""What README.md tells a reader to type is there: commands with their options, verbs, pages it links to."""

import re
import shlex
from pathlib import Path

import click
import pytest

from service.cli.group import balad

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines()]


def typed(program: str) -> list[list[str]]:
    """The calls of a program, without comments."""
    # Only its own lines: those of a `curl` hold quotes that close on a later one.
    return [shlex.split(line, comments=True)[1:] for line in LINES if line.split(" ")[0] == program]


def options(command: click.Command) -> dict[str, int]:
    """The options of a command, each with how many words it takes with it."""
    flags = {name: parameter for parameter in command.params for name in parameter.opts}
    return {name: 1 if getattr(parameter, "is_flag", False) else 2 for name, parameter in flags.items()}


def found(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words call, and what is left of them."""
    command: click.Command = balad
    while isinstance(command, click.Group) and words:
        if words[0].startswith("-"):
            words = words[options(command)[words[0]] :]
            continue
        inner = command.get_command(click.Context(command), words[0])
        assert inner is not None, f"no command {words[0]!r}"
        command, words = inner, words[1:]
    return command, words


@pytest.mark.parametrize("words", typed("balad"), ids=" ".join)
def test_a_command_takes_what_the_readme_gives_it(words: list[str]) -> None:
    command, rest = found(words)
    assert [word for word in rest if word.startswith("-") and word not in options(command)] == []


@pytest.mark.parametrize("words", typed("make"), ids=" ".join)
def test_a_verb_is_in_the_makefile(words: list[str]) -> None:
    assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_verbs_it_names_in_passing_exist() -> None:
    verbs = set(re.findall(r"`make (\w+)`", README))
    known = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert verbs <= known
