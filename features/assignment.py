"""Who sees the personalised order and who the shop's: the same visitor, the same side, on every page and machine.

Any client can check it: `docs/assignment.md` lists vectors.
"""

from hashlib import blake2b
from typing import Final

_BUCKETS: Final = 2.0**64


def bucket(salt: str, visitor_id: str) -> float:
    """Return the place of a visitor in [0, 1), the same for the same salt.

    >>> round(bucket("acme/holdout", "v-81"), 6)
    0.992604
    """
    return int.from_bytes(blake2b(f"{salt}:{visitor_id}".encode(), digest_size=8).digest(), "big") / _BUCKETS


def holdout_salt(shop: str) -> str:
    """Return the salt of the shop-wide holdout; it never changes, so that held out is held out for good.

    >>> holdout_salt("acme")
    'acme/holdout'
    """
    return f"{shop}/holdout"


def held_out(shop: str, visitor_id: str, holdout: float) -> bool:
    """Tell whether a visitor is in the share `holdout` that keeps the shop's order.

    The rest is in treatment where `bucket < 1 - holdout`: lowering the holdout keeps everybody who is in.

    >>> held_out("acme", "v-81", 0.0), held_out("acme", "v-81", 1.0)
    (False, True)
    """
    return bucket(holdout_salt(shop), visitor_id) >= 1.0 - holdout


def experiment_salt(shop: str, page: str, began: float) -> str:
    """Return the salt of a test on a page that began at a moment (Unix seconds); it stays while the test lasts.

    >>> experiment_salt("acme", "category/shoes", 1795348800.5)
    'acme/category/shoes@1795348800'
    """
    return f"{shop}/{page}@{int(began)}"


def in_treatment(salt: str, visitor_id: str, traffic: float) -> bool:
    """Tell whether a visitor is in the share `traffic` that a test personalises; raising it keeps those who are in.

    >>> in_treatment("acme/home@0", "v-81", 0.0), in_treatment("acme/home@0", "v-81", 1.0)
    (False, True)
    """
    return bucket(salt, visitor_id) < traffic


def canary_salt(shop: str, version: str) -> str:
    """Return the salt of a model's canary: its own, so that the next one is tried on other visitors first.

    >>> canary_salt("acme", "2026-11-22T10-00-00Z-4f2a")
    'acme/canary/2026-11-22T10-00-00Z-4f2a'
    """
    return f"{shop}/canary/{version}"


def in_canary(shop: str, version: str, visitor_id: str, share: float) -> bool:
    """Tell whether a visitor is in the share that a model is tried on; raising it keeps those who are in.

    >>> in_canary("acme", "2026-11-22T10-00-00Z-4f2a", "v-81", 0.0)
    False
    """
    return bucket(canary_salt(shop, version), visitor_id) < share
