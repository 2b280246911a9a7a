"""Makes docs/article.png, the README's picture: an annotated article as `tasrih show --html` renders it.

Needs chromium and an Arabic font on the machine; the picture is kept in the repository.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tasrih import store
from tasrih.report.page import page

ARTICLE = "zahrat-water-network"
OUT = Path("docs/article.png")
SIZE = "1180,1640"


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is not installed: apt-get install chromium fonts-noto-core")
    corpus = store.open_corpus(Path("corpus"))
    document = store.read_document(corpus, ARTICLE).document
    if document is None:
        sys.exit(f"there is no article {ARTICLE}")
    with tempfile.TemporaryDirectory() as folder:
        html = Path(folder) / "article.html"
        html.write_text(page(document, "gold", corpus.settings["labels"]), "utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--hide-scrollbars", f"--user-data-dir={folder}/profile", f"--window-size={SIZE}", f"--screenshot={OUT.resolve()}"]  # fmt: skip
        subprocess.run([chromium, *flags, html.as_uri()], check=True, capture_output=True, timeout=60)
    print(OUT)


if __name__ == "__main__":
    main()
