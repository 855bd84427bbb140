import json
from pathlib import Path
from typing import Any

from service.demo.shopfront import LISTING_LENGTH, Shopfront, open_shopfront, opened_once


def item(number: int, category: str) -> dict[str, Any]:
    return {"item_id": f"i-{number}", "item_category": category}


def shop(*items: dict[str, Any]) -> Shopfront:
    return Shopfront("pk_1", {one["item_id"]: one for one in items})


def put(data: Path, *items: dict[str, Any]) -> None:
    (data / "demo").mkdir()
    (data / "demo" / "publishable_key").write_text("pk_1\n")
    (data / "demo" / "items.jsonl").write_text("".join(json.dumps(one) + "\n" for one in items))


def ids(items: list[Any]) -> list[str]:
    return [one["item_id"] for one in items]


def test_a_listing_keeps_the_shops_order() -> None:
    sold = shop(item(3, "shoes/boots"), item(1, "bags/totes"), item(2, "shoes/boots"))
    assert ids(sold.listing("category/shoes/boots")) == ["i-3", "i-2"]
    assert ids(sold.listing("category/shoes")) == ["i-3", "i-2"]
    assert ids(sold.listing("home")) == ["i-3", "i-1", "i-2"]


def test_a_listing_is_one_page_long_at_most() -> None:
    assert len(shop(*(item(n, "shoes/boots") for n in range(80))).listing("home")) == LISTING_LENGTH


def test_a_page_that_does_not_exist_is_empty() -> None:
    assert shop(item(1, "shoes/boots")).listing("category/sho") == []


def test_reads_what_balad_demo_left(tmp_path: Path) -> None:
    put(tmp_path, item(1, "shoes/boots"))
    read = open_shopfront(tmp_path)
    assert read is not None
    assert (read.publishable_key, list(read.items), read.categories()) == ("pk_1", ["i-1"], ["shoes/boots"])


def test_without_a_demo_there_is_none_and_one_that_comes_later_is_found(tmp_path: Path) -> None:
    shopfront = opened_once(tmp_path)
    assert shopfront() is None
    put(tmp_path, item(1, "shoes/boots"))
    found = shopfront()
    assert found is not None
    assert shopfront() is found
