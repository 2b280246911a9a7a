"""What a system's annotations are worth against gold: counts by article, and the figures that come of them.

Gold is the first layer of a `Comparison`, the system's output the second; the pairing is that of `agree.compare`,
one to one. A `Tally` keeps its counts apart by article, so that intervals and tests draw articles, never
annotations, which are not independent within an article.

The four ways to count entities are those of MUC-5 (Chinchor and Sundheim 1993) as SemEval-2013 task 9 named them
(Segura-Bedmar et al. 2013): strict, exact, partial, ent_type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from tasrih.agree import measures
from tasrih.agree.compare import ATTRIBUTED, AUTHORS, Comparison, compare
from tasrih.agree.figures import (
    AUTHORS_VALUES,
    CLAIM_VALUES,
    SEED,
    about_counts,
    is_kind,
    pair_shares,
    pairs_of_kind,
    same_claimers,
    same_cue,
    same_things,
    span_counts,
    value_of,
)
from tasrih.agree.measures import Counts, Measure, draw, interval
from tasrih.model import GOLD, Annotation, Document, Entity, Labels, Stance

SYSTEM = "system"  # the name under which a system's output stands beside gold
RESAMPLES = 1000
F1, ACCURACY, MACRO_F1 = "F1", "accuracy", "macro-F1"
MEASURES: dict[str, Measure] = {
    "precision": measures.precision,
    "recall": measures.recall,
    F1: measures.f1,
    ACCURACY: measures.accuracy,
    MACRO_F1: measures.macro_f1,
}
_OF_SPANS = ("precision", "recall", F1)
_HALF = 0.5  # what a partial match counts in MUC-5


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by article and which measures are taken of them.

    `counts` has the shape (articles, 3): in both, in gold, in the system's output; for accuracy (articles, 2): the
    same, all pairs; for macro-F1 (articles, labels, 3).
    """

    group: str
    name: str
    measures: tuple[str, ...]
    counts: Counts

    @property
    def gold(self) -> int:
        """How many of gold the figures rest on; for accuracy how many pairs."""
        return round(float(self.counts[..., 1].sum()))

    @property
    def predicted(self) -> int:
        """How many of the system's the figures rest on; for accuracy how many pairs."""
        return round(float(self.counts[..., -1].sum()))


@dataclass(frozen=True, slots=True)
class Score:
    """One figure with its 95 % interval over articles; None where it is not defined."""

    group: str
    name: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Scores:
    """One system's figures over the articles of gold. `unpredicted` are those that it says nothing of."""

    system: str
    articles: list[str]
    unpredicted: list[str]
    tallies: list[Tally]
    figures: list[Score] = field(default_factory=list)


def scores(
    system: str,
    gold: Sequence[Document],
    predicted: Mapping[str, Sequence[Annotation]],
    labels: Labels,
    resamples: int = RESAMPLES,
    progress: Callable[[Iterable[Document]], Iterable[Document]] = lambda documents: documents,
) -> Scores:
    """The scores of `predicted`, annotations by article id, over the documents of `gold`.

    An article that is not in `predicted` counts as one of which the system annotates nothing. The texts must be at hand.
    """
    comparisons = [
        against_gold(document, predicted.get(document["article"]["id"], ())) for document in progress(gold)
    ]
    found = list(tallies(comparisons, labels))
    articles = [document["article"]["id"] for document in gold]
    draws = draw(len(articles), resamples, SEED) if articles else np.zeros((resamples, 0))
    figures = [figure for tally in found for figure in _figures(tally, draws)]
    unpredicted = [name for name in articles if name not in predicted]
    return Scores(system, articles, unpredicted, found, figures)


def against_gold(document: Document, annotations: Sequence[Annotation]) -> Comparison:
    """Gold of `document` and a system's annotations of it, paired."""
    header: Any = {**document["layers"][GOLD][0], "annotator": SYSTEM}
    layers = {GOLD: document["layers"][GOLD], SYSTEM: [header, *annotations]}
    return compare({"article": document["article"], "text": document["text"], "layers": layers}, GOLD, SYSTEM)


