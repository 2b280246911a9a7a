"""The figures of agreement between two layers of the same articles, each with its interval.

A figure is a measure of counts that are summed over articles; `Quantity` says what is counted and which measure
is taken. Claims of the author and attributed ones are counted apart throughout.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeAlias, cast

import numpy as np

from tasrih.agree.compare import ATTRIBUTED, AUTHORS, Comparison, compare, source_kind
from tasrih.agree.measures import (
    Counts,
    Measure,
    accuracy,
    alpha,
    b_cubed,
    coincidences,
    draw,
    f1,
    interval,
    kappa,
)
from tasrih.match.spans import Pair
from tasrih.model import UNSPECIFIED, Annotation, Document, Layer, LayerView, annotators, layer_view
from tasrih.store import Misuse
from tasrih.text.tokens import tokens

RESAMPLES = 1000
SEED = 20_261_125
NONE = "none"  # what a token or the other layer has where there is nothing
_KINDS = ("entity", "claim", "stance")
AUTHORS_VALUES = ("polarity", "certainty", "checkworthy")
CLAIM_VALUES = ("via", "mode", "polarity", "certainty", "checkworthy")

Table: TypeAlias = tuple[list[str], Counts]
AnyPair: TypeAlias = Pair[Any]
PairsOf: TypeAlias = Callable[[Comparison], Sequence[AnyPair]]
# Group, name and measure of a figure, and its counts by article.
Quantity: TypeAlias = tuple[str, str, str, Counts]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `articles` and `items` are how many it rests on; `value` is None where it is not defined."""

    group: str
    name: str
    measure: str
    articles: int
    items: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the annotations of one type fell: counts over all articles."""

    kind: str
    same: int
    label_only: int
    boundary_only: int
    both_differ: int
    only_one: int
    only_other: int


@dataclass(slots=True)
class Agreement:
    """Two layers compared. `confusion` has the values and the table, the first layer down, for some names."""

    one: str
    other: str
    comparisons: list[Comparison]
    figures: list[Figure] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    confusion: dict[str, Table] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """Every pair of layers compared, and the figures of all layers together."""

    layers: list[str]
    pairs: list[Agreement]
    together: list[Figure]


def report(
    documents: Iterable[Document],
    layers: Sequence[str] = (),
    resamples: int = RESAMPLES,
    guidelines: str = "",
) -> Report:
    """Agreement of `layers` (those of annotators without it), over the articles that two of them share.

    With `guidelines` only layers count that were made after that version. The texts must be at hand. Raises Misuse where there are not two layers, or a layer is nowhere.
    """
    known = [made_after(document, guidelines) if guidelines else document for document in documents]
    there = sorted({name for document in known for name in document["layers"]})
    chosen = list(layers) or sorted({name for document in known for name in annotators(document)})
    for name in chosen:
        if name not in there:
            raise Misuse(f"there is no layer «{name}»; there are {', '.join(there) or 'none'}")
    if len(set(chosen)) < 2:
        raise Misuse(
            f"agreement needs two layers or more; there are {', '.join(chosen) or 'none'} besides gold"
        )
    shared = [document for document in known if len(document["layers"].keys() & set(chosen)) > 1]
    pairs = [_agreement(shared, one, other, resamples) for one, other in combinations(chosen, 2)]
    return Report(chosen, pairs, _together(shared, chosen, resamples))


def made_after(document: Document, guidelines: str) -> Document:
    """`document` with those of its layers alone that were made after version `guidelines`."""
    layers = {
        name: lines
        for name, lines in document["layers"].items()
        if cast(Layer, lines[0])["guidelines"] == guidelines
    }
    return {"article": document["article"], "text": document["text"], "layers": layers}


def _agreement(documents: Sequence[Document], one: str, other: str, resamples: int) -> Agreement:
    comparisons = [
        compare(document, one, other) for document in documents if {one, other} <= document["layers"].keys()
    ]
    found = Agreement(one, other, comparisons)
    draws = draw(len(comparisons), resamples, SEED) if comparisons else np.zeros((resamples, 0))
    for group, name, measure, counts in _quantities(comparisons):
        found.figures.append(_figure(group, name, measure, counts, draws))
    found.outcomes = [_outcome(kind, comparisons) for kind in _KINDS]
    found.confusion = {
        "entity label": _with_unpaired(comparisons),
        "stance label, same holder and target": _summed(_opinion_table(comparisons)),
    }
    for key in CLAIM_VALUES:
        found.confusion[f"claim {key}"] = _summed(_table(comparisons, _attributed, value_of(key)))
    return found


_MEASURES: dict[str, Measure] = {
    "F1": f1,
    "F1 of B³": b_cubed,
    "accuracy": accuracy,
    "kappa": kappa,
    "alpha": alpha,
}


def _figure(group: str, name: str, measure: str, counts: Counts, draws: Counts) -> Figure:
    if measure == "alpha" and counts.size:
        counts = counts + np.swapaxes(counts, -2, -1)
    found = interval(counts, _MEASURES[measure], draws)
    items = _items(measure, counts)
    return Figure(
        group, name, measure, int((items > 0).sum()), round(items.sum()), found.value, found.low, found.high
    )


def _items(measure: str, counts: Counts) -> Counts:
    """By article, how many items a measure rests on: annotations of either layer, or pairs."""
    if not counts.size:
        return np.zeros(len(counts))
    if measure == "F1":
        return counts[:, 1] + counts[:, 2] - counts[:, 0]
    if measure in ("accuracy", "F1 of B³"):
        return counts[:, -1]
    return cast(Counts, counts.sum(axis=(1, 2)) / (2 if measure == "alpha" else 1))


# --- What is counted ----------------------------------------------------------------------------------


def _quantities(comparisons: Sequence[Comparison]) -> Iterator[Quantity]:
    """Every figure of two layers."""
    yield from _entity_quantities(comparisons)
    yield from _claim_quantities(comparisons, ATTRIBUTED, _attributed)
    yield from _attribution_quantities(comparisons)
    yield from _claim_quantities(comparisons, AUTHORS, _authors)
    yield from _agreement_of("all claims", "author's or attributed", comparisons, _claims, source_kind)
    yield from _stance_quantities(comparisons)


def _entity_quantities(comparisons: Sequence[Comparison]) -> Iterator[Quantity]:
    yield from _span_quantities("entities", comparisons, "entities")
    yield from _agreement_of("entities", "label, same span", comparisons, _same_entities, value_of("label"))
    yield from _agreement_of("entities", "label, overlapping", comparisons, _entities, value_of("label"))
    yield from _agreement_of("entities", "form", comparisons, _same_entities, value_of("form"))
    yield "entities", "referent groups (B³)", "F1 of B³", _groups(comparisons)
    views = [view for comparison in comparisons for view in (comparison.one, comparison.other)]
    for label in sorted({line["label"] for view in views for line in view.entities}):
        counts = span_counts(comparisons, "entities", _is("label", label), exact=True)
        yield "entities by label, exact", label, "F1", counts


def _claim_quantities(comparisons: Sequence[Comparison], kind: str, pairs_of: PairsOf) -> Iterator[Quantity]:
    group, chosen = f"{kind} claims", is_kind(kind)
    yield group, "span, exact", "F1", span_counts(comparisons, "claims", chosen, exact=True)
    yield group, "span, overlap", "F1", span_counts(comparisons, "claims", chosen, exact=False)
    yield group, "span, shared characters", "F1", _characters(comparisons, chosen)
    for key in CLAIM_VALUES if kind == ATTRIBUTED else AUTHORS_VALUES:
        yield from _agreement_of(group, key, comparisons, pairs_of, value_of(key))
    yield group, "about", "F1", about_counts(comparisons, pairs_of)


def _attribution_quantities(comparisons: Sequence[Comparison]) -> Iterator[Quantity]:
    for name, same in (
        ("cue, exact", same_cue),
        ("claimers, same thing", same_things("claimers")),
        ("claimers, same mention", same_claimers),
        ("within", Comparison.same_within),
    ):
        yield "attributed claims", name, "accuracy", pair_shares(comparisons, _attributed, same)


def _stance_quantities(comparisons: Sequence[Comparison]) -> Iterator[Quantity]:
    yield from _span_quantities("stances", comparisons, "stances")
    yield from _agreement_of("stances", "label, overlapping", comparisons, _stances, value_of("label"))
    yield from _agreement_of("stances", "basis", comparisons, _stances, value_of("basis"))
    for name, same in (("holders, same thing", same_things("holders")), ("target, same thing", _same_target)):
        yield "stances", name, "accuracy", pair_shares(comparisons, _stances, same)
    opinions = [comparison.opinions() for comparison in comparisons]
    found = _array([[len(both), mine, theirs] for both, mine, theirs in opinions])
    yield "stances", "(holder, target)", "F1", found
    cells = [[(o.stance["label"], p.stance["label"]) for o, p in both] for both, _, _ in opinions]
    yield from _agreement_in("stances", "label, same (holder, target)", _counted(cells))


def _span_quantities(group: str, comparisons: Sequence[Comparison], kind: str) -> Iterator[Quantity]:
    """F1 of spans, exact or overlapping, with label or without; and of those that overlap, how many are exact."""
    for exact in (True, False):
        word = "exact" if exact else "overlap"
        with_label = span_counts(comparisons, kind, _any, exact=exact, label=value_of("label"))
        yield group, f"span, {word}, with label", "F1", with_label
        yield group, f"span, {word}", "F1", span_counts(comparisons, kind, _any, exact=exact)
    pairs_of = _entities if kind == "entities" else _stances
    yield (
        group,
        "boundaries, overlapping",
        "accuracy",
        pair_shares(comparisons, pairs_of, Comparison.same_span),
    )


def _agreement_of(
    group: str, name: str, comparisons: Sequence[Comparison], pairs_of: PairsOf, value: Callable[[Any], str]
) -> Iterator[Quantity]:
    yield from _agreement_in(group, name, _table(comparisons, pairs_of, value))


def _agreement_in(group: str, name: str, table: Table) -> Iterator[Quantity]:
    """Raw agreement, kappa and alpha of a value over pairs."""
    counts = table[1]
    same = np.stack([np.trace(counts, axis1=1, axis2=2), counts.sum(axis=(1, 2))], axis=1)
    yield group, name, "accuracy", same
    yield group, name, "kappa", counts
    yield group, name, "alpha", counts


def _array(rows: Sequence[Any]) -> Counts:
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1)


def span_counts(
    comparisons: Sequence[Comparison],
    kind: str,
    chosen: Callable[[Any], bool],
    *,
    exact: bool,
    label: Callable[[Any], Hashable] = lambda line: None,
) -> Counts:
    """(in both, in the first, in the second) by article, of the annotations that are `chosen`."""
    rows = []
    for comparison in comparisons:
        both = sum(
            chosen(pair.one)
            and chosen(pair.other)
            and label(pair.one) == label(pair.other)
            and (pair.is_exact or not exact)
            for pair in getattr(comparison, kind)
        )
        rows.append([both, *(sum(map(chosen, getattr(v, kind))) for v in (comparison.one, comparison.other))])
    return _array(rows)


def _characters(comparisons: Sequence[Comparison], chosen: Callable[[Any], bool]) -> Counts:
    """As `span_counts`, an overlap counted by the share of code points that the two have in common (Dice)."""
    rows = []
    for comparison in comparisons:
        both = sum(p.overlap for p in comparison.claims if chosen(p.one) and chosen(p.other))
        rows.append([both, *(sum(map(chosen, view.claims)) for view in (comparison.one, comparison.other))])
    return _array(rows)


def pair_shares(
    comparisons: Sequence[Comparison],
    pairs_of: PairsOf,
    same: Callable[[Comparison, Any, Any], bool],
) -> Counts:
    """(the same, all) pairs by article."""
    return _array(
        [
            [sum(same(comparison, pair.one, pair.other) for pair in found), len(found)]
            for comparison in comparisons
            for found in (pairs_of(comparison),)
        ]
    )


def _table(
    comparisons: Sequence[Comparison],
    pairs_of: PairsOf,
    value: Callable[[Any], str],
) -> Table:
    """The values that occur, and by article a table of them over pairs: the first layer down."""
    cells = [[(value(p.one), value(p.other)) for p in pairs_of(comparison)] for comparison in comparisons]
    return _counted(cells)


def _opinion_table(comparisons: Sequence[Comparison]) -> Table:
    """As `_table`, of the labels of stances over the pairs of holder and target that both layers have."""
    return _counted(
        [
            [(one.stance["label"], other.stance["label"]) for one, other in comparison.opinions()[0]]
            for comparison in comparisons
        ]
    )


def _counted(cells: Sequence[Sequence[tuple[str, str]]]) -> Table:
    values = sorted({value for row in cells for cell in row for value in cell})
    place = {value: index for index, value in enumerate(values)}
    table = np.zeros((len(cells), len(values), len(values)))
    for index, row in enumerate(cells):
        for one, other in row:
            table[index, place[one], place[other]] += 1
    return values, table


def _summed(table: Table) -> Table:
    values, counts = table
    return values, counts.sum(axis=0)


def _with_unpaired(comparisons: Sequence[Comparison]) -> Table:
    """The table of entity labels over overlapping spans; what only one layer has stands under `NONE`."""
    cells = []
    for comparison in comparisons:
        row = [(pair.one["label"], pair.other["label"]) for pair in comparison.entities]
        ones = {pair.one["id"] for pair in comparison.entities}
        others = {pair.other["id"] for pair in comparison.entities}
        row += [(line["label"], NONE) for line in comparison.one.entities if line["id"] not in ones]
        row += [(NONE, line["label"]) for line in comparison.other.entities if line["id"] not in others]
        cells.append(row)
    return _summed(_counted(cells))


def _outcome(kind: str, comparisons: Sequence[Comparison]) -> Outcome:
    plural = {"entity": "entities", "claim": "claims", "stance": "stances"}[kind]
    label = source_kind if kind == "claim" else value_of("label")
    counts = dict.fromkeys(((span, name) for span in (True, False) for name in (True, False)), 0)
    only_one = only_other = 0
    for comparison in comparisons:
        found: list[AnyPair] = getattr(comparison, plural)
        for pair in found:
            counts[pair.is_exact, label(pair.one) == label(pair.other)] += 1
        only_one += len(getattr(comparison.one, plural)) - len(found)
        only_other += len(getattr(comparison.other, plural)) - len(found)
    return Outcome(
        kind,
        counts[True, True],
        counts[True, False],
        counts[False, True],
        counts[False, False],
        only_one,
        only_other,
    )


# --- Pairs and values ---------------------------------------------------------------------------------


def _entities(comparison: Comparison) -> Sequence[AnyPair]:
    return comparison.entities


def _same_entities(comparison: Comparison) -> Sequence[AnyPair]:
    return [pair for pair in comparison.entities if pair.is_exact]


def _claims(comparison: Comparison) -> Sequence[AnyPair]:
    return comparison.claims


def _stances(comparison: Comparison) -> Sequence[AnyPair]:
    return comparison.stances


def _attributed(comparison: Comparison) -> Sequence[AnyPair]:
    return pairs_of_kind(comparison, ATTRIBUTED)


def _authors(comparison: Comparison) -> Sequence[AnyPair]:
    return pairs_of_kind(comparison, AUTHORS)


def pairs_of_kind(comparison: Comparison, kind: str) -> Sequence[AnyPair]:
    """The pairs of claims that both layers have as the author's, or both as attributed."""
    return [p for p in comparison.claims if source_kind(p.one) == source_kind(p.other) == kind]


