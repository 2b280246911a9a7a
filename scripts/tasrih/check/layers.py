"""Rules about layers as wholes: headers, ids, references, order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasrih.check.reading import BASE, CLEAN
from tasrih.check.rule import REMOVE, Context, Example, Fault, rule
from tasrih.model import AUTHOR, GOLD, NOBODY, UNNAMED, Document, LayerView, text_order

_HEADER = ("layers",)


@rule(
    "L111",
    "error",
    "document",
    mend="put the header back as the first line, and only there",
    bad=Example(BASE, {"/layers/gold/0": REMOVE}),
    good=CLEAN,
)
def header_missing(document: Document, context: Context) -> Iterator[Fault]:
    """The layer does not begin with its header, or has a second one."""
    for name, lines in document["layers"].items():
        kinds = [line["type"] for line in lines]
        if kinds[:1] != ["layer"] and name not in context.partial:
            yield Fault(
                "the first line is not the layer's header", "put it back", pointer=("layers", name, 0)
            )
        for index, kind in enumerate(kinds[1:], start=1):
            if kind == "layer":
                yield Fault("a second header", "delete it", pointer=("layers", name, index))


@rule(
    "L112",
    "error",
    "layer",
    mend="restore the header, or put the file where it belongs",
    bad=Example(BASE, {"/layers/gold/0/article": "other"}),
    good=CLEAN,
)
def header_of_another(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The layer is that of another article."""
    if layer.header["article"] != layer.article["id"]:
        yield Fault(
            f"the header says «{layer.header['article']}», the article is «{layer.article['id']}»",
            "",
            layer.header,
            ("article",),
        )


