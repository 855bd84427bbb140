import pytest

from features.attributes import DEFAULT, Attribute, Kind, declared
from features.columns.course import Course
from features.columns.taste import Taste
from features.table import PLACES, STANDING, VISITING, feature_table

ALL_KINDS = declared(["a:categorical", "b:multi", "c:numeric", "d:time"])


def test_every_column_has_a_name_of_its_own() -> None:
    names = feature_table(ALL_KINDS).names
    assert len(set(names)) == len(names) == len(feature_table(ALL_KINDS))


def test_every_column_says_what_it_is_and_in_which_unit() -> None:
    table = feature_table(ALL_KINDS)
    told = [(f.name, f.meaning, f.unit, f.block) for f in table.standing]
    told += [(f.name, f.meaning, f.unit, f.block) for f in table.visiting]
    assert [name for name, meaning, unit, _ in told if not meaning or not unit] == []
    assert {block for *_, block in told} == set("ABCDEFGH")


def test_a_declared_attribute_brings_its_columns() -> None:
    without, with_all = feature_table(()), feature_table(ALL_KINDS)
    assert with_all.names[: len(without)] == without.names
    assert with_all.names[len(without) :] == (
        *("session_share_a", "same_as_last_a", "past_share_a", "in_filter_a", "in_search_a"),
        "overlap_b",
        *("number_c", "above_session_mean_c"),
        *("days_old_d", "days_after_session_mean_d"),
    )


@pytest.mark.parametrize(
    "other",
    [
        (),
        DEFAULT[:1],
        DEFAULT[::-1],
        (Attribute("category", Kind.MULTI), DEFAULT[1]),
        (*DEFAULT, Attribute("colour", Kind.CATEGORICAL)),
    ],
)
def test_another_declaration_has_another_hash(other: tuple[Attribute, ...]) -> None:
    assert feature_table(other).hash != feature_table(DEFAULT).hash == feature_table(tuple(DEFAULT)).hash


def test_each_visiting_column_has_a_source_of_its_own() -> None:
    table = feature_table(ALL_KINDS)
    sources = table.sources.tolist()
    assert len(set(sources)) == len(sources) == len(table.visiting)
    assert [s for s in sources if s >= table.laid] == [table.laid + i for i in range(len(table.asked))]
    assert [s < 0 for s in sources] == [isinstance(f.source, Course) for f in table.visiting]
    assert min(sources) >= -len(Course)


def test_each_categorical_attribute_has_a_block_of_its_own() -> None:
    table = feature_table(declared(["a:categorical", "b:numeric", "c:categorical"]))
    assert table.categories == {"a": 0, "c": 2}
    tastes = [s for s, f in zip(table.sources, table.visiting, strict=True) if isinstance(f.source, Taste)]
    assert tastes == list(range(PLACES.stop, PLACES.stop + 2 * len(Taste)))
    assert table.laid == PLACES.stop + 2 * len(Taste)


def test_blocks_that_ask_about_the_visitor_are_not_computed_ahead() -> None:
    assert {f.block for f in STANDING} == {"D"}
    assert "D" not in {f.block for f in VISITING}
