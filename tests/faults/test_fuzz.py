"""What a machine makes up: of calls (long: `make bench-faults ONLY=fuzz`), and of the bytes that parsers read."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from features.manifest import BundleError, read_manifest
from service.contract.event import ANY_TIME, judge_events
from service.contract.identifiers import looks_like_email
from service.importing.records import Source, UnreadableFileError
from service.origins import OriginError, origin_of
from service.shops import Shop
from tests.faults.fuzz import fuzz
from tests.faults.mutations import mutate

CASES = 6  # per call
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)
NEARLY = st.dictionaries(
    st.sampled_from(
        [
            "name",
            "event_id",
            "time",
            "visitor_id",
            "session_id",
            "items",
            "value",
            "currency",
            "transaction_id",
        ]
    ),
    st.sampled_from(["view_item", "purchase", "search", "e", "", "EUR", 1, -1, 1e308, None, True, [], {}])
    | JSON,
)


def test_no_call_fails_or_answers_what_the_contract_lacks(redis_url: str, tmp_path: Path) -> None:
    found = fuzz(CASES, redis_url, tmp_path)
    assert found.wrong == []
    assert min(found.cases.values()) > 0


@settings(max_examples=150)
@given(st.lists(NEARLY | JSON, max_size=5))
def test_every_event_has_a_verdict(raw: list[Any]) -> None:
    valid, rejections = judge_events(raw, ANY_TIME)
    assert len(valid) + len({r.index for r in rejections}) == len(raw)


@settings(max_examples=150)
@given(st.binary(max_size=400), st.sampled_from([".jsonl", ".csv", ".parquet", ".jsonl.gz", ".csv.gz"]))
def test_a_file_is_read_or_refused_in_a_sentence(tmp_path_factory: Any, content: bytes, suffix: str) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"file{suffix}"
    path.write_bytes(content)
    source = Source(path)
    try:
        for record in source.records(joined=True):
            assert record.line >= 1
    except UnreadableFileError:
        pass  # a sentence, not a fault
    finally:
        source.close()


@settings(max_examples=150)
@given(st.binary(max_size=300) | JSON.map(lambda said: json.dumps(said).encode()))
def test_a_manifest_is_whole_or_refused(text: bytes) -> None:
    with suppress(BundleError):
        read_manifest(text)


def test_no_parser_fails_on_what_it_nearly_knows() -> None:
    table = lightgbm.Dataset(np.array([[1.0], [2.0]] * 9), np.array([0, 1] * 9))
    model = lightgbm.train({"num_leaves": 3, "min_data_in_leaf": 1, "verbose": -1}, table, 2)
    found = mutate(400, model.model_to_string().encode(), seed=17)
    assert found.faults == []
    assert sum(found.cases.values()) == 400 * len(found.cases)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_words_from_outside_are_taken_or_refused(text: str) -> None:
    looks_like_email(text)
    with suppress(OriginError):
        assert origin_of(text).startswith("http")


def test_a_shop_of_a_later_version_is_still_read() -> None:
    said = {"shop": "a", "attributes": [], "keys": [], "created_at": 1.0, "origins": [], "later": 1}
    assert Shop.of(orjson.dumps(said)).name == "a"
