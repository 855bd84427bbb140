"""/sdk/: the script as it is served."""

import gzip
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

LARGEST = 4_000  # bytes, packed
SCRIPTS = ("/sdk/balad.js", "/sdk/balad.mjs")


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_script_is_small_as_it_travels(api: "Api", path: str) -> None:
    answer = api.client.get(path, headers={"Accept-Encoding": "br;q=0.9, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= LARGEST
    assert gzip.decompress(answer.data) == api.client.get(path).data


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_script_may_run_on_any_page_and_is_kept_an_hour(api: "Api", path: str) -> None:
    answer = api.client.get(path)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"].startswith("public, max-age=3600")
    again = api.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_types_name_what_the_module_exports(api: "Api") -> None:
    exported = re.search(r"export const\{(.*?)\}", api.client.get("/sdk/balad.mjs").text)
    assert exported is not None
    assert set(exported[1].split(",")) == set(
        re.findall(r"export function (\w+)", api.client.get("/sdk/balad.d.ts").text)
    )


def test_no_text_of_the_source_loses_a_blank() -> None:
    source = files("service.sdk").joinpath("balad.js").read_text("utf-8")
    texts = re.findall(r'"[^"\n]*"|`[^`\n]*`', re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE))
    assert [text for text in texts if re.search(r"[,{] | }| =>|=> ", text)] == []
