"""Files, folders, patterns, standard input and archives → streams with a name and a kind.

Nothing is unpacked to disk, and a member's name is only shown, never a path. What comes out of an archive is counted:
where it is far more than went in, reading ends.
"""

from __future__ import annotations

import bz2
import glob
import gzip
import io
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from tasrih.ingest.source import Refused, Skipped, missing, too_large
from tasrih.store import MAX_FILE, Misuse

PIECE = 1 << 20
STDIN = "-"
_MOST_MEMBERS = 1_000_000
_MOST_STDIN = 4 << 30
# Text shrinks to a tenth, seldom to a hundredth; only what was made to do so shrinks more.
MOST_TIMES, FREE = 250, MAX_FILE
_WINDOW = 1 << 27  # bytes that a zstd frame may make us hold

KINDS = {
    "plain": (".txt", ".text"),
    "html": (".html", ".htm", ".xhtml", ".shtml"),
    "warc": (".warc", ".arc"),
    "feed": (".rss", ".atom", ".rdf"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv", ".tsv", ".tab"),
    "docx": (".docx",),
    "pdf": (".pdf",),
}
_BY_SUFFIX = {suffix: kind for kind, suffixes in KINDS.items() for suffix in suffixes}
STREAMED = ("warc", "json", "jsonl", "csv")
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_ARC = re.compile(rb"filedesc://")


_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError
)  # fmt: skip


class Budget:
    """How much may still come out of an archive of `size` bytes."""

    def __init__(self, size: int) -> None:
        self._bound = max(FREE, MOST_TIMES * size)
        self._size, self._spent = size, 0

    def spend(self, amount: int) -> None:
        """Counts what came out. Raises Refused where it is too much."""
        self._spent += amount
        if self._spent > self._bound:
            raise Refused(
                f"unpacks to more than {self._bound:,} bytes from {self._size:,}: reading ends here; unpack it "
                "yourself if you trust it"
            )


class Counted(io.RawIOBase):
    """A stream whose bytes are paid for from a budget."""

    def __init__(self, inner: Any, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


@dataclass(slots=True)
class Input:
    """Something to read: its name for people, its bytes, how many where that is known, and its kind."""

    name: str
    stream: io.BufferedReader[Any]
    kind: str
    size: int | None = None

    def whole(self, bound: int = MAX_FILE) -> bytes:
        """All bytes of a document. Raises Refused past the bound, before anything is read where the size is known."""
        if self.size is not None and self.size > bound:
            raise Refused(too_large(self.size, bound))
        data = self.stream.read(bound + 1)
        if len(data) > bound:
            raise Refused(f"more than {bound:,} bytes, the bound of a document")
        return data

    @property
    def stem(self) -> str:
        """The name without its folders and ending: what an id may be made of."""
        name = re.split(r"[/\\]", self.name)[-1]
        return re.sub(r"(?:\.[A-Za-z0-9]{1,6}){1,2}\Z", "", name) or name


def kind_of(name: str, head: bytes) -> str | None:
    """The kind of a file by the end of its name, and else by its first bytes; None where neither shows it."""
    suffix = Path(name).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"WARC/") or _ARC.match(head):
        return "warc"
    if start.startswith(b"<"):
        return "feed" if _FEED.search(head) else "html" if _PAGE.search(head) else None
    if start[:1] in (b"{", b"["):
        return "json" if start[:1] == b"[" else "jsonl"
    return None


def files_of(source: str) -> Iterator[tuple[str, bool]]:
    """Paths of the files of a SRC, each with whether it was named itself: of a folder all but hidden ones and links.

    Raises Refused where there is nothing.
    """
    path = Path(source)
    if path.is_dir():
        yield from ((str(one), False) for one in _below(path))
        return
    if path.exists() or not glob.has_magic(source):
        yield source, True
        return
    matched = sorted(glob.glob(source, recursive=True))  # noqa: PTH207 - a pattern may be absolute
    if not matched:
        raise Refused("nothing has such a name")
    for one in matched:
        if Path(one).is_dir():
            yield from ((str(below), False) for below in _below(Path(one)))
        else:
            yield one, True


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and not path.is_symlink():
            yield path


