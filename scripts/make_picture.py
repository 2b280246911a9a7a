"""Makes the pictures of the documents: docs/article.png, an annotated article as `tasrih show --html` renders it,
and docs/agreement.png, the page that `tasrih agree --html` writes of the example in docs/agreement.md.

Needs chromium and an Arabic font on the machine; the pictures are kept in the repository.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tasrih import store
from tasrih.agree import figures
from tasrih.formats import inline
from tasrih.model import Document
from tasrih.report import agreement
from tasrih.report.page import page
from tasrih.text.canonical import sha256

ARTICLE = "zahrat-water-network"
EXAMPLES = Path("docs/examples")


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is not installed: apt-get install chromium fonts-noto-core")
    corpus = store.open_corpus(Path("corpus"))
    document = store.read_document(corpus, ARTICLE).document
    if document is None:
        sys.exit(f"there is no article {ARTICLE}")
    draw(chromium, page(document, "gold", corpus.settings["labels"]), Path("docs/article.png"), "1180,1640")
    found = figures.report([example()])
    draw(chromium, agreement.page(found, corpus.settings), Path("docs/agreement.png"), "1180,3080")


def example() -> Document:
    """The article of docs/agreement.md with the layers of its two readers."""
    layers: dict[str, Any] = {}
    text = ""
    for file in sorted(EXAMPLES.glob("bridge-reader-*.inline")):
        parsed = inline.read(file.read_text("utf-8"), str(file))
        text = parsed.text
        header = {"type": "layer", "article": "safsaf-bridge", "annotator": parsed.header["annotator"],
                  "guidelines": parsed.header["guidelines"], "text_sha256": sha256(text)}  # fmt: skip
        layers[parsed.header["annotator"]] = [header, *parsed.annotations]
    article: Any = {
        "id": "safsaf-bridge",
        "title": "إغلاق جسر الصفصاف",
        "language": "ar",
        "zones": [],
        "length": len(text),
    }
    return {"article": article, "text": text, "layers": layers}


def draw(chromium: str, html: str, out: Path, size: str) -> None:
    """Takes a picture of a page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, "utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--hide-scrollbars", f"--user-data-dir={folder}/profile", f"--window-size={size}", f"--screenshot={out.resolve()}"]  # fmt: skip
        subprocess.run([chromium, *flags, file.as_uri()], check=True, capture_output=True, timeout=60)
    print(out)


if __name__ == "__main__":
    main()
