"""5,000 tasks to a real Label Studio and back: time and peak memory of push and pull.

Run by `make bench-label-studio`. The server's own time is in the figures: it is what a user waits for.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from generate import document
from live import OWNER, OWNER_TOKEN, LabelStudio, project_called
from tasrih import store
from tasrih.label_studio.work import layer_of

CHECKOUT = Path(__file__).parents[1]
COMMAND = CHECKOUT / ".venv" / "bin" / "tasrih"


def write_corpus(root: Path, articles: int, entities: int) -> None:
    """A corpus folder of generated articles with gold."""
    (root / "articles").mkdir(parents=True)
    settings = (CHECKOUT / "corpus" / "corpus.toml").read_text("utf-8")
    (root / "corpus.toml").write_text(settings, "utf-8")
    (root / "guidelines.md").write_bytes((CHECKOUT / "corpus" / "guidelines.md").read_bytes())
    corpus = store.open_corpus(root)
    chooser = random.Random(1)
    for number in range(articles):
        whole: dict = orjson.loads(orjson.dumps(document(number, entities, 250, chooser)))
        store.write_article(corpus, whole["article"])
        folder = corpus.folder(whole["article"]["id"])
        (folder / "text.txt").write_bytes(whole["text"].encode())
        header, *annotations = whole["layers"]["gold"]
        store.write_layer(corpus, whole["article"], "gold", header, annotations, whole["text"])


def run(root: Path, url: str, *arguments: str) -> tuple[float, float]:
    """Seconds and peak MiB of one command."""
    environment = {**os.environ, "LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": OWNER_TOKEN}
    begun = time.monotonic()
    child = os.posix_spawn(
        COMMAND, [str(COMMAND), "label-studio", *arguments, "--corpus", str(root)], environment
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{arguments[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def submit_all(server: LabelStudio, number: int) -> None:
    """Every pre-annotation as a finished annotation, as the annotators would submit it."""
    with httpx.Client(
        base_url=f"{server.url}/api", headers={"Authorization": f"Token {OWNER_TOKEN}"}, timeout=120
    ) as client:
        for task in pages(client, number):
            result = task["predictions"][0]["result"]
            client.post(f"/tasks/{task['id']}/annotations/", json={"result": result}).raise_for_status()


def pages(client: httpx.Client, number: int) -> Iterator[dict]:
    """The tasks of a project, a page at a time."""
    page = 1
    while True:
        asked = {"project": number, "fields": "all", "page": page, "page_size": 100}
        found = client.get("/tasks", params=asked).json()
        if "tasks" not in found:
            return
        yield from found["tasks"]
        page += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--entities", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, data = Path(folder) / "corpus", Path(folder) / "server"
        data.mkdir()
        write_corpus(root, options.articles, options.entities)
        server = LabelStudio(data)
        server.start()
        try:
            rows = [("push", *run(root, server.url, "push", "--layer", "gold", "--project", "bench"))]
            rows.append(
                ("push again", *run(root, server.url, "push", "--layer", "gold", "--project", "bench"))
            )
            with httpx.Client(
                base_url=f"{server.url}/api", headers={"Authorization": f"Token {OWNER_TOKEN}"}, timeout=120
            ) as client:
                number = project_called(client, "bench")
            submit_all(server, number)
            rows.append(("pull", *run(root, server.url, "pull", "--project", "bench")))
            rows.append(("pull again", *run(root, server.url, "pull", "--project", "bench")))
        finally:
            server.stop()
        pulled = len(list(root.glob(f"articles/*/layers/{layer_of(OWNER, {})}.jsonl")))
    print(f"{options.articles:,} articles with {options.entities} entities each; {pulled:,} layers pulled")
    print(f"{'':12}{'seconds':>10}{'tasks/s':>10}{'peak MiB':>10}")
    for name, seconds, peak in rows:
        print(f"{name:12}{seconds:>10.1f}{options.articles / seconds:>10.0f}{peak:>10.0f}")


if __name__ == "__main__":
    main()
