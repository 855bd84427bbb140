"""The application with a shop and its console on a free port, as the console's browser tests need it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis

from features.attributes import declared
from service.app import create_app
from service.deps import Deps
from service.kill_switch import kill_switch_of
from service.models.promotion import Promotions
from service.pages.change import Author
from service.people import Role, add_person
from service.rollout.moves import Rollouts
from service.settings import Settings
from service.shops import create_shop
from service.wiring import handles
from tests.api.test_models import FIRST, SECOND, bundle
from tests.served import served
from training.simulate.world import draw_shop

NOW: Final = 1_795_348_800.0
PASSWORD: Final = "correct horse battery"
PAGE: Final = "category/shoes"
THIRD: Final = "2026-11-24T10-00-00Z-4f2a"
_AUTHOR: Final = Author("acme", "a test", NOW)
_ATTRIBUTES: Final = declared(["category:categorical", "brand:categorical"])


@dataclass
class Site:
    """The application on a free port."""

    url: str
    deps: Deps

    def stopped(self) -> bool:
        """Whether the shop's kill switch is on."""
        return kill_switch_of(self.deps.shop_settings.read("acme").values)

    def try_third(self) -> None:
        """Have a third model tried on a share of the visitors."""
        Rollouts(self.deps.shelf, self.deps.shop_settings).begin(_AUTHOR, THIRD, _ATTRIBUTES)


@contextmanager
def console_site(redis_url: str, data: Path) -> Iterator[Site]:
    """Open a shop with items, a past, rules and three models, two of which were live; Marie is its admin."""
    deps, _ = handles(Settings(data=data, redis_url=redis_url), lambda: NOW)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    made = create_shop(deps.shop_settings, "acme", _ATTRIBUTES, now=NOW)
    add_person(deps.shop_settings, _AUTHOR, "Marie", Role.ADMIN, PASSWORD)
    deps.directory.refresh()
    app = create_app(deps)
    _fill(app.test_client(), made.secret_key)
    for version in (FIRST, SECOND, THIRD):
        deps.shelf.write(bundle(version, 1.0))
    for version in (FIRST, SECOND):
        Promotions(deps.shelf, deps.shop_settings).promote(_AUTHOR, version, _ATTRIBUTES)
    with served(app) as url:
        yield Site(f"{url}/console", deps)
    deps.store.close()


def _fill(client: Any, key: str) -> None:
    """Send what a shop sends."""
    items = list(draw_shop(17, items=60, shoppers=1, at=NOW).catalogue.items())
    rule = {"id": "new-first", "name": "New first", "kind": "pin", "item_id": items[0]["item_id"], "index": 0}
    viewed = [
        {
            "name": "view_item",
            "event_id": f"e-{at}",
            "visitor_id": "v",
            "items": [{"item_id": one["item_id"]}],
        }
        for at, one in enumerate(items)
    ]
    for method, path, body in (
        ("PUT", "/v1/items", {"items": items}),
        ("PUT", f"/v1/pages/{PAGE}", {"state": "test", "traffic": 0.5, "rules": [rule]}),
        ("PUT", "/v1/pages/home", {"state": "on"}),
        ("POST", "/v1/events", {"events": [*viewed, {"name": "nonsense", "event_id": "e-x"}]}),
    ):
        answer = client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.text
