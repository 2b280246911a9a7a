"""JSON lines, JSON lists, CSV and TSV → articles, one a record, read as a stream.

Which field is the text and which the headline is said with `--field OURS=THEIRS`; where it is not, fields with the
usual names are taken, and which they were is reported.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tasrih.ingest.encoding import sniffed
from tasrih.ingest.opening import PIECE, Input
from tasrih.ingest.source import Found, Options, Refused, Remark, Skipped, Source, stated, text_of
from tasrih.model import visible
from tasrih.store import MAX_FILE, MAX_LINE, Misuse, decode, is_id, skip_rest
from tasrih.text.canonical import NotText
from tasrih.text.slugs import address_name

# What fields are usually called, the likeliest first. A date of collection is no date of publication.
NAMES = {
    "text": ("text", "content", "body", "article_text", "articlebody", "full_text", "fulltext", "maintext", "story", "article", "النص", "نص", "المحتوى"),
    "title": ("title", "headline", "heading", "head", "العنوان", "عنوان"),
    "author": ("author", "authors", "byline", "writer", "الكاتب", "كاتب"),
    "publisher": ("publisher", "source", "newspaper", "outlet", "sitename", "site", "source_name", "المصدر", "الصحيفة"),
    "date": ("date", "date_published", "datepublished", "published", "published_at", "publish_date", "publication_date", "pubdate", "التاريخ", "تاريخ"),
    "url": ("url", "link", "canonical_url", "permalink", "uri", "الرابط"),
    "language": ("language", "lang", "inlanguage"),
}  # fmt: skip
# Fields that are taken only where the user names them.
NAMED_ONLY = ("html", "source", "event", "id")
FIELDS = (*NAMES, *NAMED_ONLY)
_DELIMITERS = ",;\t|"
_MOST_SHOWN = 12


def field_map(given: list[str]) -> dict[str, str]:
    """`["text=content"]` as a mapping of our names to theirs. Raises Misuse.

    >>> field_map(["text=content", "title=head.line"])
    {'text': 'content', 'title': 'head.line'}
    """
    found: dict[str, str] = {}
    for pair in given:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours not in FIELDS or not theirs:
            raise Misuse(f"--field {pair}: write OURS=THEIRS, where OURS is one of {', '.join(FIELDS)}")
        found[ours] = theirs
    if "text" in found and "html" in found:
        raise Misuse("--field: give text or html, not both")
    return found


def read(given: Input, options: Options) -> Iterator[Found]:
    """The records of a table, in their order; a Skipped for each that is none."""
    beginning = given.stream.peek(PIECE)[:PIECE]
    if not beginning.strip() and len(beginning) < PIECE:
        raise Refused("the file is empty")
    encoding, how = sniffed(beginning, None, options.encoding)
    stream = _as_utf8(given.stream, encoding)
    note = "" if encoding == "utf-8" else f"{encoding}, {how}"
    if note:
        yield Remark(given.name, f"encoding {note}")
    rows = _csv_rows(given, stream) if given.kind == "csv" else _json_rows(given, stream)
    fields: dict[str, str] | None = None
    for number, row, raw in rows:
        where = f"{given.name}:{number}"
        if isinstance(row, str):
            yield Skipped(where, row)
            continue
        if fields is None:
            fields = {**_guessed(row, options.fields), **options.fields}
            if not fields.keys() & {"text", "html"}:
                raise Refused(_no_text(row))
            if fields != options.fields:
                said = " ".join(f"{ours}={theirs}" for ours, theirs in fields.items())
                yield Remark(given.name, f"fields by their names: {visible(said)}")
        yield _record(where, number, given, row, raw, fields, encoding)


def _record(
    where: str, number: int, given: Input, row: Mapping[str, Any], raw: bytes | None,
    fields: Mapping[str, str], encoding: str,
) -> Found:  # fmt: skip
    """The article of one record."""
    values = {ours: _value(row, theirs) for ours, theirs in fields.items()}
    kind = "html" if "html" in fields else "text"
    words = values.pop(kind)
    if not isinstance(words, str) or not words.strip():
        state = "is empty" if words in (None, "") or isinstance(words, str) else "is no text"
        return Skipped(where, f"field «{visible(fields[kind])}» {state}")
    event, name = values.pop("event", None), values.pop("id", None)
    metadata, notes = stated(values)
    if isinstance(event, str) and event:
        if not is_id(event):
            return Skipped(
                where,
                f"event «{visible(event)[:60]}» is no id: lower-case letters, digits and single hyphens",
            )
        metadata["event"] = event
    headings = None
    try:
        if kind == "html":
            from tasrih.ingest.html import fragment

            text, headings = fragment(words)
        else:
            text = text_of(words)
    except (NotText, Refused) as error:
        return Skipped(where, str(error))
    named = str(name) if name is not None and str(name).strip() else ""
    digest = hashlib.sha256(raw).hexdigest() if raw is not None else None
    named = named or address_name(metadata.get("url", "")) or f"{given.stem}-{number}"
    return Source(where, text, named, metadata, headings, encoding, notes, digest)


def _value(row: Mapping[str, Any], name: str) -> Any:
    """A field's value; `a.b` is b in a where there is no field of that whole name. Lists of words are joined."""
    found: Any = row.get(name)
    if name not in row and "." in name:
        found = row
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return ", ".join(found)
    return found


