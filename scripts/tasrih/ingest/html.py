"""Web pages → articles: trafilatura finds the text, JSON-LD, Open Graph and the page's own marks say whose it is.

What the page states comes before what is guessed, and a guess is reported as one. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from tasrih.ingest.encoding import decoded
from tasrih.ingest.opening import Input
from tasrih.ingest.source import (
    Found,
    Options,
    Refused,
    Source,
    language_tag,
    lined,
    missing,
    stated,
    text_of,
)
from tasrih.model import Zone
from tasrih.text.slugs import address_name

MAX_PAGE = 8 << 20  # bytes; extraction takes seconds a megabyte, and no article is near
_MOST_ATTRIBUTES = 500
_MOST_LINKED_DATA, _MOST_NODES = 1 << 20, 10_000
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE
)
_HEAD = 4096
_ARTICLE_TYPES = re.compile(
    r"(?:News|Report|Reportage|Analysis|Opinion|Background|Review|Blog)?\w*(?:Article|Posting)\Z"
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "head",
        "list",
        "item",
        "quote",
        "row",
        "code",
        "ab",
        "fw",
        "title",
    ]
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "head", "title"])
_BREAKS = frozenset(("br", "lb"))
_UNSEEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "svg",
        "math",
        "textarea",
        "select",
        "button",
        "graphic",
    ]
)
# libxml2 compares every attribute of a tag with every other. One long attribute, such as a picture, is no trouble.
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{1000,}")
_ATTRIBUTE_ENDS = re.compile(r"[\s\"'/]+")
_SPACE = re.compile(r"[ \t\r\n\f]+")


class Page(NamedTuple):
    """What a page gives: canonical text, heading zones (code points), metadata, notes."""

    text: str
    headings: list[Zone]
    metadata: dict[str, Any]
    notes: list[str]


def read(given: Input, options: Options) -> Iterator[Found]:
    """The article of a saved page."""
    yield page_source(given.name, given.stem, given.whole(MAX_PAGE), options)


def page_source(where: str, name: str, data: bytes, options: Options, declared: str | None = None) -> Source:
    """The article of a page's bytes. `declared` is the charset of its HTTP header. Raises Refused and NotText."""
    if match := _XML_DECLARED.match(data) or _DECLARED.search(data, 0, _HEAD):
        declared = declared or match[1].decode()
    found = decoded(data, declared, options.encoding)
    page = extracted(found.text)
    notes = page.notes + ([found.note] if found.note else [])
    digest = hashlib.sha256(data).hexdigest()
    return Source(where, page.text, name, page.metadata, page.headings, found.encoding, notes, digest)


def extracted(page: str) -> Page:
    """The article of a page. Raises Refused where none is found, and NotText."""
    try:
        from trafilatura import bare_extraction
    except ImportError:
        raise missing("trafilatura") from None
    tree = _tree(page)
    said = _stated(tree)
    found = bare_extraction(
        tree, with_metadata=True, include_comments=False, include_formatting=True, include_tables=True
    )
    if found is None or isinstance(found, dict) or found.body is None:
        raise Refused("no article text was found in the page")
    text, headings = blocks(found.body)
    notes: list[str] = []
    for key, guess in (("title", found.title), ("author", found.author)):
        if not said.get(key) and guess:
            said[key] = guess
            if key == "author":
                notes.append(f"author guessed from the page: {guess[:60]}")
    if not said.get("date") and found.date:  # guesses are years off: an untrue date is worse than none
        notes.append(f"no date is stated; not taken: {found.date}, a guess")
    metadata, left_out = stated(said)
    return Page(text, headings, metadata, notes + left_out)


def fragment(markup: str) -> tuple[str, list[Zone]]:
    """Text and heading zones of a piece of HTML that is all article, as feeds hold it. Raises Refused and NotText."""
    return blocks(_tree(markup))


def _tree(markup: str) -> Any:
    """A page parsed without network and without entities of its own. Raises Refused."""
    try:
        from lxml import etree, html
    except ImportError:
        raise missing("lxml") from None
    if len(markup) > MAX_PAGE:
        raise Refused(f"{len(markup):,} characters of HTML; the bound of a page is {MAX_PAGE:,}")
    if any(
        _ATTRIBUTE_ENDS.subn("", tag.group())[1] > 2 * _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(markup)
    ):
        raise Refused(f"a tag with more than {_MOST_ATTRIBUTES} attributes")
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        no_network=True,
        collect_ids=False,
    )
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refused(f"no HTML that can be read ({error})") from None
    for entry in parser.error_log:
        if "xcessive depth" in entry.message:
            raise Refused("elements are nested deeper than 256 levels")
    return tree


