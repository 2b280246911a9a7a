"""What every way in gives: a text with what its source states, a reason why there is none, or a remark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from tasrih.model import Zone, visible
from tasrih.store import MAX_FILE, Misuse
from tasrih.text.canonical import NotText, canonical

# The longest values that article.json takes, in code points.
_LONGEST = {"title": 1000, "author": 200, "publisher": 300, "url": 2000}
_LONGEST_CREDIT = 300
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_ADDRESS = re.compile(r"https?://\S+\Z")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")


class Refused(Exception):  # noqa: N818
    """A source that cannot be taken in; the message says why, and how to mend it where that can be done."""


@dataclass(slots=True)
class Source:
    """A text and what its source states of it.

    `where` says where it stood (file, and the record's number or address behind a colon), `name` is what an id may be
    made of. `metadata` has keys of article.json. `headings` are zones in code points; None where only the lines of the
    text show them. `sha256` is that of the bytes the text was read from.
    """

    where: str
    text: str
    name: str
    metadata: dict[str, Any] = field(default_factory=dict)
    headings: list[Zone] | None = None
    encoding: str = ""
    notes: list[str] = field(default_factory=list)
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document, record or file that gave no text: where, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know of a whole file: `Remark("news.csv", "text=content title=headline, guessed by their names")`"""

    where: str
    what: str


Found: TypeAlias = Source | Skipped | Remark


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says of the sources: an encoding, names of fields by ours, whether PDF text is mended."""

    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    mend: bool = False


def guarded(where: str, records: Iterator[Found]) -> Iterator[Found]:
    """`records`, with a Skipped in place of whatever stops them.

    Libraries meet hostile bytes here and may raise anything, so anything but a Misuse is caught.
    """
    try:
        yield from records
    except Misuse:
        raise
    except (Refused, NotText) as error:
        yield Skipped(where, str(error))
    except MemoryError:
        yield Skipped(where, "takes more memory than there is")
    except Exception as error:  # noqa: BLE001
        yield Skipped(where, f"cannot be read ({type(error).__name__}: {visible(str(error))[:200]})")


def missing(library: str) -> Misuse:
    """What to say where a kind's library is not there."""
    return Misuse(f"this needs {library}: pip install 'tasrih[ingest]'")


def too_large(size: int, bound: int = MAX_FILE) -> str:
    """Why a document of `size` bytes is not read."""
    return f"{size:,} bytes; the bound of a document is {bound:,}"


def text_of(words: str) -> str:
    """Canonical text of words that are decoded already. Raises NotText."""
    try:
        return canonical(words.encode())
    except UnicodeEncodeError as error:
        raise NotText(f"character {error.start}: half of a surrogate pair") from None


# --- Metadata -----------------------------------------------------------------------------------------


def lined(lines: Iterable[tuple[str, bool]]) -> tuple[str, list[Zone]]:
    """A text of lines, each with a line end, and zones (code points) of those that are headings."""
    words, zones, at = [], [], 0
    for line, is_heading in lines:
        if is_heading:
            zones.append(Zone(kind="heading", start=at, end=at + len(line)))
        words.append(f"{line}\n")
        at += len(line) + 1
    return "".join(words), zones


def day(stated: object) -> str | None:
    """A stated date as YYYY-MM-DD, the year first or as in mail; None for what is no such date.

    >>> day("2015-07-23T19:28:17+03:00"), day("Thu, 23 Jul 2015 19:28:17 GMT"), day("23/07/2015"), day("2015-13-01")
    ('2015-07-23', '2015-07-23', None, None)
    """
    if not isinstance(stated, str):
        return None
    if match := _DAY.match(stated.strip()):
        try:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            return None
    try:
        return parsedate_to_datetime(stated[:100]).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def language_tag(stated: object) -> str | None:
    """A stated language as article.json takes it: `AR_sa` → `ar-sa`; None for what is none."""
    if not isinstance(stated, str):
        return None
    tag = stated.strip().replace("_", "-")
    first, dash, rest = tag.partition("-")
    tag = first.lower() + dash + rest
    return tag if _LANGUAGE.match(tag) else None


def stated(values: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """What of `values` article.json can take, white space made plain, and a note for each value that it cannot.

    Keys: title, author, publisher, date, url, language, source (whose report it is).
    """
    found: dict[str, Any] = {}
    notes: list[str] = []
    for key, value in values.items():
        words = " ".join(value.split()) if isinstance(value, str) else ""
        if not words:
            continue
        made: Any = words
        if key == "date":
            made = day(words)
        elif key == "language":
            made = language_tag(words)
        elif len(words) > _LONGEST.get(key, _LONGEST_CREDIT) or (key == "url" and not _ADDRESS.match(words)):
            made = None
        if made is None:
            notes.append(f"{key} left out: «{visible(words)[:60]}»")
        elif key == "source":
            found["credits"] = {"source": made}
        else:
            found[key] = made
    return found, notes
