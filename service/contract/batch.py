"""A verdict for each entry of a batch: the valid ones are kept, whatever the others hold."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from service.contract.identifiers import ID_LENGTH
from service.contract.verdicts import FieldError, Rejection, field_errors

Entry: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[Entry], FieldError | None]


def judge(
    adapter: TypeAdapter[Any], raw: Sequence[object], id_name: str, check: Check
) -> tuple[list[Entry], list[Rejection]]:
    """Return the valid entries and a rejection for each of the others, both in the order of the batch.

    `check` says what the types of the adapter (of a list) cannot.
    """
    rejections: dict[int, Rejection] = {}
    valid = []
    for index, entry in _typed(adapter, raw, id_name, rejections):
        if (wrong := check(entry)) is None:
            valid.append(entry)
        else:
            rejections[index] = Rejection(index, entry[id_name], wrong.code, wrong.path, wrong.message)
    return valid, [rejections[index] for index in sorted(rejections)]


def _typed(
    adapter: TypeAdapter[Any], raw: Sequence[object], id_name: str, rejections: dict[int, Rejection]
) -> list[tuple[int, Entry]]:
    """Validate all at once: the usual batch holds nothing wrong, and pydantic is fastest on the whole."""
    try:
        return list(enumerate(adapter.validate_python(raw)))
    except ValidationError as error:
        for wrong in field_errors(error):
            index, path = _place(wrong.path)
            if index not in rejections:
                rejections[index] = Rejection(
                    index, _id(raw[index], id_name), wrong.code, path, wrong.message
                )
    places = [place for place in range(len(raw)) if place not in rejections]
    return list(zip(places, adapter.validate_python([raw[place] for place in places]), strict=True))


def _place(path: str) -> tuple[int, str]:
    """Split the path of an error in a batch.

    >>> _place("[3].items[0].price"), _place("[3]")
    ((3, 'items[0].price'), (3, ''))
    """
    index, _, rest = path[1:].partition("]")
    return int(index), rest.removeprefix(".")


def _id(entry: object, id_name: str) -> str | None:
    """Return the id of a refused entry, where it has one to tell it by."""
    said = entry.get(id_name) if isinstance(entry, dict) else None
    return said[:ID_LENGTH] if isinstance(said, str) else None