def _any(line: Any) -> bool:
    return True


def is_kind(kind: str) -> Callable[[Any], bool]:
    """Whether a claim is the author's, or attributed."""
    return lambda claim: source_kind(claim) == kind


def _is(key: str, value: str) -> Callable[[Any], bool]:
    return lambda line: line[key] == value


def value_of(key: str) -> Callable[[Any], str]:
    """The value of an annotation under `key` in words; what is not stated is unspecified."""

    def value(line: Any) -> str:
        found = line.get(key, UNSPECIFIED)
        return str({True: "yes", False: "no", None: UNSPECIFIED}.get(found, found))

    return value


def same_things(role: str) -> Callable[[Comparison, Any, Any], bool]:
    """Whether two annotations name the same things in `role`."""
    return lambda comparison, one, other: comparison.same_things(one[role], other[role])


def same_claimers(comparison: Comparison, one: Any, other: Any) -> bool:
    """Whether two claims have the same mentions for claimers."""
    return comparison.same_mentions(one["claimers"], other["claimers"])


def _same_target(comparison: Comparison, one: Any, other: Any) -> bool:
    return comparison.same_thing(one["target"], other["target"])


def same_cue(comparison: Comparison, one: Any, other: Any) -> bool:
    """Whether two claims have the same cue, or both none."""
    mine, theirs = one.get("cue"), other.get("cue")
    if not mine or not theirs:
        return not mine and not theirs
    return (mine["start"], mine["end"]) == (theirs["start"], theirs["end"])


