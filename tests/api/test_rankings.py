"""GET /v1/rankings/{ranking_id}: pages of one order, whatever happens between them."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Answer, Api

IDS = [f"i-{number}" for number in range(480)]
PRICED = [{"item_id": item_id, "price": float(1 + number)} for number, item_id in enumerate(IDS)]


def part(api: "Api", ranking_id: str, query: str = "", *, key: str = "pk") -> "Answer":
    return api.call("GET", f"/v1/rankings/{ranking_id}{query}", key=key)


def test_ten_pages_show_each_item_once_while_the_visitor_clicks(api: "Api") -> None:
    first = api.rank(PRICED, limit=48, key="pk")
    shown = [one["item_id"] for one in first["items"]]
    for offset in range(48, 480, 48):
        clicked: dict[str, Any] = {"item_id": shown[-1]}
        api.send(
            {
                "name": "select_item",
                "event_id": f"e-{offset}",
                "consent": True,
                "visitor_id": "v-81",
                "items": [clicked],
            }
        )
        answer = part(api, first["ranking_id"], f"?offset={offset}&limit=48")
        assert [one["index"] for one in answer.json["items"]] == list(range(offset, offset + 48))
        shown += [one["item_id"] for one in answer.json["items"]]
    assert shown == IDS[::-1]
    assert answer.json["total"] == 480
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_it_is_kept_where_the_page_is_off_and_nothing_is_recorded(make_api: "Callable[..., Api]") -> None:
    api = make_api()
    for _ in range(20):
        first = api.rank(IDS[:9], limit=3)
        rest = part(api, first["ranking_id"], "?offset=3").json["items"]
        assert [one["item_id"] for one in rest] == IDS[3:9]


def test_past_the_end_there_is_nothing(api: "Api") -> None:
    first = api.rank(PRICED[:9], limit=3)
    assert part(api, first["ranking_id"], "?offset=9").json["items"] == []
    assert len(part(api, first["ranking_id"]).json["items"]) == 9


def test_another_shop_does_not_see_it(make_api: "Callable[..., Api]") -> None:
    acme, bolt = make_api("acme"), make_api("bolt")
    first = acme.rank(IDS[:9], limit=3)
    assert part(bolt, first["ranking_id"]).status_code == 404


def test_an_order_that_was_never_cut_is_not_kept(api: "Api") -> None:
    answer = part(api, api.rank(IDS[:9])["ranking_id"])
    assert (answer.status_code, answer.json["type"]) == (404, "/docs#unknown_ranking")


@pytest.mark.parametrize(
    "query", ["?offset=-1", "?limit=0", "?limit=501", "?offset=two", "?limit=", "?offset=1e3"]
)
def test_a_part_that_cannot_be_is_refused(api: "Api", query: str) -> None:
    answer = part(api, api.rank(IDS[:9], limit=3)["ranking_id"], query)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["path"] == query[1:].partition("=")[0]


def test_the_contract_says_what_may_be_asked(api: "Api") -> None:
    document = api.call("GET", "/openapi.json", key=None).json
    parameters = document["paths"]["/v1/rankings/{ranking_id}"]["get"]["parameters"]
    assert [(one["name"], one["in"]) for one in parameters] == [
        ("ranking_id", "path"),
        ("offset", "query"),
        ("limit", "query"),
    ]
