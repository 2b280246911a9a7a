"""Label Studio's files as a format among the others: tasks and their configuration out, exports in.

The mapping itself is `tasrih.formats.label_studio`, which the live loop with a server uses too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from tasrih.formats import label_studio, marks
from tasrih.formats.exchange import File, Foreign, Imported, LabelReader, Note, Reading
from tasrih.formats.label_studio import Annotated
from tasrih.formats.marks import Mark
from tasrih.model import Annotation, Document, Labels, Settings

PREDICTIONS = "predictions"


def write(
    documents: Iterable[Document], settings: Settings, layer: str, *, results: str = "annotations"
) -> Iterator[File]:
    """config.xml and tasks.json, which a project of Label Studio takes."""
    yield "config.xml", label_studio.config(settings["labels"], settings["languages"][0]).encode()
    tasks = label_studio.write(
        documents,
        settings["labels"],
        layer=layer,
        corpus_version=settings["version"],
        guidelines=settings["guidelines"],
        as_predictions=results == PREDICTIONS,
    )
    yield "tasks.json", orjson.dumps([*tasks], option=orjson.OPT_INDENT_2) + b"\n"


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The annotations of exports, or with the option the predictions. Raises Misuse for what is no export, and says what it is.

    Annotations of one article by several are layers of one document.
    """
    given = sorted(files)
    exports = [one for one in given if one[0].endswith(".json")] or given
    labels = LabelReader(reading.labels, reading.mapping)
    imported = Imported()
    for name, content in exports:
        export = label_studio.read(
            content,
            _and_theirs(reading),
            name or "the file",
            predictions=reading.options.get("results") == PREDICTIONS,
        )
        imported.notes += [Note("dropped", name, line) for line in export.left_out]
        documents: dict[str, Foreign] = {}
        for result in export.results:
            _take(result, name, documents, labels, imported)
        imported.documents += documents.values()
    labels.refuse_unknown("the regions")
    return imported


def _and_theirs(reading: Reading) -> Labels:
    """The corpus's labels and those that --map gives names in it, which are renamed when they have been read."""
    theirs = [label for label in reading.mapping if label not in reading.labels["entity"]]
    return {**reading.labels, "entity": [*reading.labels["entity"], *theirs]}


def _take(
    result: Annotated, file: str, documents: dict[str, Foreign], labels: LabelReader, imported: Imported
) -> None:
    where = f"{file}: task {result.task}"
    name = result.article or f"task-{result.task}"
    document = documents.setdefault(name, Foreign(name, result.text))
    if result.article:
        document.metadata["id"] = result.article
    by = result.annotator or (result.header["annotator"] if result.header else "")
    if by in document.layers:
        by = f"{by}-{result.annotation or len(document.layers) + 1}"
        imported.notes.append(
            Note("note", where, f"a second annotation by one annotator is the layer «{by}»")
        )
    annotations, notes = _renamed(result.annotations, result.text, where, labels)
    imported.notes += [*(Note("note", where, note) for note in result.notes), *notes]
    for annotation in annotations:
        imported.counts[annotation["type"]] += 1
    document.layers[by] = annotations
    document.headers[by] = dict(result.header) if result.header else {}


def _renamed(
    annotations: list[Annotation], text: str, where: str, labels: LabelReader
) -> tuple[list[Annotation], list[Note]]:
    """The annotations with our labels; those that are left out with their links."""
    marked = marks.taken_apart(annotations)
    named = [(mark, _name(mark, labels)) for mark in marked.marks]
    if all(name == mark.label for mark, name in named):
        return annotations, []
    notes = [
        Note("dropped", where, f"{mark.id}: label «{mark.label}»") for mark, name in named if name is None
    ]
    for mark, name in named:
        mark.label = name or ""
    marked.marks = [mark for mark in marked.marks if mark.label]
    put, more = marks.put_together(marked, text, where)
    return put, notes + more


def _name(mark: Mark, labels: LabelReader) -> str | None:
    return labels.named(mark.label, mark.kind) if mark.kind in ("entity", "stance") else mark.label
