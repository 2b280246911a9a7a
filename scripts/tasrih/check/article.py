"""Rules about an article's metadata."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from tasrih.check.reading import BASE, CLEAN
from tasrih.check.rule import Context, Example, Fault, rule
from tasrih.model import Document

_HEADING = Example(
    "سطر أول.\nعنوان فرعي\nسطر ثالث.", {"/article/zones": [{"kind": "heading", "start": 9, "end": 19}]}
)


def real_date(text: str) -> bool:
    """Whether `text` (YYYY-MM-DD) is a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@rule(
    "A102",
    "error",
    "document",
    mend="rename the folder or mend the id",
    bad=Example(BASE, {"/article/id": "other"}),
    good=CLEAN,
)
def folder_name(document: Document, context: Context) -> Iterator[Fault]:
    """The id is not the folder's name.

    An article's id is the name of its folder: lower-case letters, digits and single hyphens.
    """
    if not context.is_shard and document["article"]["id"] != context.folder_name:
        yield Fault(
            f"the id is «{document['article']['id']}», the folder «{context.folder_name}»",
            pointer=("article", "id"),
        )


@rule(
    "A103",
    "error",
    "document",
    mend="state the day of publication, or null",
    bad=Example(BASE, {"/article/date": "2024-02-30"}),
    good=Example(BASE, {"/article/date": "2024-02-29"}),
)
def impossible_date(document: Document, context: Context) -> Iterator[Fault]:
    """The date is no day of the calendar."""
    stated = document["article"].get("date")
    if stated and not real_date(stated):
        yield Fault(
            f"there is no day {stated}", "state the day of publication, or null", pointer=("article", "date")
        )


@rule(
    "A104",
    "error",
    "document",
    mend="mend the zone's offsets",
    bad=Example("سطر أول.", {"/article/zones": [{"kind": "heading", "start": 0, "end": 900}]}),
    good=_HEADING,
)
def zone_outside(document: Document, context: Context) -> Iterator[Fault]:
    """A zone lies outside of the text, is empty, or overlaps the one before it."""
    reached, length = 0, document["article"]["length"]
    for index, zone in enumerate(document["article"]["zones"]):
        if not reached <= zone["start"] < zone["end"] <= length:
            yield Fault(
                f"[{zone['start']}, {zone['end']}) does not lie between {reached} and {length}",
                "zones stand in text order and do not overlap",
                pointer=("article", "zones", index),
            )
        reached = max(reached, zone["end"])


@rule(
    "A105",
    "warning",
    "document",
    mend="let the zone begin and end with its line",
    bad=Example(
        "سطر أول.\nعنوان فرعي\nسطر ثالث.", {"/article/zones": [{"kind": "heading", "start": 9, "end": 14}]}
    ),
    good=_HEADING,
)
def zone_not_a_line(document: Document, context: Context) -> Iterator[Fault]:
    """A zone does not begin and end where a line does.

    Headings and credits are lines of their own.
    """
    text = document["text"]
    if text is None:
        return
    for index, zone in enumerate(document["article"]["zones"]):
        start, end = zone["start"], zone["end"]
        before = text[text.rfind("\n", 0, start) + 1 : start]
        behind = text[end : text.find("\n", end) if "\n" in text[end:] else len(text)]
        if before.strip() or behind.strip():
            yield Fault(
                f"«{before[-10:]}» or «{behind[:10]}» of the same line is left out",
                pointer=("article", "zones", index),
            )


@rule(
    "A106",
    "error",
    "document",
    mend="say in author who or what wrote the text",
    bad=Example(BASE, {"/article/author": None}),
    good=CLEAN,
)
def author_missing(document: Document, context: Context) -> Iterator[Fault]:
    """A text written for the corpus does not say who or what wrote it.

    Readers must never take a written article for a report, or a model's work for a person's.
    """
    article = document["article"]
    if article["origin"] == "written" and not (article.get("author") or "").strip():
        yield Fault("origin is written and there is no author", pointer=("article", "author"))


@rule(
    "A107",
    "error",
    "document",
    mend="add the language to corpus.toml, or mend the article's",
    bad=Example(BASE, {"/article/language": "fr"}),
    good=CLEAN,
)
def language_unknown(document: Document, context: Context) -> Iterator[Fault]:
    """The article's language is not one of the corpus's."""
    language = document["article"].get("language", "")
    if language not in context.settings["languages"]:
        yield Fault(
            f"«{language}» is not in {context.settings['languages']}", pointer=("article", "language")
        )


@rule(
    "A108",
    "error",
    "document",
    mend="give the whole address, or null",
    bad=Example(BASE, {"/article/url": "javascript:alert(1)"}),
    good=Example(BASE, {"/article/url": "https://example.org/a"}),
)
def bad_url(document: Document, context: Context) -> Iterator[Fault]:
    """The address is not one of http or https."""
    url = document["article"].get("url")
    if not url:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or any(c.isspace() for c in url):
        yield Fault(f"«{url[:60]}» is not an http or https address", pointer=("article", "url"))


@rule(
    "A109",
    "warning",
    "document",
    mend="name the public record in sources, or set invented",
    bad=Example(BASE, {"/article/invented": False, "/article/sources": []}),
    good=CLEAN,
)
def sources_missing(document: Document, context: Context) -> Iterator[Fault]:
    """A written article about real events names no source of its facts.

    Say which public record the facts are on (the number of a resolution, a court's order), or that all is invented.
    """
    article = document["article"]
    if "invented" in context.broken_keys:
        return
    if article["origin"] == "written" and not article.get("invented") and not article.get("sources"):
        yield Fault("neither invented nor with sources", pointer=("article", "sources"))


@rule(
    "A110",
    "error",
    "document",
    mend="set redistribute to false, or state the licence that allows it",
    bad=Example(BASE, {"/article/rights/licence": "all rights reserved"}),
    good=CLEAN,
)
def licence_forbids(document: Document, context: Context) -> Iterator[Fault]:
    """The rights are reserved and redistribute is true."""
    rights = document["article"]["rights"]
    if rights["redistribute"] and "all rights reserved" in rights["licence"].casefold():
        yield Fault(
            "all rights are reserved, yet redistribute is true", pointer=("article", "rights", "redistribute")
        )
