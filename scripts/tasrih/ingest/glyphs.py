"""The letters of a PDF's text layer in lines, as they stand on the page from left to right.

Run as a program of its own, with bounds on its memory and time, since a PDF may be made to take any amount of both:
the file comes on standard input, JSON goes to standard output.
"""

from __future__ import annotations

import io
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

import orjson

MEMORY, SECONDS = 2 << 30, 100
_MOST_PAGES, _MOST_GLYPHS = 1_000, 1_500_000
UNKNOWN = "\ufffd"  # a letter that the file does not map to Unicode
_UNMAPPED = re.compile(r"\(cid:\d+\)|[\0-\x08\x0e-\x1f]")
_SPACE = 0.2  # a gap of this share of the letters' size parts words
_GUTTER = 9.0  # points between columns


class Glyph(NamedTuple):
    """A letter (or a ligature's letters) on a page; lengths in points, y upwards."""

    text: str
    left: float
    right: float
    base: float
    size: float


def lines_of(glyphs: Sequence[Glyph]) -> list[dict[str, Any]]:
    """The lines of a page in reading order: `{"glyphs": ["ا", "ل", " ", …], "size": 12.0, "width": 451.0}`"""
    rows = _rows(glyphs)
    ordered = [row for column in _columns(rows) for row in column]
    return [
        {
            "glyphs": _spaced(row),
            "size": round(
                max(Counter(round(glyph.size, 1) for glyph in row).items(), key=lambda one: one[1])[0], 1
            ),
            "width": round(max(glyph.right for glyph in row) - min(glyph.left for glyph in row), 1),
        }
        for row in ordered
    ]


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Letters that stand on one line, the upper lines first; marks stand with the line of their letter."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: -one.base):
        if rows and abs(rows[-1][0].base - glyph.base) <= 0.45 * max(glyph.size, 1.0):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [row for row in rows if any(not glyph.text.isspace() for glyph in row)]


def _columns(rows: list[list[Glyph]]) -> list[list[list[Glyph]]]:
    """The rows of the columns of a page, in reading order; one column where no gutter parts most of the rows."""
    gutter = _gutter(rows)
    if gutter is None:
        return [rows]
    above: list[list[Glyph]] = []
    sides: tuple[list[list[Glyph]], list[list[Glyph]]] = ([], [])
    below: list[list[Glyph]] = []
    for row in rows:
        if any(glyph.left < gutter < glyph.right and not glyph.text.isspace() for glyph in row) or _crosses(
            row, gutter
        ):
            (below if sides[0] or sides[1] else above).append(row)
            continue
        for side, part in zip(sides, _parted(row, gutter), strict=True):
            if any(not glyph.text.isspace() for glyph in part):
                side.append(part)
    first, second = (1, 0) if _is_right_to_left(rows) else (0, 1)
    return [above, *_columns(sides[first]), *_columns(sides[second]), below]


def _parted(row: list[Glyph], gutter: float) -> tuple[list[Glyph], list[Glyph]]:
    return [one for one in row if one.right <= gutter], [one for one in row if one.right > gutter]


def _crosses(row: list[Glyph], gutter: float) -> bool:
    """Whether words of a row go on over the gutter."""
    left, right = _parted([glyph for glyph in row if not glyph.text.isspace()], gutter)
    return bool(left and right) and min(one.left for one in right) - max(one.right for one in left) < _GUTTER


def _gutter(rows: list[list[Glyph]]) -> float | None:
    """The middle of an upright strip that nearly no row crosses and both sides of which are written on."""
    if len(rows) < 6:
        return None
    solid = [[one for one in row if not one.text.isspace()] for row in rows]
    left, right = (
        min(one.left for row in solid for one in row),
        max(one.right for row in solid for one in row),
    )
    width = int(right - left) + 1
    if not 100 < width < 5_000:
        return None
    crossed = [0] * (width + 1)
    for row in solid:
        covered: set[int] = set()
        for one in row:
            covered.update(range(max(0, int(one.left - left)), min(width, int(one.right - left) + 1) + 1))
        for at in covered:
            crossed[at] += 1
    best: tuple[int, int] = (0, 0)
    run = 0
    for at in range(int(width * 0.15), int(width * 0.85)):
        run = run + 1 if crossed[at] <= 0.15 * len(rows) else 0
        best = max(best, (run, at))
    if best[0] < _GUTTER:
        return None
    middle = left + best[1] - best[0] / 2
    both = sum(
        1 for row in solid if row[0] and min(one.left for one in row) < middle < max(one.right for one in row)
    )
    return middle if both >= 0.5 * len(rows) else None


