"""Which claims lie round which: what one pass finds is what a look at every pair finds."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tasrih.check.claims import claims_round, holds, innermost
from tasrih.check.entities import Covered
from tasrih.model import claim_parts

OFFSETS = st.integers(0, 12)
SPANS = st.tuples(OFFSETS, OFFSETS)  # in any order: what is not valid must not break the search


@st.composite
def claims(draw: st.DrawFn) -> list[Any]:
    """Claims of any spans, some with fragments and cues; an id may stand twice."""
    found = []
    for _ in range(draw(st.integers(0, 8))):
        start, end = draw(SPANS)
        claim: dict[str, Any] = {"id": f"c{draw(st.integers(1, 9))}", "start": start, "end": end}
        if draw(st.booleans()):
            claim["fragments"] = [list(draw(SPANS)) for _ in range(2)]
        if draw(st.booleans()):
            claim["cue"] = dict(zip(("start", "end"), draw(SPANS), strict=True))
        found.append(claim)
    return found


def innermost_by_pairs(claims: list[Any], claim: Any) -> str | None:
    """The innermost claim round `claim`, by a look at every other."""
    held = claim_parts(claim) + ([(claim["cue"]["start"], claim["cue"]["end"])] if "cue" in claim else [])
    outer = [
        other
        for other in claims
        if other["id"] != claim["id"]
        and (other["start"], other["end"]) != (claim["start"], claim["end"])
        and all(holds(other, *span) for span in held)
    ]
    return min(outer, key=lambda other: other["end"] - other["start"])["id"] if outer else None


@given(claims())
def test_the_innermost_claim_is_that_of_a_search_through_all(claims: list[Any]) -> None:
    assert innermost(claims) == [innermost_by_pairs(claims, claim) for claim in claims]


@given(claims(), st.lists(SPANS, max_size=8))
def test_claims_round_spans_are_those_of_a_search_through_all(
    claims: list[Any], spans: list[tuple[int, int]]
) -> None:
    assert claims_round(claims, spans) == [
        [claim for claim in claims if holds(claim, start, end)] for start, end in spans
    ]


@given(st.lists(SPANS, max_size=8), SPANS)
def test_covered_is_what_any_span_touches(spans: list[tuple[int, int]], span: tuple[int, int]) -> None:
    start, end = span
    assert Covered(spans).touches(start, end) == any(s < end and e > start for s, e in spans)
