"""Web archives → articles."""

from __future__ import annotations

import gzip

import pytest
import zstandard
from given import PARAGRAPH, found, members, page, record, remarks, sources, why

from tasrih.ingest.source import Skipped

PAGE = page().encode()
FIRST, SECOND = (
    record("https://example.org/1", PAGE),
    record("https://example.org/2", PAGE.replace("أمس".encode(), "اليوم".encode())),
)
INFO = record("https://example.org/", b"software: tests\r\n", "warcinfo", "application/warc-fields")
ARC = (
    b"filedesc://x.arc 0.0.0.0 20240507000000 text/plain 2\nx\n\n"
    + f"https://example.org/1 127.0.0.1 20240507000000 text/html {len(PAGE) + 44}\n".encode()
    + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE + b"\n"
)  # fmt: skip


def zstd(*parts: bytes, dictionary: bytes = b"") -> bytes:
    given = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    packed = b"".join(zstandard.ZstdCompressor(dict_data=given).compress(part) for part in parts)
    if not dictionary:
        return packed
    return b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary + packed


def dictionary() -> bytes:
    return zstandard.train_dictionary(
        2_000, [record(f"https://example.org/{n}", f"{n} {n * n} قالت".encode() * 9) for n in range(400)]
    ).as_bytes()


@pytest.mark.parametrize(
    "data",
    [
        INFO + FIRST + SECOND,
        members(INFO, FIRST, SECOND),
        gzip.compress(INFO + FIRST + SECOND),
        zstd(INFO, FIRST, SECOND),
        zstd(INFO, FIRST, SECOND, dictionary=dictionary()),
    ],
    ids=["plain", "gzip", "one gzip member", "zstd", "zstd with a dictionary"],
)
def test_pages_are_found_however_they_are_packed(data: bytes) -> None:
    first, second = sources(data, "warc")
    assert (
        PARAGRAPH in first.text
        and first.metadata["url"] == "https://example.org/1"
        and second.name == "example.org/2"
    )
    assert remarks(data, "warc") == ["passed over: 1 × descriptions of the file"]


@pytest.mark.parametrize("data", [ARC, gzip.compress(ARC)])
def test_the_older_form_is_read(data: bytes) -> None:
    (one,) = sources(data, "warc")
    assert PARAGRAPH in one.text and one.metadata["url"] == "https://example.org/1"


def test_texts_and_resources_are_taken_and_other_things_are_counted() -> None:
    data = b"".join([
        record("https://example.org/t", PARAGRAPH.encode("cp1256"), content_type="text/plain; charset=windows-1256"),
        record("https://example.org/r", PAGE, "resource", "text/html"),
        record("https://example.org/p", b"\x89PNG", content_type="image/png"),
        record("https://example.org/q", b"GET / HTTP/1.1\r\n\r\n", "request", "application/http; msgtype=request"),
    ])  # fmt: skip
    text, resource = sources(data, "warc")
    assert (text.text, text.encoding, resource.metadata["url"]) == (
        PARAGRAPH,
        "windows-1256",
        "https://example.org/r",
    )
    assert remarks(data, "warc") == ["passed over: 1 × image/png, 1 × requests"]


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (record("https://example.org/", b"", "revisit"), "a revisit: the page is the one that was archived before"),
        (record("https://example.org/", PAGE, status="404 Not Found"), "HTTP status 404 Not Found"),
        (record("https://example.org/", PAGE, status="301 Moved"), "HTTP status 301 Moved"),
        (record("https://example.org/", b"\x00\x01" * 50, headers="Content-Encoding: br\r\n"), "its content encoding is br"),
        (record("https://example.org/", b"<p></p>"), "no article text was found"),
        (record("https://example.org/", PAGE).replace(b"Content-Length: ", b"Content-Length: 9"), "damaged record: "),
        (record("https://example.org/", PAGE).replace(b"Content-Length", b"Content-Size"), "damaged record: "),
        (b"WARC/1.0\r\nX: " + b"y" * 100_000 + b"\r\n", "headers of more than 65,536 bytes"),
        (b"nonsense\r\n" * 9, "no record begins here"),
    ],
)  # fmt: skip
def test_what_gives_no_page_says_why(one: bytes, message: str) -> None:
    skipped = [said for said in found(one, "warc") if isinstance(said, Skipped)]
    assert message in skipped[0].why and "cannot be read" not in skipped[0].why


DAMAGE = {
    "a member that is cut off": members(FIRST)[:200] + members(SECOND),
    "a member of noise": b"\x1f\x8b\x08" + b"\xff" * 500 + members(SECOND),
    "a byte that is changed": members(FIRST)[:100] + b"\0\0\0" + members(FIRST)[103:] + members(SECOND),
    "noise between records": members(FIRST) + b"noise" * 20 + members(SECOND),
    "a plain record that is cut off": FIRST[:400] + SECOND,
    "plain noise": INFO + b"noise\r\n" * 20 + SECOND,
}  # fmt: skip


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told_and_the_next_record_is_found(data: bytes) -> None:
    given = found(data, "warc")
    assert any(isinstance(one, Skipped) for one in given)
    assert "https://example.org/2" in [one.metadata["url"] for one in sources(data, "warc")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b",
        b"\x1f\x8b\x08" + b"\0" * 50,
        b"\x28\xb5\x2f\xfd" + b"x" * 50,
        b"\x5d\x2a\x4d\x18\xff\xff\xff\x7f",
    ],
)
def test_an_archive_of_nothing_says_so(data: bytes) -> None:
    assert all(isinstance(one, Skipped) for one in found(data, "warc")) and found(data, "warc")


def test_chunks_and_packed_content_are_undone() -> None:
    packed = gzip.compress(PAGE)
    chunks = (
        b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (packed[:50], packed[50:]))
        + b"0\r\n\r\n"
    )
    data = record(
        "https://example.org/", chunks, headers="Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    )
    assert PARAGRAPH in sources(data, "warc")[0].text


def test_a_page_that_unpacks_without_end_is_refused() -> None:
    data = record(
        "https://example.org/",
        gzip.compress(b"<p>" + b" " * (50 << 20)),
        headers="Content-Encoding: gzip\r\n",
    )
    assert "the page has more than 8,388,608 bytes" in why(data, "warc")


def test_nothing_of_it_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    sources(record("file:///a b c.html", PAGE) + b"rest", "warc")
    assert capfd.readouterr() == ("", "")
