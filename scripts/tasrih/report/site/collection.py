"""What a site is made of: the articles with gold, in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasrih.agree.figures import Report
from tasrih.model import GOLD, Article, Decision, Document, Labels, LayerView, layer_view
from tasrih.report.things import Things


@dataclass(frozen=True, slots=True)
class Collection:
    """The articles of a corpus or a release with what is known of them all.

    Every document has gold, and no text where it may not be redistributed. `figures` is what `tasrih stats` prints
    as JSON; `agreement` is None where no two layers share an article; `decisions` are the adjudicators', by article.
    """

    title: str
    version: str
    labels: Labels
    documents: Sequence[Document]
    splits: Mapping[str, str]
    figures: Mapping[str, Any]
    decisions: Mapping[str, Sequence[Decision]] = field(default_factory=dict)
    agreement: Report | None = None
    views: Sequence[LayerView] = field(init=False)
    things: Things = field(init=False)
    _by_id: dict[str, LayerView] = field(init=False)

    def __post_init__(self) -> None:
        newest_first = sorted(self.documents, key=lambda document: document["article"]["id"])
        newest_first.sort(key=lambda document: document["article"].get("date") or "", reverse=True)
        views = [layer_view(document, GOLD) for document in newest_first]
        object.__setattr__(self, "documents", newest_first)
        object.__setattr__(self, "views", views)
        object.__setattr__(self, "things", Things(views))
        object.__setattr__(self, "_by_id", {view.article["id"]: view for view in views})

    def view(self, article_id: str) -> LayerView:
        """The gold layer of one article."""
        return self._by_id[article_id]

    def article(self, article_id: str) -> Article:
        """The metadata of one article."""
        return self._by_id[article_id].article
