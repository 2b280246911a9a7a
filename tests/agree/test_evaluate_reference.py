"""Scores are those of seqeval and nervaluate wherever these measure the same thing; where they do not, a test says so."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2

from conftest import CHECKOUT
from corpora import document
from scoring import LABELS, annotations, scored
from strategies import texts
from tasrih import store
from tasrih.agree.scores import MACRO_F1, Scores, scores
from tasrih.check.usable import usable
from tasrih.model import GOLD, Document
from tasrih.release.tables import ner_tags, tag_tokens
from tasrih.text.tokens import tokens

approx = pytest.approx
QUICK = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
NAMES = LABELS["entity"]
SCHEMES = {
    "strict": "span, label (strict)",
    "exact": "span (exact)",
    "partial": "overlap, half (partial)",
    "ent_type": "overlap, label (ent_type)",
}
MEASURES = ("precision", "recall", "F1")
Span = tuple[int, int, str]


# --- Layers as tags and as flat spans -----------------------------------------------------------------


def tags_of(text: str, layer: Any) -> list[str]:
    """IOB2 tags of a layer's names, by the conventions of the `ner` table."""
    words, starts = tokens(text)
    ends = np.array([start + len(word) for word, start in zip(words, starts, strict=True)], np.int64)
    names = [line for line in layer if line["type"] == "entity" and line.get("form") != "nominal"]
    rows = [[line["start"], line["end"], 1 + 2 * NAMES.index(line["label"])] for line in names]
    array = np.array(rows, np.int64).reshape(len(rows), 3)
    ids = tag_tokens(np.array(starts, np.int64), ends, array, Counter())
    return [ner_tags(LABELS)[tag] for tag in ids]


def spans_of(text: str, tags: list[str]) -> list[Span]:
    """The spans that tags mark, in code points."""
    words, starts = tokens(text)
    found: list[list[Any]] = []
    for word, start, tag in zip(words, starts, tags, strict=True):
        if tag.startswith("B-"):
            found.append([start, start + len(word), tag[2:]])
        elif tag.startswith("I-"):
            found[-1][1] = start + len(word)
    return [(start, end, label) for start, end, label in found]


def entities(text: str, spans: list[Span]) -> list[Any]:
    return [
        {"type": "entity", "id": f"e{n}", "label": label, "form": "name", "start": start, "end": end, "text": text[start:end]}
        for n, (start, end, label) in enumerate(spans, start=1)
    ]  # fmt: skip


def of_spans(cases: list[tuple[str, list[Span], list[Span]]]) -> Scores:
    """Our scores of articles, each a text with the spans of gold and of a system."""
    gold: list[Document] = []
    predicted = {}
    for number, (text, ones, others) in enumerate(cases):
        whole: Any = document("x", f"a-{number}")
        whole["text"] = text
        whole["layers"][GOLD][1:] = entities(text, ones)
        gold.append(whole)
        predicted[f"a-{number}"] = entities(text, others)
    return scores("system", gold, predicted, LABELS, resamples=2)


def ours(found: Scores, group: str, name: str) -> list[float]:
    """Precision, recall and F1, 0 where they are not defined, as both libraries have it."""
    values = {f.measure: f.value or 0.0 for f in found.figures if (f.group, f.name) == (group, name)}
    return [values[measure] for measure in MEASURES]


# --- seqeval ------------------------------------------------------------------------------------------


def assert_as_seqeval(cases: list[tuple[str, list[str], list[str]]]) -> None:
    """Overall, by label and the mean of labels, of articles with the tags of gold and of a system."""
    gold, system = [one for _, one, _ in cases], [other for _, _, other in cases]
    found = of_spans([(text, spans_of(text, one), spans_of(text, other)) for text, one, other in cases])
    seen = sorted({tag[2:] for tags in (*gold, *system) for tag in tags if tag != "O"})
    if not seen:
        return
    options: Any = {"scheme": IOB2, "zero_division": 0}
    micro = precision_recall_fscore_support(gold, system, average="micro", **options)
    assert ours(found, "entities", "span, label (strict)") == approx(list(micro[:3]))
    *shares, support = precision_recall_fscore_support(gold, system, average=None, **options)
    for index, label in enumerate(seen):
        assert ours(found, "entities by label", label) == approx([share[index] for share in shares])
        (row,) = [
            f for f in found.figures if (f.group, f.name, f.measure) == ("entities by label", label, "F1")
        ]
        assert row.gold == support[index]
    macro = precision_recall_fscore_support(gold, system, average="macro", **options)
    (mean,) = [f for f in found.figures if f.group == "entities by label" and f.measure == MACRO_F1]
    assert mean.value == approx(macro[2])


