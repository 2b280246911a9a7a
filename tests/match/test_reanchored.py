"""Annotations on a corrected text."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpora import document, settings
from samples import documents
from tasrih.check.run import Checker
from tasrih.match.reanchor import reanchored
from tasrih.store import Place, Reading

SNIPPET = (
    "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحه</e1> إن <c1>الحملة بدأت في <e2 GPE>تونس</e2></c1>، و<s1 support>تؤيدها</s1> <e3 ORG>النقابة</e3>. "
    "<c2#cue>أضافت</c2#cue> أن <c2>الدواء متوفر</c2>.\n=== roles\nc1 claimers=e1 about=e2\nc2 claimers=e1 via=dropped\ns1 holders=e3 target=c1"
)


def errors(whole: Any) -> list[str]:
    checker = Checker(settings())
    found = checker.check(Reading(whole, Place(f"articles/{whole['article']['id']}/article.json"), []))
    return [str(finding) for finding in found if finding.severity == "error"]


def test_a_corrected_letter_moves_quotes_offsets_and_hash() -> None:
    old = document(SNIPPET)
    moved, lost = reanchored(old, "أمس " + str(old["text"]).replace("الصحه", "الصحة"))
    assert lost == [] and errors(moved) == []
    by_id = {line["id"]: line for line in moved["layers"]["gold"][1:]}  # type: ignore[typeddict-item]
    assert by_id["e1"]["text"] == "وزارة الصحة" and by_id["c1"]["cue"]["start"] == 4  # type: ignore[typeddict-item]
    assert moved["article"]["length"] == len(str(old["text"])) + 4


def test_what_is_gone_is_named_and_takes_along_what_needs_it() -> None:
    old = document(SNIPPET)
    moved, lost = reanchored(old, str(old["text"]).replace("وزارة الصحه", "جريدة"))
    assert errors(moved) == []
    assert [(one.layer, one.id, one.why) for one in lost] == [
        ("gold", "e1", "its words are gone"),
        ("gold", "c1", "no claimers is left"),
        ("gold", "c2", "no claimers is left"),
        ("gold", "s1", "no target is left"),
    ]
    moved, lost = reanchored(old, str(old["text"]).replace(" في تونس", ""))
    assert {(one.id, one.why) for one in lost} == {("e2", "its words are gone"), ("c1", "about lost e2")}
    assert errors(moved) == []


def test_zones_move_and_a_lost_one_is_named() -> None:
    old = document("<e1 GPE>تونس</e1> اليوم.\nعنوان قصير\nخاتمة الخبر.")
    old["article"]["zones"] = [{"kind": "heading", "start": 12, "end": 22}]
    moved, lost = reanchored(old, "في " + str(old["text"]))
    assert moved["article"]["zones"] == [{"kind": "heading", "start": 15, "end": 25}] and not lost
    moved, lost = reanchored(old, "تونس اليوم.\nخاتمة الخبر.")
    assert moved["article"]["zones"] == [] and [str(one) for one in lost] == [
        "heading zone: «عنوان قصير»: its words are gone"
    ]


@given(st.sampled_from(documents()), st.data())
def test_whatever_the_correction_the_result_is_valid_and_nothing_is_lost_in_silence(
    old: Any, data: st.DataObject
) -> None:
    text = old["text"]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    new = text[:start] + data.draw(st.text("ابتث .", max_size=6)) + text[end:]
    moved, lost = reanchored(old, new)
    wrong = [error for error in errors(moved) if error.startswith(("L1", "E103"))]
    assert wrong == []
    there = {line["id"] for line in moved["layers"]["gold"][1:]}
    assert there | {one.id for one in lost} >= {line["id"] for line in old["layers"]["gold"][1:]}