@rule(
    "L113",
    "error",
    "layer",
    mend="restore the text that was annotated, or annotate the present one",
    bad=Example(BASE, {"/layers/gold/0/text_sha256": "1" * 64}),
    good=CLEAN,
)
def annotated_other_text(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The layer was annotated on another text."""
    if layer.header["text_sha256"] != layer.article["text_sha256"]:
        yield Fault(
            "text_sha256 is not that of article.json", "was the text changed?", layer.header, ("text_sha256",)
        )


@rule(
    "L114",
    "error",
    "layer",
    mend="rename the file or mend the header",
    bad=Example(BASE, {"/layers/gold/0/annotator": "zaid"}),
    good=CLEAN,
)
def annotator_differs(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The annotator is not the layer's name."""
    if layer.header["annotator"] != layer.name:
        yield Fault(
            f"the header says «{layer.header['annotator']}», the layer is «{layer.name}»",
            "",
            layer.header,
            ("annotator",),
        )


@rule(
    "L115",
    "warning",
    "layer",
    mend="go through the layer after the present guidelines, or say in the release why not",
    bad=Example(BASE, {"/layers/gold/0/guidelines": "0.9"}),
    good=CLEAN,
)
def guidelines_differ(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The gold layer follows other guidelines than the corpus's."""
    if layer.name == GOLD and layer.header["guidelines"] != context.settings["guidelines"]:
        yield Fault(
            f"{layer.header['guidelines']}, the corpus has {context.settings['guidelines']}",
            "",
            layer.header,
            ("guidelines",),
        )


@rule(
    "L116",
    "error",
    "layer",
    mend="give one of the two another id, and mend what refers to it",
    bad=Example("<e1 ORG>الهيئة</e1> و<e2 GPE>تونس</e2>.", {"/layers/gold/2/id": "e1"}),
    good=CLEAN,
)
def id_stands_twice(layer: LayerView, context: Context) -> Iterator[Fault]:
    """An id stands twice in the layer."""
    if len({annotation["id"] for annotation in layer.annotations}) == len(layer.annotations):
        return
    seen: set[str] = set()
    for annotation in layer.annotations:
        if annotation["id"] in seen:
            yield Fault(
                f"«{annotation['id']}» stands twice", "give one of them another id", annotation, ("id",)
            )
        seen.add(annotation["id"])


def _names_in_roles(layer: LayerView) -> set[str]:
    """All that `_references` gives, without where it stands: most often all of it is there."""
    used: set[str] = set()
    for claim in layer.claims:
        used.update(claim["claimers"], claim.get("about", ()))
        if within := claim.get("within"):
            used.add(within)
    for stance in layer.stances:
        used.update(stance["holders"], (stance["target"],))
    for entity in layer.entities:
        if "members" in entity:
            used.update(entity["members"])
    return used.difference(NOBODY)


def _references(layer: LayerView) -> Iterator[tuple[Any, str, str]]:
    """Annotation, role and id of everything that refers to another annotation."""
    for entity in layer.entities:
        for name in entity.get("members", ()):
            yield entity, "members", name
    for claim in layer.claims:
        for name in claim["claimers"]:
            if name not in (AUTHOR, UNNAMED):
                yield claim, "claimers", name
        for name in claim.get("about", ()):
            yield claim, "about", name
        if within := claim.get("within"):
            yield claim, "within", within
    for stance in layer.stances:
        for name in stance["holders"]:
            if name not in (AUTHOR, UNNAMED):
                yield stance, "holders", name
        yield stance, "target", stance["target"]


@rule(
    "L117",
    "error",
    "layer",
    mend="name an annotation that is there",
    bad=Example(BASE.replace("claimers=e1", "claimers=e7")),
    good=CLEAN,
)
def dangling_role(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A role names an annotation that is not there."""
    used = _names_in_roles(layer)
    if layer.name in context.partial or not used:
        return
    ids = {other["id"] for other in layer.annotations} | context.broken_ids
    for annotation, role, name in _references(layer) if not used <= ids else ():
        if name not in ids:
            yield Fault(
                f"{annotation['id']}: {role} names {name}, which is not there",
                "name an annotation of this layer",
                annotation,
                (role,),
            )


@rule(
    "L118",
    "error",
    "layer",
    mend="sort the layer: «tasrih check --fix» does it",
    fixable=True,
    bad=Example("<e1 ORG>الهيئة</e1> و<e2 GPE>تونس</e2>.", {"/layers/gold": "reversed"}),
    good=CLEAN,
)
def not_in_text_order(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The annotations are not in text order.

    By start, the longer span first, then entity, claim, stance. A diff of two layers is read line by line.
    """
    start, end = -1, 0
    before: Any = None
    for annotation in layer.annotations:
        here, there = annotation["start"], annotation["end"]
        if here < start or (
            here == start and (there > end or (there == end and text_order(before) > text_order(annotation)))
        ):
            yield Fault(
                f"{annotation['id']} stands behind {before['id']}", "sort the layer", annotation, ("start",)
            )
            return
        start, end, before = here, there, annotation


@rule(
    "L119",
    "error",
    "layer",
    mend="strip the quotes: «tasrih check --fix» does it where the text is hydrated",
    fixable=True,
    bad=Example(BASE, {"/article/rights/redistribute": False, "/text": REMOVE}),
    good=CLEAN,
)
def quotes_of_withheld_text(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A layer quotes a text that may not be redistributed.

    In a stand-off layer every quote gives way to a keyed hash.
    """
    if layer.article["rights"]["redistribute"]:
        return
    for annotation in layer.annotations:
        cue = annotation.get("cue")
        if "text" in annotation or (cue and "text" in cue):  # type: ignore[operator]
            yield Fault(
                f"{annotation['id']} quotes the withheld text",
                "put quote_hmac in its place",
                annotation,
                ("text",),
            )


@rule(
    "L120",
    "error",
    "layer",
    mend="delete confidence: gold is decided",
    bad=Example(BASE, {"/layers/gold/1/confidence": 0.5}),
    good=CLEAN,
)
def confidence_in_gold(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Gold has a confidence, which only suggestions have."""
    if layer.name != GOLD:
        return
    for annotation in layer.annotations:
        if "confidence" in annotation:
            yield Fault(f"{annotation['id']} has a confidence", "delete it", annotation, ("confidence",))


@rule(
    "L121",
    "note",
    "document",
    mend="annotate the article, or adjudicate its layers",
    bad=Example(BASE, {"/layers": REMOVE}),
    good=CLEAN,
)
def gold_missing(document: Document, context: Context) -> Iterator[Fault]:
    """The article has no gold layer yet.

    A release holds gold, so the article is left out of it and stands in no split until it has some.
    """
    if GOLD not in document["layers"] and GOLD not in context.partial:
        yield Fault("there is no gold.jsonl yet, so no release holds the article", "", pointer=("article",))