@cache
def corpus_documents() -> list[Document]:
    """The articles of the corpus that have a text and layers besides gold."""
    corpus = store.open_corpus(CHECKOUT / "corpus")
    found = [usable(corpus, name, every_layer=True, local_texts=False) for name in corpus.ids()]
    return [one for one in found if one["text"] is not None and len(one["layers"]) > 1]


def tagged(layer: str) -> list[tuple[str, list[str], list[str]]]:
    return [
        (str(one["text"]), tags_of(str(one["text"]), annotations(one, GOLD)), tags_of(str(one["text"]), annotations(one, layer)))
        for one in corpus_documents()
        if layer in one["layers"]
    ]  # fmt: skip


@pytest.mark.parametrize("layer", ["reader-a", "reader-b"])
def test_the_layers_of_the_corpus_score_as_in_seqeval(layer: str) -> None:
    cases = tagged(layer)
    assert sum(tag != "O" for _, one, _ in cases for tag in one) > 1000
    assert_as_seqeval(cases)


@given(st.data())
@QUICK
def test_any_tags_score_as_in_seqeval(data: st.DataObject) -> None:
    cases = []
    for _ in range(data.draw(st.integers(1, 3))):
        text = data.draw(texts())
        drawn = [data.draw(tags(len(tokens(text)[0]))) for _ in range(2)]
        cases.append((text, *drawn))
    assert_as_seqeval([case for case in cases if case[1]])


@st.composite
def tags(draw: st.DrawFn, length: int) -> list[str]:
    """Well-formed IOB2 tags of three labels."""
    found: list[str] = []
    while len(found) < length:
        size = min(draw(st.integers(1, 3)), length - len(found))
        label = draw(st.sampled_from([None, "PER", "ORG", "GPE"]))
        found += ["O"] * size if label is None else [f"B-{label}", *[f"I-{label}"] * (size - 1)]
    return found


def test_seqeval_sees_no_name_inside_a_name_and_none_that_begins_inside_a_token() -> None:
    """By design: a token has one tag. Here both stand, and both count."""
    nested = "<e1 ORG>بلدية <e2 GPE>تونس</e2></e1>."
    strict = [f for f in scored((nested, nested)).figures if f.name == "span, label (strict)"]
    assert {f.gold for f in strict} == {2}
    whole = document(nested)
    assert tags_of(str(whole["text"]), annotations(whole, GOLD)) == ["B-ORG", "I-ORG", "O"]
    inside = document("شبكة<e1 GPE>تونس</e1>.")
    assert tags_of(str(inside["text"]), annotations(inside, GOLD)) == ["O", "O"]


# --- nervaluate ---------------------------------------------------------------------------------------


def nervaluated(cases: list[tuple[str, list[Span], list[Span]]]) -> dict[str, Any]:
    """Its results overall; its ends are the last code point, not one past it."""

    def named(spans: list[Span]) -> list[dict[str, Any]]:
        return [{"label": label, "start": start, "end": end - 1} for start, end, label in spans]

    sides = [[named(case[side]) for case in cases] for side in (1, 2)]
    return dict(Evaluator(*sides, tags=NAMES, loader="dict").evaluate())


def assert_as_nervaluate(cases: list[tuple[str, list[Span], list[Span]]], schemes: list[str]) -> None:
    found, results = of_spans(cases), nervaluated(cases)
    for scheme in schemes:
        theirs = results["overall"][scheme]
        mine = ours(found, "entities", SCHEMES[scheme])
        assert mine == approx([theirs.precision, theirs.recall, theirs.f1]), scheme
    for label, by_scheme in results["entities"].items():
        theirs = by_scheme["strict"]
        assert ours(found, "entities by label", label) == approx([theirs.precision, theirs.recall, theirs.f1])