def _guessed(row: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Which field is which by its name, for those that the user does not name."""
    theirs = {name.strip().lower().replace(" ", "_"): name for name in row}
    taken = set(given.values())
    found: dict[str, str] = {}
    for ours, names in NAMES.items():
        if ours in given or (ours == "text" and "html" in given):
            continue
        match = next((theirs[name] for name in names if name in theirs and theirs[name] not in taken), None)
        if match is not None:
            found[ours] = match
            taken.add(match)
    return found


def _no_text(row: Mapping[str, Any]) -> str:
    names = [visible(name)[:40] for name in row]
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    first = names[0] if names else "NAME"
    return (
        f"no field is called text or the like; there are {', '.join(names[:_MOST_SHOWN])}{more}: "
        f"say which with --field text={first}"
    )


# --- Streams of text ----------------------------------------------------------------------------------


class _Transcoded(io.RawIOBase):
    """A stream of another encoding as UTF-8."""

    def __init__(self, inner: Any, encoding: str) -> None:
        self._inner, self._decoder = inner, codecs.getincrementaldecoder(encoding)()
        self._ready, self._ended = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._ended:
            piece = self._inner.read(PIECE)
            self._ended = not piece
            try:
                self._ready = self._decoder.decode(piece, final=self._ended).encode("utf-8", "surrogatepass")
            except UnicodeDecodeError as error:
                raise Refused(
                    f"not {error.encoding} ({error.reason}); name the encoding with --encoding"
                ) from None
        part, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _as_utf8(stream: io.BufferedReader[Any], encoding: str) -> io.BufferedReader[Any]:
    if encoding == "utf-8":
        return stream
    return io.BufferedReader(_Transcoded(stream, encoding), PIECE)


def _lines(stream: io.BufferedReader[Any]) -> Iterator[tuple[int, bytes | str]]:
    """Lines with their numbers, their ends kept; a reason for one that is too long, which is never held whole."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            size = len(line) + skip_rest(stream, line)
            yield number, f"the line has {size:,} bytes; the bound is {MAX_LINE:,}"
        else:
            yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


# --- JSON ---------------------------------------------------------------------------------------------

Row = tuple[int, Mapping[str, Any] | str, bytes | None]


def _json_rows(given: Input, stream: io.BufferedReader[Any]) -> Iterator[Row]:
    start = stream.peek(64)[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    if given.kind == "jsonl" and not start.startswith(b"["):
        for number, line in _lines(stream):
            if isinstance(line, str):
                yield number, line, None
            elif line.strip():
                yield number, _object(line.strip()), line.rstrip(b"\r\n")
        return
    for number, raw in enumerate(objects(stream), start=1):
        if raw is None:
            yield number, f"the record has more than {MAX_FILE:,} bytes", None
            continue
        row = _object(raw)
        inner = _wrapped(row)
        if number == 1 and inner is not None:
            yield from (
                (at, one if isinstance(one, dict) else "no JSON object", None)
                for at, one in enumerate(inner, 1)
            )
            return
        yield number, row, raw


def _object(raw: bytes) -> Mapping[str, Any] | str:
    """A JSON object, or why it is none."""
    try:
        found = decode(raw)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {visible(str(error))[:120]}"
    return found if isinstance(found, dict) else "JSON, but no object"


def _wrapped(row: Mapping[str, Any] | str) -> list[Any] | None:
    """The one list of objects in an object without a text: `{"articles": [{…}, …]}`"""
    if isinstance(row, str) or _guessed(row, {}).get("text"):
        return None
    lists = [
        value for value in row.values() if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    return lists[0] if len(lists) == 1 else None


_OUTSIDE = re.compile(rb'["{}\[\]]')
_INSIDE = re.compile(rb'["\\]')


def objects(stream: Any) -> Iterator[bytes | None]:
    """The JSON objects of a list or one behind another, as bytes; None for one that is too large to be held.

    Only brackets and strings are looked at, so whether it is JSON is for a decoder to say.
    """
    depth, in_string, skip = 0, False, 0
    began: int | None = None  # the depth at which the object began that is being gathered
    kept, lost = bytearray(), False
    while piece := stream.read(PIECE):
        at, start = skip, 0
        while True:
            match = (_INSIDE if in_string else _OUTSIDE).search(piece, at)
            if match is None:
                break
            at, token = match.end(), match[0]
            if token == b"\\":
                at += 1
            elif token == b'"':
                in_string = not in_string
            elif token in b"{[":
                depth += 1
                if token == b"{" and began is None:
                    began, start = depth, match.start()
            else:
                if depth == began:
                    whole = kept + piece[start:at]
                    yield None if lost or len(whole) > MAX_FILE else bytes(whole)
                    began, lost = None, False
                    kept.clear()
                depth -= 1
        skip = max(0, at - len(piece))
        if began is not None and not lost:
            kept += piece[start:]
            if len(kept) > MAX_FILE:
                lost = True
                kept.clear()
    if began is not None:
        yield None if lost else bytes(kept)


# --- CSV ----------------------------------------------------------------------------------------------


def _csv_rows(given: Input, stream: io.BufferedReader[Any]) -> Iterator[Row]:
    """Rows by the names of the first line, numbered by the line in which they end."""
    csv.field_size_limit(MAX_LINE)
    problems: list[tuple[int, str]] = []
    held = [0]  # characters of the row that is being read
    reader = csv.reader(_csv_lines(stream, problems, held), delimiter=_delimiter(given, stream), strict=False)
    names: list[str] | None = None
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.append((reader.line_num, f"no CSV: {error}"))
            cells = []
        yield from ((line, why, None) for line, why in problems)
        problems.clear()
        held[0] = 0
        if cells is None:
            return
        if names is None:
            names = [name.strip() for name in cells] if any(cells) else None
        elif any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(names, cells, strict=False)), None


def _csv_lines(
    stream: io.BufferedReader[Any], problems: list[tuple[int, str]], held: list[int]
) -> Iterator[str]:
    """Lines as text; one that is none is put into `problems` and an empty one stands for it."""
    for number, line in _lines(stream):
        if isinstance(line, str):
            problems.append((number, line))
            yield "\n"
            continue
        held[0] += len(line)
        if held[0] > MAX_LINE:
            raise Refused(
                f"line {number}: a row of more than {MAX_LINE:,} bytes; a quotation mark is not closed"
            )
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append((number, f"byte {error.start} of the line is not UTF-8"))
            yield "\n"


def _delimiter(given: Input, stream: io.BufferedReader[Any]) -> str:
    """What divides the cells of the first line."""
    if given.name.lower().endswith((".tsv", ".tab")):
        return "\t"
    first = stream.peek(PIECE).split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=first.count)
