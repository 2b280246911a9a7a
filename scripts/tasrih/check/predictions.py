"""Rules about a system's predictions, and which rules of layers hold for them.

A system may be wrong in any way that can be scored; it may not be unreadable. So of the rules of layers those hold
for predictions that a reader of offsets and roles relies on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from tasrih import schema
from tasrih.check.fractions import annotation_fractions
from tasrih.check.rule import RULES, Context, Example, Rule, add
from tasrih.check.run import SCHEMA_CODE, said
from tasrih.model import Annotation, Document, Finding, Labels, LayerView, Settings
from tasrih.store import json_pointer

_OFFSETS = ("E102", "C102", "S102")
READABLE = ("E103", "C103", "S103", "C105", "C112", "S105", "L116", "L117")
_MOST_SHOWN = 100  # of one line: what is wrong everywhere need not be told of everywhere
_HELP = "A line of a predictions file is what one system annotates in one article of the gold: docs/evaluation.md."


def _rule(code: str, title: str, mend: str, bad: str, good: str) -> None:
    add(Rule(code, "error", "release", title, _HELP, mend, Example(bad), Example(good)))


_rule(
    "R301",
    "The line of the predictions file is not of the schema's shape",
    "mend the value that the message names",
    '{"article": "health-campaign-03"}',
    "a line with article, text_sha256, system and annotations",
)
_rule(
    "R302",
    "The gold has no article of this id",
    "take the line out, or give the gold that has the article",
    "a line about an article that is in neither split",
    "every line is about an article of the gold",
)
_rule(
    "R303",
    "The article has a second line",
    "keep one line an article",
    "two lines about health-campaign-03",
    "one line about health-campaign-03",
)
_rule(
    "R304",
    "The predictions were made on another text",
    "run the system on the text of the gold",
    "text_sha256 is that of an older text",
    "text_sha256 is that of the article's text",
)
_rule(
    "R305",
    "The line is of another system than the first",
    "keep one system a file",
    "a line of tagger-1 and a line of tagger-2",
    "every line is of tagger-1",
)


def finding(
    code: str, file: str, line: int, pointer: Sequence[str | int], message: str, hint: str = ""
) -> Finding:
    """What breaks rule `code` in a predictions file."""
    rule = RULES[code]
    return Finding(code, rule.severity, file, line, json_pointer(pointer), message, hint or rule.mend)


def shape_findings(verdict: Any, labels: Labels, record: Any, file: str, line: int) -> Iterator[Finding]:
    """What of a line is not of the schema's shape. `verdict` decides, jsonschema explains."""
    annotations = record.get("annotations")
    lines = annotations if isinstance(annotations, list) else []
    fractions = [
        ("annotations", index, *path) for index, one in enumerate(lines) for path in annotation_fractions(one)
    ]
    if verdict.is_valid(record) and not fractions:
        return
    found = False
    for error in islice(schema.explain("predictions", labels, record), _MOST_SHOWN):
        path = list(error.absolute_path)
        found = True
        yield finding(_code(path, lines), file, line, path, said(error))
    for fraction in fractions:
        found = True
        message = "the number is too large, or written as a fraction: offsets are plain whole numbers"
        yield finding(_code(fraction, lines), file, line, fraction, message)
    if not found:  # the two validators differ in a corner: the verdict stands
        yield finding("R301", file, line, [], "not of the schema's shape")


def _code(path: Sequence[str | int], lines: Sequence[Any]) -> str:
    """The rule of an annotation's type where the fault lies in one."""
    if len(path) < 2:
        return "R301"
    one = lines[int(path[1])]
    kind = one.get("type") if isinstance(one, dict) else None
    return SCHEMA_CODE.get(str(kind), "L110") if kind != "layer" else "L110"


def layer_findings(
    settings: Settings,
    document: Document,
    system: str,
    annotations: Sequence[Annotation],
    file: str,
    line: int,
) -> Iterator[Finding]:
    """What makes `annotations`, which are of the schema's shape, unreadable: offsets, quotes, ids, roles."""
    header: Any = {
        "type": "layer", "article": document["article"]["id"], "annotator": system,
        "text_sha256": document["article"]["text_sha256"], "guidelines": settings["guidelines"],
    }  # fmt: skip
    view = LayerView(system, document["article"], document["text"], header, list(annotations))
    place = {id(one): index for index, one in enumerate(annotations)}
    context = Context(settings)
    outside: set[int] = set()
    for code in _OFFSETS:
        for fault in RULES[code].function(view, context):  # type: ignore[misc]
            outside.add(id(fault.at))
            path = ("annotations", place[id(fault.at)], *fault.pointer)
            yield finding(code, file, line, path, fault.message, fault.hint)
    kept = [one for one in annotations if id(one) not in outside]
    inside = LayerView(system, document["article"], document["text"], header, kept)
    for code in READABLE:
        for fault in RULES[code].function(view if code[0] == "L" else inside, context):  # type: ignore[misc]
            path = ("annotations", place[id(fault.at)], *fault.pointer)
            yield finding(code, file, line, path, fault.message, fault.hint)
