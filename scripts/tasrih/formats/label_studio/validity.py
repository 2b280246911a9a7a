"""Whether a record has the shape of the schema, and if not, the first thing that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tasrih import schema
from tasrih.model import Labels
from tasrih.store import json_pointer

Faults: TypeAlias = Callable[[Mapping[str, Any]], str]


def faults(labels: Labels) -> Faults:
    """A function that says what is wrong with a line of a layer; empty where nothing is."""
    verdict = schema.verdict("annotation", labels)

    def first_fault(record: Mapping[str, Any]) -> str:
        if verdict.is_valid(record):
            return ""
        for error in schema.explain("annotation", labels, record):
            where = json_pointer(list(error.absolute_path))
            return f"{where}: {error.message[:200]}" if where else error.message[:200]
        return "it is not as annotation.schema.json says"

    return first_fault
