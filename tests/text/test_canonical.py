"""The canonical text, its hash, and keyed hashes of quotes."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.text.canonical import BOM, NotText, QuoteKey, canonical, sha256


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\rb", "a\nb"),
        (b"a\r\r\nb", "a\n\nb"),
        (BOM + "نص".encode(), "نص"),
        (BOM + BOM + b"a", "a"),
        (b"a" + BOM, "a\ufeff"),
        ("  ا\u0653 \u200f\ufefb  \n\n".encode(), "  ا\u0653 \u200f\ufefb  \n\n"),
        (b"no final newline", "no final newline"),
    ],
)
def test_changes_line_ends_and_byte_order_mark_alone(source: bytes, text: str) -> None:
    assert canonical(source) == text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"one\ntwo\n\xc7\xe1\n", "line 3: byte 8 is not UTF-8"),
        (BOM + b"\xff", "line 1: byte 0 is not UTF-8"),
        ("نص".encode("utf-16"), "is not UTF-8"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "is not UTF-8"),
        (b"one\ntwo \0", "line 2: a NUL character"),
        (b"", "the text is empty"),
        (b" \r\n\t", "the text is empty"),
        (BOM, "the text is empty"),
    ],
)
def test_refuses_what_is_no_text(source: bytes, message: str) -> None:
    with pytest.raises(NotText, match=message):
        canonical(source)


@given(text=texts(), ends=st.sampled_from(["\n", "\r\n", "\r"]), marks=st.integers(0, 2))
@settings(deadline=None, max_examples=100)
def test_is_canonical_once_and_for_all(text: str, ends: str, marks: int) -> None:
    made = canonical(BOM * marks + text.lstrip("\ufeff").replace("\n", ends).encode())
    assert made == text.lstrip("\ufeff")
    assert canonical(made.encode()) == made


def test_hash_is_that_of_the_bytes() -> None:
    assert sha256("نص") == hashlib.sha256("نص".encode()).hexdigest()


@given(
    text=st.text(st.characters(blacklist_categories=["Cs"]), max_size=80),
    times=st.sampled_from([1, 3, 40]),
    quotes=st.lists(texts(max_pieces=3), max_size=4),
)
@settings(deadline=None, max_examples=100)
def test_keyed_hash_is_hmac_of_any_length_of_text(text: str, times: int, quotes: list[str]) -> None:
    key = QuoteKey(text * times)
    for quote in [*quotes, "", *quotes]:
        assert (
            key.digest(quote) == hmac.new((text * times).encode(), quote.encode(), hashlib.sha256).hexdigest()
        )


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 128, 10_000])
def test_keyed_hash_at_the_borders_of_a_block(length: int) -> None:
    text = "x" * length
    assert QuoteKey(text).digest("قالت") == hmac.new(text.encode(), "قالت".encode(), "sha256").hexdigest()
