"""The canonical text: UTF-8, LF line ends, no byte order mark, nothing else changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

BOM = b"\xef\xbb\xbf"
_HMAC_BLOCK = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class NotText(ValueError):  # noqa: N818 - it reads as what it says
    """The bytes are not a text that can be annotated; the message says why and where."""


def canonical(source: bytes) -> str:
    """`source` as canonical text.

    Removes byte order marks at the beginning and turns CRLF and lone CR into LF; changes nothing else.
    Raises NotText for bytes that are not UTF-8, for NUL, and where nothing but white space is left.
    """
    body = source
    while body.startswith(BOM):
        body = body.removeprefix(BOM)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise NotText(f"line {line}: byte {error.start} is not UTF-8 ({error.reason})") from None
    if "\0" in text:
        raise NotText(f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}: a NUL character")
    if not text.strip():
        raise NotText("line 1: the text is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sha256(text: str) -> str:
    """Hex SHA-256 of `text` as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


class QuoteKey:
    """Hashes quotes of one text, given as it is or as UTF-8: HMAC-SHA-256 keyed with the canonical text (RFC 2104).

    Only a holder of the text can check a hash, and nobody can look a word up. A name that comes again is
    hashed once.
    """

    def __init__(self, text: str | bytes) -> None:
        key = text.encode() if isinstance(text, str) else text
        key = hashlib.sha256(key).digest() if len(key) > _HMAC_BLOCK else key
        key = key.ljust(_HMAC_BLOCK, b"\0")
        self._inner = hashlib.sha256(key.translate(_INNER_PAD))
        self._outer = hashlib.sha256(key.translate(_OUTER_PAD))
        self._known: dict[str, str] = {}

    def digest(self, quote: str) -> str:
        """Hex HMAC of `quote`."""
        known = self._known.get(quote)
        if known is None:
            inner, outer = self._inner.copy(), self._outer.copy()
            inner.update(quote.encode())
            outer.update(inner.digest())
            known = self._known[quote] = outer.hexdigest()
        return known

    def digests(self, quotes: Sequence[str | None]) -> list[str | None]:
        """Hex HMACs of `quotes`, None for None."""
        for quote in set(quotes).difference(self._known):
            if quote is not None:
                self.digest(quote)
        return list(map(self._known.get, quotes))  # type: ignore[arg-type]
