"""`balad demo` from nothing, as a newcomer runs it: it gets ready, the README's words work, Ctrl-C ends everything."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.benchmarks.installation import free_port

ROOT = Path(__file__).resolve().parents[2]
FIRST_SECONDS = 400.0  # what a busy machine may take; a quiet one takes a tenth
AGAIN_SECONDS = 60.0
END_SECONDS = 40.0
TRY = re.compile(r"<!-- try -->(.*?)<!-- /try -->", flags=re.DOTALL)


class Demo:
    """A running `balad demo` and what it said."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.port = free_port()
        self.said = data.parent / "said.txt"
        command = [sys.executable, "-m", "service.cli", "demo", "--port", str(self.port), *options]
        with self.said.open("wb") as file:
            environment = {**os.environ, "BALAD_DATA": str(data)}  # noqa: TID251 - of a process that a test starts
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)

    def wait_until_ready(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        while "Ctrl-C stops everything" not in (said := self.said.read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.05)
        return said

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(END_SECONDS)

    def left_running(self) -> list[str]:
        """What runs with this demo's data directory or port in its environment or command line."""
        found = []
        processes = Path("/proc")
        for entry in processes.iterdir() if processes.is_dir() else ():
            try:
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if entry.name.isdigit() and entry.name != str(os.getpid()) and str(self.data).encode() in words:
                found.append(words[:200].decode(errors="replace"))
        return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def demo(data: Path) -> Iterator[Demo]:
    """A demo started on an empty data directory, ready."""
    running = Demo(data)
    try:
        running.wait_until_ready(FIRST_SECONDS)
        yield running
    finally:
        if running.process.poll() is None:
            running.interrupt()


def test_it_says_where_everything_is(demo: Demo) -> None:
    said = demo.said.read_text()
    assert "Balad demo is ready" in said
    assert f"http://127.0.0.1:{demo.port}/demo/" in said


def test_its_page_answers(demo: Demo) -> None:
    with urlopen(f"http://127.0.0.1:{demo.port}/demo/", timeout=10) as answer:
        assert "In order for you" in answer.read().decode()


def test_its_keys_are_for_their_owner_alone(demo: Demo) -> None:
    for name in ("publishable_key", "secret_key"):
        assert (demo.data / "demo" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="the README's words are curl's, and there is no curl"
)
def test_the_readmes_answer_is_personalised_and_changes_after_its_two_events(demo: Demo) -> None:
    tried = TRY.search((ROOT / "README.md").read_text())
    assert tried is not None
    rank, events = re.findall(r"```sh\n(.*?)```", tried[1], flags=re.DOTALL)
    first, sent, second = (said_by(demo, words) for words in (rank, events, rank))
    assert sent["accepted"] == 2
    assert first["personalized"]
    assert second["personalized"]
    assert [one["item_id"] for one in first["items"]] != [one["item_id"] for one in second["items"]]


def said_by(demo: Demo, words: str) -> dict[str, Any]:
    """What a shell says to words of the README, with this demo's port and directory in them."""
    script = words.replace("127.0.0.1:8000", f"127.0.0.1:{demo.port}").replace(
        "data/demo", f"{demo.data}/demo"
    )
    run = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, timeout=60, check=True)
    said: dict[str, Any] = json.loads(run.stdout)
    return said


def test_another_demo_in_the_same_place_is_refused_in_words(demo: Demo) -> None:
    command = [sys.executable, "-m", "service.cli", "demo", "--port", str(free_port())]
    environment = {**os.environ, "BALAD_DATA": str(demo.data)}  # noqa: TID251 - of a process that a test starts
    second = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 1
    assert "a demo runs in" in second.stderr


def test_shoppers_come(demo: Demo) -> None:
    end = time.monotonic() + FIRST_SECONDS
    while not (shown := live_events(demo)):
        assert time.monotonic() < end, "no live event reached the log"
        time.sleep(0.2)
    assert shown


def live_events(demo: Demo) -> list[Path]:
    """Files of exposures in the log: only live rankings make one."""
    return list((demo.data / "log").glob("shop=demo/kind=exposures/**/*.parquet"))


def test_ctrl_c_ends_everything_and_the_next_start_takes_what_is_there(demo: Demo) -> None:
    model = re.findall(r"its model +(\S+)", demo.said.read_text())
    assert demo.interrupt() == 0
    assert demo.left_running() == []
    again = Demo(demo.data)
    try:
        said = again.wait_until_ready(AGAIN_SECONDS)
        assert "making" not in said
        assert re.findall(r"its model +(\S+)", said) == model
    finally:
        assert again.interrupt() == 0
    assert again.left_running() == []
