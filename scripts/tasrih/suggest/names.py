"""Names that gold already has, proposed wherever they stand again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tasrih import store
from tasrih.model import GOLD, Annotation, Document, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Suggest
from tasrih.suggest.lexicon import Lexicon, Words, lexicon, matches
from tasrih.text.tokens import tokens


def make(corpus: Corpus) -> Suggest:
    """A suggester of the names in the corpus's gold; of two that begin alike the longer one goes first."""
    readings = store.read_gold(corpus, local_texts=False)
    return of_documents(reading.document for reading in readings if reading.document)


def of_documents(documents: Iterable[Document]) -> Suggest:
    """A suggester of the names in the gold of `documents`; those without text are passed over."""
    names = _names(documents)

    def suggest(texts: Sequence[str]) -> list[list[Annotation]]:
        return [list(_of_text(text, names)) for text in texts]

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


def _of_text(text: str, names: Lexicon[str]) -> Iterator[Annotation]:
    parts, starts = tokens(text)
    for number, match in enumerate(matches(parts, names), start=1):
        last = match.behind - 1
        start, end = starts[match.first], starts[last] + len(parts[last])
        yield {
            "type": "entity",
            "id": f"e{number}",
            "label": match.entry.label,
            "form": "name",
            "start": start,
            "end": end,
            "text": text[start:end],
            "referent": None,
            "wikidata": None,
            "confidence": round(match.entry.share, 2),
        }
