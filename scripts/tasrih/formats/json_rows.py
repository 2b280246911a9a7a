"""JSON objects of somebody else's file, however they stand in it, and values of theirs that are looked at before they are used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeGuard

from tasrih import store
from tasrih.formats.exchange import decoded
from tasrih.store import Misuse

Row = dict[str, Any]

_MOST = 1 << 62


def rows(name: str, content: bytes, drop: Callable[[str, str], None]) -> Iterator[tuple[str, Row]]:
    """Every object with where it stands: of JSON lines, of a list, or one alone over several lines.

    What is no object goes to `drop`, with where it stands. Raises Misuse where there is no object at all.
    """
    text = decoded(name, content)
    whole = json_of(text)
    found: Iterable[tuple[str, Any]]
    if isinstance(whole, list):
        found = ((f"{name}: item {number}", row) for number, row in enumerate(whole, start=1))
    elif isinstance(whole, dict):
        found = ((f"{name}:1", whole),)
    else:
        lines = enumerate(text.split("\n"), start=1)
        found = ((f"{name}:{number}", json_of(line)) for number, line in lines if line.strip())
    some = False
    for where, row in found:
        if isinstance(row, dict):
            some = True
            yield where, row
        else:
            drop(where, "it is no JSON object, or a key stands in it twice")
    if not some:
        broken = (
            " (one spread over several lines has an error in it)" if text.lstrip().startswith("{") else ""
        )
        raise Misuse(f"{name}: it holds no JSON object; there is to be one a line{broken}")


def json_of(text: str) -> Any:
    """A JSON value; None where it is none."""
    try:
        return store.decode(text.encode())
    except (ValueError, RecursionError):
        return None


def listed(value: Any) -> list[Any]:
    """A list; nothing where it is none."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[Row]:
    """The objects of a list; of an object of lists, as columns are written, the objects that they make."""
    if isinstance(value, dict):
        columns = {key: listed(column) for key, column in value.items()}
        longest = max(map(len, columns.values()), default=0)
        return [
            {key: column[at] for key, column in columns.items() if at < len(column)} for at in range(longest)
        ]
    return [one for one in listed(value) if isinstance(one, dict)]


def is_number(value: Any) -> TypeGuard[int]:
    """Whether it is a whole number that is no truth value, and not beyond measure."""
    return type(value) is int and -_MOST < value < _MOST
