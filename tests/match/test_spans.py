"""Pairing spans of two layers: one to one, whatever the order, nesting or edge white space."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasrih.match.spans import Pair, overlap, pairs, parts, trimmed


def entity(number: int, start: int, end: int, label: str = "ORG") -> Any:
    return {"type": "entity", "id": f"e{number}", "label": label, "start": start, "end": end}


def label_of(line: Any) -> str:
    return str(line["label"])


def paired(ones: list[Any], others: list[Any], text: str | None = None) -> list[tuple[str, str]]:
    return [(pair.one["id"], pair.other["id"]) for pair in pairs(ones, others, text, label_of)]


def test_identical_spans_go_to_the_same_label() -> None:
    ones = [entity(1, 0, 5, "OCC"), entity(2, 0, 5, "PER")]
    others = [entity(3, 0, 5, "PER"), entity(4, 0, 5, "OCC")]
    assert sorted(paired(ones, others)) == [("e1", "e4"), ("e2", "e3")]


def test_a_nested_span_goes_to_the_nested_one() -> None:
    assert paired([entity(1, 0, 20), entity(2, 5, 10)], [entity(3, 5, 10), entity(4, 0, 20)]) == [
        ("e1", "e4"),
        ("e2", "e3"),
    ]


def test_the_same_span_outweighs_two_that_only_overlap() -> None:
    """e1 is e3 exactly; giving e1 to e4 and e2 to e3 would make two pairs and lose it."""
    ones = [entity(1, 0, 10), entity(2, 0, 4)]
    others = [entity(3, 0, 10), entity(4, 6, 10)]
    assert ("e1", "e3") in paired(ones, others)


def test_an_annotation_is_in_one_pair_at_most() -> None:
    assert len(paired([entity(1, 0, 10)], [entity(2, 0, 5), entity(3, 5, 10)])) == 1


def test_spans_that_only_touch_are_no_pair() -> None:
    assert paired([entity(1, 0, 5)], [entity(2, 5, 9)]) == []


def test_white_space_at_the_edges_does_not_count() -> None:
    text = "قالت  وزارة الصحة اليوم"
    start = text.index("وزارة")
    one, other = entity(1, start, start + 11), entity(2, start - 2, start + 12)
    (pair,) = pairs([one], [other], text, label_of)
    assert pair.is_exact


def test_white_space_alone_stays_as_it_is() -> None:
    assert trimmed(1, 3, "ا   ب") == (1, 3)


def test_fragments_are_compared_by_what_they_cover() -> None:
    whole: Any = {"type": "claim", "id": "c1", "start": 0, "end": 20}
    broken: Any = {"type": "claim", "id": "c2", "start": 0, "end": 20, "fragments": [[0, 5], [15, 20]]}
    assert overlap(parts(whole, None), parts(broken, None)) == pytest.approx(2 * 10 / 30)


spans = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(["ORG", "PER"])), max_size=5
).map(
    lambda found: [entity(n, start, start + size, label) for n, (start, size, label) in enumerate(found, 1)]
)


@given(spans, spans, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_makes_no_difference(
    ones: list[Any], others: list[Any], dice: random.Random
) -> None:
    def shapes(found: list[Pair[Any]]) -> list[Any]:
        return sorted(
            (p.one["start"], p.one["end"], p.one["label"], p.other["start"], p.other["end"], p.other["label"])
            for p in found
        )

    before = shapes(pairs(ones, others, None, label_of))
    shuffled = dice.sample(ones, len(ones)), dice.sample(others, len(others))
    assert shapes(pairs(*shuffled, None, label_of)) == before


@given(spans, spans)
def test_no_other_pairing_has_more_exact_pairs(ones: list[Any], others: list[Any]) -> None:
    found = sum(pair.is_exact for pair in pairs(ones, others, None, label_of))
    short, long = sorted((ones, others), key=len)
    best = max(
        sum((a["start"], a["end"]) == (b["start"], b["end"]) for a, b in zip(short, chosen, strict=True))
        for chosen in permutations(long, len(short))
    )
    assert found == best


@given(spans)
def test_a_layer_agrees_with_itself(ones: list[Any]) -> None:
    found = pairs(ones, ones, None, label_of)
    assert len(found) == len(ones)
    assert all(pair.is_exact and label_of(pair.one) == label_of(pair.other) for pair in found)
