"""The page of claimers: each with its claims, by article, and links to their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasrih.model import UNNAMED, Article
from tasrih.report import roles
from tasrih.report.site.listing import brief
from tasrih.report.site.shell import Shell
from tasrih.report.things import Made, Thing

_VALUES = ("mode", "polarity", "certainty")


@dataclass(frozen=True, slots=True)
class Said:
    """A claim: its id, its words, and how it is made."""

    id: str
    words: str
    attributes: list[roles.Attribute]


@dataclass(frozen=True, slots=True)
class Source:
    """A claimer with its claims by article. `phrases` say all that its claims have of mode, polarity, certainty."""

    thing: Thing
    articles: list[tuple[Article, list[Said]]]
    topics: list[str]
    phrases: list[str]

    @property
    def values(self) -> list[str]:
        """The phrases as words without spaces, for a filter."""
        return [_token(phrase) for phrase in self.phrases]

    @property
    def count(self) -> int:
        """The number of its claims."""
        return sum(len(said) for _, said in self.articles)


def page(shell: Shell) -> tuple[str, str]:
    """The page, those with the most claims first, nobody named last."""
    made: dict[int, list[Made]] = {}
    for one in shell.collection.things.claims():
        made.setdefault(one.claimer.number, []).append(one)
    sources = [_source(shell, ones) for ones in made.values()]
    sources.sort(key=lambda source: (source.thing.kind == UNNAMED, -source.count, source.thing.number))
    used = {source.thing.label for source in sources}
    phrases = sorted({phrase for source in sources for phrase in source.phrases})
    topics = {topic for source in sources for topic in source.topics}
    return shell.page(
        "sources",
        "sources.html",
        shell.say("Claimers and their claims"),
        sources=sources,
        ui="",
        brief=[("claimers", len(sources)), *brief(shell.collection, ("attributed_claims", "unnamed_claims"))],
        options={
            "topic": shell.options([topic for topic in shell.collection.labels["topic"] if topic in topics]),
            "labels": shell.options([label for label in shell.collection.labels["entity"] if label in used]),
            "manner": [(_token(phrase), shell.say.label(phrase)) for phrase in phrases],
        },
    )


def _token(phrase: str) -> str:
    return phrase.replace(" ", "-")


def _source(shell: Shell, made: Sequence[Made]) -> Source:
    by_article: dict[str, list[Said]] = {}
    for one in made:
        words = roles.quote(shell.collection.view(one.article).text, one.claim)
        attributes = [a for a in roles.attributes(one.claim) if a.name in _VALUES]
        by_article.setdefault(one.article, []).append(Said(one.claim["id"], words, attributes))
    phrases = {a.phrase for said in by_article.values() for claim in said for a in claim.attributes}
    articles = [(shell.collection.article(article), said) for article, said in by_article.items()]
    return Source(made[0].claimer, articles, shell.topics(list(by_article)), sorted(phrases))
