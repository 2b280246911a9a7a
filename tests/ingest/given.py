"""Reads bytes as a source of a kind, and makes small sources of each."""

from __future__ import annotations

import gzip
import io
from typing import Any

from tasrih.ingest.opening import Input
from tasrih.ingest.run import records
from tasrih.ingest.source import Found, Options, Remark, Skipped, Source

PARAGRAPH = (
    "قالت وزارة الأشغال إن الجسر الجديد افتتح أمس بعد عامين من العمل، وأضافت أن حركة السير عادت إلى طبيعتها."
)
BODY = f"<p>{PARAGRAPH}</p><h2>ردود الفعل</h2><p>وأكد الوزير أن السلامة أولا، مشيرا إلى أن الجسر يخدم آلاف السكان في المدينة كل يوم.</p>"


def found(data: bytes, kind: str, name: str = "", **options: Any) -> list[Found]:
    """What a source of these bytes gives."""
    stream: io.BufferedReader[Any] = io.BufferedReader(io.BytesIO(data), 1 << 20)  # type: ignore[arg-type]
    return list(records(Input(name or f"x.{kind}", stream, kind, len(data)), Options(**options)))


def sources(data: bytes, kind: str, name: str = "", **options: Any) -> list[Source]:
    """The texts of a source."""
    return [one for one in found(data, kind, name, **options) if isinstance(one, Source)]


def only(data: bytes, kind: str, name: str = "", **options: Any) -> Source:
    """The one text of a source, from which nothing is skipped."""
    (one,) = [one for one in found(data, kind, name, **options) if not isinstance(one, Remark)]
    assert isinstance(one, Source), one
    return one


def why(data: bytes, kind: str, name: str = "", **options: Any) -> str:
    """The one reason why a source gives nothing."""
    (one,) = [one for one in found(data, kind, name, **options) if not isinstance(one, Remark)]
    assert isinstance(one, Skipped), one
    return one.why


def remarks(data: bytes, kind: str, name: str = "", **options: Any) -> list[str]:
    """What is remarked of a source."""
    return [one.what for one in found(data, kind, name, **options) if isinstance(one, Remark)]


def zones(source: Source) -> list[str]:
    """The words of a text's headings."""
    return [source.text[zone["start"] : zone["end"]] for zone in source.headings or []]


def page(head: str = "", body: str = BODY, attributes: str = 'lang="ar"') -> str:
    return f'<!DOCTYPE html><html {attributes}><head><meta charset="utf-8">{head}</head><body><article>{body}</article></body></html>'


def record(
    uri: str, body: bytes, kind: str = "response", content_type: str = "text/html; charset=utf-8", status: str = "200 OK",
    headers: str = "",
) -> bytes:  # fmt: skip
    """A record of a WARC file."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{headers}\r\n".encode() + body
    block = http if kind in ("response", "revisit") else body
    outer = "application/http; msgtype=response" if kind in ("response", "revisit") else content_type
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"WARC-Date: 2024-05-07T00:00:00Z\r\nWARC-Target-URI: {uri}\r\nContent-Type: {outer}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def members(*records_: bytes) -> bytes:
    """Records as gzip members."""
    return b"".join(gzip.compress(one, mtime=0) for one in records_)


def rss(items: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>صحيفة المرفأ</title><language>ar</language>{items}</channel></rss>'
    ).encode()
