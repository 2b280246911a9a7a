"""What is fuzzed: every reader of files that are not ours, each as a function of bytes that ends in a result or in words.

A target may raise Misuse or NotText, which a user reads; anything else that it raises is a mistake of ours. What a format's
reader takes in goes on as an import would: into new articles, whose annotations must then be of the schema's shape.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ingest"))

import given
import paper

from corpora import SETTINGS, write_corpus
from samples import documents
from tasrih import shards, store
from tasrih.check import Checker
from tasrih.check.rule import CorpusView
from tasrih.formats import importing, inline, label_studio, predictions
from tasrih.formats.catalogue import FORMATS, Format
from tasrih.formats.exchange import File, Reading
from tasrih.ingest.opening import Input, inputs
from tasrih.ingest.run import records
from tasrih.ingest.source import Options
from tasrih.store import Corpus, Misuse
from tasrih.text.canonical import NotText

Target = Callable[[bytes], object]
BETWEEN = b"\n\0\n"  # between two files of one input
_MOST_FILES = 8
_GIVEN: dict[str, Any] = {"topic": "local", "rights": {"licence": "CC0-1.0", "redistribute": True}}
_STAMP = {"created": "2026-01-01T00:00:00Z", "tool": "fuzz"}


@cache
def _empty() -> Corpus:
    return write_corpus(Path(tempfile.mkdtemp(prefix="tasrih-fuzz-")), [])


def files_of(one: Format, data: bytes) -> list[File]:
    """An input as files: of a format of folders each part is a name, a line end and what stands in the file."""
    if not one.folder:
        return [(f"input{one.suffixes[0]}", data)]
    parts = (part.partition(b"\n") for part in data.split(BETWEEN)[:_MOST_FILES])
    return [(name.decode("utf-8", "replace"), content) for name, _, content in parts]


def of_format(one: Format) -> Target:
    """Reads an input as files of a format, and makes articles of what was read."""
    settings: Any = SETTINGS
    texts = {document["article"]["id"]: document["text"] or "" for document in documents(4)}

    def target(data: bytes) -> object:
        options = {name: choice.values[0] for name, choice in one.options.items()}
        reading = Reading(settings["labels"], {}, texts if one.needs_text else {}, options)
        imported = one.read(files_of(one, data), reading)
        return importing.planned(imported, _empty(), {}, _STAMP, create=_GIVEN)

    return target


def of_line(data: bytes) -> object:
    """Checks an input as a line of a shard, with every rule."""
    reading = shards.read_line("input.jsonl", 1, data)
    checker = Checker(SETTINGS)  # type: ignore[arg-type]
    checker.check(reading)
    view = CorpusView(SETTINGS, checker.summaries, [], [], "corpus", "1.0")  # type: ignore[arg-type]
    return list(checker.finish(view))


def of_folder(data: bytes) -> object:
    """Checks an input as the files of an article: article.json, the text, a layer."""
    names = ("article.json", "text.txt", "gold.jsonl")
    with tempfile.TemporaryDirectory(prefix="tasrih-fuzz-") as folder:
        inside = Path(folder, "articles", "example")
        inside.mkdir(parents=True)
        for name, part in zip(names, data.split(BETWEEN), strict=False):
            (inside / name).write_bytes(part)
        checker = Checker(SETTINGS)  # type: ignore[arg-type]
        return checker.check(store.read_document(Corpus(Path(folder), SETTINGS), "example"))  # type: ignore[arg-type]


def of_inline(data: bytes) -> object:
    """Reads an input as an inline file."""
    return inline.read(data.decode("utf-8", "replace"))


def of_label_studio(data: bytes) -> object:
    """Reads an input as an export of Label Studio."""
    return label_studio.read(data, SETTINGS["labels"], "input.json")


def of_predictions(data: bytes) -> object:
    """Reads an input as predictions about two articles."""
    known = {document["article"]["id"]: document for document in documents(2)}
    with tempfile.NamedTemporaryFile(prefix="tasrih-fuzz-", suffix=".jsonl") as file:
        file.write(data)
        file.flush()
        return predictions.read(Path(file.name), SETTINGS, known)  # type: ignore[arg-type]


def of_kind(kind: str) -> Target:
    """Reads an input as a source of a kind that is taken in."""

    def target(data: bytes) -> object:
        return given.found(data, kind, mend=bool(data[-1:] == b"\n"))

    return target


def of_any(data: bytes) -> object:
    """Reads an input as a file whose kind is found out, packed or an archive too."""
    with tempfile.NamedTemporaryFile(prefix="tasrih-fuzz-") as file:
        file.write(data)
        file.flush()
        return [
            list(records(one, Options())) if isinstance(one, Input) else one
            for one in inputs(file.name, None)
        ]


KINDS = ("plain", "html", "warc", "feed", "json", "jsonl", "csv", "docx", "pdf")
TARGETS: dict[str, Target] = {
    **{name: of_format(one) for name, one in FORMATS.items()},
    **{f"ingest-{kind}": of_kind(kind) for kind in KINDS},
    "ingest-any": of_any,
    "check-line": of_line,
    "check-folder": of_folder,
    "inline": of_inline,
    "label-studio-export": of_label_studio,
    "predictions": of_predictions,
}


def run(name: str, data: bytes) -> str:
    """What came of an input: "read", or the words that refuse it. Raises what is a mistake of ours."""
    try:
        TARGETS[name](data)
    except (Misuse, NotText) as error:
        return str(error) or "refused"
    return "read"


# --- Inputs to begin with -----------------------------------------------------------------------------


@cache
def seeds(name: str) -> list[bytes]:
    """Files that the target reads well, made by our own writers; once, as a workbook holds the time of its making."""
    return list(_seeds(name))


def _seeds(name: str) -> Iterator[bytes]:
    some = documents(4)
    settings: Any = SETTINGS
    if name in FORMATS:
        one = FORMATS[name]
        for document in some:
            made = one.write([document], settings, "gold")
            yield BETWEEN.join(
                file.encode() + b"\n" + content if one.folder else content for file, content in made
            )
    elif name == "check-line":
        yield from map(store.document_line, some)
    elif name == "check-folder":
        for document in some:
            lines: Any = document["layers"]["gold"]
            parts = (
                json.dumps(document["article"]),
                document["text"] or "",
                "\n".join(map(json.dumps, lines)) + "\n",
            )
            yield BETWEEN.join(part.encode() for part in parts)
    elif name.startswith("ingest-"):
        yield from _sources(name.removeprefix("ingest-"))
    elif name == "inline":
        yield from (inline.write(document).encode() for document in some)
    elif name == "label-studio-export":
        for document in some:
            tasks = label_studio.write([document], settings["labels"], layer="gold", corpus_version="0.1.0")
            yield json.dumps(list(tasks), ensure_ascii=False).encode()
    elif name == "predictions":
        yield b"".join(predictions.write(some[:2], "gold", "system"))


def _sources(kind: str) -> Iterator[bytes]:
    """Small files of a kind."""
    page, text = given.page("<title>جسر</title>").encode(), given.PARAGRAPH
    row = {"title": "جسر", "content": text, "date": "2024-05-07"}
    made: dict[str, list[bytes]] = {
        "plain": [f"الرباط (وكالة المرفأ) - {text}\n\nالصورة: سعيد\n".encode(), text.encode("cp1256"), text.encode("utf-16")],
        "html": [page, given.page('<meta property="og:title" content="جسر">').encode("cp1256", "ignore")],
        "warc": [
            given.record("http://example.org/a", page), given.members(given.record("http://example.org/a", page, headers="X: y\r\n")),
        ],
        "feed": [given.rss(f"<item><title>جسر</title><description>{text}</description></item>")],
        "json": [json.dumps([row, row]).encode()],
        "jsonl": [json.dumps(row).encode() + b"\n"],
        "csv": [f"title,content\nجسر,{text}\n".encode()],
        "docx": [_word(text)],
        "pdf": [paper.pdf(paper.lines("abc def", "ghi"), info="/Title (x)"), paper.pdf(paper.lines("abc"), packed=False)],
    }  # fmt: skip
    made["any"] = [
        gzip.compress(page, mtime=0),
        _zipped({"a.html": page, "b.csv": made["csv"][0]}),
        made["warc"][1],
        made["plain"][0],
    ]
    yield from made[kind]


def _word(text: str) -> bytes:
    import docx

    document, content = docx.Document(), io.BytesIO()
    document.add_heading("جسر", 1)
    document.add_paragraph(text)
    document.save(content)
    return content.getvalue()


def _zipped(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()


# --- Changing an input --------------------------------------------------------------------------------

_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 1e308, 0.5, "", "\0", "\ud83d", "\u202e", "../../x", "=1+1", "e1", [], {}, [[]], [None], "x" * 5000,
)  # fmt: skip


def changed_json(data: bytes, chooser: random.Random) -> bytes | None:
    """A JSON value, or one line of JSON lines, with one of its parts replaced by something odd; None where it is none."""
    lines = data.split(b"\n")
    at = chooser.randrange(len(lines))
    for start, end in ((0, len(lines)), (1, len(lines)), (at, at + 1)):
        try:
            value = json.loads(b"\n".join(lines[start:end]))
        except (ValueError, RecursionError):
            continue
        made = json.dumps(_changed(value, chooser), ensure_ascii=chooser.random() < 0.5)
        return b"\n".join([*lines[:start], made.encode("utf-8", "surrogatepass"), *lines[end:]])
    return None


def _changed(value: Any, chooser: random.Random, depth: int = 0) -> Any:
    if isinstance(value, (dict, list)) and value and chooser.random() < 0.9 and depth < 20:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = chooser.choice(keys)
        if chooser.random() < 0.1:
            if isinstance(value, dict):
                return {name: item for name, item in value.items() if name != key}
            return [*value, value[key]]
        inner = _changed(value[key], chooser, depth + 1)
        if isinstance(value, dict):
            return {**value, key: inner}
        return [*value[:key], inner, *value[key + 1 :]]
    if isinstance(value, int) and chooser.random() < 0.6:
        return value + chooser.choice((-1, 1, 10, -(10**6), 10**6))
    return chooser.choice(_ODD)


__all__ = ["TARGETS", "changed_json", "run", "seeds"]
