"""Mentions of every source put together: the dates of the rules, what the tagger finds, and places that the gazetteer knows.

They come in this order, which is that of how right they are on the validation split: a proposal is left out where it lies over
one that has come before, unless gold has its label inside that other one. Mentions of one thing get one referent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from tasrih.model import GOLD, Annotation, Document, Entity, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, gazetteer, tagger, titles, training
from tasrih.suggest.folded_text import fold

# What is less sure is not proposed; chosen on the validation split.
_LEAST_DATE, _LEAST_TAGGED, _LEAST_PLACE = 0.8, 0.3, 0.5
_PLACES, _DATES = frozenset({"GPE", "LOC"}), frozenset({"DATE"})
_CELL = 64  # code points: mentions are looked up by where they stand, so that a long text takes no longer
_NESTED_TIMES = 3  # how often training must have a label inside another for both to be kept
_SHORTEST = 3  # letters of a last name that stands for the whole
_TITLED = 1  # code points between a title and its person


@dataclass(frozen=True, slots=True)
class Customs:
    """How often gold has a label (second) inside a longer mention of a label (first)."""

    inside: Mapping[tuple[str, str], int]

    def allow(self, outer: Entity, inner: Entity) -> bool:
        """Whether both may stand: the inner begins later than the outer, and gold knows the like."""
        return (
            outer["start"] < inner["start"]
            and self.inside.get((outer["label"], inner["label"]), 0) >= _NESTED_TIMES
        )


def customs(documents: Iterable[Document]) -> Customs:
    """What the gold of documents has inside what."""
    inside: Counter[tuple[str, str]] = Counter()
    for document in documents:
        around: list[Entity] = []
        for one in sorted(layer_view(document, GOLD).entities, key=lambda one: (one["start"], -one["end"])):
            around = [outer for outer in around if outer["end"] >= one["end"]]
            inside.update((outer["label"], one["label"]) for outer in around[-1:])
            around.append(one)
    return Customs(inside)


def make(corpus: Corpus, path: str = "") -> Suggest:
    """A suggester of everything; the tagger is that of the model in the file `path`, or of the corpus."""
    return _joined(training(corpus), tagger.make(corpus, path))


def of_documents(documents: Sequence[Document]) -> Suggest:
    """A suggester that learns from the gold of `documents` alone."""
    return _joined(documents, tagger.of_documents(documents))


def _joined(documents: Sequence[Document], tagging: Suggest) -> Suggest:
    known = customs(documents)
    dating, places = titles.of_documents(documents), gazetteer.of_documents(documents)

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        return [
            _of_draft(
                draft,
                [
                    *_sure(dates, _DATES, _LEAST_DATE),
                    *_sure(tagged, None, _LEAST_TAGGED),
                    *_sure(listed, _PLACES, _LEAST_PLACE),
                ],
                known,
            )
            for draft, dates, tagged, listed in zip(
                drafts, dating(drafts), tagging(drafts), places(drafts), strict=True
            )
        ]

    return suggest


def _sure(proposals: Sequence[Annotation], labels: frozenset[str] | None, least: float) -> Iterator[Entity]:
    """The proposals of some labels (None: of all) that are sure enough."""
    for one in cast(Sequence[Entity], proposals):
        if one.get("confidence", 0.0) >= least and (labels is None or one["label"] in labels):
            yield one


def _of_draft(draft: Draft, proposals: Sequence[Entity], known: Customs) -> list[Annotation]:
    ids = fresh_ids("e", draft)
    return list(with_referents([{**one, "id": next(ids)} for one in chosen(proposals, known)]))


def chosen(proposals: Iterable[Entity], known: Customs) -> list[Entity]:
    """The proposals that may stand with those before them, in text order."""
    kept: list[Entity] = []
    near: dict[int, list[Entity]] = {}
    for one in proposals:
        cells = range(one["start"] // _CELL, (one["end"] - 1) // _CELL + 1)
        others = [other for cell in cells for other in near.get(cell, ())]
        if all(_together(one, other, known) for other in others):
            kept.append(one)
            for cell in cells:
                near.setdefault(cell, []).append(one)
    return sorted(kept, key=lambda one: (one["start"], -one["end"]))


def _together(one: Entity, other: Entity, known: Customs) -> bool:
    """Whether both may stand: side by side, or one inside the other as gold has it."""
    if one["end"] <= other["start"] or other["end"] <= one["start"]:
        return True
    outer, inner = sorted((one, other), key=lambda mention: mention["start"] - mention["end"])
    return outer["start"] <= inner["start"] and inner["end"] <= outer["end"] and known.allow(outer, inner)


# --- Referents ------------------------------------------------------------------------------------------


def with_referents(entities: Sequence[Entity]) -> Iterator[Entity]:
    """The entities, in text order, those of one thing with one referent: the same words, harakat and article aside, a person's
    last name and the full name before it, a title and the person right behind it. What stands alone has none.
    """
    keys = [_key(one) for one in entities]
    full: dict[str, str] = {}
    for at, one in enumerate(entities):
        if one["label"] == "PER":
            *before, last = _key(one).split() or [""]
            if before:
                full[_plain(last)] = keys[at]
            else:
                keys[at] = full.get(keys[at], keys[at])
    for at, (one, behind) in enumerate(pairwise(entities)):
        if (one["label"], behind["label"]) == ("OCC", "PER") and behind["start"] - one["end"] == _TITLED:
            keys[at] = keys[at + 1]
    times = Counter(zip((_kind(one) for one in entities), keys, strict=True))
    numbers: dict[tuple[str, str], int] = {}
    for one, key in zip(entities, keys, strict=True):
        thing = (_kind(one), key)
        if times[thing] > 1 and one["label"] != "DATE":
            number = numbers.setdefault(thing, len(numbers) + 1)
            yield {**one, "referent": f"r{number}"}
        else:
            yield one


def _kind(one: Entity) -> str:
    return "PER" if one["label"] == "OCC" else one["label"]


def _key(one: Entity) -> str:
    """The words of a mention as they are compared: folded, without the article of the first, which ل may have shortened."""
    return _plain(fold(one.get("text", "")).form)


def _plain(words: str) -> str:
    for article in ("ال", "ل"):
        if words.startswith(article) and len(words) > len(article) + _SHORTEST:
            return words.removeprefix(article)
    return words
