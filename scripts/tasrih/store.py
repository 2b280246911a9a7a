"""Reads and writes a corpus folder, and reads shards of documents. Writing is beside and rename.

A document that is read comes with its `Place`, which knows the file and line of every part of it, and
with the `Problem`s that reading met: what could not be read at all never becomes part of the document.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from tasrih import schema
from tasrih.model import (
    GOLD,
    Annotation,
    Article,
    Decision,
    Document,
    Layer,
    Settings,
    SplitAssignment,
    text_order,
)
from tasrih.text.canonical import QuoteKey, sha256

MAX_LINE = 16 * 1024 * 1024
MAX_FILE = 64 * 1024 * 1024
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LAYER_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\Z")


class Misuse(Exception):  # noqa: N818
    """Something was asked for that cannot be done; the message says what, where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read. `kind` is a word that check maps to a rule."""

    kind: str
    file: str
    line: int
    detail: str


@dataclass(slots=True)
class Place:
    """Where the parts of a document stand.

    `layers` has the file of a layer and the line of each of its records; `kept` the places of those records
    that are still in the document, where some were left out of it.
    """

    article: str
    text: str = ""
    layers: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    shard_line: int = 0
    kept: dict[str, list[int]] = field(default_factory=dict)

    def locate(self, pointer: Sequence[str | int]) -> tuple[str, int, str]:
        """File, line and JSON pointer (within that line's record) of `pointer` into the document."""
        if len(pointer) > 2 and pointer[0] == "layers" and pointer[1] in self.kept:
            at, kept = int(pointer[2]), self.kept[str(pointer[1])]
            pointer = [*pointer[:2], kept[at] if at < len(kept) else 0, *pointer[3:]]
        if self.shard_line:
            return self.article, self.shard_line, json_pointer(pointer)
        if pointer and pointer[0] == "text":
            return self.text, 1, ""
        if len(pointer) >= 2 and pointer[0] == "layers" and pointer[1] in self.layers:
            file, lines = self.layers[str(pointer[1])]
            index = pointer[2] if len(pointer) > 2 else 0
            line = lines[int(index)] if int(index) < len(lines) else 1
            return file, line, json_pointer(pointer[3:])
        return self.article, 1, json_pointer(pointer[1:])


def json_pointer(parts: Sequence[str | int]) -> str:
    """RFC 6901 pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass(slots=True)
class Reading:
    """A document as it was read. `document` is None where there is no readable article record.

    `hydrated` says that the text is not the repository's own but came from a local copy.
    """

    document: Document | None
    place: Place
    problems: list[Problem]
    hydrated: bool = False


@dataclass(slots=True)
class Corpus:
    """A corpus folder: its settings, and where it is."""

    root: Path
    settings: Settings

    @property
    def articles(self) -> Path:
        return self.root / "articles"

    @property
    def texts(self) -> Path:
        """Local copies of texts that may not be redistributed, by their hash; ignored by git."""
        return self.root / ".tasrih" / "texts"

    @property
    def models(self) -> Path:
        """What was learnt from the corpus's gold, by the hash of that; ignored by git and safe to delete."""
        return self.root / ".tasrih" / "models"

    def folder(self, article_id: str) -> Path:
        """The folder of an article. Raises Misuse where the id is not one, so that no path gets out."""
        if not is_id(article_id):
            raise Misuse(
                f"«{article_id}» is not an article id: lower-case letters, digits and single hyphens"
            )
        return self.articles / article_id

    def ids(self) -> list[str]:
        """Names of all article folders, sorted."""
        if not self.articles.is_dir():
            return []
        return sorted(entry.name for entry in self.articles.iterdir() if entry.is_dir())


def is_id(name: str) -> bool:
    """Whether `name` may be an article's id."""
    return bool(_ID.match(name)) and len(name) <= 80


def is_layer_name(name: str) -> bool:
    """Whether `name` may be a layer's name."""
    return bool(_LAYER_NAME.match(name)) and len(name) <= 80


# --- Reading ------------------------------------------------------------------------------------------


def read_settings_file(path: Path) -> dict[str, Any]:
    """corpus.toml as it stands. Raises Misuse where it cannot be read as TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Misuse(f"{path}: there is no corpus here; give --corpus DIR") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(f"{path}: {error}") from None


def open_corpus(root: Path) -> Corpus:
    """The corpus in folder `root`. Raises Misuse where corpus.toml is missing or not valid."""
    settings = read_settings_file(root / "corpus.toml")
    empty: Any = {"entity": [], "stance": [], "topic": []}
    for error in schema.faults("corpus", empty, settings):
        raise Misuse(
            f"{root / 'corpus.toml'}: {json_pointer(list(error.absolute_path))}: {error.message[:200]}"
        )
    return Corpus(root, cast(Settings, settings))


def read_splits(corpus: Corpus) -> tuple[list[SplitAssignment], list[int], list[Problem]]:
    """The frozen assignments, the line of each, and what could not be read."""
    path = corpus.root / "splits.jsonl"
    if not path.exists():
        return [], [], []
    records, lines, problems = _read_lines(path)
    return cast(list[SplitAssignment], records), lines, problems


def _repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(
            f"the key «{next(n for n in names if names.count(n) > 1)}» stands twice in one object"
        )
    return record


_MOST_BRACKETS = 200
_SPACE_BEFORE_COLON = re.compile(rb'"\s+:')


def decode(raw: bytes) -> Any:
    """A JSON value. Raises ValueError for what is not JSON, for lone surrogates and for a repeated key."""
    record = orjson.loads(raw)
    if not _has_each_key_once(raw, record):
        json.loads(raw, object_pairs_hook=_repeated_keys)
    return record


def _has_each_key_once(raw: bytes, record: Any) -> bool:
    """Whether it is plain without a second, slow decoding that no key stands twice in `raw`, decoded to `record`.

    Behind every key there are a quotation mark and a colon, so where these are no more than the keys that are
    left, none was given twice. A value so deep that the slow decoder gives up on it is left to that one.
    """
    if raw.count(b"[") + raw.count(b"{") > _MOST_BRACKETS:
        return False
    if type(record) is dict and raw.count(b":") == len(record):
        return True
    return raw.count(b'":') == _keys(record) and not _SPACE_BEFORE_COLON.search(raw)


def _keys(value: Any) -> int:
    """How many keys a decoded value has, those of the values in it included."""
    if type(value) is dict:
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if type(value) is list else 0


def _read_file(path: Path) -> tuple[bytes | None, Problem | None]:
    try:
        if path.stat().st_size > MAX_FILE:
            return None, Problem(
                "too-large", str(path), 1, f"{path.stat().st_size:,} bytes; the bound is {MAX_FILE:,}"
            )
        return path.read_bytes(), None
    except FileNotFoundError:
        return None, Problem("missing", str(path), 1, "no such file")
    except OSError as error:
        return None, Problem("unreadable", str(path), 1, str(error.strerror or error))


def bad_line(raw: bytes) -> tuple[str, str] | None:
    """What is wrong with a line before its JSON: the kind of problem and its detail."""
    if len(raw) > MAX_LINE:
        return "line-too-long", f"{len(raw):,} bytes; the bound is {MAX_LINE:,}"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return "not-utf-8", f"byte {error.start} of the line is not UTF-8 ({error.reason})"
    if b"\0" in raw:
        return "nul", "a NUL character"
    return None if raw.strip() else ("blank-line", "an empty line")


def _read_lines(path: Path) -> tuple[list[Any], list[int], list[Problem]]:
    raw, problem = _read_file(path)
    if raw is None:
        return [], [], [cast(Problem, problem)]
    if not raw.strip():
        return [], [], [Problem("empty", str(path), 1, "the file is empty")]
    records, lines, problems = [], [], []
    for number, line in enumerate(raw.removesuffix(b"\n").split(b"\n"), start=1):
        record = _record(path, number, line)
        if isinstance(record, Problem):
            problems.append(record)
        else:
            records.append(record)
            lines.append(number)
    return records, lines, problems


def _read_article(path: Path) -> tuple[Article | None, list[Problem]]:
    raw, problem = _read_file(path)
    if raw is None:
        return None, [cast(Problem, problem)]
    if not raw.strip():
        return None, [Problem("empty", str(path), 1, "the file is empty")]
    try:
        raw.decode("utf-8")
        record = decode(raw)
    except UnicodeDecodeError as error:
        return None, [Problem("not-utf-8", str(path), 1, f"byte {error.start} is not UTF-8 ({error.reason})")]
    except (ValueError, RecursionError) as error:
        return None, [Problem("not-json", str(path), 1, str(error)[:200])]
    if not isinstance(record, dict):
        return None, [Problem("not-an-object", str(path), 1, "article.json is JSON, but not an object")]
    return cast(Article, record), []


def _read_text(path: Path) -> tuple[str | None, list[Problem]]:
    raw, problem = _read_file(path)
    if raw is None:
        return None, [cast(Problem, problem)]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, [Problem("text-not-utf-8", str(path), line, f"byte {error.start} is not UTF-8")]


def layer_files(folder: Path) -> tuple[list[tuple[str, Path]], list[Problem]]:
    """Names and files of an article's layers, gold first; and the files whose names are no layer's."""
    gold = folder / "gold.jsonl"
    found = [(GOLD, gold)] if gold.exists() else []
    problems: list[Problem] = []
    layers = folder / "layers"
    for path in sorted(layers.iterdir()) if layers.is_dir() else ():
        name = path.name.removesuffix(".jsonl")
        if path.suffix == ".jsonl" and is_layer_name(name) and name != GOLD:
            found.append((name, path))
        elif not path.name.startswith("."):
            problems.append(
                Problem(
                    "layer-name",
                    str(path),
                    1,
                    f"«{path.name}» is not the file of an annotator's layer, so it is not read",
                )
            )
    return found, problems


def read_document(corpus: Corpus, article_id: str, *, local_texts: bool = True) -> Reading:
    """An article's folder as a document.

    With `local_texts` a withheld text is taken from its hydrated copy where there is one. Quotes stay as the
    files have them; `with_quotes` puts them back.
    """
    folder = corpus.articles / article_id
    article_file, text_file = folder / "article.json", folder / "text.txt"
    article, problems = _read_article(article_file)
    place = Place(str(article_file), str(text_file))
    text: str | None = None
    hydrated = False
    if text_file.exists():
        text, text_problems = _read_text(text_file)
        problems += text_problems
    elif article is not None and local_texts:
        text = read_local_text(corpus, article.get("text_sha256"))
        hydrated = text is not None
    layers: dict[str, list[Layer | Annotation]] = {}
    files, name_problems = layer_files(folder)
    problems += name_problems
    for name, path in files:
        records, lines, layer_problems = _read_lines(path)
        problems += layer_problems
        place.layers[name] = (str(path), lines)
        layers[name] = records
    if article is None:
        return Reading(None, place, problems)
    return Reading({"article": article, "text": text, "layers": layers}, place, problems, hydrated)


def read_gold(corpus: Corpus, *, local_texts: bool = True) -> Iterator[Reading]:
    """The articles that have a gold layer: what a release holds."""
    for reading in read_corpus(corpus, local_texts=local_texts):
        if reading.document is not None and GOLD in reading.document["layers"]:
            yield reading


def read_local_text(corpus: Corpus, digest: object) -> str | None:
    """The hydrated text with SHA-256 `digest`, or None. A file whose content does not fit its name is ignored."""
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None
    path = local_text_path(corpus, digest)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if sha256(text) == digest else None


def read_corpus(
    corpus: Corpus, ids: Iterable[str] | None = None, *, local_texts: bool = True
) -> Iterator[Reading]:
    """Every article of the corpus (or `ids`), in the order of their ids."""
    for article_id in corpus.ids() if ids is None else ids:
        yield read_document(corpus, article_id, local_texts=local_texts)


def read_records(path: Path) -> Iterator[tuple[int, Any | Problem]]:
    """Every line of a JSON Lines file with its number: an object, or why there is none.

    A line past MAX_LINE is never held whole. Raises Misuse where the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(MAX_LINE + 1):
                number += 1
                size = len(line) + skip_rest(stream, line)
                yield number, _record(path, number, line.removesuffix(b"\n") if size == len(line) else line)
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror or error}") from None


