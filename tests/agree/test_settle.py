"""Gold from two layers: the policy, the decisions, and the account of every annotation."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from layered import ONE, OTHER, SAID, SAID_ROLES, two_layers
from tasrih.agree import worklist
from tasrih.agree.compare import Comparison, compare
from tasrih.agree.settle import Settled, settle
from tasrih.model import Decision, Document
from tasrih.store import Misuse

WHOLE = SAID + SAID_ROLES
CHANGED = WHOLE.replace("<e2 GPE>", "<e2 LOC>").replace("about=e2", "about=e2 certainty=probable")


def made(one: str = WHOLE, other: str = CHANGED) -> tuple[Document, Comparison]:
    document = two_layers(one, other)
    return document, compare(document, ONE, OTHER)


def decided(
    document: Document, comparison: Comparison, *lines: str, new: str = ""
) -> tuple[list[Decision], Settled]:
    """What the work list gives when its open lines are replaced by `lines`."""
    listed = worklist.write(document, comparison, settle(comparison, []).undecided)
    head, _, _ = listed.partition("\n=== decisions\n")
    if new:
        head = head.replace(*new.split("→"))
    data = "\n".join([head, "=== decisions", *lines]) + "\n"
    found = worklist.read(data, "work.inline", comparison, "the tests")
    return found, settle(comparison, found)


def by_text(settled: Settled, kind: str) -> dict[str, Any]:
    return {line["text"]: line for line in settled.annotations if line["type"] == kind}


def test_what_agrees_goes_to_gold() -> None:
    _, comparison = made(WHOLE, WHOLE)
    settled = settle(comparison, [])
    assert not settled.undecided and not settled.problems
    gold = [{k: v for k, v in line.items() if v not in (None, [])} for line in settled.annotations]
    assert gold == [
        {k: v for k, v in line.items() if v not in (None, [])} for line in comparison.one.annotations
    ]
    assert settled.counts() == [Counter(accepted=6), Counter(accepted=6)]


def test_what_differs_is_open() -> None:
    _, comparison = made()
    settled = settle(comparison, [])
    assert [case.differs for case in settled.undecided] == [("certainty",), ("label",)]
    assert settled.counts() == [Counter(accepted=4, undecided=2)] * 2


def test_decisions_decide() -> None:
    document, comparison = made()
    found, settled = decided(
        document, comparison, "c1 c1001 | one certainty=possible | 3.9", "e2 e1002 | other | 2.2"
    )
    assert [decision["why"] for decision in found] == ["3.9", "2.2"]
    assert by_text(settled, "entity")["تونس"]["label"] == "LOC"
    assert by_text(settled, "claim")["الحملة بدأت في تونس"]["certainty"] == "possible"
    assert by_text(settled, "claim")["الحملة بدأت في تونس"]["about"] == [
        by_text(settled, "entity")["تونس"]["id"]
    ]
    assert settled.counts() == [Counter(accepted=4, merged=2), Counter(accepted=5, merged=1)]


def test_a_second_list_asks_nothing_again() -> None:
    document, comparison = made()
    found, settled = decided(document, comparison, "c1 c1001 | one | 3.9")
    assert [case.differs for case in settled.undecided] == [("label",)]
    again = worklist.write(document, comparison, settled.undecided)
    assert "c1 c1001" not in again and "e2 e1002 | ? |" in again
    assert settle(comparison, found).annotations == settled.annotations


def test_a_decision_lapses_where_the_layer_has_changed() -> None:
    document, comparison = made()
    found, _ = decided(document, comparison, "c1 c1001 | one | 3.9")
    _, changed = made(WHOLE, CHANGED.replace("certainty=probable", "certainty=unknown"))
    assert len(settle(changed, found).undecided) == 2


def test_a_rejected_claimer_is_a_problem_that_is_named() -> None:
    document, comparison = made(WHOLE, WHOLE.replace("<e1 ORG>", "<e1 MEDIA>"))
    _, settled = decided(document, comparison, "e1 e1001 | neither | no body")
    assert len(settled.problems) == 1
    assert "its claimers e1 does not stand in gold" in settled.problems[0]
    assert settled.counts() == [Counter(accepted=5, rejected=1)] * 2


def test_both_stand_where_both_are_right() -> None:
    one = "<e1 OCC>رئيس بلدية صور</e1> هنا."
    other = "رئيس <e1 ORG>بلدية صور</e1> هنا."
    document, comparison = made(one, other)
    _, settled = decided(document, comparison, "e1 e1001 | both | 2.3")
    assert list(by_text(settled, "entity")) == ["رئيس بلدية صور", "بلدية صور"]
    assert settled.counts() == [Counter(accepted=1), Counter(accepted=1)]


def test_new_words_and_new_annotations() -> None:
    document, comparison = made()
    found, settled = decided(
        document, comparison,
        'c1 c1001 | other text="الحملة بدأت" about=e3001 | 3.3', "e2 e1002 | neither | no name", "e3001 | new | 2.2",
        new="إن <c1>→<e3001 MEDIA>إن</e3001> <c1>",
    )  # fmt: skip
    claim = by_text(settled, "claim")["الحملة بدأت"]
    assert claim["about"] == [by_text(settled, "entity")["إن"]["id"]]
    assert settled.added == 1
    assert not any("text" in decision.get("changes", {}) for decision in found)


def test_content_in_parts() -> None:
    document, comparison = made()
    _, settled = decided(
        document, comparison, 'c1 c1001 | one text="الحملة … تونس" | 3.4', "e2 e1002 | one | 2.2"
    )
    claim = next(line for line in settled.annotations if line["type"] == "claim")
    text = document["text"] or ""
    assert [text[start:end] for start, end in claim["fragments"]] == ["الحملة", "تونس"]


def test_the_same_referents_share_a_slug() -> None:
    text = "<e1 PER>مراد</e1> و<e2 PER>مراد</e2> و<e3 {}>مراد</e3>.\n=== roles\n"
    roles = "e1 referent={0}\ne2 referent={0}\ne3 referent={0}"
    document, comparison = made(
        text.format("PER") + roles.format("murad"), text.format("ORG") + roles.format("m")
    )
    _, settled = decided(document, comparison, "e3 e1003 | other | for the test")
    assert {line["referent"] for line in settled.annotations} == {"murad"}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c1 c1001 | one |", "say why"),
        ("c1 c1001 | maybe | why", "not one of"),
        ("c1 | one", "IDS | CHOICE | WHY"),
        ("c1 c1009 | one | why", "one id of"),
        ("c1 c1001 | one text=\"كلام آخر\" | why", "does not stand in the text"),
        ("c1 c1001 | one colour=red | why", "takes key=value"),
        ("e3001 | new | why", "tagged in the text"),
        ("e1 | other | why", "has no annotation here"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(line: str, said: str) -> None:
    document, comparison = made()
    with pytest.raises(Misuse, match=r"work\.inline:") as caught:
        decided(document, comparison, line)
    assert said in str(caught.value)


def test_every_annotation_ends_in_one_way() -> None:
    """Whatever is chosen, accepted, merged and rejected sum up to the layer."""
    document, comparison = made()
    for choice in ("one", "other", "both", "neither"):
        _, settled = decided(document, comparison, f"c1 c1001 | {choice} | x", f"e2 e1002 | {choice} | x")
        for view, counts in zip((comparison.one, comparison.other), settled.counts(), strict=True):
            assert counts["accepted"] + counts["merged"] + counts["rejected"] == len(view.annotations)
