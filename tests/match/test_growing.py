"""Near-duplicates among texts that come one at a time."""

from __future__ import annotations

import pytest

from tasrih.match.growing import NearIndex
from tasrih.match.near_duplicates import near_duplicates

WORDS = [f"كلمة{number}" for number in range(60)]


def text(*changed: int) -> str:
    return " ".join("غيرها" if at in changed else word for at, word in enumerate(WORDS))


def test_shares_are_those_of_the_exact_measure() -> None:
    texts = [("a", text()), ("b", text(30)), ("c", text(5, 30)), ("d", " ".join(reversed(WORDS)))]
    index = NearIndex()
    found = {(other, name): share for name, words in texts for other, share in index.add(name, words)}
    exact = {(one, other): share for one, other, share in near_duplicates(texts)}
    assert found.keys() == exact.keys() and len(found) == 3
    assert all(found[pair] == pytest.approx(share) for pair, share in exact.items())


def test_the_nearest_comes_first_and_looking_adds_nothing() -> None:
    index = NearIndex()
    index.add("far", text(5, 30))
    index.add("near", text(5))
    assert (
        [name for name, _ in index.near(text())]
        == ["near", "far"]
        == [name for name, _ in index.near(text())]
    )


@pytest.mark.parametrize("words", ["", " \n", "؟!"])
def test_texts_without_words_are_near_to_nothing(words: str) -> None:
    index = NearIndex()
    assert index.add("a", words) == [] == index.add("b", words)


def test_a_crowd_of_one_text_costs_no_more_than_its_first() -> None:
    index = NearIndex()
    assert [len(index.add(str(number), text())) for number in range(40)][-1] == 16