def about_counts(comparisons: Sequence[Comparison], pairs_of: PairsOf) -> Counts:
    """(in both, in the first, in the second) of what paired claims are about, by article."""
    rows = []
    for comparison in comparisons:
        row = np.zeros(3)
        for pair in pairs_of(comparison):
            mine, theirs = pair.one.get("about", []), pair.other.get("about", [])
            row += [comparison.shared_things(mine, theirs), len(mine), len(theirs)]
        rows.append(row)
    return _array(rows)


def _groups(comparisons: Sequence[Comparison]) -> Counts:
    """(sum of precisions, sum of recalls, mentions) by article: B³ over paired mentions."""
    return _array([_group_sums(comparison) for comparison in comparisons])


def _group_sums(comparison: Comparison) -> list[float]:
    names = [
        (
            pair.one.get("referent") or f" {pair.one['id']}",
            pair.other.get("referent") or f" {pair.other['id']}",
        )
        for pair in comparison.entities
    ]
    ones, others = Counter(one for one, _ in names), Counter(other for _, other in names)
    both = Counter(names)
    recall = sum(both[name] / ones[name[0]] for name in names)
    precision = sum(both[name] / others[name[1]] for name in names)
    return [precision, recall, len(names)]


# --- Tokens -------------------------------------------------------------------------------------------


