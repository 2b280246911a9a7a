"""Mends what is safe to mend: order, edges, `within`, doubles, quotes of withheld texts, missing splits."""

from __future__ import annotations

from typing import Any, cast

from tasrih import store
from tasrih.check.claims import innermost
from tasrih.check.spans import trimmed_off
from tasrih.match.near_duplicates import near_duplicates
from tasrih.model import Annotation, Document, Layer, LayerView, layer_view
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
            if file not in unreadable and _fix_layer(corpus, reading.document, layer):
                written.append(file)
    return written + _fix_splits(corpus)


def _fix_layer(corpus: Corpus, document: Document, name: str) -> bool:
    lines = document["layers"][name]
    if not _well_formed(corpus, document, lines):
        return False
    fixed = fixed_annotations(layer_view(document, name))
    article, text = document["article"], document["text"]
    before = store.layer_path(corpus, article["id"], name).read_bytes()
    if not article["rights"]["redistribute"] and text is None:
        if any("text" in part for line in fixed for part in (line, cast(Any, line).get("cue") or {})):
            return False
        after = store.layer_bytes(cast(Layer, lines[0]), fixed)
    else:
        key = QuoteKey(text or "")
        out = fixed if article["rights"]["redistribute"] else [store.strip_quotes(line, key) for line in fixed]
        after = store.layer_bytes(cast(Layer, lines[0]), out)
    if after == before:
        return False
    store.write_atomic(store.layer_path(corpus, article["id"], name), after)
    return True


def _well_formed(corpus: Corpus, document: Document, lines: list[Any]) -> bool:
    from tasrih import schema

    verdict = schema.verdict("document", corpus.settings["labels"])
    headed = bool(lines) and lines[0].get("type") == "layer" and all(line.get("type") != "layer" for line in lines[1:])
    return headed and verdict.is_valid(document)


def fixed_annotations(layer: LayerView) -> list[Annotation]:
    """The annotations of `layer`, mended: no doubles, trimmed edges, `within` as computed."""
    kept: list[Annotation] = []
    seen: set[tuple[object, ...]] = set()
    used = {name for claim in layer.claims for name in (*claim["claimers"], *claim.get("about", ()))}
    used |= {name for stance in layer.stances for name in (*stance["holders"], stance["target"])}
    used |= {name for entity in layer.entities for name in entity.get("members", ())}
    for annotation in layer.annotations:
        key = (annotation["type"], annotation.get("label"), annotation["start"], annotation["end"])
        if annotation["type"] == "entity" and key in seen and annotation["id"] not in used:
            continue
        seen.add(key)
        kept.append(cast(Annotation, _trimmed(annotation, layer.text)))
    view = LayerView(layer.name, layer.article, layer.text, layer.header, kept)
    for claim in view.claims:
        expected = innermost(view, claim)
        if claim.get("within") != expected:
            claim["within"] = expected
    return kept


def _trimmed(part: Any, text: str | None) -> dict[str, Any]:
    """A copy of an annotation or cue whose span has no white space or marks at its edge."""
    fixed = dict(part)
    if fixed.get("cue"):
        fixed["cue"] = _trimmed(fixed["cue"], text)
    if text is None or "fragments" in fixed or text[part["start"] : part["end"]] != part.get("text"):
        return fixed
    if span := trimmed_off(text, part["start"], part["end"]):
        fixed["start"], fixed["end"] = span
        fixed["text"] = text[span[0] : span[1]]
    return fixed


def _fix_splits(corpus: Corpus) -> list[str]:
    frozen, _, problems = store.read_splits(corpus)
    if problems and (corpus.root / "splits.jsonl").stat().st_size:
        return []
    events: dict[str, str] = {}
    texts: list[tuple[str, str]] = []
    for reading in store.read_corpus(corpus):
        if reading.document is not None and isinstance(reading.document["article"].get("event"), str):
            article = reading.document["article"]
            events[article["id"]] = article["event"]
            if reading.document["text"]:
                texts.append((article["id"], reading.document["text"]))
    groups = groups_of(events, ((one, other) for one, other, _ in near_duplicates(texts)))
    assigned = assign(events, frozen, groups, corpus.settings["splits"])
    if len(assigned) == len(frozen):
        return []
    store.write_splits(corpus, assigned)
    return [str(corpus.root / "splits.jsonl")]
