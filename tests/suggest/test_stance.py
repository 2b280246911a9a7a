"""Stances by rules: a sentence a construction, with what it shows and what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from corpora import document
from tasrih.suggest import Draft, stance
from tasrih.suggest.confidence import Confidence
from tasrih.suggest.proposals import gold_draft

UNTAUGHT = Confidence()
Shown = tuple[str, str, str, str]  # label, anchor, holders, target


def stances(snippet: str) -> list[Any]:
    """The stances proposed for a snippet with tagged mentions, with `shown`: label, anchor, holders, target."""
    draft = gold_draft(document(snippet))
    lines: list[Any] = [*draft.annotations, *stance.of_draft(draft, UNTAUGHT)]
    words = {line["id"]: line["text"] for line in lines if line["type"] == "entity"}
    return [
        {**line, "shown": (line["label"], line["text"], " ".join(words.get(name, name) for name in line["holders"]), words[line["target"]])}
        for line in lines
        if line["type"] == "stance"
    ]  # fmt: skip


CASES: dict[str, tuple[str, list[Shown]]] = {
    "an object": (
        "رفضت <e1 ORG>النقابة</e1> <e2 LAW>القانون</e2>.", [("oppose", "رفضت", "النقابة", "القانون")],
    ),
    "an object that is proposed": (
        "رفضت <e1 ORG>النقابة</e1> إغلاق المصنع.", [("oppose", "رفضت", "النقابة", "إغلاق المصنع")],
    ),
    "a conjunction stays out": (
        "ورفضت <e1 ORG>النقابة</e1> <e2 LAW>القانون</e2>.", [("oppose", "رفضت", "النقابة", "القانون")],
    ),
    "subject and verb": (
        "<e1 ORG>النقابة</e1> تؤيد <e2 LAW>القانون</e2>.", [("support", "تؤيد", "النقابة", "القانون")],
    ),
    "a preposition": (
        "رحبت <e1 ORG>النقابة</e1> ب<e2 LAW>القانون</e2>.", [("support", "رحبت", "النقابة", "القانون")],
    ),
    "a preposition of its own": (
        "اعترض <e1 PER>ناصر الفلاح</e1> على بناء الجسر.", [("oppose", "اعترض", "ناصر الفلاح", "بناء الجسر")],
    ),
    "the target before the subject": (
        "رحبت ب<e2 LAW>القانون</e2> <e1 ORG>النقابة</e1>.", [("support", "رحبت", "النقابة", "القانون")],
    ),
    "two holders": (
        "رفض <e1 PER>ناصر الفلاح</e1> و<e2 PER>سلمى الجدي</e2> <e3 LAW>القانون</e3>.",
        [("oppose", "رفض", "ناصر الفلاح سلمى الجدي", "القانون")],
    ),
    "two targets": (
        "أشاد <e1 PER>ناصر الفلاح</e1> بدعم الجيران وبتعاون البلدية.",
        [("support", "أشاد", "ناصر الفلاح", "دعم الجيران"), ("support", "أشاد", "ناصر الفلاح", "تعاون البلدية")],
    ),
    "a demand of somebody": (
        "طالبت <e1 ORG>النقابة</e1> <e2 ORG>المجلس</e2> بإقالة المدير.", [("support", "طالبت", "النقابة", "إقالة المدير")],
    ),
    "a demand with a clause has no target": ("طالبت <e1 ORG>النقابة</e1> بأن يقال المدير.", []),
    "a negated support opposes": (
        "لا تؤيد <e1 ORG>النقابة</e1> <e2 LAW>القانون</e2>.", [("oppose", "لا تؤيد", "النقابة", "القانون")],
    ),
    "a negated opposition is none": ("لم تعارض <e1 ORG>النقابة</e1> <e2 LAW>القانون</e2>.", []),
    "a hypothetical is none": ("قد ترفض <e1 ORG>النقابة</e1> <e2 LAW>القانون</e2>.", []),
    "a passive without holder is none": ("رُفض <e2 LAW>القانون</e2> أمس.", []),
    "a participle": (
        "خرج <e1 PER>ناصر الفلاح</e1> رافضاً <e2 LAW>القانون</e2>.", [("oppose", "رافضاً", "ناصر الفلاح", "القانون")],
    ),
    "a participle with ال": (
        "حضر <e1 PER>ناصر الفلاح</e1> المعارض ل<e2 LAW>لقانون</e2>.", [("oppose", "المعارض", "ناصر الفلاح", "لقانون")],
    ),
    "a noun behind a light verb": (
        "أعربت <e1 ORG>النقابة</e1> عن دعمها ل<e2 LAW>لقانون</e2>.", [("support", "دعمها", "النقابة", "لقانون")],
    ),
    "a vote for": (
        "صوت <e1 ORG>المجلس</e1> لمصلحة <e2 LAW>القانون</e2>.", [("support", "صوت", "المجلس", "القانون")],
    ),
    "a vote against": (
        "صوت ضد <e2 LAW>القانون</e2> <e1 ORG>المجلس</e1>.", [("oppose", "صوت ضد", "المجلس", "القانون")],
    ),
    "a target left unsaid": (
        "أيد <e1 PER>ناصر الفلاح</e1> <e2 LAW>القانون</e2>، وامتنعت <e3 PER>سلمى الجدي</e3> عن التصويت.",
        [("support", "أيد", "ناصر الفلاح", "القانون"), ("neutral", "امتنعت", "سلمى الجدي", "القانون")],
    ),
    "a pronoun": (
        "صدر <e2 LAW>القانون</e2> أمس. ورفضه <e1 PER>ناصر الفلاح</e1>.", [("oppose", "رفضه", "ناصر الفلاح", "القانون")],
    ),
    "a verb-less second half": (
        "تؤيد <e1 GPE>تونس</e1> <e2 LAW>القانون</e2> و<e3 GPE>مصر</e3> <e4 LAW>الميثاق</e4>.",
        [("support", "تؤيد", "تونس", "القانون"), ("support", "تؤيد", "مصر", "الميثاق")],
    ),
    "speech without content": ("رفضت <e1 ORG>النقابة</e1> التعليق.", []),
    "acknowledging is no adopting": ("أقر <e1 PER>ناصر الفلاح</e1> بأن الجسر قديم.", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_construction(name: str) -> None:
    snippet, wanted = CASES[name]
    assert [one["shown"] for one in stances(snippet)] == wanted


def test_votes_and_proposals_are_actions() -> None:
    bases = {
        "صوت <e1 ORG>المجلس</e1> لمصلحة <e2 LAW>القانون</e2>.": "action",
        "اقترح <e1 ORG>المجلس</e1> <e2 LAW>القانون</e2>.": "action",
        "أيد <e1 ORG>المجلس</e1> <e2 LAW>القانون</e2>.": "stated",
    }
    assert {snippet: stances(snippet)[0]["basis"] for snippet in bases} == bases


def test_what_training_contradicts_is_not_proposed() -> None:
    never = document("رفضت <e1 ORG>النقابة</e1> <e2 LAW>القانون</e2>.", "never")
    draft = Draft("رفضت النقابة القانون.", annotations=never["layers"]["gold"][1:])  # type: ignore[arg-type]
    assert [one["type"] for one in stance.of_documents([])([draft])[0]] == ["stance"]
    assert stance.of_documents([never] * 5)([draft]) == [[]]
