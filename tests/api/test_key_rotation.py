"""New keys beside old ones that end, and keys for some calls only."""

from typing import TYPE_CHECKING

import pytest

from service.key_rotation import add, rotate
from service.shops import KeyKind, ShopError, shop_of

if TYPE_CHECKING:
    from tests.api.conftest import Api

HOUR = 3600.0


def status(api: "Api", key: str, path: str = "/v1/pages") -> int:
    api.deps.directory.refresh()
    return api.call("GET", path, key=key).status_code


def test_the_old_key_goes_on_until_its_end(api: "Api") -> None:
    now = api.clock.now
    new = rotate(api.deps.shop_settings, "acme", KeyKind.SECRET, until=now + HOUR, now=now)
    assert (status(api, new), status(api, "sk")) == (200, 200)
    api.clock.now += HOUR
    assert (status(api, new), status(api, "sk")) == (200, 401)


def test_a_rotation_without_overlap_ends_the_old_key_at_once_and_no_other(api: "Api") -> None:
    now = api.clock.now
    rotate(api.deps.shop_settings, "acme", KeyKind.SECRET, until=now, now=now)
    assert status(api, "sk") == 401
    kinds = [key.kind for key in shop_of(api.deps.shop_settings, "acme").keys]
    assert sorted(kinds) == [KeyKind.PUBLISHABLE, KeyKind.SECRET]


def test_a_second_rotation_does_not_prolong_the_first(api: "Api") -> None:
    now = api.clock.now
    for hours in (1, 9):
        rotate(api.deps.shop_settings, "acme", KeyKind.SECRET, until=now + hours * HOUR, now=now)
    api.clock.now += 2 * HOUR
    assert status(api, "sk") == 401


def test_a_key_with_scopes_does_only_what_it_was_made_for(api: "Api") -> None:
    key = add(api.deps.shop_settings, "acme", ["items", "events"], now=api.clock.now)
    item = {"items": [{"item_id": "A"}]}
    api.deps.directory.refresh()
    assert api.call("PUT", "/v1/items", item, key=key).status_code == 200
    for path in ("/v1/pages", "/v1/visitors/v", "/v1/models"):
        refused = api.call("GET", path, key=key)
        assert (refused.status_code, refused.json["type"]) == (403, "/docs#out_of_scope")


def test_a_rotation_leaves_scoped_keys_alone(api: "Api") -> None:
    now = api.clock.now
    key = add(api.deps.shop_settings, "acme", ["pages"], now=now)
    rotate(api.deps.shop_settings, "acme", KeyKind.SECRET, until=now, now=now)
    assert status(api, key) == 200


def test_an_unknown_shop_has_no_keys_to_rotate(api: "Api") -> None:
    with pytest.raises(ShopError):
        rotate(api.deps.shop_settings, "nobody", KeyKind.SECRET, until=1.0, now=1.0)
