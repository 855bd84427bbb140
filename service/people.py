"""The people of a shop: who may see its console, and who may change what.

A person is a setting of the shop, `people/<name in lower case>`, so that a rebuild brings them back and every change
of theirs is in the audit log. Only a hash of the password is kept.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

import orjson

from features.store.settings import SettingsStore
from service.changes import change
from service.pages.change import Author, Stale
from service.passwords import hashed

PEOPLE_PREFIX: Final = "people/"
LONGEST_NAME: Final = 64
_EPOCH_BYTES: Final = 8


class Role(IntEnum):
    """What a person may do; each may do what those before may."""

    VIEWER = 1  # sees everything but settings, changes nothing
    MERCHANDISER = 2  # pages, rules, kill switch
    ADMIN = 3  # keys, people, attributes, models

    @property
    def word(self) -> str:
        """The role as it is written.

        >>> Role.ADMIN.word, Role["viewer".upper()]
        ('admin', <Role.VIEWER: 1>)
        """
        return self.name.lower()


class PersonError(ValueError):
    """A person cannot be added, found or changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a shop. Whoever logged in under another `epoch` is logged out."""

    name: str
    role: Role
    password: str  # its hash
    epoch: str
    created_at: float

    @classmethod
    def of(cls, text: bytes) -> "Person":
        """Read the setting of a person."""
        said: dict[str, Any] = orjson.loads(text)
        role = Role[said["role"].upper()]
        return cls(said["name"], role, said["password"], said["epoch"], said["created_at"])

    def text(self) -> bytes:
        """Write the setting of a person."""
        return orjson.dumps(
            {
                "name": self.name,
                "role": self.role.word,
                "password": self.password,
                "epoch": self.epoch,
                "created_at": self.created_at,
            }
        )


def people_of(values: Mapping[str, bytes]) -> list[Person]:
    """Return the people of a shop by name."""
    found = [Person.of(text) for name, text in values.items() if name.startswith(PEOPLE_PREFIX)]
    return sorted(found, key=lambda person: person.name.casefold())


def person_of(values: Mapping[str, bytes], name: str) -> Person | None:
    """Return the person of this name, however it is capitalised; None where there is nobody."""
    text = values.get(_setting(name))
    return None if text is None else Person.of(text)


def add_person(store: SettingsStore, author: Author, name: str, role: Role, password: str) -> Person:
    """Let somebody in.

    Raises:
        PersonError: The name cannot be one, or is taken.
        PasswordError: The password cannot be one.
    """
    name = _checked(name)
    person = Person(name, role, hashed(password, name), _epoch(), author.now)
    if not _write(store, author, None, person):
        raise PersonError(f"there is a {name!r} in this shop already")
    return person


def remove_person(store: SettingsStore, author: Author, name: str) -> None:
    """Let somebody in no longer; whoever is logged in as them is out.

    Raises:
        PersonError: There is nobody of this name, or nobody could add people afterwards.
    """
    values = store.read(author.shop).values
    before = _found(values, name)
    _check_an_admin_stays(values, before)
    setting = _setting(name)
    if not change(store, author.shop, setting, values[setting], None, actor=author.actor, now=author.now):
        raise Stale


def change_role(store: SettingsStore, author: Author, name: str, role: Role) -> Person:
    """Give somebody another role, from their next click.

    Raises:
        PersonError: There is nobody of this name, or nobody could add people afterwards.
    """
    values = store.read(author.shop).values
    before = _found(values, name)
    if role is not Role.ADMIN:
        _check_an_admin_stays(values, before)
    return _replace(store, author, before, replace(before, role=role))


def change_password(store: SettingsStore, author: Author, name: str, password: str) -> Person:
    """Give somebody another password; whoever is logged in as them is out.

    Raises:
        PersonError: There is nobody of this name.
        PasswordError: The password cannot be one.
    """
    before = _found(store.read(author.shop).values, name)
    kept = hashed(password, before.name)
    return _replace(store, author, before, replace(before, password=kept, epoch=_epoch()))


def log_out_everywhere(store: SettingsStore, author: Author, name: str) -> Person:
    """End all sessions of a person. Raises PersonError where there is nobody of this name."""
    before = _found(store.read(author.shop).values, name)
    return _replace(store, author, before, replace(before, epoch=_epoch()))


def _found(values: Mapping[str, bytes], name: str) -> Person:
    if (person := person_of(values, name)) is None:
        known = ", ".join(person.name for person in people_of(values)) or "nobody yet"
        raise PersonError(f"nobody is called {name!r} in this shop; there are: {known}")
    return person


def _check_an_admin_stays(values: Mapping[str, bytes], leaving: Person) -> None:
    admins = [person.name for person in people_of(values) if person.role is Role.ADMIN]
    if admins == [leaving.name]:
        raise PersonError(f"{leaving.name!r} is the only admin of the shop; make another one first")


def _replace(store: SettingsStore, author: Author, before: Person, after: Person) -> Person:
    if not _write(store, author, before.text(), after):
        raise Stale
    return after


def _write(store: SettingsStore, author: Author, before: bytes | None, after: Person) -> bool:
    name, text = _setting(after.name), after.text()
    return change(store, author.shop, name, before, text, actor=author.actor, now=author.now)


def _setting(name: str) -> str:
    return PEOPLE_PREFIX + unicodedata.normalize("NFC", name.strip()).casefold()


def _checked(name: str) -> str:
    said = unicodedata.normalize("NFC", name.strip())
    if not 0 < len(said) <= LONGEST_NAME or not said.isprintable():
        raise PersonError(f"a name is 1 to {LONGEST_NAME} printable characters")
    return said


def _epoch() -> str:
    return secrets.token_hex(_EPOCH_BYTES)
