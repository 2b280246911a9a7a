"""The table of annotations as CSV: UTF-8 with a byte order mark, by which spreadsheets know it.

Read are commas, semicolons and tabs between the cells, as spreadsheets of different countries write them, and UTF-16, which
theirs call Unicode text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from tasrih.formats import table
from tasrih.formats.exchange import File, Imported, Reading, decoded
from tasrih.model import Document, Settings
from tasrih.store import Misuse

_SEPARATORS = ",;\t"


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """One table."""
    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, list(table.COLUMNS), restval="")
    writer.writeheader()
    writer.writerows(table.lines(documents, layer))
    yield "", content.getvalue().encode("utf-8-sig")


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The rows of tables. Raises Misuse for a file that is none."""
    reader = table.TableReader(reading)
    for name, content in sorted(files):
        reader.read(name or "the table", _rows(name or "the table", content))
    return reader.imported()


def _rows(name: str, content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    text = _text(name, content)
    first = text[: text.find("\n") + 1] or text
    separator = max(_SEPARATORS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = table.columns_of(next(rows, []), name)
        for number, row in enumerate(rows, start=2):
            yield number, {column: cell for column, cell in zip(columns, row, strict=False) if column}
    except csv.Error as error:
        raise Misuse(f"{name}: line {rows.line_num}: it is no CSV: {error}") from None


def _text(name: str, content: bytes) -> str:
    if content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return decoded(name, content)
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise Misuse(f"{name}: byte {error.start} is not UTF-16; save it as UTF-8") from None
