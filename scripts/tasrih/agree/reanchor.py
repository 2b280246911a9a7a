"""An article whose text was corrected: every layer, the zones and the decisions moved to the new text, in one step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tasrih import folders, store
from tasrih.agree.differences import Case
from tasrih.agree.settle import digest
from tasrih.match.reanchor import Lost, reanchored, with_spans
from tasrih.model import Decision, Document
from tasrih.store import Corpus, Misuse
from tasrih.text.alignment import Alignment


@dataclass(frozen=True, slots=True)
class Moved:
    """The article as it stands on the new text, its decisions, and what found no place there."""

    document: Document
    decisions: list[Decision]
    lost: list[Lost]
    changed: int

    @property
    def said(self) -> str:
        """One line: how much moved, and how much was left out."""
        layers = self.document["layers"]
        count = sum(len(lines) - 1 for lines in layers.values())
        gone = f", {len(self.lost)} without a place" if self.lost else ""
        of = f"{len(layers)} layer" + ("s" if len(layers) != 1 else "")
        return f"{count:,} annotations in {of} stand on the new text, {self.changed:,} with other words{gone}"


def reanchored_article(corpus: Corpus, document: Document, text: str) -> Moved:
    """`document`, with all of its layers and its text at hand, on the corrected `text`; nothing is written.

    Raises Misuse where the text is not at hand, and where it is the same.
    """
    name = document["article"]["id"]
    if document["text"] is None:
        raise Misuse(f"{name}: its text is withheld; run «tasrih hydrate FILE» first")
    if document["text"] == text:
        raise Misuse(f"{name}: the text is as it was, to the letter")
    moved, lost = reanchored(document, text)
    before, after = _by_layer(document), _by_layer(moved)
    changed = sum(
        lines[key].get("text") != record.get("text")
        for layer, lines in before.items()
        for key, record in after[layer].items()
    )
    alignment = Alignment(document["text"], text)
    decisions, undone = [], []
    for decision in store.read_decisions(corpus, name):
        kept = _decision(decision, before, after, alignment)
        if kept is None:
            ids = " ".join(filter(None, (decision["one"], decision["other"])))
            undone.append(Lost("decisions", ids, decision["why"], "what it decides is gone"))
        else:
            decisions.append(kept)
    return Moved(moved, decisions, [*lost, *undone], changed)


def _by_layer(document: Document) -> dict[str, dict[str, Any]]:
    return {
        name: {cast(Any, line)["id"]: line for line in lines[1:]}
        for name, lines in document["layers"].items()
    }


def _decision(
    decision: Decision, before: Mapping[str, Any], after: Mapping[str, Any], alignment: Alignment
) -> Decision | None:
    """A decision on the new text: its digest is that of the two annotations as they stand there now."""
    moved: Any = dict(decision)
    if changes := decision.get("changes"):
        moved["changes"] = with_spans(changes, alignment)
        if moved["changes"] is None:
            return None
    if "digest" in decision:
        cases = [_case(decision, layers) for layers in (before, after)]
        if None in cases:
            return None
        if decision["digest"] == digest(cast(Case, cases[0])):
            moved["digest"] = digest(cast(Case, cases[1]))
    return cast(Decision, moved)


def _case(decision: Decision, layers: Mapping[str, Any]) -> Case | None:
    """The two annotations that a decision is on, or None where one of them is gone."""
    found = []
    for layer, name in zip(decision["layers"], (decision["one"], decision["other"]), strict=True):
        record = layers.get(layer, {}).get(name) if name else None
        if name and record is None:
            return None
        found.append(record)
    return Case(found[0], found[1])


def write(corpus: Corpus, moved: Moved) -> None:
    """Puts the article's folder, text, layers and decisions in the place of the old one, in one step."""
    article = moved.document["article"]
    folder = corpus.folder(article["id"])
    if not article["rights"]["redistribute"]:
        text = cast(str, moved.document["text"])
        store.write_atomic(store.local_text_path(corpus, article["text_sha256"]), text.encode())
    try:
        with folders.replacing(folder, beside=corpus.root / ".tasrih") as fresh:
            shutil.copytree(folder, fresh, dirs_exist_ok=True)
            for name, content in _files(corpus, moved):
                path = fresh / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
    except OSError as error:
        raise Misuse(f"{folder}: cannot be written: {error.strerror or error}") from None


def _files(corpus: Corpus, moved: Moved) -> Iterator[tuple[Path, bytes]]:
    """The article's files with their contents, by their paths inside its folder."""
    document = moved.document
    article = document["article"]
    kept = document if article["rights"]["redistribute"] else store.stripped(document)
    yield Path("article.json"), store.article_bytes(article)
    if kept["text"] is not None:
        yield Path("text.txt"), kept["text"].encode()
    for name, lines in kept["layers"].items():
        header, *annotations = cast(list[Any], lines)
        path = store.layer_path(corpus, article["id"], name).relative_to(corpus.folder(article["id"]))
        yield path, store.layer_bytes(header, annotations)
    if moved.decisions:
        yield Path("decisions.jsonl"), store.decisions_bytes(moved.decisions)
