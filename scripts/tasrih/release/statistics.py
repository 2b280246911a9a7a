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


@dataclass
class Statistics:
    """Counts over the documents that were added."""

    articles: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in ATTRIBUTES})
    by_split: dict[str, Counter[str]] = field(default_factory=lambda: {split: Counter() for split in SPLITS})
    authors: Counter[str] = field(default_factory=Counter)
    makers: Counter[str] = field(default_factory=Counter)
    events: set[str] = field(default_factory=set)
    withheld: list[str] = field(default_factory=list)
    layers: Counter[str] = field(default_factory=Counter)
    annotators: dict[str, Counter[str]] = field(default_factory=dict)
    countries: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)

    def add(self, document: Document, split: str) -> None:
        """Counts one document."""
        article = document["article"]
        counts = self.by_split[split]
        self.articles[article["origin"]] += 1
        self.articles["invented"] += bool(article.get("invented"))
        self.events.add(article["event"])
        self.labels["topic"][article["topic"]] += 1
        if not article["rights"]["redistribute"]:
            self.withheld.append(article["id"])
        if article["origin"] == "written":
            self.authors[str(article.get("author"))] += 1
        counts["articles"] += 1
        counts["characters"] += article["length"]
        if document["text"] is not None and article["rights"]["redistribute"]:
            counts["words"] += len(document["text"].split())
        self.countries.update(article.get("countries") or [])
        if date := article.get("date"):
            self.years[date[:4]] += 1
        for name in annotators(document):
            header = layer_view(document, name).header
            self.layers[name] += 1
            self.annotators.setdefault(name, Counter())[header.get("by", "not stated")] += 1
        if GOLD in document["layers"]:
            self._gold(layer_view(document, GOLD), counts)

    def _gold(self, gold: LayerView, counts: Counter[str]) -> None:
        self.makers[gold.header.get("by", "not stated")] += 1
        counts["entities"] += len(gold.entities)
        counts["stances"] += len(gold.stances)
        for kind, records in (("entity", gold.entities), ("stance", gold.stances)):
            for record in records:
                self.labels[kind][record["label"]] += 1
        for entity in gold.entities:
            self.labels["form"][entity.get("form", UNSPECIFIED)] += 1
        for stance in gold.stances:
            self.labels["basis"][stance.get("basis", UNSPECIFIED)] += 1
            self.labels["target"]["claim" if stance["target"].startswith("c") else "entity"] += 1
        for claim in gold.claims:
            self._claim(claim, counts)

    def _claim(self, claim: Any, counts: Counter[str]) -> None:
        own = claim["claimers"] == [AUTHOR]
        counts["author_claims" if own else "attributed_claims"] += 1
        counts["unnamed_claims"] += claim["claimers"] == [UNNAMED]
        counts["nested_claims"] += bool(claim.get("within"))
        counts["interrupted_claims"] += "fragments" in claim
        for name in ("via", "mode", "polarity", "certainty"):
            self.labels[name][claim.get(name, UNSPECIFIED)] += 1
        self.labels["checkworthy"][
            {True: "yes", False: "no", None: UNSPECIFIED}[claim.get("checkworthy")]
        ] += 1

    def as_record(self) -> dict[str, Any]:
        """Everything as plain values, for JSON: counts by split, labels, topics, countries, years, layers."""
        names = sorted({name for counts in self.by_split.values() for name in counts})
        return {
            "total": {name: self.total(name) for name in names},
            "splits": {
                split: {name: counts[name] for name in names} for split, counts in self.by_split.items()
            },
            "events": len(self.events),
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
    for document in documents:
        figures.add(document, splits[document["article"]["id"]])
    return figures
