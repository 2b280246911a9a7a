"""Word files → articles: paragraphs are lines, styles of headings are zones, core properties are metadata.

Insertions of a text under revision are text, deletions are not; text boxes, notes, headers and footers are left out
and said to be.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from tasrih.ingest.feed import refuse_document_type
from tasrih.ingest.opening import PIECE, Budget, Input
from tasrih.ingest.source import Found, Options, Refused, Source, missing, stated, text_of
from tasrih.model import Zone, visible

_MOST_UNPACKED = 256 << 20
_MOST_PARTS = 5_000
_MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, NotImplementedError)
_HEADING = re.compile(r"(?:heading|title|subtitle|عنوان)\b", re.IGNORECASE)
_LEFT_OUT = {
    f"{_MAIN}txbxContent": "text boxes",
    f"{_MAIN}footnoteReference": "footnotes",
    f"{_MAIN}endnoteReference": "endnotes",
}


def read(given: Input, options: Options) -> Iterator[Found]:
    """The article of a Word file."""
    data = given.whole()
    try:
        from docx import Document
    except ImportError:
        raise missing("python-docx") from None
    refuse_bomb(data)
    try:
        document = Document(io.BytesIO(data))
    except (KeyError, *_BROKEN) as error:
        raise Refused(f"no Word file that can be read ({visible(str(error))[:120]})") from None
    left_out: set[str] = set()
    text, headings, title = _lines(document, left_out)
    properties = document.core_properties
    metadata, notes = stated(
        {"title": properties.title or title, "author": properties.author, "language": properties.language}
    )
    if properties.author == "python-docx":
        metadata.pop("author", None)
    if left_out:
        notes.append(f"left out: {', '.join(sorted(left_out))}")
    yield Source(
        given.name,
        text_of(text),
        given.stem,
        metadata,
        headings,
        "utf-8",
        notes,
        hashlib.sha256(data).hexdigest(),
    )


def refuse_bomb(data: bytes) -> None:
    """Raises Refused where the parts of a Word file unpack to far too much, or hold a document type.

    Parts are unpacked in pieces and thrown away, whatever the archive says of their sizes.
    """
    budget = Budget(len(data))
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise Refused(f"{len(parts):,} parts; the bound is {_MOST_PARTS:,}")
            for part in parts:
                with archive.open(part) as stream:
                    first = stream.read(PIECE)
                    size = len(first)
                    while piece := stream.read(PIECE):
                        size += len(piece)
                        budget.spend(len(piece))
                        if unpacked + size > _MOST_UNPACKED:
                            raise Refused(f"unpacks to more than {_MOST_UNPACKED:,} bytes")
                unpacked += size
                if part.filename.endswith((".xml", ".rels")):
                    refuse_document_type(_opening(first))
    except _BROKEN as error:
        raise Refused(f"no Word file that can be read ({visible(str(error))[:120]})") from None


def _opening(part: bytes) -> str:
    """The beginning of a part of XML as text."""
    encoding = "utf-16" if part.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return part[: PIECE & ~1].decode(encoding, "ignore")


def _lines(document: Any, left_out: set[str]) -> tuple[str, list[Zone], str]:
    """Text, heading zones (code points) and the title, where a paragraph has the style of one."""
    pieces: list[str] = []
    zones: list[Zone] = []
    styles = _style_names(document)
    title = ""
    at = 0
    for paragraph in document.element.body.iter(f"{_MAIN}p"):
        if _is_inside(paragraph, document.element.body, left_out):
            continue
        words = _words(paragraph, left_out)
        if not words.strip():
            continue
        named = paragraph.find(f"{_MAIN}pPr/{_MAIN}pStyle")
        style = styles.get(str(named.get(f"{_MAIN}val")), "") if named is not None else ""
        lead = len(words) - len(words.lstrip())
        if _HEADING.match(style):
            zones.append({"kind": "heading", "start": at + lead, "end": at + lead + len(words.strip())})
            if not title and style.lower().startswith("title"):
                title = words.strip()
        pieces.append(words + "\n")
        at += len(words) + 1
    if not pieces:
        raise Refused("there is no text in it")
    return "".join(pieces), zones, title


def _is_inside(paragraph: Any, body: Any, left_out: set[str]) -> bool:
    """Whether a paragraph stands in a text box."""
    for above in paragraph.iterancestors():
        if above is body:
            return False
        if above.tag in (f"{_MAIN}txbxContent", _FALLBACK):
            left_out.add("text boxes")
            return True
    return False


def _words(paragraph: Any, left_out: set[str]) -> str:
    """The words of a paragraph; a line break within it is a space."""
    pieces: list[str] = []
    inside = 0
    from lxml import etree

    for event, element in etree.iterwalk(paragraph, events=("start", "end")):
        tag = element.tag
        if tag in (f"{_MAIN}txbxContent", _FALLBACK):
            inside += 1 if event == "start" else -1
        if event == "end" or inside:
            continue
        if tag in _LEFT_OUT:
            left_out.add(_LEFT_OUT[tag])
        elif tag == f"{_MAIN}t":
            pieces.append(element.text or "")
        elif tag in (f"{_MAIN}tab", f"{_MAIN}br", f"{_MAIN}cr") and element.getparent().tag == f"{_MAIN}r":
            pieces.append(" ")
        elif tag == f"{_MAIN}noBreakHyphen":
            pieces.append("\u2011")
    return "".join(pieces)


def _style_names(document: Any) -> dict[str, str]:
    """Names of the file's styles by their ids."""
    found: dict[str, str] = {}
    for style in document.styles.element.iter(f"{_MAIN}style"):
        name = style.find(f"{_MAIN}name")
        if name is not None:
            found[str(style.get(f"{_MAIN}styleId"))] = str(name.get(f"{_MAIN}val") or "")
    return found
