"""The people of a shop, and their passwords."""

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from features.store.settings import MemorySettings
from service import passwords
from service.pages.change import Author
from service.passwords import LONGEST, SHORTEST, PasswordError, fits, hashed, made
from service.people import (
    Person,
    PersonError,
    Role,
    add_person,
    change_password,
    change_role,
    log_out_everywhere,
    people_of,
    person_of,
    remove_person,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "correct horse battery"
AT = Author("acme", "a test", 12.0)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemorySettings:
    """A shop with one admin; its hashes are the cheapest there are."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher.from_parameters(CHEAPEST))
    kept = MemorySettings()
    add_person(kept, AT, "Marie", Role.ADMIN, PASSWORD)
    return kept


def test_a_password_fits_itself_and_no_other() -> None:
    kept = hashed(PASSWORD, "marie")
    assert fits(kept, PASSWORD)
    assert not any(fits(kept, other) for other in ("", PASSWORD + " ", PASSWORD.upper(), kept))
    assert not fits(None, PASSWORD)
    assert not fits("no hash", PASSWORD)


def test_the_same_password_is_kept_otherwise_each_time() -> None:
    assert hashed(PASSWORD, "marie") != hashed(PASSWORD, "marie")
    assert hashed(PASSWORD, "marie").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("password", ["", "x" * (SHORTEST - 1), "x" * (LONGEST + 1), "MARIE OF ACME"])
def test_some_passwords_are_none(password: str) -> None:
    with pytest.raises(PasswordError):
        hashed(password, "Marie of Acme")


def test_a_made_password_can_be_one() -> None:
    assert made() != made()
    assert hashed(made(), "marie")


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a\x00", "marie", " MARIE ", "Marie"])
def test_a_name_that_is_none_or_taken_is_refused(store: MemorySettings, name: str) -> None:
    before = store.read("acme")
    with pytest.raises(PersonError):
        add_person(store, AT, name, Role.VIEWER, PASSWORD)
    assert store.read("acme") == before


def test_a_name_keeps_its_capitals_and_is_found_without(store: MemorySettings) -> None:
    add_person(store, AT, "Zoé 小林 <b>", Role.VIEWER, PASSWORD)
    found = person_of(store.read("acme").values, " zoÉ 小林 <B>")
    assert found is not None
    assert found.name == "Zoé 小林 <b>"
    assert [one.name for one in people_of(store.read("acme").values)] == ["Marie", "Zoé 小林 <b>"]


def test_the_only_admin_stays_one(store: MemorySettings) -> None:
    add_person(store, AT, "Paul", Role.MERCHANDISER, PASSWORD)
    with pytest.raises(PersonError, match="only admin"):
        remove_person(store, AT, "marie")
    with pytest.raises(PersonError, match="only admin"):
        change_role(store, AT, "marie", Role.VIEWER)
    change_role(store, AT, "paul", Role.ADMIN)
    remove_person(store, AT, "marie")
    assert [one.name for one in people_of(store.read("acme").values)] == ["Paul"]


def test_a_new_password_and_logging_out_end_sessions_and_another_role_does_not(store: MemorySettings) -> None:
    def epoch() -> str:
        found = person_of(store.read("acme").values, "marie")
        assert found is not None
        return found.epoch

    epochs = [epoch()]
    changes: list[Callable[[], Person]] = [
        lambda: change_role(store, AT, "marie", Role.ADMIN),
        lambda: change_password(store, AT, "marie", "another " + PASSWORD),
        lambda: log_out_everywhere(store, AT, "marie"),
    ]
    for change in changes:
        change()
        epochs.append(epoch())
    assert epochs[0] == epochs[1]
    assert len(set(epochs[1:])) == 3


def test_somebody_who_is_not_there_is_named_with_those_who_are(store: MemorySettings) -> None:
    with pytest.raises(PersonError, match=r"'paul'.*Marie"):
        change_password(store, AT, "paul", PASSWORD)


def test_every_change_is_a_fact_that_names_who_made_it(store: MemorySettings) -> None:
    assert len(store.facts["acme"]) == 1
    assert b'"actor":"a test"' in store.facts["acme"][0]
    assert PASSWORD.encode() not in store.facts["acme"][0]
