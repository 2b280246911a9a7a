"""What is too long for one sentence is cut, so that no text takes more time than its length asks for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasrih.suggest.clauses import bounded, prose

LONGEST = 3_000


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=6))
def test_a_long_sentence_is_cut_at_spaces_and_nothing_is_lost(lengths: list[int]) -> None:
    text = " ".join("ب" * length for length in lengths)
    pieces = list(bounded(text, [(0, len(text))]))
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(end - start <= LONGEST for start, end in pieces)
    for start, _ in pieces[1:]:
        assert text[start] == " " or " " not in text[start - LONGEST + 1 : start]


def test_a_sentence_of_usual_length_is_left_whole() -> None:
    assert list(bounded("قال زيد نعم", [(0, 11)])) == [(0, 11)]


def test_a_text_without_a_full_stop_is_many_sentences() -> None:
    found = prose("قال زيد إن " * 3_000, [])
    assert all(sentence.end - sentence.start <= LONGEST for sentence in found)
    assert sum(len(sentence.words) for sentence in found) == 9_000
