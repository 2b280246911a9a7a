"""The first page, a list of the articles with what one may look for, and the texts that its search looks in."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tasrih.model import SPLITS, Article, LayerView
from tasrih.report import roles
from tasrih.report.site.collection import Collection
from tasrih.report.site.shell import Shell

_COUNTS = ("articles", "events", "entities", "attributed_claims", "author_claims", "stances")


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in the list. `countries` are codes with names; `labels` those of its entities and stances."""

    article: Article
    split: str
    year: str
    countries: list[tuple[str, str]]
    labels: list[str]
    figures: list[tuple[str, int]]


def page(shell: Shell) -> tuple[str, str]:
    """The page."""
    collection = shell.collection
    entries = [_entry(shell, view) for view in collection.views]
    known = collection.labels
    return shell.page(
        "index",
        "index.html",
        collection.title,
        entries=entries,
        brief=brief(collection, _COUNTS),
        options={
            "topic": shell.options([topic for topic in known["topic"] if _is_used(topic, entries, "topic")]),
            "split": shell.options([split for split in SPLITS if split in collection.splits.values()]),
            "year": [(year, year) for year in sorted({e.year for e in entries if e.year}, reverse=True)],
            "countries": sorted({c for e in entries for c in e.countries}, key=lambda pair: pair[::-1]),
            "labels": shell.options([*known["stance"], *known["entity"]]),
            "invented": [("yes", shell.say("invented")), ("no", shell.say("not invented"))],
        },
    )


def brief(collection: Collection, names: tuple[str, ...]) -> list[tuple[str, int]]:
    """Some figures of the whole collection, by the names that templates say them by."""
    total = {**collection.figures["total"], "events": collection.figures["events"]}
    return [(name.replace("_", " "), total.get(name, 0)) for name in names]


def _is_used(name: str, entries: list[Entry], key: str) -> bool:
    return any(entry.article.get(key) == name for entry in entries)


def _entry(shell: Shell, view: LayerView) -> Entry:
    article = view.article
    own = sum(roles.is_own(claim) for claim in view.claims)
    return Entry(
        article,
        shell.collection.splits[article["id"]],
        (article.get("date") or "")[:4],
        [(code, shell.country(code)) for code in article.get("countries") or []],
        sorted({line["label"] for line in (*view.entities, *view.stances)}),
        [
            ("mentions", len(view.entities)),
            ("attributed claims", len(view.claims) - own),
            ("stances", len(view.stances)),
        ],
    )


def search_script(collection: Collection) -> str:
    """A script that holds, for each article, what the search looks in: title, names of things, text."""
    texts = {
        view.article["id"]: [
            view.article.get("title") or view.article["id"],
            " ".join(sorted({entity.get("referent") or "" for entity in view.entities} - {""})),
            view.text or "",
        ]
        for view in collection.views
    }
    # Two line ends of Unicode end a line of old scripts too.
    content = json.dumps(texts, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'"use strict";\nglobalThis.tasrihTexts = {content};\n'
