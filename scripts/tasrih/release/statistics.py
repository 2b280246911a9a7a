"""The figures of a corpus, for the card and the command line. Text-free, so withheld articles count too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasrih.model import (
    AUTHOR,
    GOLD,
    SPLITS,
    UNNAMED,
    UNSPECIFIED,
    Document,
    LayerView,
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


def amounts(document: Document) -> list[int]:
    """How much of each of AMOUNTS a document holds."""
    article = document["article"]
    shown = document["text"] is not None and article["rights"]["redistribute"]
    counts = Counter(
        articles=1, characters=article["length"], words=len(str(document["text"]).split()) if shown else 0
    )
    if GOLD in document["layers"]:
        gold = layer_view(document, GOLD)
        counts["entities"], counts["stances"] = len(gold.entities), len(gold.stances)
        for claim in gold.claims:
            counts["author_claims" if claim["claimers"] == [AUTHOR] else "attributed_claims"] += 1
            counts["unnamed_claims"] += claim["claimers"] == [UNNAMED]
            counts["nested_claims"] += bool(claim.get("within"))
            counts["interrupted_claims"] += "fragments" in claim
    return [counts[name] for name in AMOUNTS]


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

    def add(self, document: Document) -> None:
        """Counts one document, all but its amounts, which `place` takes."""
        article = document["article"]
        self.articles[article["origin"]] += 1
        self.articles["invented"] += bool(article.get("invented"))
        self.labels["topic"][article["topic"]] += 1
        if not article["rights"]["redistribute"]:
            self.withheld.append(article["id"])
        if article["origin"] == "written":
            self.authors[str(article.get("author"))] += 1
        self.countries.update(article.get("countries") or [])
        if date := article.get("date"):
            self.years[date[:4]] += 1
        for name in annotators(document):
            header = layer_view(document, name).header
            self.layers[name] += 1
            self.annotators.setdefault(name, Counter())[header.get("by", "not stated")] += 1
        if GOLD in document["layers"]:
            self._gold(layer_view(document, GOLD))

    def _gold(self, gold: LayerView) -> None:
        self.makers[gold.header.get("by", "not stated")] += 1
        for kind, records in (("entity", gold.entities), ("stance", gold.stances)):
            self.labels[kind].update(record["label"] for record in records)
        self.labels["form"].update(entity.get("form", UNSPECIFIED) for entity in gold.entities)
        self.labels["basis"].update(stance.get("basis", UNSPECIFIED) for stance in gold.stances)
        self.labels["target"].update(
            "claim" if stance["target"].startswith("c") else "entity" for stance in gold.stances
        )
        for name in ("via", "mode", "polarity", "certainty"):
            self.labels[name].update(str(claim.get(name, UNSPECIFIED)) for claim in gold.claims)
        said: dict[Any, str] = {True: "yes", False: "no", None: UNSPECIFIED}
        self.labels["checkworthy"].update(said[claim.get("checkworthy")] for claim in gold.claims)

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


def statistics(documents: Iterable[Document], splits: Mapping[str, str]) -> Statistics:
    """Figures of `documents`; `splits` maps article ids to splits."""
    figures = Statistics()
    events = set()
    for document in documents:
        figures.add(document)
        figures.place(splits[document["article"]["id"]], amounts(document))
        events.add(document["article"]["event"])
    figures.events = len(events)
    return figures
