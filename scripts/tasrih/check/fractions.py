"""Lengths and offsets that decode to whole floats, such as 5.0 or a number past 64 bits.

They are integers to JSON Schema and no index to Python, so the verdict lets them through and no rule could
read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]


def fractions(document: Any) -> Iterator[Path]:
    """Paths into `document` of the lengths and offsets that are whole floats. The document may be of any shape."""
    article, layers = document.get("article"), document.get("layers")
    if isinstance(article, dict):
        if _is_fraction(article.get("length")):
            yield "article", "length"
        for index, zone in _numbered(article.get("zones")):
            for path in _of_span(zone):
                yield "article", "zones", index, *path
    for name, lines in layers.items() if isinstance(layers, dict) else ():
        for index, line in _numbered(lines):
            for path in _of_line(line):
                yield "layers", name, index, *path


def has_fractions(document: Any) -> bool:
    """Whether `fractions` finds any in a document of the schema's shape: a sum with a float in it is one."""
    article = document["article"]
    total = article["length"] + sum(zone["start"] + zone["end"] for zone in article["zones"])
    for lines in document["layers"].values():
        total += sum(line["start"] + line["end"] for line in lines if "start" in line)
        for line in lines:
            if line["type"] == "claim":
                cue = line.get("cue")
                total += cue["start"] + cue["end"] if cue else 0
                total += sum(offset for part in line.get("fragments", ()) for offset in part)
    return isinstance(total, float)


def annotation_fractions(line: Any) -> Iterator[Path]:
    """As `fractions`, of one annotation."""
    yield from _of_line(line)


def _numbered(values: Any) -> Iterator[tuple[int, Any]]:
    yield from enumerate(values if isinstance(values, list) else ())


def _of_span(span: Any) -> Iterator[Path]:
    if isinstance(span, dict):
        if _is_fraction(span.get("start")):
            yield ("start",)
        if _is_fraction(span.get("end")):
            yield ("end",)


def _of_line(line: Any) -> Iterator[Path]:
    yield from _of_span(line)
    if isinstance(line, dict) and line.get("type") == "claim":
        for path in _of_span(line.get("cue")):
            yield "cue", *path
        for index, part in _numbered(line.get("fragments")):
            for at, offset in _numbered(part):
                if _is_fraction(offset):
                    yield "fragments", index, at


def _is_fraction(number: object) -> bool:
    return type(number) is float and number.is_integer()
