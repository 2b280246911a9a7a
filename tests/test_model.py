"""Records and findings."""

from __future__ import annotations

import pytest

from corpora import document
from tasrih.model import Finding, layer_view, text_order


def test_a_layer_is_seen_by_type_and_by_id() -> None:
    whole = document(
        "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إنها <s1 support>تؤيد</s1> <c1>الحملة</c1>.\n"
        "=== roles\nc1 claimers=e1\ns1 holders=e1 target=c1"
    )
    view = layer_view(whole, "gold")
    assert [record["id"] for record in view.annotations] == ["e1", "s1", "c1"]
    assert (view.entities, view.claims, view.stances) == (
        [view.annotations[0]],
        [view.annotations[2]],
        [view.annotations[1]],
    )
    assert view.header["annotator"] == "gold" and view.by_id()["c1"] is view.claims[0]


def test_text_order_is_place_then_length_then_kind_then_number() -> None:
    wanted = [("e1", 0, 9), ("e2", 0, 5), ("e10", 0, 5), ("c1", 0, 5), ("s1", 0, 5), ("e3", 1, 2)]
    kinds = {"e": "entity", "c": "claim", "s": "stance"}
    records = [
        {"type": kinds[name[0]], "id": name, "start": start, "end": end} for name, start, end in wanted
    ]
    turned = records[::-1]
    assert [record["id"] for record in sorted(turned, key=text_order)] == [name for name, *_ in wanted]  # type: ignore[arg-type, type-var]


def test_a_finding_is_one_line() -> None:
    finding = Finding(
        "E103", "error", "a/gold.jsonl", 14, "/text", "says «تونس\n»\x1b[31m", "start should be 213"
    )
    assert str(finding) == "E103 a/gold.jsonl:14 /text: says «تونس\\n»\\x1b[31m; start should be 213"
    assert str(Finding("T101", "error", "text.txt", 1, "", "no")) == "T101 text.txt:1: no"


@pytest.mark.parametrize("mark", ["\r", "\u2028", "\x85", "\x00"])
def test_no_character_breaks_the_line(mark: str) -> None:
    assert len(str(Finding("E103", "error", "f", 1, "", f"a{mark}b")).splitlines()) == 1
