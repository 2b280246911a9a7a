"""A system's predictions as JSON Lines, one article a line: schemas/predictions.schema.json.

Offsets are code points. An annotation need not repeat the words of the text; where it does, they are checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson

from tasrih import schema, store
from tasrih.check.predictions import finding, layer_findings, shape_findings
from tasrih.check.run import finding_of_problem
from tasrih.model import Annotation, Document, Finding, Layer, Settings
from tasrih.store import Problem, in_key_order

# What only a layer in the corpus has a use for.
_NOT_PREDICTED = ("quote_hmac", "by", "note")


@dataclass(slots=True)
class Predictions:
    """What was read: annotations by article id with their words, and everything that is wrong with the file.

    `documents` by id are the articles that there may be predictions of; one that is not among them but in `elsewhere` is
    counted in `skipped` and not read on.
    """

    system: str = ""
    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    skipped: int = 0


def read(
    path: Path, settings: Settings, documents: Mapping[str, Document], elsewhere: frozenset[str] = frozenset()
) -> Predictions:
    """The predictions in a file, checked: each line's shape, article, text and annotations.

    `documents` are the articles that are scored, with their texts; `elsewhere` the ids of the gold's other articles,
    which are passed over. A line with a finding is not among the annotations. Raises Misuse where the file cannot be read.
    """
    found = Predictions()
    verdict = schema.verdict("predictions", settings["labels"])
    seen: set[str] = set()
    number = 0
    for number, record in store.read_records(path):
        if isinstance(record, Problem):
            found.findings.append(finding_of_problem(record))
            continue
        wrong = list(shape_findings(verdict, settings["labels"], record, str(path), number))
        if not wrong:
            wrong = list(_line_findings(record, found, seen, documents, elsewhere, (str(path), number)))
            seen.add(record["article"])
        if not wrong and record["article"] in documents:
            document = documents[record["article"]]
            wrong = list(
                layer_findings(settings, document, record["system"], record["annotations"], str(path), number)
            )
            if not wrong:
                text = cast(str, document["text"])
                found.annotations[record["article"]] = [_quoting(one, text) for one in record["annotations"]]
        elif not wrong:
            found.skipped += 1
        found.findings += wrong
    if not number:
        found.findings.append(finding_of_problem(Problem("empty", str(path), 1, "the file is empty")))
    return found


def _line_findings(
    record: Any,
    found: Predictions,
    seen: set[str],
    documents: Mapping[str, Document],
    elsewhere: frozenset[str],
    where: tuple[str, int],
) -> Iterator[Finding]:
    """What is wrong with a line as one of several about the articles of the gold."""
    article = record["article"]
    found.system = found.system or record["system"]
    if record["system"] != found.system:
        yield finding(
            "R305", *where, ["system"], f"says «{record['system']}», the lines before «{found.system}»"
        )
    if article in seen:
        yield finding("R303", *where, ["article"], f"«{article}» has a line already")
    if article in documents:
        digest = documents[article]["article"]["text_sha256"]
        if record["text_sha256"] != digest:
            message = f"of «{article}»: the text of the gold has {digest}"
            yield finding("R304", *where, ["text_sha256"], message)
    elif article not in elsewhere:
        yield finding("R302", *where, ["article"], f"there is no article «{article}»")


def _quoting(annotation: Annotation, text: str) -> Annotation:
    """`annotation` with the words that stand at its place, and at that of its cue."""
    quoting: Any = {**annotation, "text": text[annotation["start"] : annotation["end"]]}
    if cue := quoting.get("cue"):
        quoting["cue"] = {**cue, "text": text[cue["start"] : cue["end"]]}
    return cast(Annotation, quoting)


def header_for(document: Document, layer: str, settings: Settings, tool: str, now: str) -> Layer:
    """The header of the layer that predictions about `document` become."""
    return {
        "type": "layer", "article": document["article"]["id"], "text_sha256": document["article"]["text_sha256"],
        "annotator": layer, "guidelines": settings["guidelines"], "created": now, "tool": tool,
    }  # fmt: skip


def write(documents: Sequence[Document], layer: str, system: str) -> Iterator[bytes]:
    """`layer` of every document that has it and its text, as lines of a predictions file of `system`."""
    for document in documents:
        if layer in document["layers"] and document["text"] is not None:
            article = document["article"]
            lines = cast(list[Annotation], document["layers"][layer][1:])
            yield line(article["id"], article["text_sha256"], system, lines)


def line(article: str, text_sha256: str, system: str, annotations: Sequence[Annotation]) -> bytes:
    """What `system` annotates in an article as a line of a predictions file."""
    kept = [
        {key: value for key, value in in_key_order(one["type"], one).items() if key not in _NOT_PREDICTED}
        for one in annotations
    ]
    record = {"article": article, "text_sha256": text_sha256, "system": system, "annotations": kept}
    return orjson.dumps(record) + b"\n"
