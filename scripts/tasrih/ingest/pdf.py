"""PDF files with a text layer → articles.

A page holds letters and their places, not words in order. Arabic comes out of it as it stands on the page, from left to
right, and often in presentation forms: both are found and said, and mended where that is asked for.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import orjson

from tasrih.ingest import glyphs
from tasrih.ingest.opening import Input
from tasrih.ingest.source import Found, Options, Refused, Source, lined, missing, stated, text_of
from tasrih.model import Zone, visible

_TIMEOUT = glyphs.SECONDS + 30
# Presentation forms of Arabic letters; not the words that are typed as one sign (ﷺ and the like).
_FORMS = re.compile("[\ufb50-\ufdf9\ufe70-\ufefc]")
_MOST_UNMAPPED = 0.1
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_JOINS, _BESIDE = frozenset(".,:/-+'’٫٬"), frozenset("%٪$€£#°")
_END = re.compile(r"[.!?؟…:]['\"”»)\]]*\Z")
_FULL, _NEARLY_FULL, _LARGER = 0.75, 0.9, 1.15
_LONGEST_HEADING = 150
_NO_TITLE = re.compile(r"(?:Microsoft Word|untitled|.*\.(?:docx?|pdf|indd|html?|qxd|rtf))\b", re.IGNORECASE)

Lines = list[dict[str, Any]]


def read(given: Input, options: Options) -> Iterator[Found]:
    """The article of a PDF file."""
    data = given.whole()
    if find_spec("pdfminer") is None:
        raise missing("pdfminer.six")
    found = _read_apart(data)
    pages: list[Lines] = found["pages"]
    notes: list[str] = []
    empty = [number for number, page in enumerate(pages, start=1) if not page]
    if len(empty) == len(pages):
        raise Refused("no page has a text layer; it may be a scan: recognise its text first")
    if empty:
        notes.append(f"pages without a text layer: {', '.join(map(str, empty[:20]))}")
    unmapped = sum(line["glyphs"].count(glyphs.UNKNOWN) for page in pages for line in page)
    letters = sum(len(line["glyphs"]) for page in pages for line in page)
    if unmapped > _MOST_UNMAPPED * letters:
        raise Refused("its letters are not mapped to Unicode, so what they are cannot be told")
    if unmapped:
        notes.append(f"{unmapped:,} letters are not mapped to Unicode and stand as U+FFFD")
    if is_visual(["".join(line["glyphs"]) for page in pages for line in page]):
        if not options.mend:
            raise Refused(
                "its right-to-left words stand in visual order, that is backwards; --mend puts them in order"
            )
        notes.append(f"mended: lines put in logical order: {_reorder(pages):,}")
    text, headings = _paragraphs(pages)
    forms = len(_FORMS.findall(text))
    if forms and options.mend:
        text, headings = _without_forms(text, headings)
        notes.append(f"mended: {forms:,} presentation forms")
    elif forms:
        notes.append(f"{forms:,} presentation forms; --mend puts plain letters for them")
    title = found["info"].get("Title", "")
    author = found["info"].get("Author", "")
    metadata, left_out = stated(
        {"title": "" if _NO_TITLE.match(title) else title, "author": "" if author == "anonymous" else author}
    )
    digest = hashlib.sha256(data).hexdigest()
    yield Source(given.name, text_of(text), given.stem, metadata, headings, "", notes + left_out, digest)


def _read_apart(data: bytes) -> dict[str, Any]:
    """What `glyphs` finds, in a process of its own. Raises Refused."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tasrih.ingest.glyphs"], input=data, capture_output=True, timeout=_TIMEOUT, check=False,
            env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refused(f"takes more than {_TIMEOUT} seconds to read") from None
    try:
        found = orjson.loads(done.stdout)
    except ValueError:
        raise Refused(
            f"takes more than {glyphs.SECONDS} seconds or {glyphs.MEMORY >> 30} GB to read"
        ) from None
    if "problem" in found:
        raise Refused(f"no PDF that can be read ({visible(found['problem'])})")
    return dict(found)


# --- Order --------------------------------------------------------------------------------------------


def is_visual(lines: Sequence[str]) -> bool:
    """Whether Arabic words stand backwards: ة and ى are found only where a word ends, ال mostly where one begins.

    >>> is_visual(["ةنيدملا يف رسجلا"]), is_visual(["الجسر في المدينة"]), is_visual(["a bridge"])
    (True, False, False)
    """
    forwards = backwards = 0
    for line in lines:
        for word in re.findall(r"\w{3,}", unicodedata.normalize("NFKC", line)):
            forwards += word[-1] in "ةى" or word.startswith("ال")
            backwards += word[0] in "ةى" or word.endswith("لا")
    return backwards > forwards


