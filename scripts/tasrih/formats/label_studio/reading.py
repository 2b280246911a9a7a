"""Exports of Label Studio as layers: the envelope of tasks, which of them are ours, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from tasrih import store
from tasrih.formats import inline
from tasrih.formats.label_studio.assembly import Stored, assemble
from tasrih.formats.label_studio.config import TEXT
from tasrih.formats.label_studio.regions import At, read_result
from tasrih.formats.label_studio.validity import Faults, faults
from tasrih.formats.label_studio.writing import FORMAT
from tasrih.model import Annotation, Labels, Layer
from tasrih.store import Misuse
from tasrih.text.canonical import BOM, NotText, canonical, sha256

MAX_EXPORT = 4 * store.MAX_FILE
_MAX_FAULTS = 20
_EXPORT_JSON = "export the project as «JSON»"


@dataclass(frozen=True, slots=True)
class Annotated:
    """What one annotator made of one task.

    `article`, `header`, `layer` and `corpus_version` are None for a task that Tasrih did not write; `header` is
    also None where a bare text was pushed, and `guidelines` (their version) where the task does not say. `text` is canonical, and offsets are code points into it.
    """

    article: str | None
    task: str
    annotator: str | None
    annotation: str | None
    layer: str | None
    corpus_version: str | None
    guidelines: str | None
    text: str
    header: Layer | None
    annotations: list[Annotation]
    notes: list[str]


@dataclass(slots=True)
class Export:
    """What was read, and one line for everything that was not: skipped, drafts, tasks without an annotation."""

    results: list[Annotated] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Task:
    """A task with its canonical text; `source` is the text as the export has it."""

    name: str
    source: str
    text: str
    article: str | None = None
    layer: str | None = None
    corpus_version: str | None = None
    guidelines: str | None = None
    header: Layer | None = None
    stored: Stored = field(default_factory=dict)


def read(
    data: bytes | list[Any] | dict[str, Any],
    labels: Labels,
    file: str,
    texts: Mapping[str, str] | None = None,
    *,
    predictions: bool = False,
) -> Export:
    """Annotations of an export in Label Studio's JSON, or with `predictions` what a model had suggested there.

    `data` is the file's bytes or what the server's client returned; `texts` maps the corpus's article ids to
    their texts, and with it a task must be about one of them. A foreign task (one that Tasrih did not write) is
    read as far as it holds spans over `data.text`.

    Raises Misuse with every document that is refused, and for a file that is no such export.
    """
    reader = _Reader(file, labels, texts, predictions)
    for number, raw in enumerate(_tasks(data, file), start=1):
        reader.take(raw, _name(raw, number))
    if reader.refused:
        more = len(reader.refused) - _MAX_FAULTS
        raise Misuse("\n".join(reader.refused[:_MAX_FAULTS] + ([f"… and {more} more"] if more > 0 else [])))
    if reader.only_predicted and not reader.export.results:
        raise Misuse(
            f"{file}: it holds predictions alone, what a model suggested, and no annotation; "
            "import it as predictions, or annotate the tasks first"
        )
    return reader.export


# --- The file -----------------------------------------------------------------------------------------


def _tasks(data: bytes | list[Any] | dict[str, Any], file: str) -> Iterator[dict[str, Any]]:
    if not isinstance(data, bytes):
        try:
            data = orjson.dumps(data)
        except (TypeError, ValueError, RecursionError) as error:
            raise Misuse(f"{file}: it is no JSON: {str(error)[:200]}; {_EXPORT_JSON}") from None
    tasks = _decode(data, file)
    at = At(file, "the file")
    if isinstance(tasks, dict):
        if not ("data" in tasks or _is_min(tasks)):
            at.fail(f"it is an object without «data», no task of Label Studio; {_EXPORT_JSON}")
        tasks = [tasks]
    for number, task in enumerate(at.items(tasks, "the export"), start=1):
        if _is_min(at.record(task, f"task {number}")):
            at.fail(
                f"this is JSON-MIN, which loses relations, so nobody's claimer or target is in it; {_EXPORT_JSON}"
            )
        yield task


def _is_min(task: dict[str, Any]) -> bool:
    return "data" not in task and not {"annotation_id", "annotator", "lead_time"}.isdisjoint(task)


def _decode(raw: bytes, file: str) -> Any:
    if len(raw) > MAX_EXPORT:
        raise Misuse(f"{file}: {len(raw):,} bytes; the bound is {MAX_EXPORT:,}; export the project in parts")
    raw = raw.removeprefix(BOM)
    try:
        return store.decode(raw)
    except (ValueError, RecursionError) as error:
        raise Misuse(
            f"{file}: it is {_what_it_is(raw) or f'no JSON: {str(error)[:200]}'}; {_EXPORT_JSON}"
        ) from None


def _what_it_is(raw: bytes) -> str:
    """What people take for an export; empty where it is none of these."""
    head = raw[:2000].lstrip()
    line = head.split(b"\n", 1)[0]
    if head.startswith(b"PK\x03\x04"):
        return "a zip archive: unpack it first"
    if head.startswith(b"<"):
        return "XML or HTML, perhaps a labelling configuration, but no export"
    if head[:1] not in (b"[", b"{") and (b"," in line or b"\t" in line):
        return "a table (CSV or TSV), which loses relations"
    return ""


def _name(raw: dict[str, Any], number: int) -> str:
    identifier = raw.get("id")
    if isinstance(identifier, int | str) and not isinstance(identifier, bool):
        return str(identifier)[:40]
    return f"#{number}"


# --- Tasks and annotations ----------------------------------------------------------------------------


class _Reader:
    """Takes tasks one by one; what is refused is gathered, so that all of it can be mended at once."""

    def __init__(self, file: str, labels: Labels, texts: Mapping[str, str] | None, predictions: bool) -> None:
        self.export = Export()
        self.refused: list[str] = []
        self.only_predicted = 0
        self._file = file
        self._labels = labels
        self._texts = texts
        self._predictions = predictions
        self._first_fault = faults(labels)
        self._seen: set[tuple[str, str | None, str]] = set()

    def take(self, raw: dict[str, Any], name: str) -> None:
        """Reads the task `raw` with its annotations."""
        at = At(self._file, f"task {name}")
        try:
            task = _read_task(raw, name, self._texts, self._first_fault, at)
            at = at.inside(f"article {task.article}" if task.article else "a foreign text")
            for entry in self._entries(raw, at):
                self._take_entry(entry, task, at)
        except Misuse as error:
            self.refused.append(str(error))

    def _entries(self, raw: dict[str, Any], at: At) -> Iterator[_Entry]:
        """The annotations (or predictions) of a task that count; the others are listed as left out."""
        predicted = at.items(raw.get("predictions") or [], "predictions")
        # Before its version 1.0 Label Studio called annotations completions.
        annotated = at.items(raw.get("annotations") or raw.get("completions") or [], "annotations")
        entries = predicted if self._predictions else annotated
        for draft in at.items(raw.get("drafts") or [], "drafts"):
            by = _annotator(draft, at) if isinstance(draft, dict) else None
            self._leave_out(at, f"a draft by {by or 'somebody'} was never submitted")
        if not entries:
            why = "no prediction" if self._predictions else "not annotated"
            self._leave_out(at, why + (", predictions alone" if predicted else ""))
            self.only_predicted += bool(predicted)
        for number, entry in enumerate(entries, start=1):
            if isinstance(entry, int):
                at.fail(
                    f"it has but the number {entry} of what was made, not the thing; {_EXPORT_JSON}, with its contents"
                )
            record = at.record(entry, f"annotation {number}")
            read = _Entry(_annotator(record, at), _annotation_id(record, at), record.get("result"))
            if record.get("was_cancelled"):
                self._leave_out(at, f"{read} was skipped")
            else:
                yield read

    def _leave_out(self, at: At, why: str) -> None:
        self.export.left_out.append(f"{at.where}: {why}")

    def _take_entry(self, entry: _Entry, task: _Task, at: At) -> None:
        here = at.inside(str(entry))
        try:
            self._refuse_repeated(entry, task, here)
            result = here.items(entry.result, "its result")
            marked = read_result(result, task.source, self._labels, foreign=task.article is None, at=here)
            left_out = ", ".join(f"{count} × {what}" for what, count in sorted(marked.left_out.items()))
            if left_out and not marked.regions:
                here.fail(f"it has no span over the text, only {left_out}; Tasrih reads <Labels> over <Text>")
            annotations, notes = assemble(marked, task.text, task.stored, self._first_fault, here)
        except Misuse as error:
            self.refused.append(str(error))
            return
        notes = (
            marked.notes
            + notes
            + ([f"left out, for Tasrih has no place for it: {left_out}"] if left_out else [])
        )
        self.export.results.append(
            Annotated(
                article=task.article,
                task=task.name,
                annotator=entry.annotator,
                annotation=entry.identifier,
                layer=task.layer,
                corpus_version=task.corpus_version,
                guidelines=task.guidelines,
                text=task.text,
                header=task.header,
                annotations=annotations,
                notes=notes,
            )
        )

    def _refuse_repeated(self, entry: _Entry, task: _Task, at: At) -> None:
        if entry.identifier is None:
            return
        key = task.article or f"task {task.name}", entry.annotator, entry.identifier
        if key in self._seen:
            at.fail("it stands twice in the export; keep one")
        self._seen.add(key)


@dataclass(frozen=True, slots=True)
class _Entry:
    annotator: str | None
    identifier: str | None
    result: Any

    def __str__(self) -> str:
        return f"annotation {self.identifier or 'without an id'} by {self.annotator or 'nobody named'}"


def _annotation_id(record: dict[str, Any], at: At) -> str | None:
    identifier = record.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, int | str | None):
        at.fail(f"an annotation's id is neither a number nor a string; {_EXPORT_JSON}")
    return None if identifier is None else str(identifier)[:80]


def _annotator(record: dict[str, Any], at: At) -> str | None:
    """Who made an annotation: e-mail address, else number; of a prediction, the model."""
    by = next((record[key] for key in ("completed_by", "model_version", "user") if record.get(key)), None)
    if isinstance(by, dict):
        by = by.get("email") or by.get("username") or by.get("id")
    if isinstance(by, bool) or not isinstance(by, int | str | None):
        at.fail("completed_by names nobody: neither a number, a string nor a user")
    return None if by is None or by == "" else str(by)[:200]


def _read_task(
    raw: dict[str, Any], name: str, texts: Mapping[str, str] | None, first_fault: Faults, at: At
) -> _Task:
    data = at.record(raw.get("data"), "data")
    source = data.get(TEXT)
    if not isinstance(source, str):
        held = ", ".join(sorted(data))[:200] or "nothing"
        at.fail(
            f"its data has no «{TEXT}» (it has {held}); Tasrih annotates texts: rename the field that holds it"
        )
    try:
        text = canonical(source.encode())
    except NotText as error:
        at.fail(f"its text is none: {error}")
    if "tasrih" not in data:
        return _Task(name, source, text)
    article = at.string(data.get("article"), "data.article")
    at = at.inside(f"article {article[:80]}")
    if sha256(text) != data.get("text_sha256"):
        at.fail("its text is not the one that was pushed (data.text_sha256 differs); push the article again")
    if texts is not None:
        _compare(article, text, texts, at)
    ours = at.record(data["tasrih"], "data.tasrih")
    if ours.get("format") != FORMAT:
        at.fail(
            f"data.tasrih.format is not {FORMAT}: another version of Tasrih wrote it; read it with that one"
        )
    stored = at.record(ours.get("annotations"), "data.tasrih.annotations")
    for identifier, record in stored.items():
        at.record(record, f"data.tasrih.annotations.{identifier[:40]}")
    return _Task(
        name,
        source,
        text,
        article=article,
        layer=at.string(ours.get("layer"), "data.tasrih.layer"),
        corpus_version=at.string(data.get("corpus_version"), "data.corpus_version"),
        guidelines=at.string(ours["guidelines"], "data.tasrih.guidelines") if "guidelines" in ours else None,
        header=_header(ours.get("header"), data, first_fault, at),
        stored=stored,
    )


def _compare(article: str, text: str, texts: Mapping[str, str], at: At) -> None:
    if article not in texts:
        at.fail("this corpus has no such article; give the corpus it was pushed from")
    if texts[article] != text:
        difference = inline.first_difference(texts[article], text)
        at.fail(f"the article's text is not the one that was pushed ({difference}); push the article again")


def _header(header: Any, data: dict[str, Any], first_fault: Faults, at: At) -> Layer | None:
    """The header of the layer that was pushed, which must be that of this article; None for a bare text."""
    if header is None:
        return None
    if fault := first_fault(at.record(header, "data.tasrih.header")):
        at.fail(f"data.tasrih.header: {fault}; push the article again")
    if [header.get(key) for key in ("type", "article", "text_sha256")] != [
        "layer",
        data["article"],
        data["text_sha256"],
    ]:
        at.fail("data.tasrih.header is not that of this article; push the article again")
    return cast(Layer, header)
