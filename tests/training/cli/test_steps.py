import itertools

import pytest

from training.cli.steps import Steps


def test_says_each_step_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Steps().tell("reading")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith(" s  reading\n")


def test_a_quiet_one_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(quiet=True)
    steps.tell("reading")
    assert list(steps.watch(range(3), 3)) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_away_from_a_terminal_progress_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = itertools.count(step=2)  # seconds: each look at the clock is two later
    steps = Steps(clock=lambda: float(next(ticks)))
    assert len(list(steps.watch(range(3_000), 3_000))) == 3_000
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "of 3,000 facts" in lines[0]


def test_the_few_parts_of_long_work_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = itertools.count(step=60)
    steps = Steps(clock=lambda: float(next(ticks)))
    assert list(steps.watch(range(9), 9, "shards")) == list(range(9))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 9
    assert lines[0].endswith("11 %: 1 of 9 shards")
    assert lines[-1].endswith("100 %: 9 of 9 shards")
