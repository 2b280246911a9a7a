"""RSS and Atom feeds saved to disk → articles, one an entry. Nothing that a feed points to is fetched.

A feed with a document type is refused before a parser sees it: entities of its own are how a small file becomes a
huge one, and no feed of today needs any.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from typing import Any

from tasrih.ingest.encoding import decoded
from tasrih.ingest.html import fragment
from tasrih.ingest.opening import Input
from tasrih.ingest.source import (
    Found,
    Options,
    Refused,
    Remark,
    Source,
    day,
    guarded,
    missing,
    stated,
    text_of,
)
from tasrih.model import visible
from tasrih.text.canonical import NotText
from tasrih.text.slugs import address_name

MAX_FEED = 16 << 20
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read(given: Input, options: Options) -> Iterator[Found]:
    """The entries of a feed, in their order."""
    data = given.whole(MAX_FEED)
    try:
        import feedparser
    except ImportError:
        raise missing("feedparser") from None
    declared = _DECLARED.match(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
    found = decoded(data, declared[1].decode() if declared else None, options.encoding)
    refuse_document_type(found.text)
    plain = _XML_DECLARATION.sub("", found.text, count=1)
    parsed = feedparser.parse(
        io.BytesIO(plain.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False, resolve_relative_uris=False,
    )  # fmt: skip
    if found.encoding != "utf-8":
        yield Remark(given.name, f"encoding {found.encoding}, {found.how}")
    if parsed.get("bozo") and not parsed.entries:
        raise Refused(f"no feed that can be read ({visible(str(parsed.get('bozo_exception')))[:120]})")
    if parsed.get("bozo"):
        said = visible(str(parsed.get("bozo_exception")))[:120]
        yield Remark(given.name, f"damaged ({said}); read as far as it can be")
    if not parsed.entries:
        raise Refused("the feed has no entries")
    for number, entry in enumerate(parsed.entries, start=1):
        where = f"{given.name}:{number}"
        yield from guarded(where, _entry(where, entry, parsed.feed, found.encoding, f"{given.stem}-{number}"))


def refuse_document_type(text: str) -> None:
    """Raises Refused where a document type stands before the first element of XML."""
    at = 0
    while match := re.compile(r"\s*<([?!])(--|\w*)").match(text, at):
        if match[1] == "!" and match[2] != "--":
            raise Refused(
                "it has a document type (<!DOCTYPE>), which may define entities without bound; take it out"
            )
        end = "?>" if match[1] == "?" else "-->"
        at = text.find(end, match.end())
        if at < 0:
            return
        at += len(end)


def _entry(where: str, entry: Any, feed: Any, encoding: str, otherwise: str) -> Iterator[Found]:
    markup, kind, note = _content(entry)
    if kind in ("text/html", "application/xhtml+xml", "html", "xhtml"):
        text, headings = fragment(markup)
    else:
        text, headings = text_of(markup), []
    metadata, notes = stated(
        {
            "title": _plain(entry.get("title")),
            "author": entry.get("author"),
            "date": _date(entry),
            "url": entry.get("link"),
            "publisher": _publisher(entry, feed),
            "language": entry.get("language") or feed.get("language"),
        }
    )
    name = address_name(metadata.get("url", "")) or metadata.get("title", "") or otherwise
    digest = hashlib.sha256(markup.encode("utf-8", "replace")).hexdigest()
    yield Source(where, text, name, metadata, headings, encoding, [*note, *notes], digest)


def _content(entry: Any) -> tuple[str, str, list[str]]:
    """The longest content of an entry, its media type, and a note where there is only a summary. Raises Refused."""
    contents = [
        one
        for one in entry.get("content") or []
        if isinstance(one.get("value"), str) and one["value"].strip()
    ]
    if contents:
        best = max(contents, key=lambda one: len(one["value"]))
        return best["value"], best.get("type") or "text/html", []
    summary = entry.get("summary")
    if isinstance(summary, str) and summary.strip():
        kind = (entry.get("summary_detail") or {}).get("type") or "text/html"
        return summary, kind, ["the summary alone; the feed has no content"]
    raise Refused("an entry without content and summary")


def _plain(title: object) -> str:
    """A title without markup."""
    if not isinstance(title, str) or "<" not in title:
        return title if isinstance(title, str) else ""
    try:
        return fragment(title)[0]
    except (Refused, NotText):
        return ""


def _date(entry: Any) -> str:
    """The date of publication in the time zone that the feed writes it in."""
    words = entry.get("published") or ""
    if found := day(words):
        return found
    parsed = entry.get("published_parsed")
    return f"{parsed[0]:04}-{parsed[1]:02}-{parsed[2]:02}" if parsed else str(words)


def _publisher(entry: Any, feed: Any) -> object:
    """Who published the entry: the feed it was taken from, the feed's publisher, or its title."""
    source = entry.get("source") or {}
    return _plain(source.get("title")) or _plain(feed.get("publisher")) or _plain(feed.get("title"))
