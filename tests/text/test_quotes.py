"""Quotation marks round a span."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.text.quotes import CLOSING, enclosed


def around(text: str, words: str = "نعم") -> bool:
    start = text.index(words)
    return enclosed(text, start, start + len(words))


@pytest.mark.parametrize(
    "text",
    ["«نعم»", "« نعم »", "قال: «نعم.»", "“نعم”", '"نعم"', "‘نعم’", "„نعم“", "‹نعم›", "”نعم“", "«نعم؟!»"],
)
def test_marks_stand_round_it(text: str) -> None:
    assert around(text)


@pytest.mark.parametrize(
    "text", ["نعم", "«نعم", "نعم»", "»نعم«", "«نعم”", "«قال نعم»", "«نعم قال»", "«\nنعم»", "", "("]
)
def test_they_do_not(text: str) -> None:
    assert not around(text + "" if "نعم" in text else text + "نعم")


@given(words=texts(max_pieces=4), opener=st.sampled_from(sorted(CLOSING)), behind=texts(max_pieces=2))
@settings(deadline=None, max_examples=100)
def test_every_pair_encloses_every_text(words: str, opener: str, behind: str) -> None:
    words = words.strip(" \t.،,؛;:!?؟…") or "x"
    text = f"{opener}{words}{CLOSING[opener]}{behind}"
    assert enclosed(text, 1, 1 + len(words))


@given(text=texts(), data=st.data())
@settings(deadline=None, max_examples=100)
def test_any_span_may_be_asked(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    assert enclosed(text, start, data.draw(st.integers(start, len(text)))) in (True, False)
