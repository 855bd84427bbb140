"""What Redis derived from a live shop comes back from the log as it was."""

from tests.faults.rebuilding import rebuilt


def test_the_state_is_what_it_was() -> None:
    got = rebuilt(8_000)
    assert got.differing == 0
    assert got.keys > 4_000
    assert got.facts > got.events > 7_000
