"""Edits from suggestions to gold are what an annotator would do by hand."""

from __future__ import annotations

from typing import Any

import pytest

from corpora import document
from samples import documents
from tasrih.agree.effort import Effort, creation, efforts
from tasrih.model import Document

GOLD = (
    "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت</c1>، و<s1 support>تؤيد</s1> <e2 EVENT>المؤتمر</e2>."
    "\n=== roles\ne2 form=nominal\nc1 claimers=e1\ns1 holders=e1 target=e2"
)


def gold() -> Document:
    return document(GOLD)


def lines() -> list[Any]:
    return gold()["layers"]["gold"][1:]


def by_kind(found: list[Effort]) -> dict[str, tuple[int, int]]:
    return {one.kind: (one.nothing, one.suggested) for one in found}


def test_writing_from_nothing_counts_marks_values_and_links() -> None:
    # e1: its span. e2: its span and «nominal». c1: content, cue, claimer. s1: anchor, holder, target.
    assert {line["id"]: creation(line) for line in lines()} == {"e1": 1, "e2": 2, "c1": 3, "s1": 3}
    assert by_kind(efforts([gold()], {})) == {"entity": (3, 3), "claim": (3, 3), "stance": (3, 3)}


def test_gold_itself_needs_no_edit() -> None:
    assert {suggested for _, suggested in by_kind(efforts([gold()], {"example": lines()})).values()} == {0}


@pytest.mark.parametrize(
    ("kind", "identifier", "change", "edits"),
    [
        ("entity", "e1", {"label": "MEDIA"}, 1),
        ("entity", "e1", {"end": 10, "text": "وزارة"}, 1),
        ("entity", "e2", {"form": "name"}, 1),
        ("claim", "c1", {"polarity": "negated", "certainty": "possible"}, 2),
        ("claim", "c1", {"cue": None}, 1),
        ("claim", "c1", {"about": ["e1"]}, 1),
        ("claim", "c1", {"claimers": ["e2"]}, 2),
        ("stance", "s1", {"label": "oppose"}, 1),
        ("stance", "s1", {"target": "e1"}, 2),
    ],
)
def test_a_difference_costs_its_edits(kind: str, identifier: str, change: dict[str, Any], edits: int) -> None:
    suggested = [line | change if line["id"] == identifier else line for line in lines()]
    assert by_kind(efforts([gold()], {"example": suggested}))[kind][1] == edits


def test_what_is_wrong_is_deleted_and_what_is_missing_written() -> None:
    wrong = {
        "type": "entity",
        "id": "e9",
        "label": "PER",
        "form": "name",
        "start": 22,
        "end": 28,
        "text": "الحملة",
    }
    kept = [line for line in lines() if line["id"] in ("e1",)]
    found = by_kind(efforts([gold()], {"example": [*kept, wrong]}))
    assert found["entity"] == (3, 2 + 1) and found["claim"] == (3, 3)


def test_of_any_gold_itself_needs_nothing_and_nothing_needs_all() -> None:
    wholes = documents(30)
    own = {whole["article"]["id"]: whole["layers"]["gold"][1:] for whole in wholes}
    assert all(one.suggested == 0 for one in efforts(wholes, own))  # type: ignore[arg-type]
    assert all(one.suggested == one.nothing for one in efforts(wholes, {}))
