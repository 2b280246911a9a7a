"""What every suggester of entities makes its proposals of."""

from __future__ import annotations

from tasrih.model import Entity


def entity(
    identifier: str, text: str, span: tuple[int, int], label: str, confidence: float, form: str = "name"
) -> Entity:
    """A mention of the code points `span` of `text`, with the words that stand there."""
    start, end = span
    return {
        "type": "entity", "id": identifier, "label": label, "form": form, "start": start, "end": end,
        "text": text[start:end], "referent": None, "wikidata": None, "confidence": round(confidence, 2),
    }  # fmt: skip
