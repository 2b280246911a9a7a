"""Where a corrected text has the words of the old one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasrih.text.alignment import Alignment

OLD = "قالت وزارة الصحه إن الحملة بدأت في تونس.\nثم انتهت الحملة في صفاقس."


def at(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


@pytest.mark.parametrize(
    ("new", "words", "now"),
    [
        (OLD.replace("الصحه", "الصحة"), "وزارة الصحه", "وزارة الصحة"),
        (OLD.replace("الصحه", "الصحة"), "بدأت في تونس", "بدأت في تونس"),
        ("أمس " + OLD, "قالت", "قالت"),
        (OLD.replace("ثم انتهت", "وبعد أسبوع انتهت"), "صفاقس", "صفاقس"),
        (OLD.replace("في تونس", "تونس"), "بدأت في تونس", "بدأت تونس"),
        (OLD.replace("\n", " "), "انتهت الحملة", "انتهت الحملة"),
    ],
)
def test_words_are_found_at_their_new_place(new: str, words: str, now: str) -> None:
    place = Alignment(OLD, new).place(*at(OLD, words))
    assert place is not None and new[place[0] : place[1]] == now


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (OLD.replace("تونس", "قفصة"), "تونس"),
        (OLD.replace(" في تونس", ""), "تونس"),
        (OLD.split("\n", maxsplit=1)[0], "صفاقس"),
        (OLD.replace("الحملة بدأت", "شيء آخر تماماً"), "الحملة بدأت"),
    ],
)
def test_words_that_are_gone_have_no_place(new: str, words: str) -> None:
    assert Alignment(OLD, new).place(*at(OLD, words)) is None


TEXTS = st.text(alphabet="ابت .\n؟a", max_size=80)


@given(TEXTS, TEXTS)
def test_blocks_cover_both_texts_and_say_the_truth(old: str, new: str) -> None:
    blocks = Alignment(old, new).blocks
    assert "".join(old[b.start : b.end] for b in blocks) == old
    assert "".join(new[b.new_start : b.new_end] for b in blocks) == new
    assert all(old[b.start : b.end] == new[b.new_start : b.new_end] for b in blocks if b.same)


@given(st.text("ابت .\n؟", max_size=60), st.text("xyz", max_size=20), st.data())
def test_a_span_outside_what_was_put_in_keeps_its_words(text: str, put: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = text + put
    if end > start:
        assert Alignment(text, new).place(start, end) == (start, end)
    assert Alignment(text, text).place(0, len(text)) == ((0, len(text)) if text else None)
