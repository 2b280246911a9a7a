"""Feeds saved to disk → articles."""

from __future__ import annotations

import pytest
from given import PARAGRAPH, found, only, remarks, rss, sources, why, zones

from tasrih.ingest.source import Skipped

ITEM = (
    "<item><title>افتتاح &lt;b&gt;الجسر&lt;/b&gt;</title><link>https://example.org/a/1</link><dc:creator>سعاد</dc:creator>"
    "<pubDate>Tue, 07 May 2024 00:30:00 +0300</pubDate><description>ملخص</description>"
    f"<content:encoded><![CDATA[<h2>ردود</h2><p>{PARAGRAPH}</p><script>x</script>]]></content:encoded></item>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>المرفأ</title><entry><title>الجسر</title>'
    '<link href="https://example.org/a/1"/><published>2024-05-07T00:30:00+03:00</published><author><name>سعاد</name></author>'
    f'<content type="html">&lt;p&gt;{PARAGRAPH}&lt;/p&gt;</content></entry></feed>'
)


def test_an_entry_of_rss() -> None:
    one = only(rss(ITEM), "feed")
    assert (one.text, zones(one)) == (f"ردود\n{PARAGRAPH}\n", ["ردود"])
    assert one.metadata == {
        "title": "افتتاح الجسر", "author": "سعاد", "date": "2024-05-07", "url": "https://example.org/a/1", "publisher": "صحيفة المرفأ",
        "language": "ar",
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        f'<content type="html">&lt;p&gt;{PARAGRAPH}&lt;/p&gt;</content>',
        f'<content type="text">{PARAGRAPH}</content>',
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{PARAGRAPH}</p></div></content>',
    ],
)
def test_an_entry_of_atom(content: str) -> None:
    before = ATOM[: ATOM.index("<content")]
    one = only((before + content + "</entry></feed>").encode(), "feed")
    assert one.text.strip() == PARAGRAPH
    assert one.metadata["date"] == "2024-05-07" and one.metadata["publisher"] == "المرفأ"


def test_a_summary_stands_in_and_is_said_to() -> None:
    one = only(rss(f"<item><title>ب</title><description>{PARAGRAPH}</description></item>"), "feed")
    assert one.text.strip() == PARAGRAPH and one.notes == ["the summary alone; the feed has no content"]


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6", "utf-16"])
def test_a_declared_encoding_is_used(encoding: str) -> None:
    data = rss(ITEM).decode().replace('encoding="utf-8"', f'encoding="{encoding}"').encode(encoding)
    assert PARAGRAPH in only(data, "feed").text and encoding in remarks(data, "feed")[0]


LAUGHS = (
    "<!DOCTYPE rss ["
    + '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)
TYPES = {
    "billion laughs": LAUGHS,
    "an external entity": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "an external subset": '<!DOCTYPE rss SYSTEM "http://example.org/x.dtd">',
    "behind comments": "<!-- a --><?x y?>\n <!doctype rss []>",
}  # fmt: skip


@pytest.mark.parametrize("head", TYPES.values(), ids=TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_it_is_read(head: str, encoding: str) -> None:
    data = rss(ITEM.replace("ملخص", "&m;&x;"), head).decode().encode(encoding)
    assert "it has a document type (<!DOCTYPE>)" in why(data, "feed")


def test_a_document_type_in_the_content_is_none() -> None:
    data = rss(ITEM.replace("<h2>", "<!DOCTYPE html><h2>"))
    assert PARAGRAPH in only(data, "feed").text


def test_a_damaged_feed_is_read_as_far_as_it_can_be() -> None:
    data = rss(ITEM + ITEM)[:-60]
    assert PARAGRAPH in sources(data, "feed")[0].text and "damaged (" in remarks(data, "feed")[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"junk", "no feed that can be read"),
        (rss(""), "the feed has no entries"),
        (rss("<item><title>x</title></item>"), "an entry without content and summary"),
        (b"<rss>" + b"<a>" * 100_000, "the feed has no entries|no feed that can be read"),
        (b"<rss>\xff\xff", "is not UTF-8"),
    ],
)
def test_a_feed_without_text_says_why(data: bytes, message: str) -> None:
    (one,) = [said for said in found(data, "feed") if isinstance(said, Skipped)]
    assert any(part in one.why for part in message.split("|")), one.why
