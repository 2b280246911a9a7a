"""The table for people: cells are harmless, rows are put where their words stand, broken and hostile files are refused."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpora import SETTINGS, document
from tasrih.formats import table, table_csv, table_xlsx
from tasrih.formats.exchange import Imported, Reading
from tasrih.store import Misuse

SNIPPET = (
    "قالت <e1 ORG>وزارة الصحة</e1> إن <c1><e2 EVENT>الحملة</e2> بدأت</c1> و<s1 support>أيدتها</s1>.\n"
    "=== roles\nc1 claimers=e1 about=e2 mode=indirect\ns1 holders=unnamed target=c1\n"
)
TEXT = "Anna met Bob, and Anna left."
HEADER = ["article", "id", "type", "label", "start", "end", "text"]


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def written(kind: Any = table_csv, title: str = "عنوان") -> bytes:
    made = document(SNIPPET)
    made["article"]["title"] = title
    [(_, content)] = kind.write([made], SETTINGS, "gold")
    assert isinstance(content, bytes)
    return content


def as_csv(*rows: list[Any], separator: str = ",", encoding: str = "utf-8") -> bytes:
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=separator).writerows(rows)
    return content.getvalue().encode(encoding)


def as_xlsx(*rows: list[Any]) -> bytes:
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def read(content: bytes, kind: Any = table_csv, text: str = TEXT, **mapping: str) -> Imported:
    found = kind.read([("t", content)], Reading(SETTINGS["labels"], mapping, texts={"a": text}))
    assert isinstance(found, Imported)
    return found


def places(found: Imported) -> list[tuple[str, int, str]]:
    lines: list[Any] = found.documents[0].layers[""]
    return [(one["id"], one["start"], one["text"]) for one in lines]


# --- Cells --------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
@example("_x0041_")
@example("ax005F_b")
@example("\\x41\\")
@example("'=1")
@example("\r\n")
@settings(max_examples=300)
def test_a_text_comes_back_of_its_cell(value: str) -> None:
    cell = table.harmless(value)
    assert table.restored(cell) == value
    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", '=HYPERLINK("x")'])
@pytest.mark.parametrize("kind", [table_csv, table_xlsx], ids=["csv", "xlsx"])
def test_no_cell_of_a_title_is_a_formula(kind: Any, value: str) -> None:
    content = written(kind, value)
    if kind is table_csv:
        assert {row["title"] for row in rows_of(content)} == {f"'{value}"}
        return
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content))["annotations"]
    assert {cell.value for cell in sheet["B"][1:]} == {f"'{value}"}
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_what_a_person_wrote_with_a_backslash_stays() -> None:
    assert table.restored("C:\\data and 'so'") == "C:\\data and 'so'"


# --- Writing ------------------------------------------------------------------------------------------


def test_words_stand_beside_ids() -> None:
    rows = {row["id"]: row for row in rows_of(written())}
    assert (rows["c1"]["who"], rows["c1"]["who ids"]) == ("وزارة الصحة", "e1")
    assert (rows["c1"]["about"], rows["c1"]["about ids"]) == ("الحملة", "e2")
    assert (rows["s1"]["who"], rows["s1"]["target"], rows["s1"]["target id"]) == (
        "unnamed",
        "الحملة بدأت",
        "c1",
    )
    assert rows["e1"]["before"] == "قالت "
    assert list(rows["e1"]) == list(table.COLUMNS)


def test_a_spreadsheet_knows_the_csv_as_utf8() -> None:
    assert written().startswith(b"\xef\xbb\xbfarticle,title,id,")


@pytest.mark.parametrize(("language", "right_to_left"), [("ar", True), ("ru", False)])
def test_the_sheet_runs_as_the_language_does_and_keeps_its_header_in_sight(
    language: str, right_to_left: bool
) -> None:
    [(_, content)] = table_xlsx.write([document(SNIPPET)], SETTINGS | {"languages": [language]}, "gold")  # type: ignore[arg-type]
    workbook: Any = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook["annotations"]
    assert bool(sheet.sheet_view.rightToLeft) is right_to_left
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["H"].width == 60
    assert [cell.value for cell in sheet[1]] == list(table.COLUMNS)
    assert {row[0].value for row in workbook["about"].iter_rows()} >= set(table.COLUMNS)


def test_long_words_are_cut_for_a_cell_and_found_again() -> None:
    made = document(f"<c1>{'كلمة ' * 5_000}</c1>\n=== roles\nc1 claimers=author\n", "a")
    for kind in (table_csv, table_xlsx):
        [(_, content)] = kind.write([made], SETTINGS, "gold")  # type: ignore[arg-type, attr-defined]
        found = read(content, kind, made["text"] or "")
        assert found.documents[0].layers[""][0]["end"] == 25_000
        assert not found.notes


# --- Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_make_of_a_csv_is_read(separator: str, encoding: str) -> None:
    content = as_csv(
        HEADER, ["a", "e1", "entity", "PER", 9, 12, "Bob"], separator=separator, encoding=encoding
    )
    assert places(read(content)) == [("e1", 9, "Bob")]


def test_numbers_and_truth_values_of_a_workbook_are_read() -> None:
    content = as_xlsx(
        [*HEADER, "checkworthy", "who ids", "confidence"], ["a", "c1", "claim", None, 9.0, 12, "Bob", True, "author", 1]
    )  # fmt: skip
    claim: Any = read(content, table_xlsx).documents[0].layers[""][0]
    assert (claim["start"], claim["checkworthy"], claim["claimers"], claim["confidence"]) == (
        9,
        True,
        ["author"],
        1.0,
    )


def test_a_table_of_a_persons_own_needs_article_label_and_text() -> None:
    found = read(as_csv(["Article ", "TEXT", "label", "mine"], ["a", "Bob", "Person", "x"], ["a", "left", "support", ""]), Person="PER")  # fmt: skip
    assert places(found) == [("e1", 9, "Bob")]
    assert "stance s1 without a target" in [note.what for note in found.notes]


def test_rows_without_an_id_are_numbered_on() -> None:
    content = as_csv(HEADER, ["a", "", "", "PER", 9, 12, "Bob"], ["a", "e7", "", "PER", 0, 4, "Anna"])
    assert places(read(content)) == [("e7", 0, "Anna"), ("e8", 9, "Bob")]


@pytest.mark.parametrize(
    ("row", "kind", "said"),
    [
        pytest.param(["a", "e1", "entity", "PER", 8, 11, "Bob"], "repaired", "stands at 9, not at 8", id="moved"),
        pytest.param(["a", "e1", "entity", "PER", 9, 12, "Tim"], "dropped", "does not stand at 9", id="other-words"),
        pytest.param(["a", "e1", "entity", "PER", 1, 5, "Anna"], "dropped", "nowhere else once alone", id="twice"),
        pytest.param(["a", "e1", "entity", "PER", "", "", "Anna"], "dropped", "in the article once", id="twice-unplaced"),
        pytest.param(["a", "e1", "entity", "PER", 9, 12, ""], "dropped", "does not stand", id="no-words"),
        pytest.param(["b", "e1", "entity", "PER", 9, 12, "Bob"], "dropped", "no article «b»", id="no-article"),
        pytest.param(["a", "x1", "entity", "PER", 9, 12, "Bob"], "dropped", "no id of this type", id="id"),
        pytest.param(["a", "e9", "entity", "PER", 9, 12, "Bob"], "dropped", "a row has it already", id="id-twice"),
        pytest.param(["a", "e1", "person", "PER", 9, 12, "Bob"], "dropped", "entity, claim or stance", id="type"),
        pytest.param(["a", "e1", "entity", "MISC", 9, 12, "Bob"], "dropped", "label «MISC»", id="left-out"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_mended_or_dropped_with_its_number(
    row: list[Any], kind: str, said: str
) -> None:
    found = read(as_csv(HEADER, ["a", "e9", "entity", "PER", 18, 22, "Anna"], row), MISC="")
    assert [(note.kind, note.where) for note in found.notes] == [(kind, "t:3")]
    assert said in found.notes[0].what


def test_cue_and_fragments_move_with_their_words_and_wrong_ones_are_left_out() -> None:
    header = [*HEADER, "cue", "cue start", "fragments", "who ids"]
    good = ["a", "c1", "claim", "", 4, 11, "met Bob", "left", 23, "4..7; 8..11", "author"]
    found = read(as_csv(header, good))
    claim: Any = found.documents[0].layers[""][0]
    assert (claim["start"], claim["fragments"], claim["cue"]["start"]) == (5, [[5, 8], [9, 12]], 23)
    assert [note.kind for note in found.notes] == ["repaired"]
    bad = ["a", "c1", "claim", "", 5, 12, "met Bob", "right", 23, "5..7; 8..30", "author"]
    found = read(as_csv(header, bad))
    claim = found.documents[0].layers[""][0]
    assert "cue" not in claim
    assert "fragments" not in claim
    assert [note.kind for note in found.notes] == ["dropped", "dropped"]


def test_labels_that_the_corpus_does_not_have_are_named() -> None:
    with pytest.raises(Misuse, match="«MISC» 1 ×"):
        read(as_csv(HEADER, ["a", "e1", "entity", "MISC", 9, 12, "Bob"]))


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\xff\xff", as_csv(HEADER), b'article,text\n"' + b"x" * 200_000],
)
def test_what_is_no_table_of_annotations_is_refused(content: bytes) -> None:
    with pytest.raises(Misuse):
        read(content)


# --- Workbooks that are none --------------------------------------------------------------------------


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose first sheet is replaced."""
    source, made = io.BytesIO(as_xlsx(HEADER)), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, xml if "sheet1" in member.filename else old.read(member))
    return made.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04nothing", id="no-archive"),
        pytest.param(as_xlsx(["a", "b"]), id="other-columns"),
        pytest.param(as_xlsx(), id="no-rows"),
        pytest.param(with_sheet(b"<worksheet"), id="broken-xml"),
        pytest.param(with_sheet(sheet('<row r="1"><c t="inlineStr"><is><t>&b;&c;</t></is></c></row>', ENTITIES)), id="entities"),
        pytest.param(with_sheet(sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')), id="no-such-string"),
        pytest.param(with_sheet(sheet('<row r="99999999999"><c><v>1</v></c></row>')), id="far-row"),
        pytest.param(with_sheet(sheet('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>')), id="far-column"),
        pytest.param(with_sheet(sheet("<c/>" * 2_600_000)), id="many-cells"),
        pytest.param(with_sheet(b" " * 65_000_000), id="bomb"),
    ],
)  # fmt: skip
def test_a_workbook_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(Misuse):
        read(content, table_xlsx)


