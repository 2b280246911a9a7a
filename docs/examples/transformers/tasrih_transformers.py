"""Entities that a token classification model of transformers proposes: `tasrih suggest --with transformers:MODEL`.

MODEL is the folder of a model or its name on a hub. Copy this file to begin a suggester of your own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from transformers import pipeline

from tasrih.model import Annotation, Entity
from tasrih.store import Corpus, Misuse
from tasrih.suggest import Draft, Suggest, fresh_ids
from tasrih.text.sentences import sentences

# Labels of public models, and what they are in the corpus; a label that the corpus has itself stays as it is.
LABELS = {"PERS": "PER", "PERSON": "PER", "LOC": "GPE", "LOCATION": "GPE", "ORGANIZATION": "ORG"}
BATCH = 16


def make(corpus: Corpus, model: str) -> Suggest:
    """A suggester with a model of token classification. Raises Misuse where there is none of that name."""
    try:
        tag = pipeline("token-classification", model=model, aggregation_strategy="none", device="cpu")
    except (OSError, ValueError) as wrong:
        raise Misuse(f"the suggester «transformers»: {model}: {wrong}") from None
    # A sentence longer than the model holds is read in pieces that overlap by a quarter. Some tokenizers know no bound.
    longest = min(tag.tokenizer.model_max_length, tag.model.config.max_position_embeddings)
    tag.tokenizer.model_max_length = longest
    known = corpus.settings["labels"]["entity"]

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        found: list[list[Annotation]] = []
        for draft in drafts:
            bounds = sentences(draft.text)
            texts = [draft.text[start:end] for start, end in bounds]
            tagged = tag(texts, batch_size=BATCH, stride=longest // 4) if texts else []
            ids = fresh_ids("e", draft)
            names = [
                named(next(ids), draft.text, first, run)
                for (first, _), pieces in zip(bounds, tagged, strict=True)
                for run in runs(pieces)
            ]
            found.append([name for name in names if name["label"] in known])
        return found

    return suggest


def runs(pieces: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The word pieces of each name: those of one type that follow each other, a B before a new word beginning another.

    The pipeline can put pieces together itself, but takes it from their lengths which begin a word: harakat, which
    a tokenizer takes away, break that.
    """
    found: list[list[dict[str, Any]]] = []
    for piece in pieces:
        before = found[-1][-1] if found else None
        next_piece = before is not None and piece["index"] == before["index"] + 1
        same = before is not None and piece["entity"][2:] == before["entity"][2:]
        inside = before is not None and (piece["entity"][:2] == "I-" or piece["start"] == before["end"])
        if next_piece and same and inside:
            found[-1].append(piece)
        else:
            found.append([piece])
    return found


def named(name: str, text: str, first: int, pieces: Sequence[dict[str, Any]]) -> Entity:
    """The entity of some pieces of a sentence that begins at the code point `first`."""
    label = pieces[0]["entity"].rpartition("-")[2]
    end = first + int(pieces[-1]["end"])
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1  # of a word's last letter, the mark too
    return {
        "type": "entity",
        "id": name,
        "label": LABELS.get(label, label),
        "form": "name",
        "start": first + int(pieces[0]["start"]),
        "end": end,
        "confidence": round(float(min(piece["score"] for piece in pieces)), 2),
    }
