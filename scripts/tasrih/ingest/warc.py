"""Web archives (WARC and ARC, plain, gzip or zstd) → articles: the pages and texts of response and resource records.

Records are cut out of the stream here, so that each is bounded and one that is damaged does not hide those behind it;
what stands in a record (HTTP headers, chunks, content encodings) is read by warcio.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from typing import Any

from tasrih.ingest import html
from tasrih.ingest.encoding import decoded
from tasrih.ingest.opening import PIECE, Budget, Input, is_zstd, zstd_reader
from tasrih.ingest.source import Found, Options, Refused, Remark, Skipped, Source, guarded, missing, text_of
from tasrih.model import visible
from tasrih.store import MAX_FILE
from tasrih.text.slugs import address_name

_MAX_HEADERS = 1 << 16
_MOST_DAMAGED = 200  # each may have all that follows looked at again
_WARC = re.compile(rb"WARC/\d\.\d+\s*\Z")
_BEGINS = re.compile(rb"WARC/\d\.\d+\r?\n")
_ARC_LINE = re.compile(rb"[a-z][a-z0-9+.-]*:\S.* \d+\.\d+\.\d+\.\d+ \d{8,14} .*?(\d+)\s*\Z")
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_MEMBER = b"\x1f\x8b\x08"
_WHY_NOT = {"revisit": "revisits of pages that were archived before", "request": "requests", "metadata": "metadata",
            "warcinfo": "descriptions of the file", "conversion": "conversions", "continuation": "continuations"}  # fmt: skip


def read(given: Input, options: Options) -> Iterator[Found]:
    """The pages of a web archive, a Skipped for each other thing of note, and at the end what was passed over."""
    try:
        from warcio.archiveiterator import ArchiveIterator  # noqa: F401
    except ImportError:
        raise missing("warcio") from None
    passed: Counter[str] = Counter()
    for record in _records(given):
        if isinstance(record, Skipped):
            yield record
        else:
            yield from guarded(record.where, _of_record(record, passed, options))
    if passed:
        said = ", ".join(f"{times:,} × {what}" for what, times in sorted(passed.items()))
        yield Remark(given.name, f"passed over: {said}")


# --- One record ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Record:
    """A record's bytes, headers included, and where it stood."""

    where: str
    data: bytes


