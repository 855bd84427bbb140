"""`balad import --format` from the command line to a visitor's state."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from service.importing.command import import_files
from service.settings import Settings
from service.shops import create_shop

CALL = {
    "type": "track",
    "event": "Product Viewed",
    "messageId": "m-1",
    "anonymousId": "v-81",
    "timestamp": "2026-11-22T16:00:00Z",
    "properties": {"product_id": "B7", "price": 79},
}


@pytest.fixture
def run(tmp_path: Path, redis_url: str) -> Any:
    settings = Settings(data=tmp_path, redis_url=redis_url)
    exchange = Exchange(redis_url, 10.0)
    create_shop(RedisSettings(exchange), "acme", now=0.0)
    exchange.close()
    file, rejected = tmp_path / "calls.jsonl", tmp_path / "rejected.jsonl"
    lines = [CALL, CALL, CALL | {"event": "Song Played"}, CALL | {"messageId": "m-2", "timestamp": None}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def invoke(*words: str) -> Result:
        said = [str(file), "--shop", "acme", "--rejected", str(rejected), *words]
        return CliRunner().invoke(import_files, said, obj=settings)

    return invoke


def test_a_foreign_file_ends_in_counts_that_add_up(run: Any) -> None:
    done = run("--format", "segment", "--consent", "yes", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    ended = [told[name] for name in ("added", "duplicates", "rejected", "unmapped")]
    assert (told["read"], ended) == (4, [1, 1, 1, 1])
    assert told["unmapped_names"] == {"Song Played": 1}
    assert told["assumed"] == {"consent: yes": 3}


def test_the_summary_names_what_has_no_place(run: Any) -> None:
    done = run("--format", "segment", "--consent", "no")
    assert "4 records read, 1 of them have no place here" in done.output
    assert "Song Played" in done.output
    assert "consent: no" in done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--format", "segment"], "say --consent yes or --consent no"),
        (["--consent", "yes"], "go with --format"),
        (["--format", "ga4", "--kind", "items", "--consent", "no"], "a ga4 file holds events"),
        (["--format", "metarank", "--consent", "no", "--interaction", "like"], "say TYPE=NAME"),
    ],
)
def test_says_what_to_do(run: Any, words: list[str], says: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert says in done.output
