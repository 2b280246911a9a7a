"""Scores of a system against gold: counted by hand, and what must hold of any layers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layered import two_layers
from samples import documents as sample_documents
from scoring import LABELS, annotations, figure, scored, shares, with_gold
from strategies import documents
from tasrih.agree.scores import MACRO_F1, Scores, _inside_another, scores
from tasrih.model import GOLD, Document

approx = pytest.approx
QUICK = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))

# Gold has four mentions, the system five: one the same, one relabelled, one wider, two spurious, one missed.
GOLD_TEXT = "<e1 ORG>وزارة الصحة</e1> و<e2 GPE>تونس</e2> و<e3 FAC>ميناء</e3> صور ثم بيروت و<e4 PER>مراد</e4>."
SYSTEM_TEXT = "<e1 ORG>وزارة الصحة</e1> و<e2 LOC>تونس</e2> و<e3 FAC>ميناء صور</e3> <e4 DATE>ثم</e4> <e5 GPE>بيروت</e5> ومراد."


def test_the_four_ways_to_count_entities_by_hand() -> None:
    found = scored((GOLD_TEXT, SYSTEM_TEXT))
    assert shares(found, "entities", "span, label (strict)") == approx((1 / 5, 1 / 4, 2 / 9))
    assert shares(found, "entities", "span (exact)") == approx((2 / 5, 2 / 4, 4 / 9))
    assert shares(found, "entities", "overlap, label (ent_type)") == approx((2 / 5, 2 / 4, 4 / 9))
    assert shares(found, "entities", "overlap, half (partial)") == approx((2.5 / 5, 2.5 / 4, 5 / 9))
    strict = figure(found, "entities", "span, label (strict)")
    assert (strict.gold, strict.predicted) == (4, 5)


def test_labels_have_their_own_shares_and_a_mean() -> None:
    found = scored((GOLD_TEXT, SYSTEM_TEXT))
    assert shares(found, "entities by label", "ORG") == (1.0, 1.0, 1.0)
    assert shares(found, "entities by label", "GPE") == (0.0, 0.0, 0.0)
    assert shares(found, "entities by label", "PER") == (None, 0.0, 0.0)
    assert shares(found, "entities by label", "DATE") == (0.0, None, 0.0)
    assert shares(found, "entities by label", "LAW") == (None, None, None)
    # ORG alone is right; GPE, LOC, FAC, PER and DATE stand on either side and are 0.
    assert figure(found, "entities by label", "mean of labels", MACRO_F1).value == approx(1 / 6)


NESTED = "<e1 ORG>بلدية <e2 GPE>تونس</e2></e1> و<e3 GPE>صور</e3>."


def test_an_inner_mention_is_one_without_its_outer_and_all_add_up() -> None:
    """The system has the inner mention alone, which is inner all the same."""
    found = scored((NESTED, "بلدية <e2 GPE>تونس</e2> و<e3 GPE>صور</e3>."))
    assert shares(found, "entities, strict", "inside another") == (1.0, 1.0, 1.0)
    assert shares(found, "entities, strict", "top-level") == approx((1.0, 1 / 2, 2 / 3))
    top, inner, every = (
        figure(found, group, name)
        for group, name in (
            ("entities, strict", "top-level"), ("entities, strict", "inside another"), ("entities", "span, label (strict)"),
        )
    )  # fmt: skip
    assert (top.gold + inner.gold, top.predicted + inner.predicted) == (every.gold, every.predicted) == (3, 2)


def test_a_mention_of_another_span_is_placed_by_the_systems_own() -> None:
    """Too short a mention is no inner one; one inside another of the system's is."""
    whole = "<e1 ORG>بلدية تونس</e1>."
    for system, place in (
        ("بلدية <e1 ORG>تونس</e1>.", "top-level"),
        ("<e1 ORG>بلدية <e2 GPE>تونس</e2></e1>.", "inside another"),
    ):
        found = scored((whole, system))
        assert shares(found, "entities, strict", place)[0] == 0.0
        other = {"top-level": "inside another", "inside another": "top-level"}[place]
        assert shares(found, "entities, strict", other)[0] == (1.0 if place == "inside another" else None)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 8)), max_size=9))
