"""Rules about texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tasrih.check.reading import BASE, CLEAN
from tasrih.check.rule import REMOVE, Context, Example, Fault, rule
from tasrih.model import Document
from tasrih.text.canonical import sha256

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_NOT_CANONICAL = re.compile("\r|\\A\ufeff")
_ASCII_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_TEXT = ("text",)


@rule(
    "T102",
    "error",
    "document",
    mend="put text.txt back, or set rights.redistribute to false",
    bad=Example(BASE, files={"articles/example/text.txt": None}),
    good=CLEAN,
)
def text_missing(document: Document, context: Context) -> Iterator[Fault]:
    """The text is missing although it may be redistributed.

    An article whose rights allow it has its text.txt; without it nobody can read the annotations.
    """
    if document["text"] is None and document["article"]["rights"]["redistribute"] and not context.text_unread:
        yield Fault("there is no text, and rights.redistribute is true", "restore text.txt", pointer=_TEXT)


@rule(
    "T103",
    "error",
    "document",
    mend="delete text.txt and run «tasrih hydrate» on a copy outside of the repository",
    bad=Example(BASE, {"/article/rights/redistribute": False, "/layers": REMOVE}),
    good=CLEAN,
)
def withheld_text_present(document: Document, context: Context) -> Iterator[Fault]:
    """A text that may not be redistributed stands in the corpus.

    Where rights.redistribute is false the repository holds metadata and stand-off annotation, not a line of text.
    """
    if (
        document["text"] is not None
        and not context.is_hydrated
        and not document["article"]["rights"]["redistribute"]
    ):
        yield Fault(
            "the text stands here, and rights.redistribute is false",
            "move it out and hydrate from it",
            pointer=_TEXT,
        )


@rule(
    "T104",
    "error",
    "document",
    mend="restore the text from version control",
    bad=Example(BASE, {"/article/text_sha256": "0" * 64}),
    good=CLEAN,
)
def text_changed(document: Document, context: Context) -> Iterator[Fault]:
    """The text is not the one that article.json states.

    Every offset counts into one exact text, so a text never changes in place.
    """
    text, article = document["text"], document["article"]
    if text is not None and sha256(text) != article["text_sha256"]:
        yield Fault("the text's SHA-256 is not article.json's text_sha256", "restore the text", pointer=_TEXT)
    elif text is not None and len(text) != article["length"]:
        yield Fault(
            f"length says {article['length']}, the text has {len(text)} code points",
            f"length should be {len(text)}",
            pointer=("article", "length"),
        )


@lru_cache(maxsize=1)
def _bytes(text: str) -> bytes:
    """The text as UTF-8: bytes are searched far quicker than code points, and five rules look for odd ones."""
    return text.encode()


def _found(pattern: re.Pattern[str], text: str | None, leads: Sequence[bytes]) -> list[tuple[str, int]]:
    """Characters of `text` that `pattern` finds, with their code points; `leads` are the first bytes that they have."""
    if not text or not any(lead in _bytes(text) for lead in leads):
        return []
    return [(match.group(), match.start()) for match in pattern.finditer(text)]


@rule(
    "T105",
    "error",
    "document",
    mend="ingest the text again: ingest makes it canonical",
    bad=Example("سطر\r\nوسطر."),
    good=CLEAN,
)
def not_canonical(document: Document, context: Context) -> Iterator[Fault]:
    """The text has a byte order mark or carriage returns.

    The canonical text has LF line ends and no byte order mark, so that offsets mean one thing.
    """
    for character, at in _found(_NOT_CANONICAL, document["text"], (b"\r", b"\xef\xbb\xbf"))[:1]:
        what = "a carriage return" if character == "\r" else "a byte order mark"
        yield Fault(f"{what} at code point {at}", "ingest the text again", pointer=_TEXT)


@rule(
    "T106",
    "error",
    "document",
    mend="take the control characters out of the source and ingest it again",
    bad=Example("نص \x07 قصير."),
    good=CLEAN,
)
def control_characters(document: Document, context: Context) -> Iterator[Fault]:
    """The text has control characters.

    They are invisible, and tools drop them, which moves every offset behind them.
    """
    raw = _bytes(document["text"] or "")
    if len(raw.translate(None, _ASCII_CONTROLS)) == len(raw) and b"\xc2" not in raw:
        return
    for character, at in _found(CONTROLS, document["text"], (b"",))[:1]:
        yield Fault(f"U+{ord(character):04X} at code point {at}", "clean the source", pointer=_TEXT)


@rule(
    "T107",
    "note",
    "document",
    mend="none needed: they are kept as they are",
    bad=Example("نص \u200fقصير."),
    good=CLEAN,
)
def bidi_controls(document: Document, context: Context) -> Iterator[Fault]:
    """The text has invisible direction marks.

    They count as code points. Kept, but a span should not begin or end with one.
    """
    text = document["text"] or ""
    # U+061C is sought as a character: the first byte of its UTF-8 is that of most Arabic letters
    if found := _found(BIDI, text, (b"\xe2",) if "\u061c" not in text else (b"",)):
        yield Fault(f"{len(found)} invisible direction marks", pointer=_TEXT)


@rule(
    "T108",
    "note",
    "document",
    mend="none needed: they are kept as they are",
    bad=Example("\ufefb بأس."),
    good=CLEAN,
)
def presentation_forms(document: Document, context: Context) -> Iterator[Fault]:
    """The text has Arabic presentation forms.

    Letters in their printed shapes (most often from a PDF) are other code points than the letters themselves.
    """
    if found := _found(PRESENTATION, document["text"], (b"\xef",)):
        yield Fault(f"{len(found)} presentation forms, such as U+{ord(found[0][0]):04X}", pointer=_TEXT)


@rule(
    "T109",
    "note",
    "document",
    mend="none needed: they are kept as they are",
    bad=Example("ا\u0653 نص."),
    good=CLEAN,
)
def decomposed(document: Document, context: Context) -> Iterator[Fault]:
    """The text has decomposed letters.

    ا with a separate madda looks like آ and compares unequal to it.
    """
    text = document["text"] or ""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        composed = len(text) - len(unicodedata.normalize("NFC", text))
        if composed > 0:
            yield Fault(f"{composed} letters are written as a letter and a separate mark", pointer=_TEXT)
