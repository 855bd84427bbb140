"""The options of `balad import` that name another system's format, and what they come to."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import click

from service.importing.foreign.formats import FORMATS, Foreign
from service.importing.foreign.notes import Assumptions, Desk

INTERACTIONS: Final = (
    *("view_item_list", "select_item", "view_item", "add_to_cart", "remove_from_cart"),
    *("add_to_wishlist", "begin_checkout", "purchase"),
)
_F = TypeVar("_F", bound=Callable[..., None])


class Wish(NamedTuple):
    """What was asked for; `format_name` None: the files are ours."""

    format_name: str | None
    consent: str | None
    currency: str | None
    interactions: Sequence[str]

    def reader(self, kind: str, files: Sequence[Path]) -> Foreign | None:
        """Return what reads the files. Raises click.UsageError, which says what to do, where they cannot be."""
        if self.format_name is None:
            if self.consent or self.currency or self.interactions:
                raise click.UsageError("--consent, --currency and --interaction go with --format")
            return None
        kinds = FORMATS[self.format_name].reads
        if kind not in kinds:
            known = " or ".join(kinds)
            raise click.UsageError(
                f"a {self.format_name} file holds {known}; import {kind} from a file of their own"
            )
        if any(".csv" in path.suffixes for path in files):
            raise click.UsageError(f"{self.format_name} is read from JSON lines or Parquet, not from CSV")
        if self.consent is None and kind == "events":
            raise click.UsageError(
                "say --consent yes or --consent no: what holds for visitors whose records say nothing of it. "
                "Without consent an event counts, but as nobody's"
            )
        return Foreign(self.format_name, kind, Desk(self._assumptions()))

    def _assumptions(self) -> Assumptions:
        interactions = {}
        for said in self.interactions:
            kind, separator, name = said.partition("=")
            if not separator or name not in INTERACTIONS:
                known = ", ".join(INTERACTIONS)
                raise click.UsageError(f"--interaction {said}: say TYPE=NAME, with NAME one of {known}")
            interactions[kind] = name
        return Assumptions(self.consent == "yes", self.currency, interactions)


def foreign_options(command: _F) -> Callable[..., None]:
    """Give a command the options; it gets them as one `wish`."""

    @click.option(
        "--format",
        "format_name",
        type=click.Choice(sorted(FORMATS)),
        help="Whose records they are: GA4's BigQuery export, Segment's calls, Metarank's events. Default: ours.",
    )
    @click.option(
        "--consent",
        type=click.Choice(["yes", "no"]),
        help="With --format: whether visitors agreed whose records do not say.",
    )
    @click.option(
        "--currency", metavar="CODE", help="With --format: of purchases that name none, such as EUR."
    )
    @click.option(
        "--interaction",
        "interactions",
        multiple=True,
        metavar="TYPE=NAME",
        help="With --format metarank: what a type of interaction is here, such as like=add_to_wishlist.",
    )
    @functools.wraps(command)
    def with_wish(
        *args: Any,  # noqa: ANN401 - the command's own
        format_name: str | None,
        consent: str | None,
        currency: str | None,
        interactions: tuple[str, ...],
        **more: Any,  # noqa: ANN401 - the command's own
    ) -> None:
        command(*args, wish=Wish(format_name, consent, currency, interactions), **more)

    return with_wish
