"""The table of annotations as XLSX: its sheet runs as the language does, its header stays in sight, a second sheet says what is what.

Read through openpyxl in its read-only mode, after the sizes that the archive states: no formula is evaluated and no link
followed, and openpyxl takes defusedxml's parser where that is installed, which is why it is asked for.
"""

from __future__ import annotations

import datetime
import io
import lzma
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import defusedxml  # noqa: F401 - openpyxl parses with it
import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tasrih.formats import table
from tasrih.formats.exchange import File, Imported, Reading
from tasrih.formats.label_studio.config import is_right_to_left
from tasrih.model import Document, Settings
from tasrih.store import Misuse

SHEET = "annotations"
ABOUT = "about"
MOST_ROWS = 15_000
MOST_BYTES = 64_000_000  # unpacked, all members together
MOST_TAGS = (
    2_500_000  # each becomes an object of its own, many times as large; our widest 15,000 rows have fewer
)
_MOST_MEMBERS = 1_000
_CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
)
_MOST_COLUMNS = 100
_WIDTHS = {
    "title": 30,
    "text": 60,
    "before": 30,
    "after": 30,
    "who": 30,
    "about": 30,
    "target": 30,
    "note": 40,
    "article": 24,
}
_MIDDLE = 12


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """One workbook. Raises Misuse where there are more annotations than it is read back with."""
    workbook = openpyxl.Workbook(write_only=True)
    workbook.properties.creator = "tasrih"
    sheet: Any = workbook.create_sheet(SHEET)
    sheet.sheet_view.rightToLeft = is_right_to_left(settings["languages"][0])
    sheet.freeze_panes = "A2"
    for at, name in enumerate(table.COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, _MIDDLE)
    sheet.append([_bold(sheet, name) for name in table.COLUMNS])
    for number, line in enumerate(table.lines(documents, layer), start=1):
        if number > MOST_ROWS:
            raise Misuse(f"more than {MOST_ROWS:,} annotations; export fewer articles at a time, or as CSV")
        sheet.append([line.get(name, "") if line.get(name, "") != "" else None for name in table.COLUMNS])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.COLUMNS))}1"
    _write_about(workbook, settings)
    content = io.BytesIO()
    workbook.save(content)
    yield "", content.getvalue()


def _write_about(workbook: Any, settings: Settings) -> None:
    sheet = workbook.create_sheet(ABOUT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 100
    sheet.append([_bold(sheet, table.harmless(settings["title"])), table.harmless(settings["version"])])
    sheet.append(["licence", table.harmless(settings["licence"])])
    sheet.append(
        ["labels", " ".join(settings["labels"]["entity"]) + " | " + " ".join(settings["labels"]["stance"])]
    )
    sheet.append(
        [
            "'",
            "an apostrophe before = + - @ keeps a spreadsheet from running a cell; it is taken away on reading",
        ]
    )
    for name, said in table.COLUMNS.items():
        sheet.append([name, said])


def _bold(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top")
    return cell


# --- Reading ------------------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The rows of workbooks. Raises Misuse for a file that is none, or is too large unpacked."""
    reader = table.TableReader(reading)
    for name, content in sorted(files):
        reader.read(name or "the workbook", _rows(name or "the workbook", content))
    return reader.imported()


def _rows(name: str, content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    _refuse_bombs(name, content)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of styles and extensions that it does not know, which are not read here
        rows = _cells(name, content)
        columns: list[str] = []
        while True:
            try:
                number, row = next(rows)
            except StopIteration:
                break
            except Misuse:
                raise
            except Exception as error:  # noqa: BLE001 - a broken workbook raises anything in openpyxl
                raise Misuse(f"{name}: it is no workbook that can be read: {str(error)[:200]}") from None
            if number == 1:
                columns = table.columns_of(row, name)
            else:
                yield number, {column: cell for column, cell in zip(columns, row, strict=False) if column}
    if not columns:
        table.columns_of([], name)


def _refuse_bombs(name: str, content: bytes) -> None:
    """Raises Misuse for what is no archive, and for one that is large unpacked: no member is read past the size it states."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > MOST_BYTES or len(members) > _MOST_MEMBERS:
                raise Misuse(
                    f"{name}: {size:,} bytes unpacked in {len(members):,} members; more than {MOST_BYTES:,} are not read; save it as CSV"
                )
            tags = sum(_tags(archive, member) for member in members)
    except _BROKEN as error:
        raise Misuse(f"{name}: it is no workbook of XLSX: {str(error)[:200]}") from None
    if tags > MOST_TAGS:
        raise Misuse(f"{name}: it has too many cells to be read as XLSX; save it as CSV")


def _tags(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many tags a member of an archive may have."""
    with archive.open(member) as content:
        return sum(chunk.count(b"<") for chunk in iter(lambda: content.read(_CHUNK), b""))


def _cells(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the sheet of annotations, or of the first, with their numbers, as texts."""
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    sheet: Any = sheets.get(SHEET) or next(iter(sheets.values()), None)
    if sheet is None:
        raise Misuse(f"{name}: the workbook has no sheet")
    rows = sheet.iter_rows(max_row=table.MOST_ROWS + 2, max_col=_MOST_COLUMNS, values_only=True)
    for number, row in enumerate(rows, start=1):
        yield number, [_plain(cell) for cell in row]
    workbook.close()


def _plain(cell: Any) -> str:
    """A cell's text; a spreadsheet makes numbers, truth values and dates of what looks like them."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < 1e15 else ""
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, str | int | float) else ""
