"""Bombs and inputs without end are stopped with a clear message and within bounds of memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from given import page, record, rss

from corpora import write_corpus

CHECKOUT = Path(__file__).parents[2]
MB = 1 << 20
BASE = 500  # MB that Python and the libraries may take, and a document at its bound a few times over
TEXT = "قالت الوزارة إن الجسر افتتح."
LINE = json.dumps({"text": TEXT}).encode() + b"\n"


def run(folder: Path, *arguments: str) -> tuple[int, str, int]:
    """Exit status, what was said, and the peak of memory in MB of `tasrih ingest`."""
    write_corpus(folder / "corpus", [])
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "scripts"), "PEAK": str(folder / "peak")}
    command = [
        sys.executable,
        str(Path(__file__).parent / "peak.py"),
        "ingest",
        *arguments,
        "--topic",
        "local",
        "--licence",
        "x",
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr, int((folder / "peak").read_text())


def sparse(path: Path, size: int, start: bytes = b"") -> None:
    with path.open("wb") as stream:
        stream.write(start)
        stream.truncate(size)


def packed(path: Path, opener: Callable[[Path, str], Any], size: int, start: bytes = b"") -> None:
    with opener(path, "wb") as stream:
        stream.write(start)
        piece = b" " * MB
        for _ in range(size // MB):
            stream.write(piece)


def gzipped(name: str, start: bytes = b"", size: int = 1024 * MB) -> Callable[[Path], str]:
    def make(folder: Path) -> str:
        packed(folder / name, gzip.open, size, start)
        return name

    return make


def bzipped(folder: Path) -> str:
    packed(folder / "a.txt.bz2", bz2.open, 200 * MB)
    return "a.txt.bz2"


def zstandarded(folder: Path) -> str:
    packer = zstandard.ZstdCompressor()
    packed(folder / "a.jsonl.zst", lambda path, mode: packer.stream_writer(path.open(mode)), 1024 * MB, LINE)
    return "a.jsonl.zst"


def zipped(folder: Path) -> str:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            with archive.open(f"{number}.jsonl", "w") as member:
                member.write(LINE)
                for _ in range(128):
                    member.write(b" " * MB)
    return "a.zip"


def lying(folder: Path) -> str:
    """A member that unpacks to far more than the archive says of it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.txt", "w") as member:
        for _ in range(300):
            member.write(b" " * MB)
    data = made.getvalue().replace((300 * MB).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    (folder / "lying.zip").write_bytes(data)
    return "lying.zip"


def tarred(folder: Path) -> str:
    with tarfile.open(folder / "a.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 1024 * MB

        class Zeros:
            def read(self, size: int) -> bytes:
                return b" " * size

        archive.addfile(info, Zeros())  # type: ignore[arg-type]
    return "a.tar.gz"


def warc(folder: Path) -> str:
    head = record("https://example.org/1", b"").replace(b"Content-Length: ", b"Content-Length: 9")
    return gzipped("a.warc.gz", head, 1024 * MB)(folder)


def page_bomb(folder: Path) -> str:
    body = gzip.compress(b"<p>" + b" " * (100 * MB))
    (folder / "b.warc").write_bytes(
        record("https://example.org/1", body, headers="Content-Encoding: gzip\r\n")
    )
    return "b.warc"


BOMBS: dict[str, tuple[Callable[[Path], str], str]] = {
    "gzip of a text": (gzipped("a.txt.gz"), "more than 67,108,864 bytes"),
    "gzip of lines": (gzipped("a.jsonl.gz", LINE), "unpacks to more than"),
    "gzip of CSV": (gzipped("a.csv.gz", b"text\n"), "unpacks to more than"),
    "bzip2": (bzipped, "more than 67,108,864 bytes"),
    "zstd": (zstandarded, "unpacks to more than"),
    "zip": (zipped, "unpacks to more than"),
    "zip that lies": (lying, "a.txt: "),
    "tar": (tarred, "more than 67,108,864 bytes"),
    "a record of a web archive": (warc, "unpacks to more than|the bound is 67,108,864"),
    "a page of a web archive": (page_bomb, "the page has more than 8,388,608 bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "message"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_stopped(make: Callable[[Path], str], message: str, tmp_path: Path) -> None:
    status, said, peak = run(tmp_path, make(tmp_path))
    assert status in (0, 1) and any(part in said for part in message.split("|")), said
    assert peak < BASE, f"{peak} MB"


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.xml", "a.docx", "a.pdf"])
def test_a_document_of_a_gigabyte_is_refused_by_its_size(name: str, tmp_path: Path) -> None:
    sparse(tmp_path / name, 1 << 30, rss("")[:60] if name == "a.xml" else b"")
    status, said, peak = run(tmp_path, name)
    assert status == 1 and "1,073,741,824 bytes; the bound of a document is" in said, said
    assert peak < BASE, f"{peak} MB"


def test_lines_of_a_gigabyte_stream(tmp_path: Path) -> None:
    sparse(tmp_path / "a.jsonl", 1 << 30, LINE)
    status, said, peak = run(tmp_path, "a.jsonl")
    assert status == 0 and "1 kept, 1 skipped" in said and "the line has 1,073,741," in said, said
    assert peak < BASE, f"{peak} MB"


def test_a_list_of_many_objects_streams(tmp_path: Path) -> None:
    """200 MB of one list; the objects have no text, so only reading is measured."""
    with (tmp_path / "a.json").open("wb") as stream:
        stream.write(b'[{"text": "' + TEXT.encode() + b'"}')
        piece = (b',{"text": "' + b" " * 10_000 + b'"}') * 100
        for _ in range(200 * MB // len(piece)):
            stream.write(piece)
        stream.write(b"]")
    status, said, peak = run(tmp_path, "a.json")
    assert status == 0 and "1 kept" in said, said
    assert peak < BASE, f"{peak} MB"


def test_a_web_archive_of_a_gigabyte_streams(tmp_path: Path) -> None:
    """Between two pages a record of a gigabyte, passed over without being held."""
    first, second = (
        record("https://example.org/1", page().encode()),
        record("https://example.org/2", page(body=f"<p>{TEXT} ثان.</p>" * 3).encode()),
    )
    film = record("https://example.org/film", b"", content_type="video/mp4")
    size = 1 << 30
    head, _, rest = film.partition(b"Content-Length: ")
    length, _, block = rest.partition(b"\r\n\r\n")
    film = (
        head
        + b"Content-Length: "
        + str(int(length) + size).encode()
        + b"\r\n\r\n"
        + block.removesuffix(b"\r\n\r\n")
    )
    with (tmp_path / "a.warc").open("wb") as stream:
        stream.write(first + film)
        stream.seek(size, 1)
        stream.write(b"\r\n\r\n" + second)
    status, said, peak = run(tmp_path, "a.warc")
    assert status == 0 and "2 kept, 1 skipped" in said and "a record of 1,073,741," in said, said
    assert peak < BASE, f"{peak} MB"
