"""The first row of a release comes over the network without the whole shard: bytes are counted where they are sent."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from corpora import document, write_corpus
from tasrih import store
from tasrih.release import assemble
from tasrih.release.build import build
from tasrih.release.write import parquet_paths

# Of so many signs a text compresses to two bytes each.
SIGNS = [chr(code) for code in range(0x4E00, 0x4E00 + 20_000)]
CHARACTERS = 1_000_000


class Served(ThreadingHTTPServer):
    """A folder over HTTP with ranges, as the Hub serves it; `sent` counts the bytes of its answers."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.sent = folder, 0


class _Handler(BaseHTTPRequestHandler):
    server: Served

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        data = (self.server.folder / self.path.lstrip("/")).read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        end = min(len(data), int(asked[2]) + 1) if asked and asked[2] else len(data)
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(end - start))
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.end_headers()
        if body:
            self.wfile.write(data[start:end])
            self.server.sent += end - start

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    server = Served(folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def long_articles(count: int) -> Iterator[bytes]:
    """Articles that do not compress well, of one event, so that all are in one file."""
    chooser = random.Random(5)  # noqa: S311
    for number in range(count):
        words = ("".join(chooser.choices(SIGNS, k=500)) for _ in range(CHARACTERS // 500))
        whole = document(f"<e1 GPE>تونس</e1> {' '.join(words)}.", f"long-{number:02d}")
        whole["article"]["event"] = "one-event"
        yield store.document_line(whole)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("silver")
    write_corpus(root / "corpus", [])
    with (root / "a.jsonl").open("wb") as stream:
        stream.writelines(long_articles(36))
    folder = build(root / "corpus", root / "dist", sources=[root / "a.jsonl"]).folder
    assert folder
    return folder


def test_the_first_row_is_streamed_without_the_whole_shard(release: Path) -> None:
    """pyarrow asks for up to 32 MB of neighbouring row groups at once, so the shard has to be larger to show it."""
    splits = ("train", "validation", "test")
    (path,) = [path for split in splits for path in parquet_paths(release, "articles", split)]
    size, file = path.stat().st_size, pq.ParquetFile(path)
    assert size > 64_000_000 and file.num_row_groups >= 5
    assert file.metadata.row_group(0).num_rows == assemble.ROW_GROUP // CHARACTERS
    with served(release) as server:
        url = f"http://127.0.0.1:{server.server_port}/{path.relative_to(release)}"
        rows = datasets.load_dataset("parquet", data_files=url, split="train", streaming=True)
        first = next(iter(rows))
        assert first["id"] == "long-00" and len(first["text"]) > CHARACTERS
        assert 0 < server.sent < 0.6 * size, (server.sent, size)
