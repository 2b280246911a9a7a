"""Plain text → article: the canonical text, and the zones, credits and dateline that its lines show.

Nothing is cut out: what is found is said in the metadata and stays in the text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tasrih.ingest.encoding import decoded
from tasrih.ingest.opening import Input
from tasrih.ingest.source import Found, Options, Source, text_of
from tasrih.model import Article, Credits, Zone
from tasrih.text.canonical import canonical, sha256

_CREDIT = re.compile(
    r"\s*(?P<key>الصورة|صورة|تصوير|المصدر|مصدر|Photo|Source)\s*[:：]\s*(?P<value>\S.*?)\s*\Z"
)
_IMAGE_KEYS = {"الصورة", "صورة", "تصوير", "Photo"}
_SENTENCE_END = re.compile(r"[.!?؟…:،؛»”\"]\s*\Z")
_LONGEST_HEADING = 90
_LONGEST_QUESTION = 40

# Agencies as datelines name them; with other words round the name in brackets it is one too.
_AGENCIES = (
    "أ ف ب", "ا ف ب", "أ.ف.ب", "ا.ف.ب", "أف ب", "فرانس برس", "رويترز", "رويتر", "د ب أ", "د.ب.أ", "د ب ا", "أ ب", "أ.ب", "ا ب",
    "أسوشيتد برس", "اسوشيتد برس", "أسوشييتد برس", "واس", "وام", "قنا", "كونا", "بترا", "بنا", "سانا", "وفا", "واع", "وات", "واج",
    "أ ش أ", "أ.ش.أ", "ا ش ا", "سبوتنيك", "شينخوا", "الأناضول", "الاناضول", "تاس", "إرنا", "ارنا", "إفي", "وكالات", "الوكالات",
    "AFP", "Reuters", "AP", "DPA", "dpa", "Xinhua", "TASS", "UPI", "EFE", "ANSA", "Bloomberg", "CNN", "BBC", "Anadolu", "AA",
    "SPA", "WAM", "KUNA", "Petra", "SANA", "WAFA", "MENA", "MAP", "TAP", "APS", "QNA", "BNA", "INA",
)  # fmt: skip
_AGENCY_WORDS = re.compile(
    r"\b(?:وكالة|وكالات|الوكالات|مراسل\w*|[Aa]genc(?:y|ies)|[Nn]ews|[Pp]ress|[Ww]ires?)\b"
)
_KNOWN_AGENCY = re.compile("(?:{0})(?:\\s*[،,/و]\\s*(?:{0}))*".format("|".join(map(re.escape, _AGENCIES))))
_LONGEST_DATELINE, _MOST_PLACE_WORDS = 90, 8
_PLACE = r"(?P<place>[^()«»\"“”:؛;.!؟?\n–—-]{2,60}?)"
_DASH = r"(?:[-–—ـ]{1,2}|:)"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\s*{_PLACE}?\s*\((?P<agency>[^()\n]{{2,60}})\)\s*{_DASH}",  # الرباط (وكالة …) -
        rf"\s*{_PLACE}\s*{_DASH}\s*\(?(?P<agency>[^()«»:\n–—-]{{2,60}}?)\)?\s*(?:{_DASH}|\n|\Z)",  # القاهرة - أ ف ب:
        rf"\s*(?P<agency>[^()«»:\n–—-]{{2,40}}?)\s*{_DASH}\s*{_PLACE}\s*{_DASH}",  # واس - الرياض:
        rf"\s*(?P<agency>[^()«»:\n–—-]{{2,40}}?)\s*{_DASH}\s",  # رويترز -
    )
)


def _lines(text: str) -> list[tuple[int, str]]:
    """Start (code points) and content of every line that is not blank."""
    found, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append((at, line))
        at += len(line) + 1
    return found


def _is_short(line: str) -> bool:
    bare = line.strip()
    if bare.endswith("؟"):  # a question may head a section; a short line of one question does
        return len(bare) <= _LONGEST_QUESTION and not _SENTENCE_END.search(bare[:-1]) and "." not in bare
    return len(bare) <= _LONGEST_HEADING and not _SENTENCE_END.search(line)


def _zone(kind: str, start: int, line: str) -> Zone:
    lead = len(line) - len(line.lstrip())
    return cast(Zone, {"kind": kind, "start": start + lead, "end": start + lead + len(line.strip())})


def credit_lines(text: str) -> tuple[list[Zone], Credits, str | None]:
    """Credit zones at the end of `text`, what they say, and the publisher where a short line before names one."""
    lines = _lines(text)
    zones: list[Zone] = []
    credits_: dict[str, str] = {}
    while len(lines) > 1 and (match := _CREDIT.match(lines[-1][1])):
        start, line = lines.pop()
        zones.insert(0, _zone("credit", start, line))
        credits_["image" if match["key"] in _IMAGE_KEYS else "source"] = match["value"]
    publisher = None
    if zones and len(lines) > 1 and len(lines[-1][1].strip()) <= _LONGEST_HEADING and "." not in lines[-1][1]:
        start, line = lines.pop()
        zones.insert(0, _zone("credit", start, line))
        publisher = line.strip()
    return zones, cast(Credits, credits_), publisher


def headings(text: str, credit_start: int) -> list[Zone]:
    """Heading zones: short lines inside the text that end like no sentence."""
    lines = [(start, line) for start, line in _lines(text) if start < credit_start]
    inner = lines[1:-1]
    return [_zone("heading", start, line) for start, line in inner if _is_short(line)]


def dateline(text: str) -> tuple[str, int, int] | None:
    """The agency that the beginning of `text` names, and where its name stands (code points, half-open).

    Taken is a known agency, or in brackets what calls itself one, behind or before a place of a few words.

    >>> dateline("الرباط (وكالة المغرب العربي للأنباء) - أعلنت الوزارة")
    ('وكالة المغرب العربي للأنباء', 8, 35)
    >>> dateline("LONDON, March 3 (Reuters) — The ministry said"), dateline("دمشق (سوريا) - قالت")
    (('Reuters', 17, 24), None)
    """
    lead = len(text) - len(text.lstrip())
    head = text[lead : lead + _LONGEST_DATELINE]
    for number, pattern in enumerate(_DATELINES):
        match = pattern.match(head)
        if match is None or len((match.groupdict().get("place") or "").split()) > _MOST_PLACE_WORDS:
            continue
        agency = match["agency"].strip()
        bracketed = number == 0 and _AGENCY_WORDS.search(agency)
        if bracketed or _KNOWN_AGENCY.fullmatch(agency):
            start = lead + match.start("agency") + match["agency"].index(agency)
            return agency, start, start + len(agency)
    return None


def described(text: str, known_headings: list[Zone] | None = None) -> dict[str, Any]:
    """What the lines of a canonical text say, with the keys of article.json: zones, credits, publisher.

    Where the source marks its headings, `known_headings` are they, and no line is taken for another. A source line at the end says more plainly than a dateline whose report it is, so it stands before that.
    """
    zones, credits_, publisher = credit_lines(text)
    end = zones[0]["start"] if zones else len(text)
    inside = (
        headings(text, end)
        if known_headings is None
        else [zone for zone in known_headings if zone["end"] <= end]
    )
    found: dict[str, Any] = {"zones": inside + zones}
    agency = dateline(text)
    said = {"source": agency[0], **credits_} if agency else dict(credits_)
    if said:
        found["credits"] = said
    if publisher:
        found["publisher"] = publisher
    return found


def article_from_text(source: bytes, metadata: dict[str, Any]) -> tuple[Article, str]:
    """An article record and its canonical text from the bytes of a plain text file.

    `metadata` holds at least id, language, event, topic, origin and rights, and wins over what the lines say.
    Raises tasrih.text.canonical.NotText.
    """
    text = canonical(source)
    return made(text, metadata, hashlib.sha256(source).hexdigest()), text


def made(
    text: str,
    metadata: Mapping[str, Any],
    source_sha256: str | None,
    known_headings: list[Zone] | None = None,
) -> Article:
    """The article record of a canonical text; `metadata` wins over what the lines say."""
    article = {
        **described(text, known_headings),
        **metadata,
        "text_sha256": sha256(text),
        "source_sha256": source_sha256,
        "length": len(text),
    }
    return cast(Article, {key: value for key, value in article.items() if key != "source_sha256" or value})


def read(given: Input, options: Options) -> Iterator[Found]:
    """The article of a text file."""
    data = given.whole()
    found = decoded(data, None, options.encoding)
    text = text_of(found.text)
    notes = (
        [] if found.how == "detected" and found.encoding == "utf-8" else [f"{found.encoding}, {found.how}"]
    )
    yield Source(
        given.name, text, given.stem, {}, None, found.encoding, notes, hashlib.sha256(data).hexdigest()
    )
