"""The page of one article: its text with the annotations, its metadata, and where the readers differed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasrih.agree.figures import Agreement
from tasrih.model import Article, Decision, LayerView
from tasrih.report import roles
from tasrih.report.agreement import Difference, Differing, differing
from tasrih.report.page import Writer, facts, figures, own_language
from tasrih.report.site.shell import Shell


@dataclass(frozen=True, slots=True)
class Readings:
    """Two layers of an article: what they do not agree in, each with the decision on it where there is one."""

    one: str
    other: str
    found: Differing
    entries: list[tuple[Difference, Decision | None]]


def pages(shell: Shell) -> Iterator[tuple[str, str]]:
    """The pages of all articles."""
    views = shell.collection.views
    readings = readings_by_article(shell)
    for place, view in enumerate(views):
        previous = views[place - 1].article if place else None
        following = views[place + 1].article if place + 1 < len(views) else None
        yield _page(shell, view, previous, following, readings.get(view.article["id"], []))


def _page(
    shell: Shell,
    view: LayerView,
    previous: Article | None,
    following: Article | None,
    readings: Sequence[Readings],
) -> tuple[str, str]:
    article = view.article
    writer = Writer(view, shell.palette, shell.say)
    direction = roles.direction(article["language"])
    address = article.get("url") or ""
    referents = roles.referents(view)
    return shell.page(
        "article",
        f"articles/{article['id']}.html",
        article.get("title") or article["id"],
        article=article,
        header=view.header,
        split=shell.collection.splits[article["id"]],
        previous=previous,
        next=following,
        direction=direction,
        arrow="←" if direction == "rtl" else "→",
        facts=_facts(shell, article),
        figures=figures(view),
        link=address,
        is_web=address.startswith(("https://", "http://")),
        withheld=view.text is None,
        rows=writer.rows(),
        loose=writer.loose(),
        referents=[referent for referent in referents if not _is_alone(referent)],
        alone=[referent.mentions[0] for referent in referents if _is_alone(referent)],
        writer=writer,
        live=True,
        ui=own_language(shell.say.code, article["language"]),
        differing=readings,
    )


def _is_alone(referent: roles.Referent) -> bool:
    """Whether nothing is to be said of it but that it is mentioned."""
    return not (referent.name or referent.wikidata or referent.roles or "members" in referent.mentions[0])


def _facts(shell: Shell, article: Article) -> list[tuple[str, str]]:
    """Metadata in the language of the page."""
    say = shell.say
    named = {
        "topic": say.label(article["topic"]),
        "countries": say(", ").join(map(shell.country, article.get("countries") or [])),
        "origin": say.label(article["origin"])
        + (say(", ") + say("invented") if article.get("invented") else ""),
        "licence": article["rights"]["licence"]
        + ("" if article["rights"]["redistribute"] else say(", ") + say("text withheld")),
    }
    return [(name, named.get(name, value)) for name, value in facts(article)]


def readings_by_article(shell: Shell) -> Mapping[str, list[Readings]]:
    """For each article with two layers or more, every two of them compared."""
    agreement = shell.collection.agreement
    found: dict[str, list[Readings]] = {}
    for pair in agreement.pairs if agreement else ():
        for article, readings in _readings(shell, pair):
            found.setdefault(article, []).append(readings)
    return found


def _readings(shell: Shell, pair: Agreement) -> Iterator[tuple[str, Readings]]:
    for comparison in pair.comparisons:
        compared = differing(comparison)
        decided = {
            (decision["one"], decision["other"]): decision
            for decision in shell.collection.decisions.get(compared.article, ())
            if decision["layers"] == [pair.one, pair.other]
        }
        entries = [(difference, decided.get(difference.ids)) for difference in compared.differences]
        yield compared.article, Readings(pair.one, pair.other, compared, entries)