def inputs(file: str, kind: str | None, named: bool = True) -> Iterator[Input | Skipped]:
    """What a file holds, one at a time; to be read before the next is asked for.

    `kind` is what the user says it is; a file that was `named` itself and shows no kind is plain text.
    """
    if file == STDIN:
        yield from _of_stdin(kind)
        return
    try:
        with Path(file).open("rb", buffering=PIECE) as stream:
            yield from _opened(file, stream, Path(file).stat().st_size, kind, named)
    except OSError as error:
        yield Skipped(file, str(error.strerror or error))


def _of_stdin(kind: str | None) -> Iterator[Input | Skipped]:
    """Standard input, kept so that it can be looked at twice."""
    import sys

    with tempfile.SpooledTemporaryFile(max_size=MAX_FILE) as kept:
        size = 0
        while piece := sys.stdin.buffer.read(PIECE):
            size += len(piece)
            if size > _MOST_STDIN:
                yield Skipped(STDIN, f"more than {_MOST_STDIN:,} bytes; give a file")
                return
            kept.write(piece)
        kept.seek(0)
        yield from _opened(STDIN, cast(BinaryIO, kept), size, kind, True)


def _opened(
    name: str, stream: BinaryIO, size: int, kind: str | None, named: bool
) -> Iterator[Input | Skipped]:
    head = stream.read(4096)
    stream.seek(0)
    lower = name.lower()
    try:
        if head.startswith(b"PK\x03\x04") or lower.endswith(".zip"):
            if kind == "docx" or lower.endswith(".docx") or _is_docx(stream):
                yield Input(name, _buffered(stream), "docx", size)
            else:
                yield from _of_zip(name, stream, size, kind)
        elif head.startswith(b"\xfd7zXZ") or lower.endswith((".xz", ".7z", ".rar")):
            yield Skipped(name, "this kind of archive is not read; unpack it first")
        elif (unpacked := _unpacker(head)) is not None:
            yield from _compressed(name, stream, size, kind, named, unpacked)
        elif lower.endswith(".tar") or head[257:262] == b"ustar":
            yield from _of_tar(name, _buffered(stream), Budget(size), kind)
        else:
            yield _input(name, _buffered(stream), kind, named, size, head)
    except Refused as error:
        yield Skipped(name, str(error))
    except _BROKEN as error:
        yield Skipped(name, f"the archive cannot be read ({error})")


def _buffered(stream: Any) -> io.BufferedReader[Any]:
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_Raw(stream), PIECE)


class _Raw(io.RawIOBase):
    """A stream that can only be read, as one that can be buffered."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _input(
    name: str, stream: io.BufferedReader[Any], kind: str | None, named: bool, size: int | None, head: bytes
) -> Input | Skipped:
    found = kind or kind_of(name, head) or ("plain" if _may_be_text(name, head, named) else None)
    if found is None:
        return Skipped(name, "neither its name nor its beginning shows what it is; say it with --kind")
    return Input(name, stream, found, size)


def _may_be_text(name: str, head: bytes, named: bool) -> bool:
    """Whether a file of no known ending is taken for plain text: one that was named, or has no ending."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return False
    return named or not Path(name).suffix


# --- Archives and compressed files --------------------------------------------------------------------


def _unpacker(head: bytes) -> Callable[[Any], Any] | None:
    if head.startswith(b"\x1f\x8b"):
        return lambda stream: gzip.GzipFile(fileobj=stream, mode="rb")
    if head.startswith(b"BZh"):
        return bz2.BZ2File
    if is_zstd(head):
        return zstd_reader
    return None


def is_zstd(head: bytes) -> bool:
    """Whether bytes begin a zstd frame, or one that is to be skipped and may hold a dictionary."""
    return head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F)


def zstd_reader(stream: Any, dictionary: bytes = b"") -> Any:
    """A stream of what zstd frames unpack to. Raises Misuse where the library is not there."""
    try:
        import zstandard
    except ImportError:
        raise missing("zstandard") from None
    given = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    reader = zstandard.ZstdDecompressor(dict_data=given, max_window_size=_WINDOW)
    return reader.stream_reader(stream, read_across_frames=True)


