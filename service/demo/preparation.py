"""What a demo needs before it can run, made once and kept: a shop with its keys, a past, a model.

Beside the files of `service.demo.shopfront`, `demo/` in the data directory holds:

    prepared              the time at which everything was there; without it, the next start begins anew
    preparation.log       what the commands said
    lock                  held by the demo that runs
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import fsspec

from features.attributes import declared
from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from features.store.removal import remove_shop
from service.demo.shopfront import (
    DIRECTORY,
    ITEMS_FILE,
    PASSWORD_FILE,
    PUBLISHABLE_FILE,
    SECRET_FILE,
    SHOP,
)
from service.demo.story import WEEKS, publish_rules, switch_pages
from service.pages.change import Author
from service.passwords import made
from service.people import Role, add_person
from service.settings import Settings
from service.shops import SHOP_SETTING, create_shop

PERSON: Final = "merchant"  # who may log in to its console
SEED: Final = 17
SESSIONS: Final = 5_000
DAYS: Final = 28  # the last WEEKS of them with Balad; the model is trained on what came before
SHOPPERS: Final = 20_000  # the same people come again while the demo runs
KNOWLEDGE: Final = 0.9  # of the shoppers, that the past's planted order has: a lift to be found
ATTRIBUTES: Final = (
    "category:categorical",
    "brand:categorical",
    "color:categorical",
    "size:multi",
    "rating:numeric",
)
_PREPARED: Final = "prepared"
_HISTORY: Final = "history"
_PAGES: Final = "pages.json"
_WEEK_SECONDS: Final = 7 * 86_400.0
_LOG: Final = "preparation.log"
_TIMEOUT_SECONDS: Final = 10.0  # of a call to the store, which nobody waits for on a page
_LAST_LINES: Final = 5


class PreparationError(RuntimeError):
    """A step failed; the message says which, and its last words."""


@dataclass(frozen=True)
class Preparation:
    """Makes what is missing. `settings` name a running Redis; `say` tells a person how it goes."""

    settings: Settings
    say: Callable[[str], None]

    @property
    def directory(self) -> Path:
        """Where the demo keeps its own files."""
        return self.settings.data / DIRECTORY

    def is_done(self) -> bool:
        """Tell whether an earlier start left all that is needed."""
        return (self.directory / _PREPARED).exists() and SHOP_SETTING in self._store().read(SHOP).values

    def run(self) -> None:
        """Make everything anew. What was there of this shop is removed first."""
        began = time.monotonic()
        self.remove()
        self.directory.mkdir(parents=True, exist_ok=True)
        history = self.directory / _HISTORY
        begun = time.time() - WEEKS * _WEEK_SECONDS
        self._step(
            "a shop with a page in test, one off, one in shadow", lambda: self._make_shop(history, begun)
        )
        self._step(
            f"{SESSIONS:,} visits of the last {DAYS} days",
            lambda: self._simulate(history),
        )
        self._step(
            "catalogue and visits into the log",
            lambda: self._import(history),
        )
        training = ("train", "--shop", SHOP, "--seed", SEED, "--as-of", f"{begun:.0f}")
        self._step("a model of the week before", lambda: self._balad(*training))
        publish_rules(self._store(), Author(SHOP, PERSON, time.time()))
        (history / ITEMS_FILE).replace(self.directory / ITEMS_FILE)
        shutil.rmtree(history)
        (self.directory / _PREPARED).write_text(f"{time.time():.0f}\n", encoding="utf-8")
        self.say(
            f"prepared in {time.monotonic() - began:.0f} s; kept in {self.settings.data} for the next time"
        )

    def remove(self) -> None:
        """Remove the demo's shop, with its log, its models and its files; of other shops nothing."""
        shutil.rmtree(self.directory / _HISTORY, ignore_errors=True)
        for name in (_PREPARED, _LOG, ITEMS_FILE, PUBLISHABLE_FILE, SECRET_FILE, PASSWORD_FILE):
            (self.directory / name).unlink(missing_ok=True)
        remove_shop(self._exchange(), SHOP)
        for url in (f"{self.settings.log_url}/shop={SHOP}", f"{self.settings.models_url}/{SHOP}"):
            files, path = fsspec.core.url_to_fs(url)
            if files.exists(path):
                files.rm(path, recursive=True)

    def _make_shop(self, history: Path, begun: float) -> None:
        store, password = self._store(), made()
        author = Author(SHOP, PERSON, begun)
        new = create_shop(store, SHOP, declared(ATTRIBUTES), now=begun)
        add_person(store, author, PERSON, Role.ADMIN, password)
        history.mkdir(parents=True, exist_ok=True)
        (history / _PAGES).write_bytes(switch_pages(store, author))
        for name, secret in (
            (PUBLISHABLE_FILE, new.publishable_key),
            (SECRET_FILE, new.secret_key),
            (PASSWORD_FILE, password),
        ):
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(f"{secret}\n", encoding="utf-8")

    def _simulate(self, history: Path) -> None:
        numbers = ("--seed", SEED, "--shoppers", SHOPPERS, "--sessions", SESSIONS, "--days", DAYS)
        self._balad(
            "simulate", *numbers, "--pages", history / _PAGES, "--knowledge", KNOWLEDGE, "--out", history
        )

    def _import(self, history: Path) -> None:
        rejected = history / "rejected.jsonl"
        for kind in ("items", "events", "exposures"):
            options = ("--shop", SHOP, "--kind", kind, "--rejected", rejected)
            self._balad("import", history / f"{kind}.jsonl", *options)
            if rejected.exists():
                first = rejected.read_text(encoding="utf-8").splitlines()[0]
                raise PreparationError(f"balad import refused {kind} of the simulation: {first}")

    def _step(self, what: str, do: Callable[[], None]) -> None:
        began = time.monotonic()
        self.say(f"making {what} …")
        do()
        self.say(f"  done in {time.monotonic() - began:.1f} s")

    def _balad(self, *arguments: object) -> None:
        """Run a command of ours in a process of its own: training is never imported by the service."""
        command = [sys.executable, "-m", "service.cli", *(str(argument) for argument in arguments)]
        with (self.directory / _LOG).open("ab") as log:
            status = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
        if status != 0:
            raise PreparationError(f"balad {arguments[0]} failed: {_last_words(self.directory / _LOG)}")

    def _exchange(self) -> Exchange:
        return Exchange(str(self.settings.redis_url), _TIMEOUT_SECONDS)

    def _store(self) -> RedisSettings:
        return RedisSettings(self._exchange())


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return f"{' / '.join(lines[-_LAST_LINES:])} (all of it is in {log})"
