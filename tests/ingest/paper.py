"""Small PDF files whose letters and places are given, made without a font: only what a text layer needs."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Line = tuple[
    float, float, float, Sequence[str]
]  # left, base and size in points, and the letters from left to right


def pdf(*pages: Sequence[Line], info: str = "", packed: bool = True) -> bytes:
    """A PDF of pages of lines. Every letter is half as wide as it is high; "" is one that is not mapped to Unicode."""
    letters = sorted({letter for page in pages for line in page for letter in line[3]})
    codes = {letter: number for number, letter in enumerate(letters, start=1)}
    rows = "\n".join(
        f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items() if letter
    )
    mapping = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <0000> <ffff> "
        f"endcodespacerange {len(letters)} beginbfchar\n{rows}\nendbfchar endcmap end end"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{7 + 2 * at} 0 R' for at in range(len(pages)))}] >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        b"/DW 500 /FontDescriptor << /Type /FontDescriptor /FontName /X /Ascent 800 /Descent -200 /FontBBox [0 -200 500 800] >> >>",
        stream(mapping.encode(), packed),
        f"<< {info} >>".encode("latin-1"),
    ]  # fmt: skip
    for page in pages:
        shown = "\n".join(
            f"BT /F {size} Tf 1 0 0 1 {left} {base} Tm <{''.join(f'{codes[one]:04x}' for one in line)}> Tj ET" for left, base, size, line in page
        )  # fmt: skip
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects) + 2} 0 R /Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        objects.append(stream(shown.encode(), packed))
    return file(objects)


def stream(content: bytes, packed: bool = True) -> bytes:
    data = zlib.compress(content) if packed else content
    how = " /Filter /FlateDecode" if packed else ""
    return f"<< /Length {len(data)}{how} >>\nstream\n".encode() + data + b"\nendstream"


def file(objects: Sequence[bytes]) -> bytes:
    """A PDF of numbered objects, of which the first is the catalogue and the sixth says whose it is."""
    made, places = b"%PDF-1.5\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\n"
    return made + head.encode() + f"startxref\n{len(made)}\n%%EOF\n".encode()


def lines(*words: str, left: float = 50, top: float = 700, size: float = 12) -> list[Line]:
    """Lines of letters, one below the other."""
    return [(left, top - 1.5 * size * at, size, list(line)) for at, line in enumerate(words)]
