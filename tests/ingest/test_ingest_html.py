"""Web pages → articles."""

from __future__ import annotations

import json

import pytest
from given import BODY, PARAGRAPH, only, page, why, zones

from tasrih.ingest.html import fragment


def read(head: str = "", body: str = BODY, attributes: str = 'lang="ar"') -> object:
    return only(page(head, body, attributes).encode(), "html")


LINKED = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": "افتتاح الجسر", "datePublished": "2024-05-07T10:00:00+03:00",
    "author": [{"@type": "Person", "name": "سعاد"}, {"name": "عمر"}], "publisher": {"@type": "Organization", "name": "صحيفة المرفأ"},
    "inLanguage": "ar", "mainEntityOfPage": {"@id": "https://example.org/a/1"},
}  # fmt: skip
GRAPH = {
    "title": "افتتاح الجسر",
    "site_name": "صحيفة المرفأ",
    "url": "https://example.org/a/1",
    "locale": "ar_MA",
}
SAID = {
    "title": "افتتاح الجسر",
    "publisher": "صحيفة المرفأ",
    "date": "2024-05-07",
    "url": "https://example.org/a/1",
}


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


@pytest.mark.parametrize(
    "value",
    [
        LINKED,
        [LINKED],
        {"@graph": [{"@type": "WebSite", "name": "x"}, LINKED]},
        {**LINKED, "@type": ["Article", "x"]},
    ],
)
def test_linked_data_says_whose_a_page_is(value: object) -> None:
    one = only(page(linked(value)).encode(), "html")
    assert one.metadata == {**SAID, "author": "سعاد, عمر", "language": "ar"}


def test_open_graph_and_links_say_it_where_linked_data_does_not() -> None:
    head = "".join(f'<meta property="og:{name}" content="{value}">' for name, value in GRAPH.items())
    head += '<meta property="article:published_time" content="2024-05-07T10:00:00Z">'
    one = only(page(head, attributes="").encode(), "html")
    assert one.metadata == {**SAID, "language": "ar-MA"}
    canonical = '<link rel="canonical" href="https://example.org/other">'
    assert only(page(canonical + head).encode(), "html").metadata["url"] == "https://example.org/other"


@pytest.mark.parametrize(
    "value",
    [
        5, None, [], [[]], {"@type": 5}, {"@type": "NewsArticle", "headline": 5, "author": 5, "publisher": [1, {"name": 2}], "url": {}},
        {"@type": "NewsArticle", "datePublished": "yesterday", "inLanguage": "the language of the north"},
    ],
)  # fmt: skip
def test_linked_data_of_another_shape_is_no_trouble(value: object) -> None:
    one = only(page(linked(value)).encode(), "html")
    assert PARAGRAPH in one.text


def test_a_date_that_is_guessed_is_told_and_not_taken() -> None:
    one = only(page(body=f"<p>نشر يوم 2019-04-03</p>{BODY}").encode(), "html")
    assert "date" not in one.metadata


def test_headings_are_zones_and_blocks_are_lines() -> None:
    one = only(page().encode(), "html")
    assert zones(one) == ["ردود الفعل"]
    assert one.text.split("\n")[0] == PARAGRAPH and one.text.endswith("\n")


def test_a_fragment_is_all_text() -> None:
    text, headings = fragment(
        "<div>أ<b>ب</b>\n ج<br>د<script>x</script><!-- y --><table><tr><td>1<td>2</table>ذيل</div>"
    )
    assert (text, headings) == ("أب ج\nد\n1 2\nذيل\n", [])


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("windows-1256", "windows-1256"), ("iso-8859-6", "iso-8859-6"), ("windows-1256", "utf-8"), ("windows-1256", "iso-8859-1"), ("utf-16", "utf-8")],
)  # fmt: skip
def test_the_encoding_is_that_of_the_bytes(encoding: str, declared: str) -> None:
    one = only(page().replace('charset="utf-8"', f'charset="{declared}"').encode(encoding), "html")
    assert PARAGRAPH in one.text and one.encoding == encoding
    assert any("declared as" in note for note in one.notes) == (encoding not in (declared, "utf-16"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no HTML that can be read"),
        (b"<html><body></body></html>", "no article text was found"),
        (page(body="<div>" * 3000 + BODY).encode(), "elements are nested deeper than 256 levels"),
        (page(body="<div " + " ".join(f"a{n}=1" for n in range(200_000)) + ">" + BODY).encode(), "a tag with more than 500 attributes"),
        (page(body="<p>x</p>" * 1_100_000).encode(), "the bound of a document is 8,388,608"),
        (b"<html>\xff\xfe\xff", "is not UTF-8"),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_read_says_why(data: bytes, message: str) -> None:
    assert message in why(data, "html")


def test_a_picture_in_an_attribute_is_no_trouble() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * 300_000}=">'
    assert PARAGRAPH in only(page(body=BODY + picture).encode(), "html").text
