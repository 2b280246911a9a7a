"""Cut texts, and tags that become spans again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasrih.suggest.cutting import cut, joined, spans, tags


@given(st.text(alphabet="وزارة الصحة.\n🕊،؟ \u064e", max_size=120))
def test_sentences_hold_every_word_once(text: str) -> None:
    known = cut(text)
    assert [at for first, behind in known.sentences for at in range(first, behind)] == list(
        range(len(known.words))
    )
    for at, word in enumerate(known.words):
        start, end = known.span(at, at + 1)
        assert text[start:end] == word
        assert known.words_of(start, end) == (at, at + 1)


def test_a_text_without_a_full_stop_is_cut() -> None:
    assert max(behind - first for first, behind in cut("كلمة " * 1000).sentences) == 200


def test_words_become_a_text_of_a_line_a_sentence() -> None:
    known = joined([["زار", "تونس"], ["ثم", "عاد"]])
    assert known.text == "زار تونس\nثم عاد"
    assert [
        known.text[start : start + len(word)] for word, start in zip(known.words, known.starts, strict=True)
    ] == known.words
    assert known.sentences == [(0, 2), (2, 4)]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from(["PER", "ORG~"])), max_size=6)
)
def test_spans_come_back_from_tags(steps: list[tuple[int, int, str]]) -> None:
    at, given_spans = 0, []
    for gap, length, label in steps:
        given_spans.append((at + gap, at + gap + length, label))
        at += gap + length
    assert list(spans(tags(at + 1, given_spans))) == given_spans


def test_tags_that_do_not_fit_are_read() -> None:
    assert list(spans(["I-PER", "I-PER", "I-ORG", "E-ORG", "B-ORG", "O"])) == [
        (0, 2, "PER"),
        (2, 4, "ORG"),
        (4, 5, "ORG"),
    ]
