"""What suggesters by rules have in common: they propose, are believed as far as training bears them out, and name whom they need.

How much a pattern is to be believed is counted in the training split: how often what it fires on is in gold (`confidence`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tasrih.model import GOLD, Annotation, Document, LayerView, layer_view, text_order
from tasrih.suggest import Draft, Suggest, roles
from tasrih.suggest.confidence import Confidence, Firing, counted
from tasrih.suggest.mentions import Mentions


@dataclass(slots=True)
class Proposal:
    """A claim or stance before it has an id, with the pattern and lemma that its confidence is counted by."""

    line: dict[str, Any]
    pattern: str
    lemma: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of one kind of annotation.

    `propose` gives everything that they find, believed or not; `is_right` says whether gold has a proposal; `number` makes
    annotations of what is believed, each with its confidence.
    """

    propose: Callable[[Draft, Mentions], list[Proposal]]
    is_right: Callable[[dict[str, Any], LayerView], bool]
    number: Callable[[Draft, Sequence[dict[str, Any]]], Sequence[Annotation]]

    def suggester(self, documents: Iterable[Document], threshold: float) -> Suggest:
        """A suggester whose confidence is counted on the gold of `documents`, those of them that have text."""
        known = self.confidence(document for document in documents if document["text"] is not None)

        def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
            return [self.of_draft(draft, known, threshold) for draft in drafts]

        return suggest

    def of_draft(self, draft: Draft, known: Confidence, threshold: float) -> list[Annotation]:
        """The annotations of a draft that are believed at least so much, and the mentions that they need, in text order."""
        mentions = Mentions.of(draft)
        believed = [(one.line, known.share(one.pattern, one.lemma)) for one in self.propose(draft, mentions)]
        kept = [{**line, "confidence": round(share, 2)} for line, share in believed if share >= threshold]
        lines = self.number(draft, kept)
        used = {name for line in lines for name in roles(line)}
        named = [entity for entity in mentions.proposed if entity["id"] in used]
        return sorted([*named, *lines], key=text_order)

    def confidence(self, documents: Iterable[Document]) -> Confidence:
        """How often each pattern with each lemma fires on an annotation of gold, given gold's mentions."""
        return counted(firing for document in documents for firing in self._firings(document))

    def _firings(self, document: Document) -> Iterator[Firing]:
        gold, draft = layer_view(document, GOLD), gold_draft(document)
        for one in self.propose(draft, Mentions.of(draft)):
            yield Firing(one.pattern, one.lemma, self.is_right(one.line, gold))


def gold_draft(document: Document) -> Draft:
    """The draft of an article with gold's mentions in it."""
    entities = layer_view(document, GOLD).entities
    return Draft(cast(str, document["text"]), document["article"]["zones"], annotations=entities)
