"""The steps of deploy/Dockerfile, done in roots of their own: what a container engine does, on machines without one.

A base image is a Debian made by debootstrap with its Python; a stage is a copy of what it begins with. Only what this
Dockerfile uses is understood: anything else raises.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from service.settings import environment

ROOT: Final = Path(__file__).resolve().parents[2]
BASE: Final = "python:3.11-slim-bookworm"
PACKAGES: Final = "python3,python3-venv,ca-certificates"
PATH: Final = "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"
# How this machine reaches a registry: what a build on it would be told too.
TOLD: Final = {
    name: value
    for name, value in environment().items()
    if re.fullmatch(r"(?i)pip_.*|https?_proxy|no_proxy", name)
}
CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True)
class Stage:
    """One `FROM`, and the steps after it."""

    base: str
    steps: tuple[tuple[str, str], ...]  # the verb and its words


@dataclass(slots=True)
class Image:
    """What a stage came to."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    user: str = "0:0"
    words: dict[str, list[str]] = field(default_factory=dict)  # ENTRYPOINT, CMD

    def copied(self, root: Path) -> "Image":
        """Return the same in another root, to go on from."""
        subprocess.run(["cp", "--archive", "--reflink=auto", self.root, root], check=True)
        return Image(root, dict(self.environment), self.user, dict(self.words))

    def run(self, words: Sequence[str]) -> None:
        """Run a program in the image as the build does; raises RuntimeError with what it said."""
        done = subprocess.run(
            ["chroot", f"--userspec={self.user}", self.root, *words],
            env=TOLD | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{shlex.join(words)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")

    @contextmanager
    def started(self, environment: Mapping[str, str], *command: str) -> Iterator[subprocess.Popen[str]]:
        """Run the image as compose.yaml does: read-only, with a volume and a tmpfs, on this machine's network.

        Its ports and processes are those of this machine; its mounts are its own and go with it.
        """
        data, temporary = self.root / "var/lib/balad", self.root / "tmp"
        mounts = " && ".join(
            [
                f"mount --bind {self.root} {self.root}",
                f"mount -o remount,ro,bind {self.root}",
                f"mount -t tmpfs -o uid=10001,gid=10001,mode=0700 tmpfs {data}",
                f"mount -t tmpfs -o mode=1777,size=64m tmpfs {temporary}",
                f"mount -t proc proc {self.root / 'proc'}",
                f"mount --rbind /dev {self.root / 'dev'}",
                f"exec chroot --userspec={self.user} {self.root} "
                + shlex.join([*self.words["ENTRYPOINT"], *(command or self.words["CMD"])]),
            ]
        )
        with subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", mounts],
            env=self.environment | dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.terminate()


def stages() -> dict[str, Stage]:
    """Read the Dockerfile."""
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    steps: list[tuple[str, str]] = []
    for line in filter(None, map(str.strip, lines)):
        verb, _, rest = line.partition(" ")
        if verb == "FROM":
            base, _, name = rest.partition(" AS ")
            steps = []
            found[name] = (base, steps)
        else:
            steps.append((verb, rest))
    return {name: Stage(base, tuple(each)) for name, (base, each) in found.items()}


def build(wanted: str, place: Path, built: dict[str, Image]) -> Image:
    """Build a stage below `place`, and those it needs, unless they are in `built` already."""
    if wanted in built:
        return built[wanted]
    if wanted == BASE:
        built[wanted] = Image(debian(place / "debian"))
        return built[wanted]
    stage = stages()[wanted]
    image = build(stage.base, place, built).copied(place / wanted)
    for verb, rest in stage.steps:
        if verb == "COPY":
            _copy(image.root, shlex.split(rest), place, built)
        else:
            _do(image, verb, rest)
    built[wanted] = image
    return image


def _do(image: Image, verb: str, rest: str) -> None:
    match verb:
        case "ENV":
            pairs = (pair.partition("=") for pair in shlex.split(rest))
            image.environment |= {name: value.replace("$PATH", PATH) for name, _, value in pairs}
        case "RUN":
            image.run(["/bin/sh", "-c", rest])
        case "USER":
            image.user = rest
        case "ENTRYPOINT" | "CMD":
            image.words[verb] = json.loads(rest)
        case "EXPOSE" | "VOLUME" | "STOPSIGNAL" | "HEALTHCHECK":
            pass  # for who runs it
        case _:
            raise ValueError(f"{verb} is not understood")


def _copy(root: Path, words: list[str], place: Path, built: dict[str, Image]) -> None:
    options = dict(word.removeprefix("--").split("=") for word in words if word.startswith("--"))
    *sources, target = [word for word in words if not word.startswith("--")]
    origin = build(options["from"], place, built).root if "from" in options else ROOT
    into = root / target.lstrip("/")
    for source in sources:
        whole = origin / source.lstrip("/")
        # A directory's content is copied; a file goes by its name into what ends like a directory.
        to = into / whole.name if whole.is_file() and target.endswith("/") else into
        to.parent.mkdir(parents=True, exist_ok=True)
        if whole.is_file():
            shutil.copy(whole, to)
        else:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(whole, to, symlinks=True, ignore=None if "from" in options else ignored)
        if "chmod" in options:
            to.chmod(int(options["chmod"], 8))


def debian(root: Path) -> Path:
    """Make a Debian with its Python, from the mirror of this machine."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root, *_mirror()],
        check=True,
        capture_output=True,
    )
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    if CERTIFICATES.exists():
        shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
    for path in filter(None, TOLD.get("PIP_FIND_LINKS", "").split()):
        (root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    return root


def _mirror() -> list[str]:
    """Return the address that this machine takes Debian's packages from, if it says one."""
    for file in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("debian*")]:
        if file.exists() and (
            found := re.search(r"^(?:deb|URIs:) +(http\S+)", file.read_text(), re.MULTILINE)
        ):
            return [found[1]]
    return []
