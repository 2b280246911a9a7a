"""Code points ↔ UTF-16 ↔ bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.text.units import BadOffset, Offsets, Unit

UNITS: list[Unit] = ["codepoint", "utf16", "byte"]


def width(text: str, unit: Unit) -> int:
    """The length of `text` in `unit`, by Python's own codecs."""
    return {"codepoint": len(text), "utf16": len(text.encode("utf-16-le")) // 2, "byte": len(text.encode())}[
        unit
    ]


@pytest.mark.parametrize("unit", UNITS)
@given(text=st.one_of(st.just(""), texts(), st.text(st.characters(blacklist_categories=["Cs"]))))
@settings(deadline=None, max_examples=60)
def test_round_trip(unit: Unit, text: str) -> None:
    offsets = Offsets(text, unit)
    for at in range(len(text) + 1):
        there = offsets.from_codepoints(at)
        assert there == width(text[:at], unit)
        assert offsets.to_codepoints(there) == at


@pytest.mark.parametrize("unit", UNITS)
@given(text=texts())
@settings(deadline=None, max_examples=60)
def test_only_the_borders_of_characters_are_offsets(unit: Unit, text: str) -> None:
    offsets = Offsets(text, unit)
    borders = {width(text[:at], unit) for at in range(len(text) + 1)}
    for there in range(-2, width(text, unit) + 3):
        if there in borders:
            assert offsets.from_codepoints(offsets.to_codepoints(there)) == there
        else:
            with pytest.raises(BadOffset):
                offsets.to_codepoints(there)


@given(text=texts(), data=st.data())
@settings(deadline=None, max_examples=60)
def test_utf16_and_bytes_agree(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    utf16, raw = Offsets(text, "utf16"), Offsets(text, "byte")
    assert utf16.to_codepoints(utf16.from_codepoints(at)) == raw.to_codepoints(raw.from_codepoints(at)) == at


def test_inside_a_character_is_refused_by_name() -> None:
    with pytest.raises(BadOffset, match="utf16 offset 2 is inside the character at code point 1"):
        Offsets("ا😀ب", "utf16").to_codepoints(2)
    with pytest.raises(BadOffset, match="byte offset 1 is inside the character at code point 0"):
        Offsets("اب", "byte").to_codepoints(1)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("at", [-1, 4, 10**12])
def test_outside_of_the_text_is_refused(unit: Unit, at: int) -> None:
    with pytest.raises(BadOffset, match="outside of the text"):
        Offsets("abc", unit).to_codepoints(at)
    with pytest.raises(BadOffset, match="outside of the text"):
        Offsets("abc", unit).from_codepoints(at)