def test_a_formula_is_not_evaluated() -> None:
    found = read(as_xlsx(HEADER, ["a", "e1", "entity", "PER", 9, 12, '=CONCAT("B","ob")'], ["a", "e2", "entity", "PER", 9, 12, "Bob"]), table_xlsx)  # fmt: skip
    assert places(found) == [("e2", 9, "Bob")]
    assert [(note.kind, note.where) for note in found.notes] == [("dropped", "t:2")]


CELL = st.sampled_from(["a", "e1", "c1", "entity", "claim", "stance", "PER", "support", "Anna", "Bob", "9", "12", "author", "0..4; 5..12", ""]) | st.text(max_size=4)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(list(table.COLUMNS)), CELL), max_size=4))
@settings(deadline=None, max_examples=150)
def test_any_cells_are_read_or_refused(rows: list[dict[str, str]]) -> None:
    names = list(table.COLUMNS)
    with suppress(Misuse):
        read(as_csv(names, *([row.get(name, "") for name in names] for row in rows), encoding="utf-8"))


@given(st.binary(max_size=80), st.sampled_from([b"", b"article,text\n", b"PK\x03\x04"]))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(content: bytes, before: bytes) -> None:
    for kind in (table_csv, table_xlsx):
        with suppress(Misuse):
            read(before + content, kind)


@given(st.integers(0, 6_000), st.binary(min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_a_damaged_workbook_is_read_or_refused(at: int, damage: bytes) -> None:
    whole = as_xlsx(HEADER, ["a", "e1", "entity", "PER", 9, 12, "Bob"])
    with suppress(Misuse):
        read(whole[:at] + damage + whole[at + len(damage) :], table_xlsx)
