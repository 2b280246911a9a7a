"""Words, sentences and tokens of a batch are those of each text alone."""

from __future__ import annotations

import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.text import batch
from tasrih.text.batch import TextBatch, count_words
from tasrih.text.sentences import sentences
from tasrih.text.tokens import tokens

ANY = st.one_of(
    texts(max_pieces=25),
    st.text(st.sampled_from('اب و.؟!…\n»"”)د\u00a0ً'), max_size=30),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=10),
)


@given(several=st.lists(ANY, max_size=5))
@settings(deadline=None, max_examples=400)
def test_as_each_text_alone(several: list[str]) -> None:
    laid = TextBatch.of(several, [text.encode() for text in several])
    bases = laid.bases.tolist()
    assert laid.column().to_pylist() == several
    starts, ends = laid.sentences()
    found = [
        (base + start, base + end)
        for text, base in zip(several, bases, strict=False)
        for start, end in sentences(text)
    ]
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == found
    words = [text[start:end] for text in several for start, end in sentences(text)]
    assert laid.cut(starts, ends).to_pylist() == words
    assert laid.cut_any(starts[::-1], ends[::-1]).to_pylist() == words[::-1]
    cut = laid.tokens()
    each = [
        (word, base + at)
        for text, base in zip(several, bases, strict=False)
        for word, at in zip(*tokens(text), strict=True)
    ]
    assert list(zip(cut.words.to_pylist(), cut.starts.tolist(), strict=True)) == each
    assert cut.ends.tolist() == [at + len(word) for word, at in each]
    assert count_words(several) == [len(text.split()) for text in several]


def test_white_space_is_what_python_takes_for_it() -> None:
    every = [chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point < 0xE000]
    spaces = {character for character in every if character.isspace()}
    bits = batch._laid_out(["".join(every)])[1][:-1]
    assert {every[at] for at in (bits & 1).nonzero()[0].tolist()} == spaces


def test_behind_a_letter_of_a_word_stands_no_lone_one() -> None:
    """`is_abbreviation` asks for a code point that is neither letter nor digit nor mark."""
    for point in range(len(batch._BITS) - 1):
        if batch._BITS[point] & batch._IN_WORD:
            assert chr(point).isalnum()