def _record(path: Path, number: int, raw: bytes) -> Any | Problem:
    bad = None if len(raw) <= MAX_LINE else bad_line(raw)
    if bad is None:
        try:
            record = decode(raw)
        except (ValueError, RecursionError) as error:
            kind, detail = bad_line(raw) or ("not-json", str(error)[:200])
            return Problem(kind, str(path), number, detail)
        if isinstance(record, dict):
            return record
        bad = ("not-an-object", "the line is JSON, but not an object")
    return Problem(bad[0], str(path), number, bad[1])


def skip_rest(stream: BinaryIO, line: bytes) -> int:
    """Passes over what is left of a line that was cut off at MAX_LINE; returns the bytes passed over."""
    passed = 0
    while len(line) > MAX_LINE and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE + 1)
        passed += len(line)
    return passed


_NOT_STATED = ("text", "quote_hmac", "by", "note", "confidence")


def gold_sha256(documents: Iterable[Document]) -> str:
    """SHA-256 of articles' ids, texts and gold annotations; a key without a value is as one left out.

    Quotes do not count, as text and offsets say them: the hash of a stand-off layer is the same.
    """
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda one: one["article"]["id"]):
        article = document["article"]
        lines = [_stated(line) for line in document["layers"][GOLD][1:]]
        lines.sort(key=lambda one: str(one["id"]))
        record = [article["id"], article["text_sha256"], lines]
        digest.update(json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def _stated(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says, without quotes, remarks and keys that say nothing."""
    return {
        key: _stated(value) if isinstance(value, dict) else value
        for key, value in record.items()
        if value not in (None, [], {}, "unspecified") and key not in _NOT_STATED
    }


def read_bytes(path: Path, most: int) -> bytes:
    """The content of a file. Raises Misuse where there is none, where it cannot be read or has more bytes than `most`."""
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise Misuse(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(content) > most:
        raise Misuse(f"{path}: more than {most:,} bytes; this is no such file")
    return content


MAX_RAW = 1024 * 1024 * 1024


def read_text_file(path: Path, most: int = MAX_RAW) -> str:
    """A file of text in UTF-8. Raises Misuse where it is none or too large."""
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misuse(f"{path}: not UTF-8 at byte {error.start}; convert it first") from None


# --- Writing ------------------------------------------------------------------------------------------


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A new empty file that takes the place of `path` where the block ends well, and is removed where it does not.

    So a kill at any moment leaves the old file or the new one. Raises Misuse where the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        os.close(handle)
        new = Path(name)
        try:
            yield new
            new.chmod(0o644)  # mkstemp makes private files; a corpus is shared
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Misuse(f"{path}: cannot be written: {error.strerror or error}") from None


def write_atomic(path: Path, content: bytes) -> None:
    """Writes `content` beside `path` and renames, once it is on the disk. Raises Misuse where it cannot be written."""
    with beside(path) as new, new.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@cache
def _key_order(kind: str) -> dict[str, int]:
    if kind in ("article", "split", "decision"):
        names = list(schema.load(kind)["properties"])
    else:
        names = list(schema.load("annotation")["$defs"][kind]["properties"])
    return {name: index for index, name in enumerate(names)}


def in_key_order(kind: str, record: Any) -> dict[str, Any]:
    """`record` with its keys in the order of the schema."""
    order = _key_order(kind)
    return dict(sorted(record.items(), key=lambda item: order.get(item[0], len(order))))


def layer_bytes(header: Layer, annotations: Iterable[Annotation]) -> bytes:
    """A layer file: the header, then the annotations in text order, one a line."""
    lines: list[Any] = [in_key_order("layer", header)]
    lines += [
        in_key_order(annotation["type"], annotation) for annotation in sorted(annotations, key=text_order)
    ]
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def layer_path(corpus: Corpus, article_id: str, name: str) -> Path:
    """The file of layer `name`. Raises Misuse for a name that is none."""
    if not is_layer_name(name):
        raise Misuse(f"«{name}» is not a layer name: lower-case letters, digits, dots and hyphens")
    folder = corpus.folder(article_id)
    return folder / "gold.jsonl" if name == GOLD else folder / "layers" / f"{name}.jsonl"


def write_layer(
    corpus: Corpus,
    article: Article,
    name: str,
    header: Layer,
    annotations: Iterable[Annotation],
    text: str | None,
) -> Path:
    """Writes a layer; for an article whose text is withheld, every quote becomes a keyed hash first.

    Returns the path. Raises Misuse where a quote would have to be hashed and there is no text for it.
    """
    path = layer_path(corpus, article["id"], name)
    annotations = list(annotations)
    if not article["rights"]["redistribute"]:
        if text is None:
            raise Misuse(f"{article['id']}: its text is withheld; run «tasrih hydrate FILE» first")
        key = QuoteKey(text)
        annotations = [strip_quotes(annotation, key) for annotation in annotations]
    write_atomic(path, layer_bytes(header, annotations))
    return path


def strip_quotes(annotation: Annotation, key: QuoteKey) -> Annotation:
    """`annotation` with a keyed hash in place of every quote; `key` is that of its text."""
    stripped: Any = dict(annotation)
    if "text" in stripped:
        stripped["quote_hmac"] = key.digest(stripped.pop("text"))
    if stripped.get("cue"):
        stripped["cue"] = strip_quotes(stripped["cue"], key)
    return cast(Annotation, stripped)


def put_quotes_back(annotation: Annotation, text: str) -> Annotation:
    """`annotation` with the words of `text` in place of every keyed hash."""
    quoted: Any = dict(annotation)
    if "quote_hmac" in quoted:
        del quoted["quote_hmac"]
        quoted["text"] = text[quoted["start"] : quoted["end"]]
    if quoted.get("cue"):
        quoted["cue"] = put_quotes_back(quoted["cue"], text)
    return cast(Annotation, quoted)


def stripped(document: Document) -> Document:
    """`document` without its text, a keyed hash in the place of every quote; as it is where it has no text.

    Whoever has the text gets it back by `hydrated`.
    """
    if document["text"] is None:
        return document
    key = QuoteKey(document["text"])
    layers = {
        name: [lines[0], *(strip_quotes(cast(Annotation, line), key) for line in lines[1:])]
        for name, lines in document["layers"].items()
    }
    return {"article": document["article"], "text": None, "layers": layers}


def hydrated(document: Document, text: str) -> Document:
    """`document`, which is stripped, with its text and every quote in words.

    Raises Misuse where it is not its text, or a keyed hash is not that of the words at its place.
    """
    article = document["article"]
    if sha256(text) != article["text_sha256"]:
        raise Misuse(f"{article['id']}: the text has another SHA-256")
    whole = with_quotes({"article": article, "text": text, "layers": document["layers"]})
    if stripped(whole) != stripped({**document, "text": text}):
        raise Misuse(f"{article['id']}: a keyed hash is not that of the words at its place")
    return whole


def with_quotes(document: Document) -> Document:
    """`document` with every quote in words. The text must be at hand and the keyed hashes checked."""
    text = document["text"]
    if text is None:
        return document
    layers = {
        name: [lines[0], *(put_quotes_back(cast(Annotation, line), text) for line in lines[1:])]
        for name, lines in document["layers"].items()
    }
    return {"article": document["article"], "text": text, "layers": layers}


def decisions_path(corpus: Corpus, article_id: str) -> Path:
    """Where the adjudicators' decisions on an article are kept."""
    return corpus.folder(article_id) / "decisions.jsonl"


def read_decisions(corpus: Corpus, article_id: str) -> list[Decision]:
    """The decisions on an article, the oldest first. Raises Misuse for a line that is none."""
    path = decisions_path(corpus, article_id)
    if not path.exists():
        return []
    records, lines, problems = _read_lines(path)
    for problem in problems:
        raise Misuse(f"{problem.file}:{problem.line}: {problem.detail}")
    for record, line in zip(records, lines, strict=True):
        for error in schema.explain("decision", corpus.settings["labels"], record):
            raise Misuse(f"{path}:{line}: {json_pointer(list(error.absolute_path))}: {error.message[:200]}")
    return cast(list[Decision], records)


def write_decisions(corpus: Corpus, article_id: str, decisions: Iterable[Decision]) -> Path:
    """Writes the decisions on an article, one a line."""
    path = decisions_path(corpus, article_id)
    write_atomic(path, decisions_bytes(decisions))
    return path


def decisions_bytes(decisions: Iterable[Decision]) -> bytes:
    """A decisions file: one decision a line."""
    return b"".join(orjson.dumps(in_key_order("decision", decision)) + b"\n" for decision in decisions)


def write_article(corpus: Corpus, article: Article) -> None:
    """Writes article.json, indented, its keys in the order of the schema."""
    write_atomic(corpus.folder(article["id"]) / "article.json", article_bytes(article))


def article_bytes(article: Article) -> bytes:
    """An article.json: indented, its keys in the order of the schema."""
    return (json.dumps(in_key_order("article", article), ensure_ascii=False, indent=2) + "\n").encode()


def write_splits(corpus: Corpus, assignments: Iterable[SplitAssignment]) -> None:
    """Writes splits.jsonl in the order of the articles' ids."""
    ordered = sorted(assignments, key=lambda assignment: assignment["article"])
    lines = [orjson.dumps(in_key_order("split", assignment)) + b"\n" for assignment in ordered]
    write_atomic(corpus.root / "splits.jsonl", b"".join(lines))


def document_line(document: Document) -> bytes:
    """A document as a line of a shard."""
    return orjson.dumps(document) + b"\n"


def fault_of_article(corpus: Corpus, article: Article) -> str:
    """What is wrong with the shape of an article's metadata, with its place; nothing where it is right."""
    for error in schema.faults("article", corpus.settings["labels"], article):
        return f"{json_pointer(list(error.absolute_path)) or 'article.json'}: {error.message[:200]}"
    return ""


def folder_of_new(corpus: Corpus, article: Article) -> Path:
    """The folder that a new article will have.

    Raises Misuse where the metadata is not of the schema's shape, and where the article is there already.
    """
    if fault := fault_of_article(corpus, article):
        raise Misuse(f"{article['id']}: {fault}")
    folder = corpus.folder(article["id"])
    if (folder / "article.json").exists():
        raise Misuse(f"{folder} is there already; its text never changes in place")
    return folder


def create_article(corpus: Corpus, article: Article, text: str) -> list[Path]:
    """Writes a new article's metadata and text; a withheld text goes to the local texts. Returns the paths.

    Raises Misuse where the metadata is not of the schema's shape, and where the article is there already.
    """
    folder = folder_of_new(corpus, article)
    text_path = (
        folder / "text.txt"
        if article["rights"]["redistribute"]
        else local_text_path(corpus, article["text_sha256"])
    )
    write_atomic(text_path, text.encode())
    write_article(corpus, article)
    return [text_path, folder / "article.json"]


def local_text_path(corpus: Corpus, digest: str) -> Path:
    """Where the local copy of the text with SHA-256 `digest` is kept."""
    return corpus.texts / f"{digest}.txt"