def _together(documents: Sequence[Document], layers: Sequence[str], resamples: int) -> list[Figure]:
    """Alpha over the tokens of the articles, all layers together."""
    figures = []
    draws = draw(len(documents), resamples, SEED) if documents else np.zeros((resamples, 0))
    for name, marked in _TOKEN_VALUES.items():
        units = [_token_values(document, layers, marked) for document in documents]
        values = sorted({value for rows in units for row in rows for value in row if value is not None})
        place = {value: index for index, value in enumerate(values)}
        counts = np.array(
            [
                coincidences(
                    np.array([[-1 if v is None else place[v] for v in row] for row in rows], dtype=np.int64),
                    len(values),
                )
                for rows in units
            ]
        ).reshape(len(documents), len(values), len(values))
        found = interval(counts, alpha, draws)
        items = sum(map(len, units))
        figures.append(
            Figure("tokens", name, "alpha", len(documents), items, found.value, found.low, found.high)
        )
    return figures


def _token_values(
    document: Document, layers: Sequence[str], marked: Callable[[LayerView], Sequence[tuple[Annotation, str]]]
) -> list[tuple[str | None, ...]]:
    """For every token of the article the value that each layer gives it; None of a layer that is not there."""
    words, starts = tokens(document["text"] or "")
    columns: list[list[str | None]] = []
    for name in layers:
        if name not in document["layers"]:
            columns.append([None] * len(words))
            continue
        column = [NONE] * len(words)
        spans = marked(layer_view(document, name))
        for annotation, value in sorted(spans, key=lambda item: item[0]["end"] - item[0]["start"]):
            first, behind = bisect_left(starts, annotation["start"]), bisect_left(starts, annotation["end"])
            column[first:behind] = [value] * (behind - first)
        columns.append(cast(list[str | None], column))
    return list(zip(*columns, strict=True))


def _labelled(kind: str) -> Callable[[LayerView], Sequence[tuple[Annotation, str]]]:
    return lambda view: [(line, line["label"]) for line in getattr(view, kind)]


def _contents(view: LayerView) -> Sequence[tuple[Annotation, str]]:
    return [(claim, ATTRIBUTED) for claim in view.claims if source_kind(claim) == ATTRIBUTED]


_TOKEN_VALUES: dict[str, Callable[[LayerView], Sequence[tuple[Annotation, str]]]] = {
    "label of the longest entity": _labelled("entities"),
    "inside an attributed claim": _contents,
    "label of a stance's anchor": _labelled("stances"),
}
