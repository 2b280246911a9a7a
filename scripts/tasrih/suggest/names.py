"""Names that gold already has, proposed wherever they stand again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tasrih.model import GOLD, Annotation, Document, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.lexicon import Lexicon, Words, lexicon, matches
from tasrih.text.tokens import tokens


def make(corpus: Corpus) -> Suggest:
    """A suggester of the names in the training gold; of two that begin alike the longer one goes first."""
    return of_documents(training(corpus))


def of_documents(documents: Iterable[Document]) -> Suggest:
    """A suggester of the names in the gold of `documents`; those without text are passed over."""
    names = _names(documents)

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        return [list(_of_draft(draft, names)) for draft in drafts]

    return suggest


def _names(documents: Iterable[Document]) -> Lexicon[str]:
    counts: dict[Words, Counter[str]] = defaultdict(Counter)
    for document in documents:
        if document["text"] is None:
            continue
        for entity in layer_view(document, GOLD).entities:
            if entity.get("form") == "name" and entity.get("text") and entity["label"] != "DATE":
                counts[tuple(tokens(entity["text"])[0])][entity["label"]] += 1
    return lexicon(counts)


def _of_draft(draft: Draft, names: Lexicon[str]) -> Iterator[Annotation]:
    text = draft.text
    parts, starts = tokens(text)
    for identifier, match in zip(fresh_ids("e", draft), matches(parts, names), strict=False):
        last = match.behind - 1
        start, end = starts[match.first], starts[last] + len(parts[last])
        yield {
            "type": "entity",
            "id": identifier,
            "label": match.entry.label,
            "form": "name",
            "start": start,
            "end": end,
            "text": text[start:end],
            "referent": None,
            "wikidata": None,
            "confidence": round(match.entry.share, 2),
        }