def test_inside_another_is_inside_a_longer_one(spans: list[tuple[int, int]]) -> None:
    lines: Any = [
        {"id": f"e{n}", "start": start, "end": start + size} for n, (start, size) in enumerate(spans)
    ]
    by_hand = {
        one["id"]: any(
            other["start"] <= one["start"] and one["end"] <= other["end"]
            and other["end"] - other["start"] > one["end"] - one["start"]
            for other in lines
        )
        for one in lines
    }  # fmt: skip
    assert _inside_another(lines) == by_hand


def test_a_mention_without_a_form_counts_as_a_name() -> None:
    one = "<e1 ORG>الوزارة</e1> و<e2 GPE>تونس</e2>.\n=== roles\ne1 form=nominal"
    document = two_layers(one, one)
    predicted: list[Any] = [
        {key: value for key, value in line.items() if key != "form"}
        for line in annotations(document, "reader-b")
    ]
    found = scores("s", [with_gold(document, "reader-a")], {"example": predicted}, LABELS, 10)
    assert shares(found, "entities, strict", "names") == approx((1 / 2, 1.0, 2 / 3))
    assert shares(found, "entities, strict", "nominals") == (None, 0.0, 0.0)


CLAIM = "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> و<e2 PER>مراد</e2> إن <c1>الحملة بدأت</c1>. <c2>المطر غزير</c2>.\n=== roles\n"
OTHER = CLAIM.replace("<c1>الحملة بدأت</c1>", "الحملة <c1>بدأت</c1>")


def test_claims_by_hand() -> None:
    """The system's claim is shorter, its claimer another, its polarity too; the author's claim is the same."""
    found = scored(
        (
            CLAIM + "c1 claimers=e1 about=e2\nc2 claimers=author",
            OTHER + "c1 claimers=e2 about=e1 polarity=negated\nc2 claimers=author certainty=possible",
        )
    )
    group = "attributed claims"
    assert shares(found, group, "span, exact") == (0.0, 0.0, 0.0)
    assert shares(found, group, "span, overlap") == (1.0, 1.0, 1.0)
    assert shares(found, group, "span, overlap, claimers") == (0.0, 0.0, 0.0)
    values = {f.name: f.value for f in found.figures if f.group == group and f.measure == "accuracy"}
    assert values == {
        "claimers, same mention": 0.0, "claimers, same thing": 0.0, "cue, exact": 1.0, "cue, overlap": 1.0,
        "via": 1.0, "mode": 1.0, "polarity": 0.0, "certainty": 1.0, "checkworthy": 1.0,
    }  # fmt: skip
    assert shares(found, group, "about, same thing") == (0.0, 0.0, 0.0)
    assert shares(found, "author's claims", "span, exact") == (1.0, 1.0, 1.0)
    assert figure(found, "author's claims", "certainty", "accuracy").value == 0.0
    assert figure(found, "author's claims", "polarity", "accuracy").value == 1.0


def test_another_mention_of_the_claimer_is_the_same_thing() -> None:
    text = "<e1 ORG>الوزارة</e1> هنا. <c1#cue>قالت</c1#cue> <e2 ORG>وزارة الصحة</e2> إن <c1>الحملة بدأت</c1>.\n=== roles\ne1 referent=ministry\ne2 referent=ministry\n"
    found = scored((text + "c1 claimers=e2", text + "c1 claimers=e1"))
    assert figure(found, "attributed claims", "claimers, same mention", "accuracy").value == 0.0
    assert figure(found, "attributed claims", "claimers, same thing", "accuracy").value == 1.0


