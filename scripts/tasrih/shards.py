"""Documents from files and folders, in parts that fit into memory.

A source is a file of JSON Lines (plain, gzip or zstd), a Parquet table `articles` or `standoff` of a release, or a
corpus folder. It is cut into parts of at most ARTICLES documents and about BYTES bytes, the same way each time, and
a part is read where it is worked on.
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import orjson

from tasrih import store
from tasrih.model import Document, Settings
from tasrih.store import MAX_LINE, Corpus, Misuse, Place, Problem, Reading

ARTICLES = 500
BYTES = 8 * 1024 * 1024
# Of a folder few at a time, so that after a change little has to be made again.
_OF_A_FOLDER = 8
LINES = (".jsonl", ".ndjson")
COMPRESSED = (".gz", ".zst")
KINDS = "JSON Lines (.jsonl, .jsonl.gz, .jsonl.zst), a Parquet table (.parquet) or the folder of a corpus"


@dataclass(frozen=True, slots=True)
class Part:
    """Some documents of a source.

    `first` is the number of its first line, row or article, from 1. Of plain lines a part is `size` bytes from byte
    `offset`; lines and rows that cannot be reached again without reading all before them come along as `data` (rows
    as an Arrow stream), articles of a folder by their `names`. `taken` are the bytes that the source was read
    further for it, for a progress bar.
    """

    source: Path
    kind: Literal["lines", "text", "rows", "articles"]
    first: int
    offset: int = 0
    size: int = 0
    data: bytes = b""
    names: tuple[str, ...] = ()
    taken: int = 0


def is_shard(path: Path) -> bool:
    """Whether the name is that of a file that this module reads."""
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    return path.suffix == ".parquet" or name.endswith(LINES)


def size_of(sources: Iterable[Path]) -> int:
    """Bytes of all sources together, what is `taken` of them by their parts. Raises Misuse."""
    try:
        return sum(path.stat().st_size if path.is_file() else _size_of_folder(path) for path in sources)
    except OSError as error:
        raise Misuse(f"{error.filename}: {error.strerror}") from None


def _size_of_folder(root: Path) -> int:
    return len(Corpus(root, cast(Settings, {})).ids())


def parts(sources: Iterable[Path]) -> Iterator[Part]:
    """The sources in parts, one source after the other. Raises Misuse for what is none or is damaged."""
    for path in sources:
        if (path / "corpus.toml").is_file():
            yield from _parts_of_folder(path)
        elif not is_shard(path):
            raise Misuse(f"{path}: not a source of articles; give {KINDS}")
        elif path.suffix == ".parquet":
            yield from _parts_of_table(path)
        elif path.suffix in COMPRESSED:
            yield from _parts_of_compressed(path)
        else:
            yield from _parts_of_lines(path)


# --- Cutting ------------------------------------------------------------------------------------------


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turns what goes wrong in reading `path` into one line."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Misuse(f"{path}: damaged or cut off: {error}; fetch it again") from None
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror or str(error)[:150]}") from None


def _parts_of_lines(path: Path) -> Iterator[Part]:
    with _reading(path), path.open("rb") as stream:
        first, offset = 1, 0
        while count := _skip_lines(stream, offset):
            size = stream.tell() - offset
            yield Part(path, "lines", first, offset, size, taken=size)
            first, offset = first + count, offset + size


def _skip_lines(stream: BinaryIO, offset: int) -> int:
    """Passes over the lines of one part that begins at `offset`; returns how many."""
    count = 0
    while count < ARTICLES and stream.tell() - offset < BYTES:
        line = stream.readline(MAX_LINE + 1)
        if not line:
            break
        store.skip_rest(stream, line)
        count += 1
    return count


def _parts_of_compressed(path: Path) -> Iterator[Part]:
    with _reading(path), path.open("rb") as file, _decompressed(path, file) as stream:
        first, taken = 1, 0
        lines: list[bytes] = []
        size = 0
        while line := stream.readline(MAX_LINE + 1):
            store.skip_rest(stream, line)
            lines.append(line if line.endswith(b"\n") else line + b"\n")
            size += len(line)
            if len(lines) == ARTICLES or size >= BYTES:
                yield Part(path, "text", first, data=b"".join(lines), taken=file.tell() - taken)
                first, taken, lines, size = first + len(lines), file.tell(), [], 0
        if lines:
            yield Part(path, "text", first, data=b"".join(lines), taken=file.tell() - taken)


def _decompressed(path: Path, file: BinaryIO) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=file), 1 << 20))
    import pyarrow as pa

    return cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(file, "zstd"), 1 << 20))


def _parts_of_table(path: Path) -> Iterator[Part]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tasrih.rows import features_of

    with _reading(path):
        try:
            file = pq.ParquetFile(path)
        except pa.ArrowException as error:
            raise Misuse(f"{path}: not a Parquet file: {str(error)[:150]}") from None
        with file:
            if not {"id", "text_sha256", "entities"} <= features_of(file.schema_arrow).keys():
                raise Misuse(f"{path}: not a table articles or standoff of a release")
            yield from _batches(path, file)


def _batches(path: Path, file: Any) -> Iterator[Part]:
    whole, rows = path.stat().st_size, max(1, file.metadata.num_rows)
    unpacked = sum(
        file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups)
    )
    first = 1
    for batch in file.iter_batches(max(1, min(ARTICLES, BYTES * rows // max(1, unpacked)))):
        taken = whole * (first - 1 + batch.num_rows) // rows - whole * (first - 1) // rows
        yield Part(path, "rows", first, data=_packed(batch), taken=taken)
        first += batch.num_rows


def _packed(batch: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return cast(bytes, sink.getvalue().to_pybytes())


def _parts_of_folder(root: Path) -> Iterator[Part]:
    names = [name for name in store.open_corpus(root).ids() if store.is_id(name)]
    for at in range(0, len(names), _OF_A_FOLDER):
        some = tuple(names[at : at + _OF_A_FOLDER])
        yield Part(root, "articles", at + 1, names=some, taken=len(some))


@contextmanager
def uncollected() -> Iterator[None]:
    """Within it no cycles are looked for: a part is a great many small dictionaries without one."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