def _compressed(
    name: str, stream: BinaryIO, size: int, kind: str | None, named: bool, unpacked: Callable[[Any], Any]
) -> Iterator[Input | Skipped]:
    """What one compressed file holds: an archive, or a file whose name is without the last ending.

    A WARC file is handed on as it is, for its records are compressed one by one.
    """
    inner = re.sub(r"\.(?:gz|gzip|bz2|zst|zstd)\Z", "", name, flags=re.IGNORECASE)
    inner = re.sub(r"\.(?:tgz|tbz2?)\Z", ".tar", inner, flags=re.IGNORECASE)
    problem: Exception | None = None
    head = b""
    try:
        head = unpacked(stream).read(4096)
    except Misuse:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged beginning; what follows of a WARC file may be whole
        problem = error
    stream.seek(0)
    found = kind or kind_of(inner, head)
    if found == "warc":
        yield Input(name, _buffered(stream), "warc", size)
        return
    if problem is not None:
        yield Skipped(name, f"the archive cannot be read ({problem})")
        return
    content: io.BufferedReader[Any] = io.BufferedReader(Counted(unpacked(stream), Budget(size)), PIECE)
    if inner.lower().endswith(".tar") or head[257:262] == b"ustar":
        yield from _of_tar(name, content, None, kind)
    elif _is_archive(inner, head):
        yield Skipped(name, "an archive in an archive is not followed; unpack it first")
    else:
        yield _input(inner, content, kind, named, None, head)


def _is_archive(name: str, head: bytes) -> bool:
    """Whether a member is an archive itself (a docx file is a document)."""
    if name.lower().endswith(".docx"):
        return False
    packed = head.startswith((b"PK\x03\x04", b"\xfd7zXZ", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!"))
    return packed or is_zstd(head) or head[257:262] == b"ustar"


def _is_docx(stream: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            return "word/document.xml" in archive.NameToInfo
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    finally:
        stream.seek(0)


def _of_zip(name: str, stream: BinaryIO, size: int, kind: str | None) -> Iterator[Input | Skipped]:
    budget = Budget(size)
    with zipfile.ZipFile(stream) as archive:
        for number, member in enumerate(archive.infolist()):
            if number >= _MOST_MEMBERS:
                raise Refused(f"more than {_MOST_MEMBERS:,} members")
            if not member.filename:
                yield Skipped(f"{name}: member {number + 1}", "has no name")
                continue
            where = f"{name}/{member.filename}"
            if member.is_dir() or _is_hidden(member.filename):
                continue
            if (member.external_attr >> 16) & 0o170000 == 0o120000:
                yield Skipped(where, "a symbolic link")
                continue
            try:
                with archive.open(member) as content:
                    yield _member(where, Counted(content, budget), kind)
            except _BROKEN as error:
                yield Skipped(where, f"cannot be read ({error})")


def _of_tar(
    name: str, stream: io.BufferedReader[Any], budget: Budget | None, kind: str | None
) -> Iterator[Input | Skipped]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for number, member in enumerate(archive):
            if number >= _MOST_MEMBERS:
                raise Refused(f"more than {_MOST_MEMBERS:,} members")
            where = f"{name}/{member.name}"
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None and not _is_hidden(member.name):
                yield _member(where, Counted(content, budget or Budget(1 << 60)), kind)
            elif member.issym() or member.islnk():
                yield Skipped(where, "a link")


def _is_hidden(member: str) -> bool:
    """Whether a member is what an operating system leaves behind."""
    return (
        member.startswith("__MACOSX/") or Path(member).name.startswith("._") or member.endswith(".DS_Store")
    )


def _member(where: str, content: io.RawIOBase, kind: str | None) -> Input | Skipped:
    stream: io.BufferedReader[Any] = io.BufferedReader(content, PIECE)
    head = stream.peek(4096)[:4096]
    if _is_archive(where, head):
        return Skipped(where, "an archive in an archive is not followed; unpack it first")
    return _input(where, stream, kind, False, None, head)


def all_inputs(sources: Iterable[str], kind: str | None) -> Iterator[tuple[str, Input | Skipped]]:
    """Every input of every SRC with the file that it stood in."""
    for source in sources:
        try:
            for file, named in files_of(source) if source != STDIN else [(STDIN, True)]:
                for one in inputs(file, kind, named):
                    yield file, one
        except (Refused, OSError) as error:
            yield source, Skipped(source, str(error))
