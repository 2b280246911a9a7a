"""The figures of a corpus, for the card and the command line. Text-free, so withheld articles count too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tasrih.model import (
    AUTHOR,
    GOLD,
    SPLITS,
    UNNAMED,
    UNSPECIFIED,
    Article,
    Claim,
    Document,
    Entity,
    Layer,
    LayerView,
    Stance,
    annotators,
    layer_view,
)

ATTRIBUTES = (
    "entity",
    "form",
    "via",
    "mode",
    "polarity",
    "certainty",
    "checkworthy",
    "stance",
    "basis",
    "target",
    "topic",
)


# What is counted of every article on its own, so that it can be summed by split once the splits are known.
AMOUNTS = (
    "articles",
    "characters",
    "words",
    "entities",
    "stances",
    "attributed_claims",
    "author_claims",
    "unnamed_claims",
    "nested_claims",
    "interrupted_claims",
)


def gold_views(documents: Iterable[Document]) -> list[LayerView]:
    """The gold layers of those documents that have one."""
    return [layer_view(document, GOLD) for document in documents if GOLD in document["layers"]]


def amounts(article: Article, words: int, gold: LayerView | None) -> list[int]:
    """How much of each of AMOUNTS an article holds; `words` are those of a text that is shown."""
    if gold is None:
        return [1, article["length"], words, *[0] * (len(AMOUNTS) - 3)]
    claimers = [claim["claimers"] for claim in gold.claims]
    by_author = claimers.count([AUTHOR])
    return [
        1, article["length"], words, len(gold.entities), len(gold.stances),
        len(claimers) - by_author, by_author, claimers.count([UNNAMED]),
        sum(bool(claim.get("within")) for claim in gold.claims),
        sum("fragments" in claim for claim in gold.claims),
    ]  # fmt: skip


# Records are gone through once for every attribute: of so many layers they are still in the processor's cache.
_AT_ONCE = 8

_COUNTERS = ("articles", "authors", "makers", "layers", "countries", "years")


@dataclass
class Statistics:
    """Counts over the documents that were added. `events` is how many there are; whoever knows them all says it."""

    articles: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in ATTRIBUTES})
    by_split: dict[str, Counter[str]] = field(default_factory=lambda: {split: Counter() for split in SPLITS})
    authors: Counter[str] = field(default_factory=Counter)
    makers: Counter[str] = field(default_factory=Counter)
    events: int = 0
    withheld: list[str] = field(default_factory=list)
    layers: Counter[str] = field(default_factory=Counter)
    annotators: dict[str, Counter[str]] = field(default_factory=dict)
    countries: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)

    def add(self, documents: Sequence[Document], golds: Sequence[LayerView]) -> None:
        """Counts documents, all but their amounts, which `place` takes. `golds` are the views of their gold layers."""
        self._articles([document["article"] for document in documents])
        for document in documents:
            for name in annotators(document):
                header = cast(Layer, document["layers"][name][0])
                self.layers[name] += 1
                self.annotators.setdefault(name, Counter())[header.get("by", "not stated")] += 1
        self.makers.update(gold.header.get("by", "not stated") for gold in golds)
        for at in range(0, len(golds), _AT_ONCE):
            some = golds[at : at + _AT_ONCE]
            self._entities([entity for gold in some for entity in gold.entities])
            self._claims([claim for gold in some for claim in gold.claims])
            self._stances([stance for gold in some for stance in gold.stances])

    def _articles(self, articles: Sequence[Article]) -> None:
        for article in articles:
            self.articles[article["origin"]] += 1
            self.articles["invented"] += bool(article.get("invented"))
        self.labels["topic"].update([article["topic"] for article in articles])
        self.withheld += [article["id"] for article in articles if not article["rights"]["redistribute"]]
        self.authors.update([str(one.get("author")) for one in articles if one["origin"] == "written"])
        self.countries.update([country for one in articles for country in one.get("countries") or ()])
        self.years.update([date[:4] for one in articles if (date := one.get("date"))])

    def _entities(self, entities: Iterable[Entity]) -> None:
        self.labels["entity"].update([entity["label"] for entity in entities])
        self.labels["form"].update([entity.get("form", UNSPECIFIED) for entity in entities])

    def _stances(self, stances: Iterable[Stance]) -> None:
        self.labels["stance"].update([stance["label"] for stance in stances])
        self.labels["basis"].update([stance.get("basis", UNSPECIFIED) for stance in stances])
        self.labels["target"].update(
            ["claim" if stance["target"].startswith("c") else "entity" for stance in stances]
        )

    def _claims(self, claims: Iterable[Claim]) -> None:
        for name in ("via", "mode", "polarity", "certainty"):
            self.labels[name].update([str(claim.get(name, UNSPECIFIED)) for claim in claims])
        said: dict[Any, str] = {True: "yes", False: "no", None: UNSPECIFIED}
        self.labels["checkworthy"].update([said[claim.get("checkworthy")] for claim in claims])

    def place(self, split: str, values: Iterable[int]) -> None:
        """Counts the amounts of one document, or the sums of many, to a split."""
        self.by_split[split].update(dict(zip(AMOUNTS, map(int, values), strict=True)))

    def merge(self, other: Mapping[str, Any]) -> None:
        """Adds the `state` of other statistics."""
        for name in _COUNTERS:
            getattr(self, name).update(other[name])
        for name in ("labels", "annotators"):
            mine = getattr(self, name)
            for key, counts in other[name].items():
                mine.setdefault(key, Counter()).update(counts)
        self.withheld += other["withheld"]

    def state(self) -> dict[str, Any]:
        """What `merge` takes, as plain values: all but amounts and events."""
        return {name: getattr(self, name) for name in (*_COUNTERS, "labels", "annotators", "withheld")}

    def as_record(self) -> dict[str, Any]:
        """Everything as plain values, for JSON: counts by split, labels, topics, countries, years, layers."""
        names = sorted({name for counts in self.by_split.values() for name in counts})
        return {
            "total": {name: self.total(name) for name in names},
            "splits": {
                split: {name: counts[name] for name in names} for split, counts in self.by_split.items()
            },
            "events": self.events,
            "origin": dict(sorted(self.articles.items())),
            "labels": {kind: dict(counts.most_common()) for kind, counts in self.labels.items()},
            "countries": dict(self.countries.most_common()),
            "years": dict(sorted(self.years.items())),
            "layers": dict(sorted(self.layers.items())),
            "withheld": self.withheld,
        }

    def total(self, name: str) -> int:
        """Sum of a count over the splits."""
        return sum(counts[name] for counts in self.by_split.values())


def statistics(documents: Sequence[Document], splits: Mapping[str, str]) -> Statistics:
    """Figures of `documents`; `splits` maps article ids to splits."""
    figures = Statistics()
    golds = gold_views(documents)
    figures.add(documents, golds)
    by_id = {gold.article["id"]: gold for gold in golds}
    for document in documents:
        article, text = document["article"], document["text"] or ""
        words = len(text.split()) if article["rights"]["redistribute"] else 0
        figures.place(splits[article["id"]], amounts(article, words, by_id.get(article["id"])))
    figures.events = len({document["article"]["event"] for document in documents})
    return figures
