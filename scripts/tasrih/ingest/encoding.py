"""Which encoding bytes are in: a byte order mark, what the source declares, and what the bytes themselves show.

Arabic news comes as UTF-8, UTF-16, windows-1256 and ISO-8859-6. The last two use the same bytes for other letters, so
the one under which the letters have the frequencies of Arabic is taken. Anything else must be declared or named.
"""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass
from math import log
from typing import Literal, TypeAlias

from tasrih.text.canonical import NotText

How: TypeAlias = Literal["asked for", "byte order mark", "declared", "detected"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
ARABIC = ("windows-1256", "iso-8859-6")
_SAMPLE = 1 << 20  # bytes that are weighed; more say nothing new
# Of a hundred letters of Arabic news so many are each of these; marks and punctuation are rounded up to be allowed.
_PERCENT = {
    **{"ا": 16.0, "ل": 12.0, "ي": 7.5, "م": 6.5, "ن": 6.0, "و": 6.0, "ت": 5.0, "ر": 5.0, "ع": 3.6, "ب": 3.6, "ه": 3.4},
    **{"د": 3.0, "ة": 3.0, "س": 2.8, "ف": 2.7, "أ": 2.4, "ق": 2.3, "ك": 2.1, "ح": 2.0, "ج": 1.5, "ش": 1.2, "ى": 1.1},
    **{"ص": 1.1, "ط": 1.0, "خ": 0.9, "إ": 0.9, "ض": 0.7, "ذ": 0.7, "ز": 0.6, "ء": 0.6, "غ": 0.5, "ث": 0.6, "ئ": 0.5},
    **{"ظ": 0.3, "ؤ": 0.2, "آ": 0.2, "،": 1.0, "؛": 0.05, "؟": 0.1, "ـ": 0.1, "«": 0.4, "»": 0.4, "\u00a0": 0.1, "–": 0.1},
    **dict.fromkeys("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652“”’…", 0.1),
}  # fmt: skip
_WEIGHT = {letter: log(percent / 100) for letter, percent in _PERCENT.items()}
_FOREIGN = log(0.00002)
_LEAST_WEIGHT = -4.5  # an average above it is Arabic; texts of other languages and noise are far below
_LEAST_LETTERS = 4
_LEAST_PLAIN = 0.85  # of the characters of a text in UTF-16 without a mark so many are letters of it or ASCII


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text (with its line ends, without a byte order mark), its encoding, how that is known, and what is odd."""

    text: str
    encoding: str
    how: How
    note: str = ""


def known(name: str) -> str | None:
    """The name by which Python knows a text encoding; None where it knows none.

    >>> known("Windows-1256"), known("arabic"), known("rot13"), known("x")
    ('windows-1256', 'iso-8859-6', None, None)
    """
    try:
        found = codecs.lookup(name.strip().strip("\"'"))
    except (LookupError, ValueError, UnicodeError):
        return None
    if not getattr(found, "_is_text_encoding", False):
        return None
    return found.name.replace("cp125", "windows-125").replace("iso8859", "iso-8859")


def decoded(data: bytes, declared: str | None = None, asked: str | None = None) -> Decoded:
    """`data` as text.

    `asked` is what the user says, and nothing else is tried. A byte order mark stands above what is `declared`, as in
    HTML's standard. A declared encoding in which the bytes cannot be is reported, and the bytes are looked at.
    Raises NotText with the place of the first byte that does not fit.
    """
    if asked:
        return Decoded(_strictly(data, asked), asked, "asked for")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            note = _contradicted(declared, encoding)
            return Decoded(_strictly(data, encoding), encoding, "byte order mark", note)
    if declared and (name := known(declared)) and (found := _as_declared(data, name)) is not None:
        return found
    text, encoding = _detected(data)
    return Decoded(text, encoding, "detected", _contradicted(declared, encoding))


def sniffed(beginning: bytes, declared: str | None = None, asked: str | None = None) -> tuple[str, How]:
    """The encoding of a long stream by its first bytes, which may end inside of a character."""
    whole = beginning
    if b"\n" in beginning and len(beginning) % 2 == 0 and not _has_nul(beginning):
        whole = beginning[: beginning.rindex(b"\n") + 1]
    if not asked and not declared and not _has_nul(whole) and _is_damaged_utf8(whole):
        return "utf-8", "detected"  # the lines that are not are told one by one
    found = decoded(whole, declared, asked)
    return found.encoding, found.how


def _has_nul(data: bytes) -> bool:
    return b"\0" in data[:_SAMPLE]


def _contradicted(declared: str | None, encoding: str) -> str:
    if not declared or known(declared) == encoding:
        return ""
    return f"declared as {declared[:40]}, but it is {encoding}"


def _strictly(data: bytes, encoding: str) -> str:
    """`data` decoded, byte order marks taken off. Raises NotText."""
    try:
        text = data.decode(encoding)
    except (UnicodeError, ValueError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
        line = data.count(b"\n", 0, at) + 1
        name = "UTF-8" if encoding == "utf-8" else encoding
        raise NotText(f"line {line}: byte {at} is not {name} ({reason})") from None
    return text.lstrip("\ufeff")


def _as_declared(data: bytes, name: str) -> Decoded | None:
    """The text in the declared encoding; None where the bytes contradict it."""
    if name.startswith(("utf-16", "utf-32")) and not _has_nul(data):
        return None  # a page that could be read as far as its declaration is in no such encoding
    one_byte = name not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    if one_byte and not data.isascii() and (_is_utf8(data) or (name not in ARABIC and _arabic(data))):
        return None
    try:
        return Decoded(_strictly(data, name), name, "declared")
    except NotText:
        return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 are so but for a few: letters of two bytes or more are far more than faults.

    Without this a text with one wrong byte would be taken for one of single bytes, and every letter be another.
    """
    text = data[:_SAMPLE].decode("utf-8", "replace")
    faults = text.count("\ufffd")
    return sum(letter > "\x7f" for letter in text) - faults > 4 * faults


def _detected(data: bytes) -> tuple[str, str]:
    """Text and encoding by the bytes alone. Raises NotText."""
    if _has_nul(data) and len(data) % 2 == 0 and (found := _utf16(data)):
        return _strictly(data, found), found
    if not _is_utf8(data) and not _is_damaged_utf8(data) and (name := _arabic(data)):
        return _strictly(data, name), name
    try:
        return _strictly(data, "utf-8"), "utf-8"
    except NotText as error:
        if _is_damaged_utf8(data):
            raise NotText(
                f"{error}; the rest of it is: mend the file, or name another encoding with --encoding"
            ) from None
        hint = "; nor is it UTF-16 or Arabic in windows-1256 or ISO-8859-6: name its encoding with --encoding"
        raise NotText(f"{error}{hint}") from None


def _utf16(data: bytes) -> str | None:
    """UTF-16 by the order of its bytes, where most characters are ASCII or of one other script."""
    best: tuple[float, str] = (_LEAST_PLAIN, "")
    for name in ("utf-16-le", "utf-16-be"):
        text = data[: _SAMPLE & ~1].decode(name, "ignore")
        if not text or "\0" in text:
            continue
        counts = Counter(text)
        plain = sum(times for letter, times in counts.items() if _is_plain(letter))
        best = max(best, (plain / len(text), name))
    return best[1] or None


def _is_plain(letter: str) -> bool:
    """Whether a character is of ASCII, of a script up to Arabic, or a presentation form of that."""
    return letter in "\r\n\t\u00a0" or (
        letter.isprintable()
        and (letter <= "\u06ff" or "\u2010" <= letter <= "\u2026" or "\ufb50" <= letter <= "\ufefc")
    )


def _arabic(data: bytes) -> str | None:
    """windows-1256 or ISO-8859-6, where the bytes are Arabic in either; the likelier one."""
    best: tuple[float, str] = (_LEAST_WEIGHT, "")
    high = bytes(byte for byte in data[:_SAMPLE] if byte > 0x7F)
    if len(high) < _LEAST_LETTERS:
        return None
    for name in ARABIC:
        try:
            letters = Counter(high.decode(name))
        except UnicodeDecodeError:
            continue
        weight = sum(_WEIGHT.get(letter, _FOREIGN) * times for letter, times in letters.items())
        best = max(best, (weight / len(high), name))
    return best[1] or None
