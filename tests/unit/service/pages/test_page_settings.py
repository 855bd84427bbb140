"""What a page inherits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.settings import OFF, Effective, KeptPage, effective

ON = KeptPage(state="on")
words = st.text("ab", min_size=1, max_size=2)
paths = st.lists(words, min_size=1, max_size=4).map("/".join)
states = st.sampled_from([ON, OFF])


@pytest.mark.parametrize(
    ("pages", "page", "expected"),
    [
        ({}, "home", Effective(OFF, None)),
        ({"default": ON}, "home", Effective(ON, "default")),
        ({"default": ON}, "default", Effective(ON, "default")),
        ({"home": ON}, "default", Effective(OFF, None)),
        ({"a": ON, "a/b": OFF}, "a/b/c/d", Effective(OFF, "a/b")),
        ({"a": ON, "a/b": OFF}, "a/x", Effective(ON, "a")),
        ({"a": ON}, "ab", Effective(OFF, None)),
        ({"b": ON}, "a/b", Effective(OFF, None)),
    ],
)
def test_a_page_gets_what_its_nearest_ancestor_has(
    pages: dict[str, KeptPage], page: str, expected: Effective
) -> None:
    assert effective(pages, page) == expected


@given(st.dictionaries(paths | st.just("default"), states), paths)
def test_the_source_is_the_longest_path_that_the_page_begins_with(
    pages: dict[str, KeptPage], page: str
) -> None:
    ancestors = [path for path in pages if page == path or page.startswith(path + "/")]
    source = max(ancestors, key=len, default="default" if "default" in pages else None)
    assert effective(pages, page) == Effective(OFF if source is None else pages[source], source)
