"""Word files → articles."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from given import only, why, zones

TEXT = "قالت الوزارة إن الجسر افتتح."


def word(*changes: tuple[str, str, str]) -> bytes:
    """A Word file with words of its parts replaced: (part, old, new)."""
    document = docx.Document()
    document.core_properties.author, document.core_properties.title = "سعاد", "خبر"
    document.add_heading("افتتاح الجسر", 0)
    document.add_paragraph(TEXT)
    document.add_heading("ردود الفعل", 2)
    document.add_paragraph("وأكد ").add_run("الوزير").bold = True
    document.add_table(1, 2).cell(0, 1).text = "خلية"
    stream = io.BytesIO()
    document.save(stream)
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part).decode("utf-8") if part.filename.endswith((".xml", ".rels")) else ""
            for name, before, after in changes:
                if name == part.filename:
                    assert before in data
                    data = data.replace(before, after)
            new.writestr(part.filename, data or old.read(part))
    return made.getvalue()


BODY = "word/document.xml"


def test_paragraphs_are_lines_and_styles_of_headings_zones() -> None:
    one = only(word(), "docx", "press/statement.docx")
    assert one.text == f"افتتاح الجسر\n{TEXT}\nردود الفعل\nوأكد الوزير\nخلية\n"
    assert zones(one) == ["افتتاح الجسر", "ردود الفعل"]
    assert (one.name, one.metadata) == ("statement", {"title": "خبر", "author": "سعاد"})


def test_insertions_are_text_and_deletions_are_not() -> None:
    run = f"<w:r><w:t>{TEXT}</w:t></w:r>"
    revised = f"<w:ins w:id='1' w:author='x'>{run}</w:ins><w:del w:id='2' w:author='x'><w:r><w:delText>لا</w:delText></w:r></w:del>"
    one = only(word((BODY, run, revised)), "docx")
    assert TEXT in one.text and "لا" not in one.text


def test_text_boxes_and_notes_are_said_to_be_left_out() -> None:
    run = f"<w:r><w:t>{TEXT}</w:t></w:r>"
    box = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>صندوق</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    one = only(word((BODY, run, run + box + '<w:r><w:footnoteReference w:id="1"/></w:r>')), "docx")
    assert "صندوق" not in one.text and one.notes == ["left out: footnotes, text boxes"]


def test_what_a_file_points_to_outside_is_not_fetched() -> None:
    outside = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://192.0.2.1/x.dotm" TargetMode="External"/></Relationships>'
    assert TEXT in only(word(("word/_rels/document.xml.rels", "</Relationships>", outside)), "docx").text


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


def bomb(size: int, name: str = BODY) -> bytes:
    made = io.BytesIO(word())
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media/x.bin" if name == BODY else name, "w") as part,
    ):
        for _ in range(size >> 20):
            part.write(b" " * (1 << 20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04", "no Word file that can be read"),
        (word()[:1000] + word()[1100:], "no Word file that can be read"),
        (word()[:200] + b"x" * 50 + word()[250:], "no Word file that can be read"),
        (word()[:-50], "no Word file that can be read"),
        (word((BODY, "<w:body>", "<w:body><w:x>")), "cannot be read"),
        (word((BODY, "<w:document", LAUGHS + "<w:document")), "it has a document type"),
        (word(("docProps/core.xml", "<cp:core", LAUGHS + "<cp:core")), "it has a document type"),
        (word(("[Content_Types].xml", "<Types", LAUGHS + "<Types")), "it has a document type"),
        (bomb(300 << 20), "unpacks to more than"),
    ],
    ids=[
        "four bytes",
        "bytes missing",
        "bytes changed",
        "cut off",
        "no XML",
        "a document type",
        "one in the properties",
        "one in the types",
        "a bomb",
    ],
)
def test_a_file_that_is_none_says_why(data: bytes, message: str) -> None:
    assert message in why(data, "docx")
