"""Files of a word and its tags a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasrih.formats import tagged_words
from tasrih.store import Misuse


def read(tmp_path: Path, content: bytes) -> list[tagged_words.Sentence]:
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    return tagged_words.read(path)


def test_sentences_are_parted_by_empty_lines(tmp_path: Path) -> None:
    content = "\ufeff-DOCSTART- O\n\nتونس B-LOC B-GPE\r\nثم\tO\n\n\nعاد O".encode()
    assert read(tmp_path, content) == [[("تونس", "B-LOC"), ("ثم", "O")], [("عاد", "O")]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "there is no word in it"),
        (b"\n\n", "there is no word in it"),
        (b"a O\nb\n", r"words.txt:2: a line is a word and its tag"),
        (b"a O\nb PER\n", r"words.txt:2: a line is a word and its tag"),
        (b"a O\n\xff O\n", "not UTF-8 at byte 4"),
    ],
)
def test_a_faulty_file_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(Misuse, match=message):
        read(tmp_path, content)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="cannot be read: No such file"):
        tagged_words.read(tmp_path / "none.txt")


def test_anercorp_is_read(real_data: Path) -> None:
    sentences = tagged_words.read(real_data / "anercorp" / "ANERCorp_CamelLab_train.txt")
    labels = {tag for sentence in sentences for _, tag in sentence}
    assert labels == {"O", *(f"{kind}-{label}" for kind in "BI" for label in ("LOC", "MISC", "ORG", "PERS"))}
