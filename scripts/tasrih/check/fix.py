"""Mends what is safe to mend: order, edges, `within`, doubles, quotes of withheld texts, missing splits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import orjson

from tasrih import schema, store
from tasrih.check.claims import innermost
from tasrih.check.fractions import has_fractions
from tasrih.check.spans import proper_edges
from tasrih.match.near_duplicates import near_duplicates
from tasrih.model import (
    AUTHOR,
    GOLD,
    Annotation,
    Document,
    Layer,
    LayerView,
    SplitAssignment,
    layer_view,
    text_order,
)
from tasrih.splits import assign, groups_of
from tasrih.store import Corpus
from tasrih.text.canonical import QuoteKey


def fix_corpus(corpus: Corpus) -> list[str]:
    """Mends every layer and assigns splits; returns the files that were rewritten.

    A layer that could not be read whole is left alone: rewriting it would drop what was not read.
    """
    written: list[str] = []
    for name in corpus.ids():
        reading = store.read_document(corpus, name) if store.is_id(name) else None
        if reading is None or reading.document is None:
            continue
        unreadable = {problem.file for problem in reading.problems}
        for layer, (file, _) in reading.place.layers.items():
            if file not in unreadable and _fix_layer(corpus, reading.document, layer, Path(file)):
                written.append(file)
    return written + _fix_splits(corpus)


def _fix_layer(corpus: Corpus, document: Document, name: str, path: Path) -> bool:
    if not _well_formed(corpus, document, document["layers"][name]):
        return False
    withheld = not document["article"]["rights"]["redistribute"]
    if withheld and document["text"] is None and _quotes(document["layers"][name]):
        return False  # there is no text to hash them with
    if withheld and document["text"] is not None:
        if not _hashes_fit(document["layers"][name], document["text"]):
            return False
        document = store.with_quotes(document)
    fixed = fixed_annotations(layer_view(document, name))
    if withheld and document["text"] is not None:
        key = QuoteKey(document["text"])
        fixed = [store.strip_quotes(line, key) for line in fixed]
    after = store.layer_bytes(cast(Layer, document["layers"][name][0]), fixed)
    if after == path.read_bytes():
        return False
    store.write_atomic(path, after)
    return True


def _quoting(lines: list[Any]) -> Iterator[Any]:
    """Annotations and cues: what has a quote or its hash."""
    for line in lines[1:]:
        yield line
        if line.get("cue"):
            yield line["cue"]


def _quotes(lines: list[Any]) -> bool:
    return any("text" in part for part in _quoting(lines))


def _hashes_fit(lines: list[Any], text: str) -> bool:
    key = QuoteKey(text)
    return all(
        part.get("quote_hmac") in (None, key.digest(text[part["start"] : part["end"]]))
        for part in _quoting(lines)
    )


def _well_formed(corpus: Corpus, document: Document, lines: list[Any]) -> bool:
    verdict = schema.verdict("document", corpus.settings["labels"])
    headed = (
        bool(lines)
        and lines[0].get("type") == "layer"
        and all(line.get("type") != "layer" for line in lines[1:])
    )
    return headed and verdict.is_valid(document) and not has_fractions(document)


def fixed_annotations(layer: LayerView) -> list[Annotation]:
    """The annotations of `layer` in text order, mended: no doubles, trimmed edges, `within` as computed.

    A double goes only where it says nothing that the first does not say and nothing refers to it.
    """
    used = {name for claim in layer.claims for name in (*claim["claimers"], *claim.get("about", ()))}
    used |= {name for stance in layer.stances for name in (*stance["holders"], stance["target"])}
    used |= {name for entity in layer.entities for name in entity.get("members", ())}
    trimmed = [_trimmed(annotation, layer.text) for annotation in layer.annotations]
    kept = sorted(_without_doubles(trimmed, used), key=text_order)
    view = LayerView(layer.name, layer.article, layer.text, layer.header, kept)
    for claim, expected in zip(view.claims, innermost(view.claims), strict=True):
        if claim.get("within") != expected:
            claim["within"] = expected
    return kept


def _without_doubles(annotations: list[Annotation], used: set[str]) -> Iterator[Annotation]:
    """`annotations` without each entity that another says all of, but for its id, and that nothing refers to."""
    alike: dict[bytes, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        said = {
            key: value for key, value in annotation.items() if key != "id" or annotation["type"] != "entity"
        }
        alike[orjson.dumps(said, option=orjson.OPT_SORT_KEYS)].append(annotation)
    for same in alike.values():
        yield from [one for one in same if one["id"] in used or one["type"] != "entity"] or same[:1]


def _trimmed(part: Any, text: str | None) -> Any:
    """A copy of an annotation or cue whose span has no white space or marks at its edge."""
    fixed = dict(part)
    if fixed.get("cue"):
        fixed["cue"] = _trimmed(fixed["cue"], text)
    if text is None or "fragments" in fixed or part["end"] > len(text):
        return fixed
    if text[part["start"] : part["end"]] != part.get("text"):
        return fixed
    if span := proper_edges(text, part["start"], part["end"]):
        fixed["start"], fixed["end"] = span
        fixed["text"] = text[span[0] : span[1]]
    return fixed


def _may_be_rewritten(corpus: Corpus, frozen: list[SplitAssignment], problems: list[store.Problem]) -> bool:
    """Whether every frozen assignment could be read and is one: what is broken is for a person to mend."""
    verdict = schema.verdict("split", corpus.settings["labels"])
    readable = all(problem.kind == "empty" for problem in problems) and all(map(verdict.is_valid, frozen))
    return readable and len({record["article"] for record in frozen}) == len(frozen)


def _fix_splits(corpus: Corpus) -> list[str]:
    frozen, _, problems = store.read_splits(corpus)
    if not _may_be_rewritten(corpus, frozen, problems):
        return []
    events: dict[str, str] = {}
    contents: dict[str, Counter[str]] = {}
    texts: list[tuple[str, str]] = []
    article_verdict = schema.verdict("article", corpus.settings["labels"])
    for reading in store.read_gold(corpus):
        article: Any = reading.document and reading.document["article"]
        if (
            reading.document
            and article_verdict.is_valid(article)
            and article["id"] == Path(reading.place.article).parent.name
        ):
            events[article["id"]] = article["event"]
            contents[article["id"]] = _contents(reading.document)
            if reading.document["text"]:
                texts.append((article["id"], reading.document["text"]))
    groups = groups_of(events, ((one, other) for one, other, _ in near_duplicates(texts)))
    assigned = assign(events, frozen, groups, corpus.settings["splits"], contents)
    if len(assigned) == len(frozen):
        return []
    store.write_splits(corpus, assigned)
    return [str(corpus.root / "splits.jsonl")]


def _contents(document: Document) -> Counter[str]:
    """What a split should have its share of: the article, its topic, the labels and attributed claims of gold."""
    counts = Counter(("article", f"topic {document['article']['topic']}"))
    for line in cast(list[Any], document["layers"].get(GOLD, [])):
        if isinstance(line, dict) and line.get("type") in ("entity", "stance"):
            counts[f"{line['type']} {line.get('label')}"] += 1
        elif isinstance(line, dict) and line.get("type") == "claim":
            counts["claims of the author" if line.get("claimers") == [AUTHOR] else "attributed claims"] += 1
    return counts