def test_a_cue_may_overlap_and_a_missing_one_is_the_same_as_a_missing_one() -> None:
    text = "{}<e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1"
    wide = text.format("<c1#cue>وقد قالت</c1#cue> ")
    narrow = text.format("وقد <c1#cue>قالت</c1#cue> ")
    none = text.format("وقد قالت ")
    found = scored((wide, narrow), (none, none), (none, wide))
    assert figure(found, "attributed claims", "cue, exact", "accuracy").value == approx(1 / 3)
    assert figure(found, "attributed claims", "cue, overlap", "accuracy").value == approx(2 / 3)
    touching = scored((text.format("<c1#cue>وقد </c1#cue>قالت "), narrow))
    assert figure(touching, "attributed claims", "cue, overlap", "accuracy").value == 0.0


STANCES = (
    "<s1 {}>موقف</s1> <e1 ORG>النقابة</e1> من <e2 LAW>القانون</e2>، و<s2 {}>رأي</s2> <e3 PER>مراد</e3> فيه.\n"
    "=== roles\ns1 holders=e1 target=e2\ns2 holders={} target=e2"
)


def test_stances_by_hand() -> None:
    """Two pairs of gold; of the system's two, one has the right pair and label, one another holder."""
    found = scored(
        (STANCES.format("support", "oppose", "e3"), STANCES.format("support", "oppose", "e1")),
        (STANCES.format("support", "neutral", "e3"), STANCES.format("oppose", "neutral", "e3")),
    )
    assert shares(found, "stances", "(holder, target)") == approx((3 / 4, 3 / 4, 3 / 4))
    assert shares(found, "stances", "(holder, target, label)") == approx((2 / 4, 2 / 4, 2 / 4))
    shared = figure(found, "stances", "label, shared pairs", "accuracy")
    assert (shared.value, shared.gold, shared.predicted) == (approx(2 / 3), 3, 3)
    # On shared pairs gold has support twice and neutral once, the system support, oppose and neutral once each.
    mean = figure(found, "stances", "mean of labels, shared", MACRO_F1)
    assert mean.value == approx((2 / 3 + 0 + 1) / 3)
    assert shares(found, "stances by label", "support") == approx((1.0, 1 / 2, 2 / 3))
    assert shares(found, "stances by label", "oppose") == approx((0.0, 0.0, 0.0))
    assert shares(found, "stances by label", "neutral") == (1.0, 1.0, 1.0)


# --- What holds of any layers -------------------------------------------------------------------------


def against_itself(found: list[Document]) -> Scores:
    return scores("gold", found, {d["article"]["id"]: annotations(d, GOLD) for d in found}, LABELS, 20)


def test_gold_against_itself_is_one_wherever_it_is_defined() -> None:
    found = against_itself(sample_documents())
    assert {f.value for f in found.figures} == {1.0, None}
    defined = {(f.group, f.name) for f in found.figures if f.value == 1.0}
    undefined = {(f.group, f.name) for f in found.figures if f.value is None}
    assert undefined - {("entities by label", label) for label in LABELS["entity"]} == {
        ("author's claims", "about, same thing")  # the samples have none
    }
    assert defined.isdisjoint(undefined)


def test_no_predictions_are_zero_and_never_one() -> None:
    gold = sample_documents()
    for predicted in ({}, {document["article"]["id"]: [] for document in gold}):
        found = scores("nobody", gold, predicted, LABELS, 20)
        assert {f.value for f in found.figures if f.measure in ("recall", "F1", "macro-F1")} <= {0.0, None}
        assert {f.value for f in found.figures if f.measure in ("precision", "accuracy")} == {None}
        assert figure(found, "entities", "span, label (strict)").value == 0.0
        assert found.unpredicted == ([] if predicted else found.articles)


@given(documents(), documents())
@QUICK
def test_predictions_of_nothing_and_gold_of_nothing_are_never_one(one: Document, other: Document) -> None:
    found = scores("nobody", [one, other | {"article": other["article"] | {"id": "other"}}], {}, LABELS, 5)
    assert all(f.value in (0.0, None) for f in found.figures)