# --- Reading a part -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """A part and its bytes; `sha256` is the hash of what its documents are made of."""

    part: Part
    data: bytes
    sha256: str

    def readings(self, *, local_texts: bool = True) -> Iterator[Reading]:
        """The documents, one at a time. With `local_texts` withheld texts of a folder come from local copies."""
        part, file = self.part, str(self.part.source)
        if part.kind == "articles":
            corpus = Corpus(part.source, cast(Settings, {}))
            yield from store.read_corpus(corpus, part.names, local_texts=local_texts)
        elif part.kind == "rows":
            yield from _rows(part, self.data)
        else:
            for number, line in enumerate(self.data.removesuffix(b"\n").split(b"\n"), start=part.first):
                yield read_line(file, number, line)


def load(part: Part) -> Loaded:
    """The bytes of a part. Raises Misuse where the source has changed since it was cut, or cannot be read."""
    if part.kind == "articles":
        return Loaded(part, b"", _hash_of_articles(part))
    data = part.data
    if part.kind == "lines":
        with _reading(part.source), part.source.open("rb") as stream:
            stream.seek(part.offset)
            data = _lines_of(stream, part.size)
            if stream.tell() - part.offset != part.size:
                raise Misuse(f"{part.source}: it changed while it was read")
    return Loaded(part, data, hashlib.sha256(data).hexdigest())


def _lines_of(stream: BinaryIO, size: int) -> bytes:
    """The next `size` bytes; a line past MAX_LINE is cut off just behind it, where it is still found to be too long."""
    if size <= BYTES + MAX_LINE:
        return stream.read(size)
    lines, end = [], stream.tell() + size
    while stream.tell() < end and (line := stream.readline(MAX_LINE + 1)):
        store.skip_rest(stream, line)
        lines.append(line if line.endswith(b"\n") else line + b"\n")
    return b"".join(lines)


def _hash_of_articles(part: Part) -> str:
    """Of every file of the articles; and of withheld texts whether they are at hand, as their names are their hashes."""
    digest = hashlib.sha256()
    corpus = Corpus(part.source, cast(Settings, {}))
    for name in part.names:
        for path in sorted(path for path in corpus.folder(name).rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(corpus.articles).as_posix()}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        withheld = not (corpus.folder(name) / "text.txt").exists()
        digest.update(b"hydrated\n" if withheld and store.read_document(corpus, name).hydrated else b"\n")
    return digest.hexdigest()


def _rows(part: Part, data: bytes) -> Iterator[Reading]:
    import pyarrow as pa

    from tasrih.rows import documents_of, features_of

    with pa.ipc.open_stream(data) as stream:
        documents = documents_of(stream, features_of(stream.schema))
        for number, document in enumerate(documents, start=part.first):
            yield Reading(document, Place(str(part.source), shard_line=number), [])


def read_line(file: str, number: int, raw: bytes) -> Reading:
    """One line of a file of JSON Lines as a document."""
    place = Place(file, shard_line=number)
    try:
        document = orjson.loads(raw)
    except ValueError as error:
        kind, detail = store.bad_line(raw) or ("not-json", str(error)[:200])
        return Reading(None, place, [Problem(kind, file, number, detail)])
    if len(raw) > MAX_LINE:
        return Reading(None, place, [Problem("line-too-long", file, number, f"over {MAX_LINE:,} bytes")])
    if not isinstance(document, dict) or not isinstance(document.get("article"), dict):
        return Reading(None, place, [Problem("not-an-object", file, number, "the line is not a document")])
    return Reading(cast(Document, document), place, [])


def read(sources: Sequence[Path]) -> Iterator[Reading]:
    """The documents of all sources, one after the other; memory holds a part. Raises Misuse."""
    for part in parts(sources):
        yield from load(part).readings()


# --- Writing ------------------------------------------------------------------------------------------


def write(path: Path, documents: Iterable[Document]) -> int:
    """Writes documents as JSON Lines, compressed as the name says; returns how many. Raises Misuse.

    The file is written beside and renamed; of the same documents it has the same bytes.
    """
    if not is_shard(path) or path.suffix == ".parquet":
        raise Misuse(f"{path}: give a name that ends in .jsonl, .jsonl.gz or .jsonl.zst")
    count = 0
    with store.beside(path) as new, new.open("wb") as file, _compressed(path, file) as stream:
        for count, document in enumerate(documents, start=1):  # noqa: B007 - how many there were
            stream.write(store.document_line(document))
    return count


def _compressed(path: Path, file: BinaryIO) -> Any:
    if path.suffix == ".gz":
        return gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)
    if path.suffix == ".zst":
        import pyarrow as pa

        return pa.CompressedOutputStream(file, "zstd")
    return nullcontext(file)
