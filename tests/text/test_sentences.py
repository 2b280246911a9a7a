"""Sentence bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.text.sentences import sentence_run, sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("جملة أولى. جملة ثانية.", ["جملة أولى.", "جملة ثانية."]),
        ("سطر بلا نقطة\nسطر آخر", ["سطر بلا نقطة", "سطر آخر"]),
        ("قال د. أحمد إنه وصل. ثم غادر.", ["قال د. أحمد إنه وصل.", "ثم غادر."]),
        ("م. سعيد وأ. علي هنا.", ["م. سعيد وأ. علي هنا."]),
        ("من قال؟ لا أحد! حقا؟! نعم.", ["من قال؟", "لا أحد!", "حقا؟!", "نعم."]),
        ("قال: «انتهى الأمر.» ثم خرج.", ["قال: «انتهى الأمر.»", "ثم خرج."]),
        (
            'He said "no." Then (he left.) Then he came.',
            ['He said "no."', "Then (he left.)", "Then he came."],
        ),
        ("سكت… ثم تكلم... ثم سكت.", ["سكت…", "ثم تكلم...", "ثم سكت."]),
        ("بلغ 12.5 في المئة. زاد 1,000.", ["بلغ 12.5 في المئة.", "زاد 1,000."]),
        ("example.org موقع. نعم", ["example.org موقع.", "نعم"]),
        ("بلا نهاية", ["بلا نهاية"]),
        ("\n\n  نص  \n\n", ["نص"]),
        ("", []),
        (" \n ", []),
        (". . .", [".", ".", "."]),
    ],
)
def test_known_texts(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@given(text=st.one_of(texts(max_pieces=25), st.text(st.sampled_from('اب .؟!…\n»"”)د\u00a0'), max_size=30)))
@settings(deadline=None, max_examples=200)
def test_cover_all_that_is_not_space_once_and_in_order(text: str) -> None:
    covered: list[int] = []
    for start, end in sentences(text):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        covered += range(start, end)
    assert covered == sorted(set(covered))
    assert {at for at, character in enumerate(text) if not character.isspace()} <= set(covered)


@given(text=texts(max_pieces=20), data=st.data())
@settings(deadline=None, max_examples=100)
def test_run_is_the_smallest_that_holds_the_span(text: str, data: st.DataObject) -> None:
    spans = sentences(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    run = sentence_run([first for first, _ in spans], [last for _, last in spans], start, end)
    assert run[0] <= start and end <= run[1]
    inside = [(first, last) for first, last in spans if run[0] <= first and last <= run[1]]
    touched = [(first, last) for first, last in spans if first < end and start < last]
    if touched and touched[0][0] <= start and end <= touched[-1][1]:
        assert inside == touched
        assert run == (touched[0][0], touched[-1][1])


def test_a_letter_behind_harakat_is_no_abbreviation() -> None:
    text = "هو متقدّم. وعاد د. أحمد"
    assert [text[start:end] for start, end in sentences(text)] == ["هو متقدّم.", "وعاد د. أحمد"]
