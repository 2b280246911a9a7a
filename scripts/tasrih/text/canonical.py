"""The canonical text: UTF-8, LF line ends, no byte order mark, nothing else changed."""

from __future__ import annotations

import hashlib
import hmac

BOM = b"\xef\xbb\xbf"
_HMAC_BLOCK = 64


class NotText(ValueError):  # noqa: N818 - it reads as what it says
    """The bytes are not a text that can be annotated; the message says why and where."""


def canonical(source: bytes) -> str:
    """`source` as canonical text.

    Removes a byte order mark and turns CRLF and lone CR into LF; changes nothing else.
    Raises NotText for bytes that are not UTF-8, for NUL, and where nothing but white space is left.
    """
    body = source.removeprefix(BOM)
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


def hmac_key(text: str) -> bytes:
    """The key for `quote_hmac`: the canonical text, hashed first as HMAC itself does with a long key."""
    key = text.encode()
    return hashlib.sha256(key).digest() if len(key) > _HMAC_BLOCK else key


def quote_hmac(key: bytes, quote: str) -> str:
    """Hex HMAC-SHA-256 of `quote`; `key` is `hmac_key(text)`. Only a holder of the text can check it."""
    return hmac.digest(key, quote.encode(), "sha256").hex()
