"""Makes the pictures of the documents: docs/article.png, an annotated article as `tasrih show --html` renders it,
docs/agreement.png, the page that `tasrih agree --html` writes of the example in docs/agreement.md, and
docs/explore-*.png, pages of the site that `tasrih explore` writes.

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
from tasrih.release.explore import explore, of_corpus
from tasrih.report import agreement
from tasrih.report.page import page
from tasrih.text.canonical import sha256

ARTICLE = "zahrat-water-network"
EXAMPLES = Path("docs/examples")
# Pages of the site, and what is pointed at in each.
SITE = (
    ("articles/icj-gambia-myanmar-2020.html", "#card-c3 .sentence", "docs/explore-article.png"),
    ("network.html", "h1", "docs/explore-network.png"),
    ("statistics.html", "h1", "docs/explore-plots.png"),
)


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
    draw_site(chromium)


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


def draw_site(chromium: str) -> None:
    """Takes pictures of the site: an article with a claim pointed at, the network, and plots."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = explore(of_corpus(Path("corpus")), Path(folder) / "site").folder
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for path, pointed, out in SITE:
            page = browser.new_page(locale="ar", viewport={"width": 1240, "height": 1180})
            page.goto((site / path).as_uri())
            page.hover(pointed)
            page.screenshot(path=out)
            print(out)
        browser.close()


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
