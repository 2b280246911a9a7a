"""An article for a verb that does not check it: whole enough to be read, or refused with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasrih import store
from tasrih.check.rule import RULES
from tasrih.check.run import Checker
from tasrih.model import Document, Settings
from tasrih.store import Corpus, Misuse, Place, Reading

_CODES = frozenset({"A102", "L111", "L112", "L116"})
# What other tools would show wrongly or not at all: spans outside of the text, other words than stand there, ends that are not there.
_SOUND = frozenset({"E102", "C102", "S102", "E103", "C103", "S103", "C112", "L117"})


def usable(
    corpus: Corpus,
    article_id: str,
    layer: str | None = None,
    *,
    every_layer: bool = False,
    local_texts: bool = True,
    sound: bool = False,
) -> Document:
    """The article with `layer` alone (where it has it) or every layer, quotes in words where the text is at hand.

    With `sound` spans must stand in the text, say what stands there, and name what is in the layer.
    Raises Misuse where there is no such article, and where the article or such a layer could not be read, is not
    of the schema's shape, or is another's.
    """
    if not corpus.folder(article_id).is_dir():
        raise Misuse(f"there is no article «{article_id}» in {corpus.root}")
    reading = store.read_document(corpus, article_id, local_texts=local_texts)
    place, document = reading.place, reading.document
    files = {place.article, place.text}
    files |= {file for name, (file, _) in place.layers.items() if every_layer or name == layer}
    codes = _CODES | _SOUND if sound else _CODES
    checker = Checker(
        corpus.settings, lambda code: code in codes or RULES[code].scope in ("reading", "schema")
    )
    for finding in checker.check(reading):
        if finding.severity == "error" and finding.file in files:
            raise Misuse(f"{finding}; «tasrih check {article_id}» says all")
    if document is None:
        raise Misuse(f"{Path(place.article)}: it could not be read; «tasrih check {article_id}» says why")
    layers = {name: lines for name, lines in document["layers"].items() if every_layer or name == layer}
    return store.with_quotes({"article": document["article"], "text": document["text"], "layers": layers})


def refuse_invalid(settings: Settings, document: Document, lines: list[Any], file: str) -> None:
    """Raises Misuse, naming every line, where `lines` (a header and annotations) are not of the schema's shape.

    What an import is about to write goes through here, so that a bad value is refused before it is on disk.
    """
    name = str(lines[0].get("annotator"))
    whole: Any = {"article": document["article"], "text": document["text"], "layers": {name: lines}}
    place = Place(file, layers={name: (file, list(range(len(lines))))})
    checker = Checker(settings, lambda code: RULES[code].scope == "schema" or code == "L116")
    wrong = [
        f"{lines[finding.line].get('id', 'header')}: {finding.pointer}: {finding.message}"
        for finding in checker.check(Reading(whole, place, []))
    ]
    if wrong:
        raise Misuse(f"{file}: nothing is written: " + "; ".join(wrong[:10]))