def _of_record(record: _Record, passed: Counter[str], options: Options) -> Iterator[Found]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        with redirect_stderr(io.StringIO()):  # warcio says there what it mended
            read_ = next(
                iter(ArchiveIterator(io.BytesIO(record.data), arc2warc=not record.data.startswith(b"WARC/"))),
                None,
            )
    except (ArchiveLoadFailed, EOFError, AttributeError, ValueError) as error:
        raise Refused(f"damaged record ({visible(str(error))[:120]})") from None
    if read_ is None:
        raise Refused("damaged record (nothing in it)")
    address = (read_.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    where = f"{record.where} {visible(address)[:200]}".rstrip()
    if read_.rec_type not in ("response", "resource"):
        if read_.rec_type == "revisit":
            yield Skipped(where, "a revisit: the page is the one that was archived before")
        else:
            passed[_WHY_NOT.get(read_.rec_type, "records of another kind")] += 1
        return
    kind, charset, status = _content_type(read_)
    if status and not status.startswith("2"):
        yield Skipped(where, f"HTTP status {status[:40]}")
        return
    if kind not in ("text/html", "application/xhtml+xml", "text/plain"):
        passed[f"{kind or 'no content type'}"] += 1
        return
    if address.startswith("metadata:"):
        passed["metadata"] += 1
        return
    data = _payload(read_)
    if kind == "text/plain":
        found = decoded(data, charset, options.encoding)
        digest = hashlib.sha256(data).hexdigest()
        yield _addressed(
            Source(where, text_of(found.text), address, {}, None, found.encoding, [], digest), address
        )
    else:
        yield _addressed(html.page_source(where, "", data, options, charset), address)


def _addressed(source: Source, address: str) -> Source:
    """The page with the address under which it was archived, unless it states its own."""
    if re.match(r"https?://\S{1,1990}\Z", address):
        source.metadata.setdefault("url", address)
    source.name = address_name(source.metadata.get("url", "")) or source.metadata.get("title", "") or "page"
    return source


def _content_type(record: Any) -> tuple[str, str | None, str]:
    """Media type, charset and HTTP status («200 OK»; "" where there is none)."""
    headers = record.http_headers
    stated = (headers or record.rec_headers).get_header("Content-Type") or ""
    status = headers.statusline.strip() if headers is not None else ""
    charset = _CHARSET.search(stated)
    return (
        stated.partition(";")[0].strip().lower(),
        charset[1] if charset else None,
        re.sub(r"\AHTTP/\S+\s+", "", status),
    )


def _payload(record: Any) -> bytes:
    """The body without chunks and content encoding. Raises Refused past the bound of a page or where it is damaged."""
    encoding = (
        (record.http_headers.get_header("Content-Encoding") or "").strip().lower()
        if record.http_headers
        else ""
    )
    stream = record.content_stream()
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > html.MAX_PAGE:
                raise Refused(f"the page has more than {html.MAX_PAGE:,} bytes")
            pieces.append(piece)
    except (zlib.error, OSError, EOFError, ValueError) as error:
        raise Refused(f"damaged content ({visible(str(error))[:120]})") from None
    data = b"".join(pieces)
    if encoding in ("br", "zstd", "compress") and data and not data.lstrip()[:1] == b"<":
        raise Refused(f"its content encoding is {encoding}, which is not read")
    return data


# --- Records of a stream ------------------------------------------------------------------------------


def _records(given: Input) -> Iterator[_Record | Skipped]:
    """The records in their order. Behind damage the next one that can be found is looked for."""
    flat = _Flat(given)
    number = damaged = 0
    while True:
        if damaged > _MOST_DAMAGED:
            yield Skipped(given.name, f"damaged in more than {_MOST_DAMAGED} places; reading ends here")
            return
        line = flat.line()
        if line is None:
            if not flat.problem:
                break
            yield Skipped(
                f"{given.name}:{number + 1}", f"{flat.said().strip(' ()')}; passed over to the next record"
            )
            damaged += 1
            if not flat.forward():
                break
            continue
        if not line.strip():
            continue
        number += 1
        where = f"{given.name}:{number}"
        arc = None if _WARC.match(line) else _ARC_LINE.match(line)
        if not arc and not _WARC.match(line):
            yield Skipped(
                where,
                f"no record begins here («{visible(line[:40].decode('latin-1'))}»); passed over to the next one",
            )
            damaged += 1
            if not flat.forward():
                break
            continue
        try:
            data = _cut(flat, line, int(arc[1]) if arc else None)
        except Refused as error:
            yield Skipped(where, str(error))
            damaged += 1
            if not flat.forward():
                break
            continue
        yield _Record(where, data)
    if not number:
        yield Skipped(given.name, "there is no record in it")


def _cut(flat: _Flat, line: bytes, length: int | None) -> bytes:
    """The bytes of the record whose first line is given. Raises Refused where it is damaged or too large."""
    head = bytearray(line)
    while length is None:
        more = flat.line()
        if more is None:
            raise Refused("damaged record: its headers end before its content" + flat.said())
        head += more
        if len(head) > _MAX_HEADERS:
            raise Refused(f"damaged record: headers of more than {_MAX_HEADERS:,} bytes")
        if not more.strip():
            stated = _LENGTH.search(bytes(head))
            if stated is None:
                raise Refused("damaged record: no Content-Length")
            length = int(stated[1])
    if length > MAX_FILE:
        flat.skip(length)
        raise Refused(f"a record of {length:,} bytes; the bound is {MAX_FILE:,}")
    body = flat.read(length)
    behind = flat.read(2)
    flat.unread(behind)
    if line.startswith(b"WARC/") and behind != b"\r\n" and (inside := _BEGINS.search(body)):
        flat.unread(body[inside.start() :])
        raise Refused("damaged record: the next one begins inside of it")
    if len(body) < length:
        raise Refused(f"damaged record: {len(body):,} bytes of {length:,}" + flat.said())
    return bytes(head) + body + b"\r\n\r\n"


@dataclass(slots=True)
class _Flat:
    """The unpacked bytes of an archive, that go on behind a damaged gzip member."""

    given: Input
    problem: str = ""
    _stream: Any = None
    _ready: bytearray = field(default_factory=bytearray)
    _raw: bytes = b""
    _unpack: Any = None
    _budget: Budget | None = None
    _kind: str = ""

    def __post_init__(self) -> None:
        head = self.given.stream.peek(PIECE)[:PIECE]
        self._stream, self._kind = self.given.stream, "plain"
        if head.startswith(b"\x1f\x8b"):
            self._kind = "gzip"
        elif is_zstd(head):
            self._stream, self._kind = zstd_reader(self.given.stream, _dictionary(self.given.stream)), "zstd"
        if self._kind != "plain":
            self._budget = Budget(self.given.size or 0)

    def _more(self) -> bool:
        """Unpacks a piece; False at the end, or where damage is met, which is then said in `problem`."""
        piece = b""
        try:
            piece = self._inflated() if self._kind == "gzip" else self._stream.read(PIECE)
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - zlib, zstandard and the disk each have their own
            self.problem = f"damaged: {visible(str(error))[:100]}"
            self._unpack = None
            return False
        if self._budget is not None:
            self._budget.spend(len(piece))
        self._ready += piece
        return bool(piece)

    def _inflated(self) -> bytes:
        """Some bytes of the next members; nothing at the end."""
        while True:
            if not self._raw:
                self._raw = self._stream.read(1 << 16)
                if not self._raw:
                    if self._unpack is not None:
                        self._unpack = None
                        self.problem = "damaged: the last gzip member ends too early"
                    return b""
            if self._unpack is None:
                if not self._raw.strip(b"\0"):
                    self._raw = b""
                    continue
                self._unpack = zlib.decompressobj(31)
            made: bytes = self._unpack.decompress(self._raw, PIECE)
            self._raw = self._unpack.unconsumed_tail or self._unpack.unused_data
            if self._unpack.eof:
                self._unpack = None
            if made:
                return made

    def line(self) -> bytes | None:
        """The next line with its end, cut off where it is longer than headers may be; None at the end."""
        while (at := self._ready.find(b"\n")) < 0 and len(self._ready) < _MAX_HEADERS and self._more():
            pass
        size = min(at + 1 if at >= 0 else len(self._ready), _MAX_HEADERS)
        return self._take(size) or None

    def read(self, length: int) -> bytes:
        """The next bytes; fewer at the end and before damage."""
        while len(self._ready) < length and self._more():
            pass
        return self._take(length)

    def unread(self, data: bytes) -> None:
        """Puts bytes back, to be read again."""
        self._ready[:0] = data

    def skip(self, length: int) -> None:
        """Passes over bytes without holding them."""
        while length > 0 and (self._ready or self._more()):
            length -= len(self._take(min(length, len(self._ready))))

    def _take(self, length: int) -> bytes:
        taken = bytes(self._ready[:length])
        del self._ready[:length]
        return taken

    def said(self) -> str:
        """The damage that was met, for a message; it counts as told."""
        said, self.problem = self.problem, ""
        return f" ({said})" if said else ""

    def forward(self) -> bool:
        """Goes on to where the next record may begin; False where there is none."""
        if self._kind == "gzip" and self._unpack is None and not self._ready:
            return self._to_next_member()
        while True:
            if found := _BEGINS.search(self._ready):
                del self._ready[: found.start()]
                return True
            del self._ready[: max(0, len(self._ready) - 16)]
            if not self._more():
                self._ready.clear()
                return self._kind == "gzip" and bool(self.problem) and self._to_next_member()

    def _to_next_member(self) -> bool:
        """Goes on to the next bytes that begin a gzip member."""
        self._ready.clear()
        self._raw = self._raw[1:]
        while True:
            at = self._raw.find(_MEMBER)
            if at >= 0:
                self._raw, self._unpack, self.problem = self._raw[at:], None, ""
                return True
            piece = self._stream.read(1 << 16)
            if not piece:
                self._raw = b""
                return False
            self._raw = self._raw[-2:] + piece


def _dictionary(stream: io.BufferedReader[Any]) -> bytes:
    """The dictionary that a zstd archive begins with, in a frame of its own that is passed over; else nothing."""
    head = stream.peek(8)[:8]
    if len(head) < 8 or head[:4] != b"\x5d\x2a\x4d\x18":
        return b""
    size = int.from_bytes(head[4:8], "little")
    if size > MAX_FILE:
        raise Refused(f"a dictionary of {size:,} bytes; the bound is {MAX_FILE:,}")
    stream.read(8)
    found = stream.read(size)
    if found.startswith(b"\x28\xb5\x2f\xfd"):
        found = zstd_reader(io.BytesIO(found)).read(MAX_FILE + 1)
        if len(found) > MAX_FILE:
            raise Refused(f"a dictionary of more than {MAX_FILE:,} bytes")
    return found