def _figures(tally: Tally, draws: Counts) -> Iterator[Score]:
    for measure in tally.measures:
        found = interval(tally.counts, MEASURES[measure], draws)
        yield Score(
            tally.group, tally.name, measure, found.value, found.low, found.high, tally.gold, tally.predicted
        )


# --- What is counted ----------------------------------------------------------------------------------


def tallies(comparisons: Sequence[Comparison], labels: Labels) -> Iterator[Tally]:
    """Everything that is counted, always in the same order, whatever the system says."""
    yield from _entity_tallies(comparisons, labels["entity"])
    yield from _claim_tallies(comparisons, ATTRIBUTED, CLAIM_VALUES)
    yield from _claim_tallies(comparisons, AUTHORS, AUTHORS_VALUES)
    yield from _stance_tallies(comparisons, labels["stance"])


def _entity_tallies(comparisons: Sequence[Comparison], labels: Sequence[str]) -> Iterator[Tally]:
    label = value_of("label")

    def spans(chosen: Callable[[Any], bool] = _any, *, exact: bool = True, labelled: bool = True) -> Counts:
        same: Any = label if labelled else _nothing
        return span_counts(comparisons, "entities", chosen, exact=exact, label=same)

    exact, overlapping = spans(labelled=False), spans(exact=False, labelled=False)
    halves = overlapping.copy()
    halves[:, 0] = _HALF * (overlapping[:, 0] + exact[:, 0])
    yield Tally("entities", "span, label (strict)", _OF_SPANS, spans())
    yield Tally("entities", "span (exact)", _OF_SPANS, exact)
    yield Tally("entities", "overlap, label (ent_type)", _OF_SPANS, spans(exact=False))
    yield Tally("entities", "overlap, half (partial)", _OF_SPANS, halves)
    for name, inner in (("top-level", False), ("inside another", True)):
        yield Tally("entities, strict", name, _OF_SPANS, _placed(comparisons, inner=inner))
    for name, nominal in (("names", False), ("nominals", True)):
        yield Tally("entities, strict", name, _OF_SPANS, spans(_is_nominal(nominal)))
    by_label = [spans(_has_label(name)) for name in labels]
    yield from _by_label("entities by label", labels, by_label)


def _by_label(group: str, labels: Sequence[str], counts: Sequence[Counts]) -> Iterator[Tally]:
    """A tally a label, and the mean of them."""
    for name, found in zip(labels, counts, strict=True):
        yield Tally(group, name, _OF_SPANS, found)
    if counts:
        yield Tally(group, "mean of labels", (MACRO_F1,), np.stack(counts, axis=1))


def _placed(comparisons: Sequence[Comparison], *, inner: bool) -> Counts:
    """Strict counts of the mentions that lie inside another mention of their layer, or of those that do not.

    What has the same span in gold is what it is in gold, whether the system has the outer mention or not; so the two
    kinds add up to all mentions, and an inner mention that is found counts as found.
    """
    rows = []
    for comparison in comparisons:
        in_gold, in_system = map(_inside_another, (comparison.one.entities, comparison.other.entities))
        same_span = [pair for pair in comparison.entities if pair.is_exact]
        in_system |= {pair.other["id"]: in_gold[pair.one["id"]] for pair in same_span}
        both = sum(
            pair.one["label"] == pair.other["label"] and in_gold[pair.one["id"]] == inner
            for pair in same_span
        )
        rows.append(
            [both, *(sum(place == inner for place in side.values()) for side in (in_gold, in_system))]
        )
    return np.array(rows, dtype=np.float64).reshape(len(rows), 3)


def _inside_another(lines: Sequence[Entity]) -> dict[str, bool]:
    """By id, whether a mention lies inside a longer one."""
    spans = sorted({(line["start"], -line["end"]) for line in lines})
    reach = list(accumulate((-end for _, end in spans), max, initial=0))
    inside = {span: reached >= -span[1] for span, reached in zip(spans, reach, strict=False)}
    return {line["id"]: inside[line["start"], -line["end"]] for line in lines}