def _is_right_to_left(rows: list[list[Glyph]]) -> bool:
    kinds = Counter(unicodedata.bidirectional(one.text[0]) for row in rows for one in row)
    return kinds["R"] + kinds["AL"] > kinds["L"]


def _spaced(row: list[Glyph]) -> list[str]:
    """The letters of a row from left to right, marks behind their letters, a space where there is a gap."""
    letters = sorted(
        (one for one in row if not _is_mark(one.text)), key=lambda one: (one.left + one.right) / 2
    )
    texts = [one.text for one in letters]
    for mark in (one for one in row if _is_mark(one.text)):
        middle = (mark.left + mark.right) / 2
        # A mark that has no width stands at the edge of its letter, which of right-to-left ones is the one to the right.
        near = min(
            (at for at, one in enumerate(letters) if one.text[0].isalpha()),
            key=lambda at: (max(letters[at].left - middle, middle - letters[at].right, 0.0), -at),
            default=None,
        )
        if near is not None:
            texts[near] += mark.text
    made: list[str] = []
    for at, one in enumerate(letters):
        if (
            at
            and made[-1] != " "
            and one.left - letters[at - 1].right > _SPACE * one.size
            and not one.text.isspace()
        ):
            made.append(" ")
        if one.text.isspace():
            if made and made[-1] != " ":
                made.append(" ")
        else:
            made.append(texts[at])
    return made[:-1] if made and made[-1] == " " else made


def _is_mark(text: str) -> bool:
    return bool(text) and all(unicodedata.category(letter) == "Mn" for letter in text)


def _glyphs(container: Any) -> Iterator[Glyph]:
    """The letters of a page, those of pictures' text included."""
    from pdfminer.layout import LTChar, LTFigure

    waiting = [container]
    while waiting:
        for one in waiting.pop():
            if isinstance(one, LTChar):
                text = UNKNOWN if _UNMAPPED.match(one.get_text()) else one.get_text()
                if text and all(map(isfinite, (one.x0, one.x1, one.matrix[5], one.size))):
                    yield Glyph(text, one.x0, one.x1, one.matrix[5], one.size)
            elif isinstance(one, LTFigure):
                waiting.append(one)


def read(data: bytes) -> dict[str, Any]:
    """Pages of lines, and what the file states of itself."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser
    from pdfminer.utils import decode_text

    document = PDFDocument(PDFParser(io.BytesIO(data)))
    resources = PDFResourceManager(caching=False)
    device = PDFPageAggregator(resources, laparams=None)
    interpreter = PDFPageInterpreter(resources, device)
    pages: list[list[dict[str, Any]]] = []
    total = 0
    for page in PDFPage.create_pages(document):
        if len(pages) >= _MOST_PAGES:
            return {"problem": f"more than {_MOST_PAGES:,} pages"}
        interpreter.process_page(page)
        glyphs = list(_glyphs(device.get_result()))
        total += len(glyphs)
        if total > _MOST_GLYPHS:
            return {"problem": f"more than {_MOST_GLYPHS:,} letters"}
        pages.append(lines_of(glyphs))
    stated = {}
    for info in document.info:
        for key in ("Title", "Author"):
            value = info.get(key)
            if isinstance(value, bytes) and key not in stated:
                stated[key] = decode_text(value)[:2000].encode("utf-8", "ignore").decode()
    return {"pages": pages, "info": stated}


def main() -> None:
    """Reads a PDF from standard input within bounds; what is wrong is said as `{"problem": …}`."""
    import logging

    logging.disable(logging.CRITICAL)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    except (ImportError, ValueError, OSError):
        pass  # not on this system; the time is bounded by who called
    try:
        found = read(sys.stdin.buffer.read())
    except MemoryError:
        found = {"problem": f"takes more than {MEMORY >> 30} GB of memory"}
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything in a parser
        name = type(error).__name__
        locked = "it is locked with a password" if "Password" in name else f"{name}: {str(error)[:120]}"
        found = {"problem": locked}
    sys.stdout.buffer.write(orjson.dumps(found))


if __name__ == "__main__":
    main()
