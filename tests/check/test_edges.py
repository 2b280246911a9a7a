"""Spans of nothing but white space and marks: found one by one and by the screens."""

from __future__ import annotations

from typing import Any, cast

import pytest

from corpora import SETTINGS, document
from tasrih.check import Checker
from tasrih.check.spans import has_wrong_edge
from tasrih.store import Place, Reading


@pytest.mark.parametrize(
    ("words", "wrong"), [("  ", True), (" ، ", True), ("!", True), ("🙂", False), ("أ", False)]
)
def test_a_span_without_a_word_has_a_wrong_edge(words: str, wrong: bool) -> None:
    text = f"تونس{words}اليوم"
    assert has_wrong_edge(text, 4, 4 + len(words)) == wrong


@pytest.mark.parametrize("count", [1, 70])  # alone, and among so many that arrays screen them
def test_it_is_found(count: int) -> None:
    readings = []
    for number in range(count):
        whole: Any = document("زار <e1 PER>سعيد</e1> تونس  اليوم.", f"example-{number}")
        at = whole["text"].index("  ")
        whole["layers"]["gold"][1] |= {"start": at, "end": at + 2, "text": "  "}
        readings.append(Reading(whole, Place(f"{whole['article']['id']}/article.json"), []))
    found = [
        finding for finding in Checker(cast(Any, SETTINGS)).check_many(readings) if finding.code == "E104"
    ]
    assert len(found) == count
    assert "nothing but white space and marks" in found[0].message