def blocks(tree: Any) -> tuple[str, list[Zone]]:
    """Canonical text of a tree, one line a block, and zones of the lines that are headings.

    White space within a block is one space, as a reader sees it. Raises Refused where nothing is left.
    """
    from lxml import etree

    lines: list[tuple[str, bool]] = []
    pieces: list[str] = []
    heading = unseen = 0

    def close() -> None:
        words = _SPACE.sub(" ", "".join(pieces)).strip(" ")
        pieces.clear()
        if words.strip():
            lines.append((words, heading > 0))

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _BLOCKS or tag in _BREAKS:
                close()
            heading += tag in _HEADINGS
            unseen += tag in _UNSEEN
            if element.text and not unseen and tag:
                pieces.append(element.text)
            continue
        if tag in _BLOCKS:
            close()
        elif tag in ("td", "th", "cell"):
            pieces.append(" ")
        heading -= tag in _HEADINGS
        unseen -= tag in _UNSEEN
        if element.tail and not unseen and element is not tree:
            pieces.append(element.tail)
    close()
    if not lines:
        raise Refused("no text was found in the page")
    text, zones = lined(lines)
    made = text_of(text)
    if len(made) != len(text):  # a byte order mark that a page holds as a character
        zones = [
            {**zone, "start": zone["start"] - 1, "end": zone["end"] - 1} for zone in zones if zone["start"]
        ]
    return made, zones


# --- What a page states of itself ---------------------------------------------------------------------


def _stated(tree: Any) -> dict[str, Any]:
    """Title, author, date, publisher, language and address as a page states them, the plainest statement first."""
    metas = _metas(tree)
    found = _linked_data(tree)

    def put(key: str, *values: object) -> None:
        for value in values:
            if isinstance(value, str) and value.strip() and not found.get(key):
                found[key] = value

    put("title", metas.get("og:title"), metas.get("twitter:title"))
    put("author", metas.get("author"), metas.get("article:author:name"), metas.get("dc.creator"))
    put(
        "date",
        metas.get("article:published_time"),
        metas.get("datepublished"),
        metas.get("dc.date.issued"),
        metas.get("pubdate"),
    )
    put("publisher", metas.get("og:site_name"), metas.get("dc.publisher"))
    for link in tree.iterfind(".//link[@rel='canonical']"):
        put("url", link.get("href"))
    put("url", metas.get("og:url"))
    root = tree.getroottree().getroot()
    languages = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
    )
    put("language", *languages, metas.get("content-language"), metas.get("og:locale"))
    found["language"] = language_tag(found.get("language")) or ""
    for time in tree.iterfind(".//time[@datetime]"):
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            put("date", time.get("datetime"))
    if str(found.get("author", "")).startswith("http"):
        found.pop("author")
    return found


def _metas(tree: Any) -> dict[str, str]:
    """The page's meta elements by name, the first of each."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        content = meta.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _linked_data(tree: Any) -> dict[str, Any]:
    """What JSON-LD says of the article."""
    found: dict[str, Any] = {}
    for script in tree.iter("script"):
        words = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(words) > _MOST_LINKED_DATA:
            continue
        try:
            value = orjson.loads(words.strip().encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            continue
        for node in _nodes(value):
            if _is_article(node):
                for key, said in _of_article(node).items():
                    if said:
                        found.setdefault(key, said)
    return found


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a JSON value, the outer ones first."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_NODES:
        seen += 1
        one = waiting.pop(0)
        if isinstance(one, dict):
            yield one
            waiting += [inner for inner in one.values() if isinstance(inner, dict | list)]
        elif isinstance(one, list):
            waiting += [inner for inner in one if isinstance(inner, dict | list)]


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE_TYPES.match(kind)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _of_article(node: Mapping[str, Any]) -> dict[str, str]:
    address = node.get("url") if isinstance(node.get("url"), str) else node.get("mainEntityOfPage")
    return {
        "title": _words(node.get("headline")) or _words(node.get("name")),
        "author": _named(node.get("author")),
        "publisher": _named(node.get("publisher")),
        "date": _words(node.get("datePublished")),
        "language": _named(node.get("inLanguage")),
        "url": _words(address.get("@id") if isinstance(address, dict) else address),
    }


def _words(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _named(value: object) -> str:
    """The name of a person or body, or several with commas."""
    if isinstance(value, dict):
        return _words(value.get("name"))
    if isinstance(value, list):
        return ", ".join(
            filter(None, (_named(one) if isinstance(one, dict) else _words(one) for one in value[:20]))
        )
    return _words(value)


def name_of(source: Source, otherwise: str) -> str:
    """What an id is made of, for a page out of an archive or a feed: its address, its title, or `otherwise`."""
    return address_name(source.metadata.get("url", "")) or source.metadata.get("title", "") or otherwise
