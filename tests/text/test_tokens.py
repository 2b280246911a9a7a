"""Tokens of the `ner` view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import document
from strategies import texts
from tasrih.text import tokens as tokenising
from tasrih.text.tokens import bare, known_words, proclitics, tokens

KNOWN = frozenset({"لبنان", "الأمم", "المتحدة", "تونس", "فلسطين", "كتاب", "بلد", "وزير"})


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A list of known words that does not grow with the corpus."""
    monkeypatch.setattr(tokenising, "known_words", lambda: KNOWN)
    monkeypatch.setattr(tokenising, "_cached", {})
    yield


@given(text=st.one_of(texts(max_pieces=25), st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)))
@settings(deadline=None, max_examples=200)
def test_tokens_and_white_space_are_all_of_the_text(text: str) -> None:
    words, starts = tokens(text)
    assert len(words) == len(starts)
    at = 0
    for word, start in zip(words, starts, strict=True):
        assert word and text[start : start + len(word)] == word
        assert start >= at and not text[at:start].strip()
        assert not any(character.isspace() for character in word)
        at = start + len(word)
    assert not text[at:].strip()


@given(first=texts(), second=texts())
@settings(deadline=None, max_examples=50)
def test_a_line_is_cut_the_same_wherever_it_stands(first: str, second: str) -> None:
    words, starts = tokens(second)
    behind_words, behind_starts = tokens(f"{first}\n{second}")
    assert behind_words[len(behind_words) - len(words) :] == words
    assert behind_starts[len(behind_starts) - len(words) :] == [len(first) + 1 + start for start in starts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ولبنان", ["و", "لبنان"]),
        ("للأمم المتحدة", ["ل", "لأمم", "المتحدة"]),
        ("وللأمم", ["و", "ل", "لأمم"]),
        ("وبتونس", ["و", "ب", "تونس"]),
        ("فكتاب", ["ف", "كتاب"]),
        ("لفلسطين", ["ل", "فلسطين"]),
        ("وزير", ["وزير"]),
        ("بلد", ["بلد"]),
        ("وبَلَد", ["وبَلَد"]),
        ("ومجهول", ["ومجهول"]),
        ("سلبنان", ["سلبنان"]),
        ("بولبنان", ["بولبنان"]),
        ("«لبنان»،", ["«", "لبنان", "»", "،"]),
        ("12.5% و٢٠٢٤/٧/١ 10:30", ["12.5", "%", "و٢٠٢٤", "/", "٧/١", "10:30"]),
        ("COVID-19 state-owned don't", ["COVID", "-", "19", "state-owned", "don't"]),
        ("الحَمْلَةَ تـــونس", ["الحَمْلَةَ", "تـــونس"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_known_words(few_words: None, text: str, expected: list[str]) -> None:
    assert tokens(text)[0] == expected


def test_proclitics_are_counted(few_words: None) -> None:
    words = ("لبنان", "ولبنان", "ولبلد", "للأمم", "وللأمم", "للبنان", "A")
    assert [proclitics(word) for word in words] == [0, 1, 2, 1, 2, 1, 0]


def test_do_not_depend_on_annotations() -> None:
    plain = document("زار سعيد وللأمم المتحدة ولبنان.")
    annotated = document(
        "زار <e1 PER>سع</e1>يد ول<e2 ORG>لأمم المتحدة</e2> <e3 GPE>ولبنا</e3>ن.\n=== roles\ne1 form=name"
    )
    assert plain["text"] == annotated["text"]
    assert tokens(plain["text"] or "") == tokens(annotated["text"] or "")


def test_the_cache_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "قالت وزارة الصحة إن الحملة بدأت في تونس."
    expected = tokens(text)
    monkeypatch.setattr(tokenising, "_MOST_CACHED", 3)
    for _ in range(3):
        assert tokens(text) == expected


def test_the_list_of_words_is_one() -> None:
    for word in known_words():
        assert word == word.strip() == bare(word) and word


def test_bare_takes_marks_and_tatweel_off() -> None:
    assert bare("الحَمْـــلَةُ") == "الحملة"
