"""Names that gold already has, proposed wherever they stand again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tasrih import store
from tasrih.model import GOLD, Annotation, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Suggest
from tasrih.text.tokens import tokens

# A name as its tokens, and how sure its label is: the label, and the share of its gold mentions that have it.
Names = dict[str, list[tuple[list[str], str, float]]]


def make(corpus: Corpus) -> Suggest:
    """A suggester of the names in the corpus's gold; of two that begin alike the longer one goes first."""
    names = _names(corpus)

    def suggest(texts: Sequence[str]) -> list[list[Annotation]]:
        return [list(_of_text(text, names)) for text in texts]

    return suggest


def _names(corpus: Corpus) -> Names:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for reading in store.read_gold(corpus, local_texts=False):
        if reading.document is None or reading.document["text"] is None:
            continue
        for entity in layer_view(reading.document, GOLD).entities:
            if entity["form"] == "name" and entity.get("text") and entity["label"] != "DATE":
                labels[entity["text"]][entity["label"]] += 1
    found: Names = defaultdict(list)
    for name, counts in labels.items():
        parts = tokens(name)[0]
        label, times = counts.most_common(1)[0]
        found[parts[0]].append((parts, label, times / counts.total()))
    for alike in found.values():
        alike.sort(key=lambda one: -len(one[0]))
    return found


def _of_text(text: str, names: Names) -> Iterator[Annotation]:
    parts, starts = tokens(text)
    at = number = 0
    while at < len(parts):
        found = next(
            (one for one in names.get(parts[at], []) if parts[at : at + len(one[0])] == one[0]), None
        )
        if found is None:
            at += 1
            continue
        words, label, sure = found
        last = at + len(words) - 1
        start, end = starts[at], starts[last] + len(parts[last])
        number += 1
        yield {
            "type": "entity",
            "id": f"e{number}",
            "label": label,
            "form": "name",
            "start": start,
            "end": end,
            "text": text[start:end],
            "referent": None,
            "wikidata": None,
            "confidence": round(sure, 2),
        }
        at = last + 1
