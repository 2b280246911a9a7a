"""PDF files with a text layer → articles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from given import only, why, zones
from paper import file, lines, pdf, stream

from tasrih.ingest.pdf import is_visual, logical

SENTENCE = "قالت وزارة الأشغال إن الجسر الجديد في المدينة افتتح أمس"


def test_plain_lines_are_joined_to_paragraphs() -> None:
    text = [
        "The ministry said that the new bridge in",
        "the city was opened yesterday after two",
        "years of work.",
        "The minister was there.",
    ]
    one = only(pdf(lines(*text)), "pdf")
    assert one.text == " ".join(text[:3]) + "\nThe minister was there.\n" and one.notes == []


def test_large_short_lines_are_headings_and_the_file_says_whose_it_is() -> None:
    page = lines("A bridge", size=20) + lines("The ministry said that the new bridge was opened.", top=600)
    one = only(pdf(page, info="/Title (The bridge) /Author (Suad)"), "pdf")
    assert zones(one) == ["A bridge"] and one.metadata == {"title": "The bridge", "author": "Suad"}
    assert only(pdf(page, info="/Title (Microsoft Word - x.docx)"), "pdf").metadata == {}


def test_visual_order_is_refused_and_mended_on_request() -> None:
    data = pdf(lines(SENTENCE[::-1]))
    assert "stand in visual order, that is backwards; --mend puts them in order" in why(data, "pdf")
    one = only(data, "pdf", mend=True)
    assert one.text == SENTENCE + "\n" and one.notes == ["mended: lines put in logical order: 1"]


def test_logical_order_is_left_alone() -> None:
    for mend in (False, True):
        assert only(pdf(lines(SENTENCE)), "pdf", mend=mend).text == SENTENCE + "\n"


def test_presentation_forms_are_told_and_mended_on_request() -> None:
    forms = "قالت الوزارة ﻓﻲ اﻟﻤﺪﻳﻨﺔ ﷺ"
    assert only(pdf(lines(forms)), "pdf").notes == [
        "8 presentation forms; --mend puts plain letters for them"
    ]
    one = only(pdf(lines(forms)), "pdf", mend=True)
    assert (one.text, one.notes) == ("قالت الوزارة في المدينة ﷺ\n", ["mended: 8 presentation forms"])


def test_ligatures_and_marks_keep_their_order() -> None:
    line = ["ن", " ", "ةى", "لا", "س"]
    page = [(50.0, 700.0, 12.0, line), *lines("ةنيدملا ىف ةرازولا", top=600)]
    assert only(pdf(page), "pdf", mend=True).text.startswith("سلاةى ن")


@pytest.mark.parametrize(
    ("visual", "read"),
    [
        ("2024 ويام 12 موي", "يوم 12 مايو 2024"),
        ("(COVID-19) ةنجل", "لجنة (COVID-19)"),
        ("World Bank ريرقت", "تقرير World Bank"),
        (".نويلم 3.5", "3.5 مليون."),
        ("50% ةبسن", "نسبة 50%"),
        ("«ةملس» لاق", "قال «سلمة»"),
        ("said ريزولا the", "said الوزير the"),
        ("٢٠٢٤/٧/١ موي", "يوم ٢٠٢٤/٧/١"),
        ("plain (words) 12", "plain (words) 12"),
        ("", ""),
    ],
)
def test_a_line_is_read_as_it_is_meant(visual: str, read: str) -> None:
    assert "".join(logical(list(visual), not visual.startswith("said"))) == read


def test_visual_order_is_seen_by_where_letters_stand() -> None:
    assert is_visual([SENTENCE[::-1]]) and not is_visual([SENTENCE]) and not is_visual(["", "12 a"])


def test_columns_are_read_one_after_the_other() -> None:
    left = [f"left column line {number} here" for number in range(8)]
    right = [f"right column line {number} it" for number in range(8)]
    one = only(pdf(lines(*left, left=50, size=10) + lines(*right, left=320, size=10)), "pdf")
    words = one.text.split()
    assert words.index("right") > len(words) / 2 - 1 and words.count("left") == 8


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no PDF that can be read"),
        (b"%PDF-1.4\nnonsense", "no PDF that can be read"),
        (pdf([]), "no page has a text layer; it may be a scan"),
        (pdf([(50, 700, 12, ["", "", "", "a"])]), "not mapped to Unicode, so what they are cannot be told"),
        (pdf(lines("x"))[:-200], ""),
    ],
)
def test_a_file_that_gives_no_text_says_why(data: bytes, message: str) -> None:
    assert message in why(data, "pdf") if message else True


def test_pages_without_text_are_told() -> None:
    one = only(pdf(lines("The ministry said so yesterday."), []), "pdf")
    assert one.notes == ["pages without a text layer: 2"]


def test_a_stream_that_unpacks_without_end_takes_no_more_than_its_bound() -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>", stream(b" " * (600 << 20)), b"<< >>", b"<< >>",
    ]  # fmt: skip
    said = why(file(objects), "pdf")
    assert "of memory" in said or "no page has a text layer" in said or "GB to read" in said, said


def test_a_page_that_a_browser_prints_is_read_again(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("there is no browser (chromium) that prints a PDF here")
    paragraph = "قالت وزارة الأشغال (في بيان) إن الجسر الجديد افتتح يوم 12 مايو 2024 بكلفة 3.5 مليون دولار، وأضافت أن لجنة COVID-19 ستجتمع غدا لبحث تقرير World Bank الأخير."
    (tmp_path / "a.html").write_text(
        f'<html lang="ar" dir="rtl"><meta charset="utf-8"><h1>افتتاح الجسر</h1><p>{paragraph}</p>', "utf-8"
    )
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={tmp_path / 'p'}",
    ]
    subprocess.run(
        [*command, f"--print-to-pdf={tmp_path / 'a.pdf'}", str(tmp_path / "a.html")],
        capture_output=True,
        check=False,
        timeout=120,
    )
    if not (tmp_path / "a.pdf").is_file():
        pytest.skip("the browser printed no PDF")
    data = (tmp_path / "a.pdf").read_bytes()
    one = only(data, "pdf", mend=True)
    assert one.text == f"افتتاح الجسر\n{paragraph}\n" and zones(one) == ["افتتاح الجسر"]
