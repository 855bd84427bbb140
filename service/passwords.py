"""Passwords of people: hashed with Argon2id, at the parameters that RFC 9106 advises where memory is scarce.

A hash says with which parameters it was made, so that better ones may come later without a new password for anybody.
"""

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

SHORTEST: Final = 10
LONGEST: Final = 200
_HASHER: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)  # 64 MB for about 0.1 s
_MADE_BYTES: Final = 12  # 96 bits


class PasswordError(ValueError):
    """A password cannot be taken; the message says why."""


def hashed(password: str, name: str) -> str:
    """Return what is kept of a password.

    Raises:
        PasswordError: It is too short, too long, or the name of its person.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordError(f"a password has {SHORTEST} to {LONGEST} characters")
    if password.casefold() == name.casefold():
        raise PasswordError("a password is not the name of its person")
    return _HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that was kept.

    None, for somebody who is not there, takes as long as a wrong password: the time tells nobody who exists.
    """
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def made() -> str:
    """Return a new password that nobody guesses."""
    return secrets.token_urlsafe(_MADE_BYTES)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex())