@given(st.data())
@QUICK
def test_exchanging_gold_and_system_exchanges_precision_and_recall(data: st.DataObject) -> None:
    one = data.draw(documents())
    other = scrambled(data, one)
    there, back = compared(one, other), compared(other, one)
    for mine, theirs in zip(there.figures, back.figures, strict=True):
        if mine.name in ("top-level", "inside another"):
            continue  # gold decides for spans that both have
        assert (mine.gold, mine.predicted) == (theirs.predicted, theirs.gold)
        if mine.measure in ("F1", "macro-F1") and "claimers" not in mine.name and "thing" not in mine.name:
            assert mine.value == approx(theirs.value)
    strict = "entities", "span, label (strict)"
    assert figure(there, *strict, "precision").value == approx(figure(back, *strict, "recall").value)


@given(st.data())
@QUICK
def test_ids_and_the_order_of_lines_make_no_difference(data: st.DataObject) -> None:
    one = data.draw(documents())
    other = scrambled(data, one)
    found = compared(one, other)
    lines = data.draw(st.permutations(renamed(annotations(other, GOLD))))
    again = compared(one, other | {"layers": {GOLD: [other["layers"][GOLD][0], *lines]}})
    strict = [f for f in found.figures if f.group.startswith("entities")]
    assert strict == [f for f in again.figures if f.group.startswith("entities")]


def scrambled(data: st.DataObject, document: Document) -> Document:
    """`document` with some of its entities and nothing else, some with another label."""
    kept: list[Any] = [deepcopy(line) for line in entities_of(document) if data.draw(st.booleans())]
    for line in kept:
        line.pop("members", None)
        if data.draw(st.booleans()):
            line["label"] = data.draw(st.sampled_from(LABELS["entity"]))
    return document | {"layers": {GOLD: [document["layers"][GOLD][0], *kept]}}  # type: ignore[return-value]


def compared(gold: Document, system: Document) -> Scores:
    """The entities of `system` against those of `gold`."""
    alone: Any = gold | {"layers": {GOLD: [gold["layers"][GOLD][0], *entities_of(gold)]}}
    return scores("s", [alone], {"example": entities_of(system)}, LABELS, 5)


def entities_of(document: Document) -> list[Any]:
    return [line for line in annotations(document, GOLD) if line["type"] == "entity"]


def renamed(lines: Any) -> list[Any]:
    return [{**line, "id": f"e{900 - number}"} for number, line in enumerate(lines)]


def test_renaming_ids_and_referents_of_a_whole_layer_changes_no_figure() -> None:
    gold = sample_documents()
    plain = {d["article"]["id"]: annotations(d, GOLD) for d in gold}
    other = {name: [with_other_ids(line) for line in lines] for name, lines in plain.items()}
    assert scores("s", gold, plain, LABELS, 20).figures == scores("s", gold, other, LABELS, 20).figures


def with_other_ids(line: Any) -> Any:
    def other(name: str) -> str:
        return name if name in ("author", "unnamed") else f"{name[0]}{int(name[1:]) + 70}"

    renamed: Any = {**line, "id": other(line["id"])}
    for role in ("claimers", "about", "holders", "members"):
        if role in line:
            renamed[role] = [other(name) for name in line[role]]
    for role in ("within", "target"):
        if line.get(role):
            renamed[role] = other(line[role])
    if line.get("referent"):
        renamed["referent"] = f"another-{line['referent']}"
    return renamed


def test_intervals_hold_the_value_and_repeat() -> None:
    gold = sample_documents()
    predicted = {d["article"]["id"]: annotations(d, GOLD)[: 2 + n % 3] for n, d in enumerate(gold)}
    found = scores("s", gold, predicted, LABELS, 200)
    assert found.figures == scores("s", gold, predicted, LABELS, 200).figures
    strict = figure(found, "entities", "span, label (strict)")
    assert strict.low is not None and strict.high is not None and strict.value is not None
    assert strict.low < strict.value < strict.high
    assert all(np.isfinite(f.value) for f in found.figures if f.value is not None)