def one_to_one(ones: list[Span], others: list[Span]) -> bool:
    """Whether no span overlaps two of the other side, so that there is but one pairing; and none by under 1 %, which
    nervaluate takes for none.
    """
    shared = [(a, b) for a in ones for b in others if a[0] < b[1] and b[0] < a[1]]
    ambiguous = max((*Counter(a for a, _ in shared).values(), *Counter(b for _, b in shared).values(), 0)) > 1
    return not ambiguous and all(100 * (min(a[1], b[1]) - max(a[0], b[0])) >= a[1] - a[0] for a, b in shared)


@pytest.mark.parametrize("layer", ["reader-a", "reader-b"])
def test_the_layers_of_the_corpus_score_as_in_nervaluate(layer: str) -> None:
    cases = [(text, spans_of(text, one), spans_of(text, other)) for text, one, other in tagged(layer)]
    assert_as_nervaluate(cases, ["strict", "exact"])
    clear = [case for case in cases if one_to_one(*case[1:])]
    assert len(clear) > len(cases) / 2
    assert_as_nervaluate(clear, list(SCHEMES))


@given(st.data())
@QUICK
def test_any_flat_spans_score_as_in_nervaluate(data: st.DataObject) -> None:
    text = data.draw(texts(3))
    count = len(tokens(text)[0])
    ones, others = (spans_of(text, data.draw(tags(count))) for _ in range(2))
    assert_as_nervaluate([(text, ones, others)], ["strict", "exact"])
    if one_to_one(ones, others):
        assert_as_nervaluate([(text, ones, others)], list(SCHEMES))


def test_nervaluate_takes_the_first_that_overlaps_and_we_the_best_pairing() -> None:
    """By design. Its first prediction uses up the one true span, so that the second, which is right, is spurious."""
    text = "وزارة الصحة في تونس"
    gold: list[Span] = [(0, 11, "ORG")]
    system: list[Span] = [(0, 5, "ORG"), (0, 11, "ORG")]
    theirs = nervaluated([(text, gold, system)])["overall"]
    assert (theirs["strict"].recall, theirs["exact"].recall, theirs["partial"].recall) == (0.0, 0.0, 0.5)
    found = of_spans([(text, gold, system)])
    assert ours(found, "entities", SCHEMES["strict"])[1] == 1.0
    assert ours(found, "entities", SCHEMES["partial"])[1] == 1.0
    # Whatever the order of the predictions; nervaluate's figures depend on it.
    again = nervaluated([(text, gold, system[::-1])])["overall"]
    assert again["strict"].recall == 1.0
    assert ours(of_spans([(text, gold, system[::-1])]), "entities", SCHEMES["strict"])[1] == 1.0


def test_nervaluate_pairs_by_label_for_ent_type_and_we_by_overlap_once_for_all() -> None:
    """By design: here one pairing stands behind all figures, and a label only decides between equal overlaps."""
    text = "وزارة الصحة في تونس"
    gold: list[Span] = [(0, 11, "ORG")]
    system: list[Span] = [(0, 11, "LAW"), (12, 14, "DATE")]
    wide: list[Span] = [(0, 9, "LAW"), (9, 19, "ORG")]
    assert nervaluated([(text, gold, system)])["overall"]["ent_type"].recall == 0.0
    assert ours(of_spans([(text, gold, system)]), "entities", SCHEMES["ent_type"])[1] == 0.0
    assert nervaluated([(text, gold, wide[::-1])])["overall"]["ent_type"].recall == 1.0
    assert ours(of_spans([(text, gold, wide[::-1])]), "entities", SCHEMES["ent_type"])[1] == 0.0


def test_nervaluate_takes_an_overlap_under_one_percent_for_none() -> None:
    text = "ب" * 300
    gold, system = [(0, 200, "LAW")], [(199, 210, "LAW")]
    assert nervaluated([(text, gold, system)])["overall"]["partial"].recall == 0.0
    assert ours(of_spans([(text, gold, system)]), "entities", SCHEMES["partial"])[1] == approx(0.5)
