"""JSON lines, JSON lists, CSV and TSV → articles."""

from __future__ import annotations

import json

import pytest
from given import found, only, remarks, sources, why
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from tasrih.ingest.source import Skipped
from tasrih.ingest.table import field_map, objects
from tasrih.store import Misuse

TEXT = "قالت الوزارة إن الجسر افتتح."
RECORD = {
    "content": TEXT,
    "headline": "الجسر",
    "source": "المرفأ",
    "url": "https://example.org/a/1",
    "published_at": "2024-05-07T01:00:00+03:00",
    "id": 7,
}


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in records)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (lines(RECORD), "jsonl"),
        (b"\xef\xbb\xbf" + lines(RECORD), "jsonl"),
        (lines(RECORD).replace(b"\n", b"\r\n"), "jsonl"),
        (json.dumps([RECORD], indent=2).encode(), "json"),
        (json.dumps([RECORD]).encode(), "jsonl"),
        (json.dumps(RECORD, indent=2).encode(), "json"),
        (json.dumps({"count": 1, "articles": [RECORD]}).encode(), "json"),
        (json.dumps([RECORD], ensure_ascii=False).encode("utf-16"), "json"),
        ("content,headline,source,url,published_at,id\n" + ",".join(map(str, RECORD.values())) + "\n", "csv"),
        ("content;headline;source;url;published_at;id\r\n" + ";".join(map(str, RECORD.values())), "csv"),
        ("content\theadline\tsource\turl\tpublished_at\tid\n" + "\t".join(map(str, RECORD.values())), "csv"),
    ],
)  # fmt: skip
def test_fields_are_known_by_their_names_in_every_form(data: bytes | str, kind: str) -> None:
    raw = data.encode() if isinstance(data, str) else data
    one = only(raw, kind)
    assert one.text == TEXT
    assert one.metadata == {
        "title": "الجسر",
        "publisher": "المرفأ",
        "url": "https://example.org/a/1",
        "date": "2024-05-07",
    }
    assert one.name == "example.org/a/1"
    assert any(
        "text=content title=headline publisher=source date=published_at url=url" in said
        for said in remarks(raw, kind)
    )


def test_fields_that_the_user_names_stand_before_guesses() -> None:
    data = lines(
        {
            "content": "x",
            "article": {"main": TEXT},
            "title": "لا",
            "head": "نعم",
            "agency": "وكالة",
            "key": "Bridge 1",
        }
    )
    one = only(
        data, "jsonl", fields=field_map(["text=article.main", "title=head", "source=agency", "id=key"])
    )
    assert (one.text, one.metadata, one.name) == (
        TEXT,
        {"title": "نعم", "credits": {"source": "وكالة"}},
        "Bridge 1",
    )


def test_a_field_of_html_is_read_as_html() -> None:
    one = only(lines({"body": "<h2>عنوان</h2><p>قالت &amp; قال</p>"}), "jsonl", fields={"html": "body"})
    assert (one.text, one.headings) == ("عنوان\nقالت & قال\n", [{"kind": "heading", "start": 0, "end": 5}])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "no JSON: "),
        (b"5", "JSON, but no object"),
        (b'{"content": 5}', "field «content» is no text"),
        (b'{"content": " "}', "field «content» is empty"),
        (b'{"content": null}', "field «content» is empty"),
        (b"{}", "field «content» is empty"),
        (b'{"content": "a\\u0000b"}', "line 1: a NUL character"),
        (b'{"content": "\\ud800"}', "no JSON: "),
        (b'{"content": "\xff"}', "no JSON: "),
        (b"[" * 100_000, "no JSON: "),
    ],
)
def test_a_record_that_is_none_is_passed_over_with_its_line(line: bytes, message: str) -> None:
    (skipped,) = [
        one
        for one in found(lines(RECORD) + line + b"\n" + lines(RECORD), "jsonl")
        if isinstance(one, Skipped)
    ]
    assert skipped.where == "x.jsonl:2" and message in skipped.why
    assert len(sources(lines(RECORD) + line + b"\n" + lines(RECORD), "jsonl")) == 2


@pytest.mark.parametrize(
    "value",
    [5, None, True, [1], ["a", 2], {"a": 1}, {"text": {"text": 1}}, "", "x" * 5000, "\ud800", "2024-99-99"],
)
@pytest.mark.parametrize("key", ["content", "headline", "source", "url", "published_at", "event"])
def test_wrong_types_are_no_traceback(key: str, value: object) -> None:
    for one in found(json.dumps({**RECORD, key: value}).encode(), "jsonl", fields={"event": "event"}):
        assert "cannot be read" not in getattr(one, "why", "")


def test_a_file_without_a_text_says_what_there_is() -> None:
    assert why(b"a,b\n1,2\n", "csv") == (
        "no field is called text or the like; there are a, b: say which with --field text=a"
    )
    assert why(b" \n", "csv") == "the file is empty"


def test_a_quotation_mark_that_is_not_closed_is_no_trouble_without_end() -> None:
    data = b'text,title\n"' + b"x" * 1000 + b"\n" * (17 << 20)
    assert "a quotation mark is not closed" in why(data, "csv")


def test_quoted_cells_hold_line_ends_and_marks() -> None:
    one = only('text,title\n"سطر ""أول"",\nسطر ثان",عنوان\n'.encode(), "csv")
    assert (one.text, one.where) == ('سطر "أول",\nسطر ثان', "x.csv:3")


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1256", "iso-8859-6"])
def test_tables_in_other_encodings_are_read_and_said_to_be(encoding: str) -> None:
    text = "قالت الوزارة إن الجسر افتتح، وأضافت أن حركة السير عادت"
    data = f"text\ttitle\n{text}\tعنوان\n".encode(encoding)
    assert only(data, "csv", "x.tsv").text == text
    assert any(encoding in said for said in remarks(data, "csv", "x.tsv"))


def test_a_line_that_is_not_utf_8_is_passed_over() -> None:
    assert "not UTF-8" in why(b"text,title\n" + b"a\xff,b\n", "csv", encoding="utf-8")


def test_a_line_without_end_is_never_held_whole() -> None:
    data = lines(RECORD) + b'{"content": "' + b"x" * (17 << 20) + b'"}\n' + lines(RECORD)
    assert [getattr(one, "why", "") for one in found(data, "jsonl")][2].startswith(
        "the line has 17,825,808 bytes; the bound is"
    )
    assert len(sources(data, "jsonl")) == 2


@pytest.mark.parametrize("given", ["text", "=x", "text=", "colour=x"])
def test_fields_are_ours_and_theirs(given: str) -> None:
    with pytest.raises(Misuse, match="write OURS=THEIRS, where OURS is one of text, title"):
        field_map([given])
    with pytest.raises(Misuse, match="give text or html, not both"):
        field_map(["text=a", "html=b"])


class Trickle:
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size = data, size

    def read(self, _: int) -> bytes:
        taken, self.data = self.data[: self.size], self.data[self.size :]
        return taken


VALUES = st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6)  # fmt: skip


@examples(
    st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), max_size=4),
    st.integers(1, 9),
    st.booleans(),
)
@settings(deadline=None, max_examples=150)
def test_objects_of_a_list_are_found_wherever_the_stream_is_cut(
    records: list[object], size: int, ascii_: bool
) -> None:
    data = json.dumps(records, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
    assert [json.loads(raw or b"") for raw in objects(Trickle(data, size))] == records
