"""Suggestions as layers of a corpus: below a confidence they are left out, and they never take the place of people's work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from tasrih import store
from tasrih.check.usable import refuse_invalid, usable
from tasrih.model import (
    AUTHOR,
    SUGGESTED,
    UNNAMED,
    Annotation,
    Article,
    Document,
    Layer,
    is_suggestion,
    text_order,
)
from tasrih.store import Corpus, Misuse
from tasrih.suggest import Draft, Suggest, roles

BATCH = 32
_MADE_BY = "tasrih suggest"
_NOBODY = {AUTHOR, UNNAMED}


def suggest_layers(
    corpus: Corpus,
    articles: Sequence[str],
    suggest: Suggest,
    made_with: str,
    layer: str,
    least: float,
    tool: str,
) -> Iterator[tuple[str, list[Annotation]]]:
    """Writes a layer of suggestions for each article and yields its id with what was suggested, a batch at a time.

    `least` is the confidence below which a suggestion is left out. A withheld text that is not at hand is
    passed over. Raises Misuse where the layer is not one of suggestions, or somebody has worked on it.
    """
    if not is_suggestion(layer):
        raise Misuse(
            f"--layer: «{layer}» is an annotator's; suggestions go to {SUGGESTED} or {SUGGESTED}-NAME"
        )
    for first in range(0, len(articles), BATCH):
        documents = [usable(corpus, name, layer) for name in articles[first : first + BATCH]]
        documents = [document for document in documents if document["text"] is not None]
        for document in documents:
            refuse_worked_on(document, layer)
        drafts = [draft_of(document) for document in documents]
        for document, found in zip(documents, suggest(drafts), strict=True):
            annotations = confident(found, least)
            _write(corpus, document, annotations, made_with, layer, tool)
            yield document["article"]["id"], annotations


def draft_of(document: Document) -> Draft:
    """The draft of an article that nothing is annotated in. The text must be at hand."""
    article = document["article"]
    return Draft(document["text"] or "", article["zones"], article["language"])


def refuse_worked_on(document: Document, layer: str) -> None:
    """Raises Misuse where the document has a layer of that name that is not of suggestions alone."""
    lines: list[Any] = document["layers"].get(layer, [])
    if not lines:
        return
    made_by_suggest = str(lines[0].get("by", "")).startswith(_MADE_BY)
    if not made_by_suggest or any("confidence" not in line for line in lines[1:]):
        name = document["article"]["id"]
        raise Misuse(
            f"{name}: somebody has worked on layer {layer}; give another with --layer {SUGGESTED}-NAME"
        )


def _write(
    corpus: Corpus,
    document: Document,
    annotations: Sequence[Annotation],
    made_with: str,
    layer: str,
    tool: str,
) -> None:
    article = document["article"]
    header = header_of(article, layer, corpus.settings["guidelines"], made_with, tool)
    path = store.layer_path(corpus, article["id"], layer)
    refuse_invalid(corpus.settings, document, [header, *annotations], str(path))
    store.write_layer(corpus, article, layer, header, annotations, document["text"])


def header_of(article: Article, layer: str, guidelines: str, made_with: str, tool: str) -> Layer:
    """The header of a layer of suggestions."""
    return {
        "type": "layer",
        "article": article["id"],
        "text_sha256": article["text_sha256"],
        "annotator": layer,
        "guidelines": guidelines,
        "tool": tool,
        "by": f"{_MADE_BY} --with {made_with}",
    }


def confident(annotations: Sequence[Annotation], least: float) -> list[Annotation]:
    """The suggestions that are confident enough, in text order, and with them what their roles need.

    A claim or stance without its claimers, holders or target goes, and so does a nominal that fills no role; `about`,
    `members` and `within` lose what is gone.
    """
    kept = [line for line in annotations if line.get("confidence", 1.0) >= least]
    while True:
        whole = [line for line in map(_linked_to(kept), kept) if line is not None]
        used = {link for line in whole for link in roles(line)}
        after = [line for line in whole if not _is_idle_nominal(line, used)]
        if len(after) == len(kept):
            return sorted(after, key=text_order)
        kept = after


def _linked_to(kept: Sequence[Annotation]) -> Any:
    there = {line["id"] for line in kept} | _NOBODY

    def linked(line: Annotation) -> Annotation | None:
        record = cast(dict[str, Any], dict(line))
        for role in ("claimers", "holders", "about", "members"):
            if role in record:
                record[role] = [link for link in record[role] if link in there]
        if record.get("within") not in (None, *there):
            record["within"] = None
        required = ("claimers",) if line["type"] == "claim" else ("holders", "target")
        if line["type"] != "entity" and not all(record[role] for role in required):
            return None
        if record.get("target", UNNAMED) not in there:
            return None
        if record.get("members") == []:
            del record["members"]
        return cast(Annotation, record)

    return linked


def _is_idle_nominal(line: Annotation, used: set[str]) -> bool:
    return line["type"] == "entity" and line.get("form") == "nominal" and line["id"] not in used