def _reorder(pages: list[Lines]) -> int:
    """Puts lines in logical order; returns how many changed."""
    kinds = Counter(_kind(glyph) for page in pages for line in page for glyph in line["glyphs"])
    changed = 0
    for page in pages:
        for line in page:
            made = logical(line["glyphs"], kinds["R"] >= kinds["L"])
            changed += made != line["glyphs"]
            line["glyphs"] = made
    return changed


def logical(visual: Sequence[str], right_to_left: bool = True) -> list[str]:
    """Letters of a line from left to right → in the order in which they are read in a text of that direction.

    >>> "".join(logical(list("(COVID-19) ةنجل 3.5 نويلم")))
    'مليون 3.5 لجنة (COVID-19)'
    """
    kinds = [_kind(glyph) for glyph in visual]
    if "R" not in kinds:
        return list(visual)
    if not right_to_left:
        return _with_runs_turned(list(visual), kinds)
    reversed_, kinds = list(visual)[::-1], kinds[::-1]
    made: list[str] = []
    at = 0
    while at < len(reversed_):
        end = _run(reversed_, kinds, at)
        if end > at:
            made += reversed_[at:end][::-1]
            at = end
        else:
            made.append(reversed_[at].translate(_MIRRORED) if kinds[at] == "N" else reversed_[at])
            at += 1
    return made


def _kind(glyph: str) -> str:
    """R, L, D (a digit) or N (neither)."""
    classes = {unicodedata.bidirectional(letter) for letter in glyph}
    if classes & {"R", "AL"}:
        return "R"
    if "L" in classes:
        return "L"
    return "D" if classes & {"EN", "AN"} else "N"


def _run(letters: Sequence[str], kinds: Sequence[str], start: int) -> int:
    """Where the run that is read from left to right ends that begins at `start` of a reversed line."""
    if kinds[start] not in "LD" and not (letters[start] in _BESIDE and kinds[start + 1 : start + 2] == ["D"]):
        return start
    end = start + 1
    while end < len(letters):
        if kinds[end] in "LD" or (letters[end] in _BESIDE and kinds[end - 1] == "D"):
            end += 1
            continue
        following = next((at for at in range(end, len(letters)) if kinds[at] != "N"), len(letters))
        if following == len(letters) or kinds[following] == "R":
            break
        between = letters[end:following]
        joined = len(between) == 1 and between[0] in _JOINS
        if not joined and not (kinds[end - 1] == "L" or kinds[following] == "L"):
            break
        if any(letter in "()[]{}«»" for letter in between):
            break
        end = following
    return end


def _with_runs_turned(letters: list[str], kinds: Sequence[str]) -> list[str]:
    """A line of a left-to-right script with its right-to-left runs turned round."""
    at = 0
    while at < len(letters):
        if kinds[at] != "R":
            at += 1
            continue
        end = at
        for further in range(at, len(letters)):
            if kinds[further] in "LD":
                break
            if kinds[further] == "R":
                end = further + 1
        letters[at:end] = letters[at:end][::-1]
        at = end
    return letters


# --- Text ---------------------------------------------------------------------------------------------


def _paragraphs(pages: list[Lines]) -> tuple[str, list[Zone]]:
    """Text, one line a paragraph, and zones of headings: short lines in larger letters.

    A line goes on in the next one of its size where it is nearly as wide as the widest near it and ends no sentence,
    or is as wide as that.
    """
    sizes = Counter(line["size"] for page in pages for line in page for _ in line["glyphs"])
    usual = max(sizes, key=lambda size: sizes[size])
    made: list[tuple[str, bool]] = []
    open_, last_size = False, 0.0
    for page in pages:
        widest: dict[float, float] = {}
        for line in page:
            widest[line["size"]] = max(widest.get(line["size"], 0.0), line["width"])
        for line in page:
            words = "".join(line["glyphs"]).strip()
            if not words:
                continue
            size, full = line["size"], line["width"] / max(widest[line["size"]], 1.0)
            large = size >= _LARGER * usual and len(words) <= _LONGEST_HEADING
            if open_ and size == last_size:
                made[-1] = (f"{made[-1][0]} {words}", made[-1][1])
            else:
                made.append((words, large))
            open_ = full >= (_NEARLY_FULL if _END.search(words) else _FULL) and not (large and len(page) < 3)
            last_size = size
    return lined(made)


def _without_forms(text: str, zones: list[Zone]) -> tuple[str, list[Zone]]:
    """The text with plain letters for presentation forms (NFKC of those alone), and the zones where they then are."""
    pieces = [unicodedata.normalize("NFKC", letter) if _FORMS.match(letter) else letter for letter in text]
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    moved: list[Zone] = [
        {"kind": zone["kind"], "start": starts[zone["start"]], "end": starts[zone["end"]]} for zone in zones
    ]
    return "".join(pieces), moved
