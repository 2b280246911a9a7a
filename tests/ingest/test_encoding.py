"""Encodings: what is declared, and what the bytes show."""

from __future__ import annotations

import codecs
import json
import zipfile
from pathlib import Path

import pytest

from tasrih.ingest.encoding import decoded, known, sniffed
from tasrih.text.canonical import NotText

NEWS = "قالت وزارة الصحة إن حملة التلقيح بدأت في الشمال، وأضافت أنها ستستمر شهرا.\nوأكد الوزير ذلك."
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1256", "iso-8859-6")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_arabic_is_known_by_its_bytes(encoding: str) -> None:
    found = decoded(NEWS.encode(encoding))
    assert (found.text, found.encoding, found.how, found.note) == (NEWS, encoding, "detected", "")


@pytest.mark.parametrize(
    ("mark", "encoding", "named"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    ],
)
def test_a_byte_order_mark_stands_above_what_is_declared(mark: bytes, encoding: str, named: str) -> None:
    found = decoded(mark + NEWS.encode(encoding), "windows-1256")
    assert (found.text, found.encoding, found.how) == (NEWS, named, "byte order mark")
    assert found.note == f"declared as windows-1256, but it is {named}"


@pytest.mark.parametrize(
    ("data", "declared", "encoding", "how"),
    [
        (NEWS.encode("cp1256"), "windows-1256", "windows-1256", "declared"),
        (NEWS.encode("iso-8859-6"), "arabic", "iso-8859-6", "declared"),
        (b"plain", "iso-8859-1", "iso-8859-1", "declared"),
        ("déjà vu".encode("latin-1"), "iso-8859-1", "iso-8859-1", "declared"),
        (NEWS.encode("cp1256"), "iso-8859-1", "windows-1256", "detected"),
        (NEWS.encode("cp1256"), "utf-8", "windows-1256", "detected"),
        (NEWS.encode(), "windows-1252", "utf-8", "detected"),
        (NEWS.encode(), "utf-16", "utf-8", "detected"),
        (NEWS.encode(), "klingon", "utf-8", "detected"),
        (NEWS.encode(), "rot13", "utf-8", "detected"),
    ],
)
def test_a_declaration_holds_unless_the_bytes_contradict_it(
    data: bytes, declared: str, encoding: str, how: str
) -> None:
    found = decoded(data, declared)
    assert (found.encoding, found.how) == (encoding, how)
    assert bool(found.note) == (how == "detected")


@pytest.mark.parametrize(
    "data", [b"one\n\xff", b"\xe9t\xe9", bytes(range(128, 256)), b"\xd8", "Привет, мир".encode("cp1251")]
)
def test_bytes_of_another_kind_are_refused_with_a_hint(data: bytes) -> None:
    with pytest.raises(NotText, match=r"is not UTF-8 .*name its encoding with --encoding"):
        decoded(data)


def test_one_wrong_byte_does_not_make_other_letters_of_a_text() -> None:
    data = NEWS.encode() + b"\xff" + NEWS.encode()
    with pytest.raises(NotText, match=r"line 2: byte 163 is not UTF-8 .*the rest of it is"):
        decoded(data)
    assert sniffed(data) == ("utf-8", "detected")


def test_what_the_user_asks_for_is_tried_alone() -> None:
    assert decoded("Привет".encode("cp1251"), "utf-8", "cp1251").text == "Привет"
    with pytest.raises(NotText, match="line 1: byte 0 is not iso-8859-6"):
        decoded(b"\xff", None, "iso-8859-6")


def test_the_beginning_of_a_stream_may_end_in_a_character() -> None:
    assert sniffed(NEWS.encode()[:-1]) == ("utf-8", "detected")
    assert sniffed(NEWS.encode("utf-16-le")[:62]) == ("utf-16-le", "detected")


def test_names_are_those_of_text_encodings() -> None:
    assert [known(name) for name in ("UTF8", " 'cp1256' ", "hex", "", "x\0", "a" * 10_000)] == [
        "utf-8", "windows-1256", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_real_articles_in_every_encoding_are_known(encoding: str, real_data: Path) -> None:
    path = real_data / "saudinewsnet" / "2015-07-23.zip"
    if not path.is_file():
        pytest.skip("the Saudi newspaper articles are not at hand (../shared/real/saudinewsnet)")
    with zipfile.ZipFile(path) as archive:
        articles = json.loads(archive.read(archive.namelist()[0]))
    arabic = [one["content"] for one in articles if sum(letter > "\u0600" for letter in one["content"]) > 20]
    assert len(arabic) > 1_200
    for text in arabic:
        data = text.encode(encoding, "ignore")
        assert decoded(data).text == data.decode(encoding)
