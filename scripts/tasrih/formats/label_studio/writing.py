"""Layers of documents as tasks that Label Studio imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from tasrih.formats.label_studio.config import (
    ATTRIBUTES,
    CONTENT,
    CUE,
    FRAGMENT,
    NOBODY,
    ROLES,
    TEXT,
)
from tasrih.formats.label_studio.validity import Faults, faults
from tasrih.model import AUTHOR, UNNAMED, Annotation, Document, Labels, Layer, text_order
from tasrih.store import Misuse, put_quotes_back
from tasrih.text.canonical import sha256

FORMAT = 1
Item = dict[str, Any]

_OF_REGION = {"type", "id", "label", "start", "end", "text", "fragments"}
_SOURCES = {"claim": ("claimers", "claimer"), "stance": ("holders", "holder")}


def write(
    documents: Iterable[Document],
    labels: Labels,
    *,
    layer: str,
    corpus_version: str,
    guidelines: str = "",
    as_predictions: bool = False,
) -> Iterator[dict[str, Any]]:
    """One task a document, with its layer `layer` as an annotation, or as a prediction to be corrected.

    `guidelines` is the version after which the task is to be annotated.

    Offsets are code points. A document without that layer becomes a bare task. Whatever a region cannot show
    travels in `data.tasrih`, by id, and `read` puts it back.

    Raises Misuse where a text is withheld or is not the article's, and for a layer that a server would take
    but show wrongly: a label that the corpus does not have, a quote that is not what stands there, a role that
    names an annotation that is not there.
    """
    first_fault = faults(labels)
    for document in documents:
        yield _task(document, first_fault, layer, corpus_version, guidelines, as_predictions)


def _task(
    document: Document,
    first_fault: Faults,
    layer: str,
    version: str,
    guidelines: str,
    as_predictions: bool,
) -> dict[str, Any]:
    article, text = document["article"], document["text"]
    if text is None:
        raise Misuse(f"{article['id']}: its text is withheld; run «tasrih hydrate FILE» first")
    if sha256(text) != article["text_sha256"]:
        raise Misuse(f"{article['id']}: its text has another hash than article.json says; run «tasrih check»")
    data: dict[str, Any] = {TEXT: text, "article": article["id"]}
    if title := article.get("title"):
        data["title"] = title
    data |= {"text_sha256": article["text_sha256"], "corpus_version": version}
    ours: dict[str, Any] = {"format": FORMAT, "layer": layer}
    if guidelines:
        ours["guidelines"] = guidelines
    lines = document["layers"].get(layer)
    if not lines:
        return {"data": data | {"tasrih": ours | {"header": None, "annotations": {}}}}
    header, annotations = _layer(lines, text, first_fault, f"{article['id']}/{layer}")
    beside = {annotation["id"]: _beside(annotation) for annotation in annotations}
    data["tasrih"] = ours | {"header": header, "annotations": beside}
    result = _result(annotations, text)
    if as_predictions:
        return {"data": data, "predictions": [{"model_version": header["annotator"], "result": result}]}
    return {"data": data, "annotations": [{"result": result}]}


def _layer(
    lines: list[Layer | Annotation], text: str, first_fault: Faults, where: str
) -> tuple[Layer, list[Annotation]]:
    """Header and annotations, in text order and with their quotes in words, if a server may have them."""
    for number, line in enumerate(lines, start=1):
        fault = first_fault(line) or (
            "" if (line["type"] == "layer") == (number == 1) else "the header is the first line"
        )
        if fault:
            raise Misuse(
                f"{where}:{number}: {fault}; mend it, or add the label to corpus.toml; run «tasrih check»"
            )
    annotations = [put_quotes_back(cast(Annotation, line), text) for line in lines[1:]]
    _check(annotations, text, where)
    return cast(Layer, lines[0]), sorted(annotations, key=text_order)


def _beside(annotation: Annotation) -> dict[str, Any]:
    """What regions cannot show, and which keys are there: null is not the same as absent, nor is the order of ids."""
    beside = {key: value for key, value in annotation.items() if key not in _OF_REGION}
    if beside.get("cue"):
        beside["cue"] = True
    return beside


# --- Checks on the way out ----------------------------------------------------------------------------


def _check(annotations: list[Annotation], text: str, where: str) -> None:
    known = {annotation["id"]: annotation["type"] for annotation in annotations}
    if len(known) < len(annotations):
        raise Misuse(f"{where}: an id stands twice; run «tasrih check»")
    for annotation in annotations:
        here = f"{where}: {annotation['id']}"
        for start, end, quote in _spans(annotation):
            found = text[start:end]
            if not start < end <= len(text) or quote not in (None, found):
                raise Misuse(
                    f"{here}: says «{quote or ''}» at {start}..{end}, the text there «{found}»; run «tasrih check»"
                )
        for role, names in _roles(annotation):
            for name in names:
                if known.get(name) not in ROLES[role][1]:
                    wanted = " or ".join(ROLES[role][1])
                    raise Misuse(
                        f"{here}: its {role} is «{name}», no {wanted} of this layer; run «tasrih check»"
                    )


def _spans(annotation: Annotation) -> Iterator[tuple[int, int, str | None]]:
    """Start, end and quote of every span of `annotation`; a fragment has no quote of its own."""
    yield annotation["start"], annotation["end"], annotation.get("text")
    if annotation["type"] == "claim":
        for start, end in annotation.get("fragments", []):
            yield start, end, None
        if cue := annotation.get("cue"):
            yield cue["start"], cue["end"], cue.get("text")


# --- Regions, choices, relations ----------------------------------------------------------------------


def _result(annotations: list[Annotation], text: str) -> list[Item]:
    regions = [item for annotation in annotations for item in _region_items(annotation, text)]
    mains = {annotation["id"]: _main_id(annotation) for annotation in annotations}
    return regions + [item for annotation in annotations for item in _relation_items(annotation, mains)]


def _region(identifier: str, group: str, label: str, span: tuple[int, int], text: str) -> Item:
    value = {"start": span[0], "end": span[1], "text": text[span[0] : span[1]], "labels": [label]}
    return {"id": identifier, "from_name": group, "to_name": TEXT, "type": "labels", "value": value}


def _region_items(annotation: Annotation, text: str) -> Iterator[Item]:
    kind = annotation["type"]
    if annotation["type"] != "claim":
        span = annotation["start"], annotation["end"]
        main = _region(annotation["id"], kind, annotation["label"], span, text)
        parts: list[Item] = []
    else:
        main, *parts = _claim_regions(annotation["id"], cast(dict[str, Any], annotation), text)
    yield main
    place = {key: main["value"][key] for key in ("start", "end", "text")}
    for control, chosen in _chosen(annotation):
        value = place | {"choices": [chosen]}
        yield {"id": main["id"], "from_name": control, "to_name": TEXT, "type": "choices", "value": value}
    yield from parts


def _claim_regions(identifier: str, claim: dict[str, Any], text: str) -> Iterator[Item]:
    """The region of the content (of its first fragment), then those of further fragments and of the cue."""
    fragments = claim.get("fragments", [])
    if not fragments:
        yield _region(identifier, "claim", CONTENT, (claim["start"], claim["end"]), text)
    for number, (start, end) in enumerate(fragments, start=1):
        label = CONTENT if number == 1 else FRAGMENT
        yield _region(f"{identifier}-{number}", "claim", label, (start, end), text)
    if cue := claim.get("cue"):
        yield _region(f"{identifier}-cue", "claim", CUE, (cue["start"], cue["end"]), text)


def _chosen(annotation: Annotation) -> Iterator[tuple[str, str]]:
    """Control and value of every choice that `annotation` makes; null and what is absent make none."""
    kind, record = annotation["type"], cast(dict[str, Any], annotation)
    if kind in _SOURCES and record[_SOURCES[kind][0]] in ([AUTHOR], [UNNAMED]):
        yield NOBODY[kind], record[_SOURCES[kind][0]][0]
    for attribute in ATTRIBUTES[kind]:
        value = record.get(attribute)
        if value is not None:
            yield attribute, str(value).lower()


def _roles(annotation: Annotation) -> Iterator[tuple[str, list[str]]]:
    """Roles of `annotation` and the ids that fill them, in their order."""
    kind, record = annotation["type"], cast(dict[str, Any], annotation)
    if kind in _SOURCES and record[_SOURCES[kind][0]] not in ([AUTHOR], [UNNAMED]):
        yield _SOURCES[kind][1], record[_SOURCES[kind][0]]
    if kind == "stance":
        yield "target", [record["target"]]
    yield "about", record.get("about", [])
    yield "within", [record["within"]] if record.get("within") else []
    yield "member", record.get("members", [])


def _main_id(annotation: Annotation) -> str:
    return annotation["id"] + ("-1" if cast(dict[str, Any], annotation).get("fragments") else "")


def _relation_items(annotation: Annotation, mains: dict[str, str]) -> Iterator[Item]:
    """One relation for each pair of regions, with all their roles: the editor keeps one of several and drops the rest."""
    main = mains[annotation["id"]]
    roles: dict[tuple[str, str], list[str]] = {}
    for role, names in _roles(annotation):
        for name in names:
            roles.setdefault((main, mains[name]), []).append(role)
    if annotation["type"] == "claim":
        for number in range(2, len(annotation.get("fragments", [])) + 1):
            roles[f"{annotation['id']}-{number}", main] = ["part-of"]
        if annotation.get("cue"):
            roles[main, f"{annotation['id']}-cue"] = ["cue"]
    for (start, end), labels in roles.items():
        yield {"type": "relation", "from_id": start, "to_id": end, "direction": "right", "labels": labels}
