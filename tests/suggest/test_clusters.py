"""Words of like places fall into one cluster; the product of a sparse matrix is numpy's own."""

from __future__ import annotations

import numpy as np
import pytest

from tasrih.store import Misuse
from tasrih.suggest import clusters

KINDS = {
    "name": "سمير ليلى سعيد نادر هدى",
    "verb": "قال أعلن أضاف ذكر أكد",
    "place": "تونس بيروت صفاقس دمشق عمان",
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    monkeypatch.setattr(clusters, "SIZES", (3,))
    monkeypatch.setattr(clusters, "_DIMENSIONS", 4)
    monkeypatch.setattr(clusters, "_MORE", 2)
    monkeypatch.setattr(clusters, "_AFFIX_WEIGHT", 1e-6)
    draw = np.random.default_rng(1)
    return [[str(draw.choice(KINDS[kind].split())) for kind in ("verb", "name", "place")] for _ in range(400)]


def test_words_that_stand_alike_are_alike(lines: list[list[str]]) -> None:
    known = clusters.learn(lines)
    by_kind = {kind: {tuple(known.marks(word)) for word in words.split()} for kind, words in KINDS.items()}
    assert all(len(found) == 1 for found in by_kind.values())
    assert len(set().union(*by_kind.values())) == 3


def test_learning_twice_gives_the_same_and_bytes_come_back(lines: list[list[str]]) -> None:
    known = clusters.learn(lines)
    assert clusters.learn(lines).as_bytes() == known.as_bytes()
    assert clusters.read(known.as_bytes()).marks("سمير") == known.marks("سمير")


def test_a_word_that_is_not_known_is_known_by_its_stem() -> None:
    known = clusters.Clusters({"تونس": [1], "القاهره": [2]})
    assert known.marks("وبتونس") == ["k0s1"]
    assert known.marks("بالقاهرة") == ["k0s2"]
    assert known.marks("مجهول") == ["k-"]


def test_a_product_is_that_of_the_dense_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_ROWS_AT_ONCE", 3)
    draw = np.random.default_rng(0)
    dense = draw.random((10, 7)) * (draw.random((10, 7)) > 0.7)
    dense[4:8] = 0.0
    rows, columns = np.nonzero(dense)
    sparse = clusters._by_row(rows, columns, dense[rows, columns], 10)
    other = draw.random((7, 5))
    assert np.allclose(clusters._times(sparse, other), dense @ other)


def test_too_little_text_is_one_line() -> None:
    with pytest.raises(Misuse, match="the raw text has 0 words of 3 or more times"):
        clusters.learn([["كلمة"]])
