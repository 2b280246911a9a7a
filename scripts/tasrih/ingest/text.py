"""Plain text → article: the canonical text, and the zones and credits that its lines show."""

from __future__ import annotations

import hashlib
import re
from typing import Any, cast

from tasrih.model import Article, Credits, Zone
from tasrih.text.canonical import canonical, sha256

_CREDIT = re.compile(
    r"\s*(?P<key>الصورة|صورة|تصوير|المصدر|مصدر|Photo|Source)\s*[:：]\s*(?P<value>\S.*?)\s*\Z"
)
_IMAGE_KEYS = {"الصورة", "صورة", "تصوير", "Photo"}
_SENTENCE_END = re.compile(r"[.!?؟…:،؛»”\"]\s*\Z")
_LONGEST_HEADING = 90
_LONGEST_QUESTION = 40


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


def article_from_text(source: bytes, metadata: dict[str, Any]) -> tuple[Article, str]:
    """An article record and its canonical text from the bytes of a plain text file.

    `metadata` holds at least id, language, event, topic, origin and rights, and wins over what the lines say.
    Raises tasrih.text.canonical.NotText.
    """
    text = canonical(source)
    zones, credits_, publisher = credit_lines(text)
    zones = headings(text, zones[0]["start"] if zones else len(text)) + zones
    found: dict[str, Any] = {"zones": zones}
    if credits_:
        found["credits"] = credits_
    if publisher:
        found["publisher"] = publisher
    article = {
        **found,
        **metadata,
        "text_sha256": sha256(text),
        "source_sha256": hashlib.sha256(source).hexdigest(),
        "length": len(text),
    }
    return cast(Article, article), text
