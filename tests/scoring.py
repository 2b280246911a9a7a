"""Scores of small documents, for tests: gold in one snippet, a system in another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpora import SETTINGS
from layered import two_layers
from tasrih.agree.scores import Score, Scores, scores
from tasrih.model import GOLD, Annotation, Document

LABELS: Any = SETTINGS["labels"]


def with_gold(document: Document, layer: str) -> Document:
    """`document` whose `layer` is its gold and its only layer."""
    return {**document, "layers": {GOLD: document["layers"][layer]}}


def scored(*pairs: tuple[str, str]) -> Scores:
    """Scores over articles, each given as (gold, system), inline snippets of one text."""
    documents = [two_layers(*pair, name=f"a-{number}") for number, pair in enumerate(pairs)]
    gold = [with_gold(document, "reader-a") for document in documents]
    predicted = {one["article"]["id"]: annotations(one, "reader-b") for one in documents}
    return scores("system", gold, predicted, LABELS, resamples=50)


def annotations(document: Document, layer: str) -> Sequence[Annotation]:
    """The annotations of a layer, without its header."""
    return document["layers"][layer][1:]  # type: ignore[return-value]


def figure(found: Scores, group: str, name: str, measure: str = "F1") -> Score:
    """The one figure of these names."""
    (only,) = [f for f in found.figures if (f.group, f.name, f.measure) == (group, name, measure)]
    return only


def shares(found: Scores, group: str, name: str) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F1."""
    values = [figure(found, group, name, measure).value for measure in ("precision", "recall", "F1")]
    return values[0], values[1], values[2]
