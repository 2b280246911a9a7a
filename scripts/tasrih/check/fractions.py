"""Lengths and offsets that decode to whole floats, such as 5.0 or a number past 64 bits.

They are integers to JSON Schema and no index to Python, so the verdict lets them through and no rule could
read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OFFSETS = ("start", "end")


def fractions(document: Any) -> Iterator[list[str | int]]:
    """Paths into `document` of the lengths and offsets that are whole floats. The document may be of any shape."""
    article, layers = document.get("article"), document.get("layers")
    if isinstance(article, dict):
        if _is_fraction(article.get("length")):
            yield ["article", "length"]
        zones = article.get("zones")
        for index, zone in enumerate(zones if isinstance(zones, list) else ()):
            yield from (["article", "zones", index, key] for key in _OFFSETS if isinstance(zone, dict) and _is_fraction(zone.get(key)))
    for name, lines in layers.items() if isinstance(layers, dict) else ():
        for index, line in enumerate(lines if isinstance(lines, list) else ()):
            if isinstance(line, dict):
                yield from (["layers", name, index, *path] for path in _fractions_of_line(line))


def _fractions_of_line(line: dict[str, Any]) -> Iterator[list[str | int]]:
    for key in _OFFSETS:
        if _is_fraction(line.get(key)):
            yield [key]
    cue, fragments = line.get("cue"), line.get("fragments")
    if isinstance(cue, dict):
        yield from (["cue", key] for key in _OFFSETS if _is_fraction(cue.get(key)))
    if isinstance(fragments, list):
        parts = ((index, part) for index, part in enumerate(fragments) if isinstance(part, list))
        yield from (["fragments", index, at] for index, part in parts for at, offset in enumerate(part) if _is_fraction(offset))


def _is_fraction(number: object) -> bool:
    return type(number) is float and number.is_integer()
