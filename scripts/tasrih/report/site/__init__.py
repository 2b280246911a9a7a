"""A site of a corpus or a release: static pages in Arabic and English, made of nothing but the data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from tasrih.report.palette import Palette
from tasrih.report.pieces import DEEPEST_LANE
from tasrih.report.site import article, figures, listing, sources, stances
from tasrih.report.site.collection import Collection
from tasrih.report.site.shell import Shell
from tasrih.report.strings import LANGUAGES

__all__ = ["Collection", "file_count", "pages"]


def pages(collection: Collection) -> Iterator[tuple[str, str]]:
    """Every file of the site: its path with forward slashes, and its content. The same data give the same files."""
    yield "site.css", style(collection)
    yield "site.js", _template("site.js")
    yield "search.js", listing.search_script(collection)
    for language in LANGUAGES:
        shell = Shell(collection, language)
        yield listing.page(shell)
        yield sources.page(shell)
        yield stances.page(shell)
        yield figures.statistics_page(shell)
        if (agreement := figures.agreement_page(shell)) is not None:
            yield agreement
        yield from article.pages(shell)


def file_count(collection: Collection) -> int:
    """How many files `pages` gives."""
    of_a_language = 4 + (collection.agreement is not None) + len(collection.documents)
    return 3 + len(LANGUAGES) * of_a_language


def style(collection: Collection) -> str:
    """The style sheet: that of an article's page, the colours of the labels, and the site's own."""
    lanes = "\n".join(f".lane-{lane}{{--lane:{lane}}}" for lane in range(DEEPEST_LANE + 1))
    colours = "\n".join(Palette(collection.labels).rules(dark=True))
    return "\n".join([_template("page.css"), colours, lanes, _template("site.css")])


@cache
def _template(name: str) -> str:
    return files("tasrih.report").joinpath(f"templates/{name}").read_text("utf-8")
