"""Plain text → article."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings

from corpora import SETTINGS
from strategies import texts
from tasrih import schema
from tasrih.ingest.plain import article_from_text, credit_lines, dateline, headings
from tasrih.text.canonical import NotText, sha256

METADATA: dict[str, Any] = {
    "id": "example", "language": "ar", "event": "example-event", "topic": "health", "origin": "reported",
    "rights": {"licence": "CC0-1.0", "redistribute": True},
}  # fmt: skip
BODY = "قالت الوزارة إن الحملة بدأت في الشمال.\nوأضافت أنها ستستمر شهرا."


def zones(text: str) -> list[tuple[str, str]]:
    """Kinds and words of the zones of an article of `text`."""
    article, canonical = article_from_text(text.encode(), METADATA)
    return [(zone["kind"], canonical[zone["start"] : zone["end"]]) for zone in article["zones"]]


@pytest.mark.parametrize(
    ("line", "credits"),
    [
        ("المصدر: وكالة الأنباء", {"source": "وكالة الأنباء"}),
        ("مصدر : وكالة", {"source": "وكالة"}),
        ("الصورة: سعيد", {"image": "سعيد"}),
        ("  تصوير：سعيد  ", {"image": "سعيد"}),
        ("Photo: A. B.", {"image": "A. B."}),
        ("Source: Reuters", {"source": "Reuters"}),
    ],
)
def test_a_credit_line_becomes_metadata(line: str, credits: dict[str, str]) -> None:
    article, text = article_from_text(f"{BODY}\n{line}\n".encode(), METADATA)
    assert article.get("credits") == credits
    assert zones(text)[-1] == ("credit", line.strip())


@pytest.mark.parametrize("line", ["المصدر:", "قال المصدر: لا شيء.", "المصدر الأول: كذا.", "الصور: سعيد"])
def test_other_lines_do_not(line: str) -> None:
    article, _ = article_from_text(f"{BODY}\n{line}\n".encode(), METADATA)
    assert "credits" not in article


def test_publisher_picture_and_source_stand_together() -> None:
    tail = "صحيفة المرفأ\n\nالصورة: سعيد\nالمصدر: وكالة"
    article, _ = article_from_text(f"{BODY}\n\n{tail}\n".encode(), METADATA)
    assert article.get("publisher") == "صحيفة المرفأ"
    assert article.get("credits") == {"image": "سعيد", "source": "وكالة"}
    assert zones(f"{BODY}\n\n{tail}") == [("credit", line) for line in tail.split("\n") if line]


def test_a_sentence_is_no_publisher() -> None:
    zones_, credits_, publisher = credit_lines(BODY + "\nالمصدر: وكالة")
    assert publisher is None and credits_ == {"source": "وكالة"} and len(zones_) == 1


def test_credits_alone_are_no_article() -> None:
    zones_, credits_, _ = credit_lines("المصدر: وكالة")
    assert zones_ == [] and credits_ == {}


@pytest.mark.parametrize("line", ["عنوان فرعي", "ماذا بعد؟", "  عنوان بمسافات  "])
def test_a_short_line_inside_is_a_heading(line: str) -> None:
    assert zones(f"جملة أولى.\n{line}\nجملة أخيرة.") == [("heading", line.strip())]


@pytest.mark.parametrize(
    "line",
    [
        "جملة كاملة.",
        "قال:",
        "«اقتباس»",
        "عنوان " * 20,
        "هل قال؟ نعم. ماذا بعد؟",
        "أهذا سؤال طويل جدا لا يصلح عنوانا لقسم من المقال؟",
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert zones(f"جملة أولى.\n{line}\nجملة أخيرة.") == []


def test_first_and_last_lines_are_no_headings() -> None:
    assert headings("عنوان\nجملة.\nخاتمة", 100) == []


def test_line_ends_and_mark_change_offsets_by_nothing() -> None:
    plain, text = article_from_text(f"{BODY}\nعنوان\nجملة.\nالمصدر: وكالة\n".encode(), METADATA)
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    other, other_text = article_from_text(windows, METADATA)
    assert other_text == text
    assert other.pop("source_sha256") == hashlib.sha256(windows).hexdigest()  # type: ignore[misc]
    assert plain.pop("source_sha256") == sha256(text)  # type: ignore[misc]
    assert other == plain


def test_metadata_wins_and_what_is_counted_does_not_change() -> None:
    given_ = {**METADATA, "publisher": "المعطى", "length": 3, "text_sha256": "0" * 64}
    article, text = article_from_text(f"{BODY}\nصحيفة\nالمصدر: وكالة".encode(), given_)
    assert article.get("publisher") == "المعطى"
    assert article["length"] == len(text) and article["text_sha256"] == sha256(text)


@pytest.mark.parametrize("source", [b"", b"\xff", b"a\0b", b"\n \n"])
def test_what_is_no_text_is_refused(source: bytes) -> None:
    with pytest.raises(NotText, match="line 1"):
        article_from_text(source, METADATA)


@given(text=texts(max_pieces=30))
@settings(deadline=None, max_examples=100)
def test_zones_are_lines_in_order_and_the_article_is_valid(text: str) -> None:
    article, made = article_from_text(text.encode(), METADATA)
    assert [str(error) for error in schema.explain("article", SETTINGS["labels"], article)] == []
    reached = 0
    for zone in article["zones"]:
        assert reached <= zone["start"] < zone["end"] <= len(made)
        line = made[made.rfind("\n", 0, zone["start"]) + 1 :].split("\n")[0]
        assert made[zone["start"] : zone["end"]] == line.strip()
        reached = zone["end"]


# --- Datelines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("الرباط (وكالة المغرب العربي للأنباء) - أعلنت", "وكالة المغرب العربي للأنباء"),
        ("القاهرة - أ ف ب: أعلنت", "أ ف ب"),
        ("القاهرة - أ ف ب\nأعلنت", "أ ف ب"),
        ("لندن – رويترز – أعلنت", "رويترز"),
        ("دمشق، سوريا (CNN) -- أكدت", "CNN"),
        ("واس- الرياض: أعلنت", "واس"),
        ("  رويترز - أعلنت", "رويترز"),
        ("LONDON, March 3 (Reuters) — The ministry said", "Reuters"),
        ("دبي (رويترز، أ ف ب) - أعلنت", "رويترز، أ ف ب"),
        ("دمشق (سوريا) - أعلنت", None),
        ("قال الوزير (محمد) - نعم", None),
        ("قال: لا شيء", None),
        ("قال الوزير إن وكالة رويترز - كما تعلمون - نقلت", None),
        ("الرباط (وكالة) أعلنت", None),
    ],
)
def test_a_dateline_names_its_agency_and_stays_in_the_text(text: str, agency: str | None) -> None:
    found = dateline(text)
    article, made = article_from_text(text.encode(), METADATA)
    assert made == text
    assert article.get("credits", {}).get("source") == agency
    assert (found and (found[0], text[found[1] : found[2]])) == (agency and (agency, agency))


def test_a_source_line_stands_before_a_dateline() -> None:
    article, _ = article_from_text(f"لندن (رويترز) - {BODY}\nالمصدر: وكالة".encode(), METADATA)
    assert article.get("credits") == {"source": "وكالة"}