def _claim_tallies(comparisons: Sequence[Comparison], kind: str, values: Sequence[str]) -> Iterator[Tally]:
    group = f"{kind} claims"

    def pairs(comparison: Comparison) -> Sequence[Any]:
        return pairs_of_kind(comparison, kind)

    for name, exact in (("span, exact", True), ("span, overlap", False)):
        counts = span_counts(comparisons, "claims", is_kind(kind), exact=exact)
        yield Tally(group, name, _OF_SPANS, counts)
    if kind == ATTRIBUTED:
        whole = counts.copy()
        whole[:, 0] = pair_shares(comparisons, pairs, same_things("claimers"))[:, 0]
        yield Tally(group, "span, overlap, claimers", _OF_SPANS, whole)
        for name, same in (
            ("claimers, same mention", same_claimers),
            ("claimers, same thing", same_things("claimers")),
            ("cue, exact", same_cue),
            ("cue, overlap", _cues_overlap),
        ):
            yield Tally(group, name, (ACCURACY,), pair_shares(comparisons, pairs, same))
    for key in values:
        yield Tally(group, key, (ACCURACY,), pair_shares(comparisons, pairs, _same_value(key)))
    yield Tally(group, "about, same thing", _OF_SPANS, about_counts(comparisons, pairs))


def _stance_tallies(comparisons: Sequence[Comparison], labels: Sequence[str]) -> Iterator[Tally]:
    found = [comparison.opinions() for comparison in comparisons]
    stances: list[tuple[list[tuple[Stance, Stance]], list[Stance], list[Stance]]] = [
        (
            [(one.stance, other.stance) for one, other in both],
            _one_a_holder(comparison.one.stances),
            _one_a_holder(comparison.other.stances),
        )
        for comparison, (both, _, _) in zip(comparisons, found, strict=True)
    ]

    def triples(label: str | None, *, shared: bool = False) -> Counts:
        """In both with the same label (this one), in gold, in the system's; of `shared` pairs alone."""
        rows = []
        for both, ones, others in stances:
            mine, theirs = (
                ([one for one, _ in both], [other for _, other in both]) if shared else (ones, others)
            )
            same = sum(
                one["label"] == other["label"] and label in (None, one["label"]) for one, other in both
            )
            rows.append([same, *(sum(label in (None, s["label"]) for s in side) for side in (mine, theirs))])
        return np.array(rows, dtype=np.float64).reshape(len(rows), 3)

    pairs = np.array([[len(both), mine, theirs] for both, mine, theirs in found], dtype=np.float64)
    yield Tally("stances", "(holder, target)", _OF_SPANS, pairs.reshape(len(found), 3))
    yield Tally("stances", "(holder, target, label)", _OF_SPANS, triples(None))
    yield Tally("stances", "label, shared pairs", (ACCURACY,), triples(None, shared=True)[:, :2])
    on_shared = [triples(label, shared=True) for label in labels]
    if on_shared:
        yield Tally("stances", "mean of labels, shared", (MACRO_F1,), np.stack(on_shared, axis=1))
    anchors = span_counts(comparisons, "stances", _any, exact=False, label=value_of("label"))
    yield Tally("stances", "anchor, overlap, label", _OF_SPANS, anchors)
    yield from _by_label("stances by label", labels, [triples(label) for label in labels])


def _one_a_holder(stances: Iterable[Stance]) -> list[Stance]:
    return [stance for stance in stances for _ in stance["holders"]]


def _any(line: Any) -> bool:
    return True


def _nothing(line: Any) -> None:
    return None


def _has_label(label: str) -> Callable[[Any], bool]:
    return lambda line: bool(line["label"] == label)


def _is_nominal(wanted: bool) -> Callable[[Any], bool]:
    """A system that tags names alone need not say so: what has no form is a name."""
    return lambda line: (line.get("form") == "nominal") == wanted


def _same_value(key: str) -> Callable[[Comparison, Any, Any], bool]:
    value = value_of(key)
    return lambda comparison, one, other: value(one) == value(other)


def _cues_overlap(comparison: Comparison, one: Any, other: Any) -> bool:
    mine, theirs = one.get("cue"), other.get("cue")
    if not mine or not theirs:
        return not mine and not theirs
    return bool(mine["start"] < theirs["end"] and theirs["start"] < mine["end"])
