"""Near-duplicates."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.match.near_duplicates import SHINGLE, THRESHOLD, near_duplicates, shingles


def article(seed: int, words: int = 120) -> list[str]:
    """Words of an article that has nothing in common with those of other seeds."""
    return [f"كلمة{seed}و{number}" for number in range(words)]


def found(*texts_: str) -> list[tuple[str, str]]:
    return [
        (one, other)
        for one, other, _ in near_duplicates((str(number), text) for number, text in enumerate(texts_))
    ]


ORIGINAL = " ".join(article(1))


@pytest.mark.parametrize(
    "copy",
    [
        ORIGINAL,
        ORIGINAL + " وختاما سطر جديد.",
        ORIGINAL.replace("كلمة1و40 ", "لفظ "),
        ORIGINAL.replace(" ", "\n", 30),
        ORIGINAL.replace("كلمة", "كَلِمَـــة"),
        ORIGINAL.replace("و7 ", "و7، "),
        ORIGINAL.upper(),
        " ".join(article(1)[:90]),
        " ".join(article(1)[40:]),
    ],
    ids=[
        "same",
        "longer",
        "one-word",
        "lines",
        "marks",
        "punctuation",
        "case",
        "end-cut-off",
        "start-cut-off",
    ],
)
def test_copies_are_found(copy: str) -> None:
    assert found(ORIGINAL, " ".join(article(2)), copy) == [("0", "2")]


@pytest.mark.parametrize(
    "other",
    [
        " ".join(article(2)),
        " ".join(article(1)[:30] + article(2)),
        " ".join(reversed(article(1))),
        "",
        "؟!",
        "كلمة1و1",
    ],
    ids=["unrelated", "a-shared-quote", "other-order", "empty", "marks-alone", "one-word"],
)
def test_others_are_not(other: str) -> None:
    assert found(ORIGINAL, other) == []


def test_short_texts_are_compared_whole() -> None:
    assert found("نص قصير", "نص قصير!", "نص آخر") == [("0", "1")]


@given(text=texts(max_pieces=20))
@settings(deadline=None, max_examples=80)
def test_a_text_is_its_own_duplicate(text: str) -> None:
    assert found(text, text) == ([("0", "1")] if shingles(text) else [])


@given(first=st.integers(0, 110), second=st.integers(0, 110))
@settings(deadline=None, max_examples=60)
def test_the_share_is_exact(first: int, second: int) -> None:
    one, other = " ".join(article(1)[first:]), " ".join(article(1)[: 120 - second])
    parts, other_parts = shingles(one), shingles(other)
    share = len(parts & other_parts) / len(parts | other_parts)
    assert [result[2] for result in near_duplicates([("a", one), ("b", other)])] == (
        [share] if share >= THRESHOLD else []
    )


def test_none_is_missed_near_the_threshold() -> None:
    """LSH only proposes; a pair that it does not propose would leak from train into test."""
    generator = random.Random(0)  # noqa: S311
    pairs = []
    for number in range(150):
        words = article(number, 200)
        kept = generator.randint(135, 150)
        pairs.append((" ".join(words), " ".join(words[:kept] + article(1000 + number, 200 - kept))))
    texts_ = [
        (f"{number}-{side}", text) for number, pair in enumerate(pairs) for side, text in enumerate(pair)
    ]
    expected = set()
    for number, (one, other) in enumerate(pairs):
        parts, other_parts = shingles(one), shingles(other)
        if len(parts & other_parts) / len(parts | other_parts) >= THRESHOLD:
            expected.add((f"{number}-0", f"{number}-1"))
    assert len(expected) > 100
    assert {(one, other) for one, other, _ in near_duplicates(texts_)} == expected


def test_is_the_same_each_time() -> None:
    texts_ = [(str(number), " ".join(article(number % 3)[number:])) for number in range(12)]
    assert list(near_duplicates(texts_)) == list(near_duplicates(texts_))


def test_shingles_are_runs_of_words() -> None:
    assert shingles("a b c d e f, A") == {"a b c d e", "b c d e f", "c d e f a"}
    assert len(shingles(" ".join("abcdefghij"))) == 10 - SHINGLE + 1
