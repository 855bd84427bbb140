"""A failure of `balad` is one line and a status that is not 0; help needs nothing."""

import pytest

from service.cli.group import run, told


class OurError(ValueError):
    """Stands for an error class of ours."""


OurError.__module__ = "features.somewhere"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OurError("the log\n is away"), "the log is away"),
        (PermissionError(13, "Permission denied", "/log"), "/log: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (
            ModuleNotFoundError("no", name="matplotlib.figure"),
            "this needs an extra that is not installed; pip install 'balad[train]'",
        ),
        (
            ModuleNotFoundError("no", name="distributed.client"),
            "this needs an extra that is not installed; pip install 'balad[dask]'",
        ),
    ],
)
def test_tells_what_a_person_can_use(error: Exception, sentence: str) -> None:
    assert told(error) == sentence


@pytest.mark.parametrize("bug", [KeyError("x"), ValueError("x"), ImportError("x", name="features.nowhere")])
def test_leaves_a_bug_its_traceback(bug: Exception) -> None:
    assert told(bug) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "balad: No such command 'nothing'. See balad --help.\n"),
        (["shop", "create"], "balad: Missing argument 'NAME'. See balad shop create --help.\n"),
        (["up", "--no"], "balad: No such option '--no'. See balad up --help.\n"),
    ],
)
def test_says_in_one_line_what_is_wrong_with_a_call(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err == said


def test_says_in_one_line_which_setting_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BALAD_THREADS", "x")
    assert run(["shop", "create", "acme"]) == 1
    assert capsys.readouterr().err.startswith("balad: BALAD_THREADS='x': ")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["up", "--help"], ["shop", "create", "--help"], ["--version"]]
)
def test_help_answers_whatever_the_settings_are(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BALAD_THREADS", "x")
    assert run(arguments) == 0
    assert capsys.readouterr().out


def test_warns_of_a_misspelt_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BALAD_REDDIS_URL", "redis://x")
    run(["shop", "create"])
    assert (
        "balad: BALAD_REDDIS_URL is not a setting; did you mean BALAD_REDIS_URL?\n" in capsys.readouterr().err
    )
