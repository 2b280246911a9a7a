"""Files of a format from a disk and onto it: which are read, in what order and how many, and that none is written elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasrih.formats import files
from tasrih.store import Misuse


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.ann", "a.ann", "inner/c.ann", "a.txt", "other.md", ".hidden.ann", ".git/d.ann"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "outside.ann").write_bytes(b"outside")
    (tmp_path / "in" / "link.ann").symlink_to(tmp_path / "outside.ann")
    (tmp_path / "in" / "folder.ann").symlink_to(tmp_path)
    return tmp_path / "in"


def names(found: object) -> list[str]:
    return [name for name, _ in found]  # type: ignore[attr-defined]


def test_of_a_folder_the_files_with_an_ending_are_read_in_order(folder: Path) -> None:
    assert names(files.gathered([folder], (".ann",))) == ["a.ann", "b.ann", "inner/c.ann"]
    assert names(files.gathered([folder], (".ann", ".txt"))) == ["a.ann", "a.txt", "b.ann", "inner/c.ann"]


def test_a_file_that_is_named_is_read_whatever_its_ending(folder: Path) -> None:
    assert list(files.gathered([folder / "other.md"], (".ann",))) == [("other.md", b"other.md")]


@pytest.mark.parametrize(
    ("bound", "most", "said"),
    [
        ("MAX_FILE", 4, "more than 4 bytes"),
        ("MAX_FILES", 2, "more than 2 files"),
        ("MAX_TOGETHER", 12, "together; give them in parts"),
    ],
)
def test_what_is_too_much_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int, said: str
) -> None:
    monkeypatch.setattr(files, bound, most)
    with pytest.raises(Misuse, match=said):
        list(files.gathered([folder], (".ann",)))


def test_a_folder_without_such_files_is_refused(folder: Path) -> None:
    with pytest.raises(Misuse, match=r"no file that ends in \.xmi or \.json"):
        list(files.gathered([folder], (".xmi", ".json")))


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ""])
def test_no_file_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misuse, match="is no name of a file"):
        files.write(tmp_path / "out", [(name, b"")], folder=True)
    assert not list(tmp_path.rglob("x"))


def test_files_are_written_where_they_belong(tmp_path: Path) -> None:
    assert files.write(tmp_path / "out", [("a.ann", b"1"), ("b/c.ann", b"2")], folder=True) == 2
    assert (tmp_path / "out" / "b" / "c.ann").read_bytes() == b"2"
    assert files.write(tmp_path / "one.jsonl", [("", b"3")], folder=False) == 1
    assert (tmp_path / "one.jsonl").read_bytes() == b"3"
