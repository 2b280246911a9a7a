"""The prediction server, asked by a real Label Studio."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from live import CHECKOUT, Command, LabelStudio, free_port, project_called, tasks_of

NAME = "chandrayaan-3-2023"


@pytest.fixture
def backend(corpus: Path) -> Iterator[str]:
    """The server's address, while it runs."""
    port = free_port()
    command = [str(CHECKOUT / ".venv/bin/tasrih"), "label-studio", "backend", "--port", str(port)]
    running = subprocess.Popen(
        [*command, "--corpus", str(corpus)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ,
    )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            assert httpx.get(f"{url}/health", timeout=5).json()["status"] == "UP"
            break
        except httpx.TransportError:
            time.sleep(0.2)
    yield url
    running.terminate()
    running.communicate(timeout=20)


def test_label_studio_gets_suggestions_that_pull_would_take(
    backend: str, label_studio: LabelStudio, tasrih: Command, owner: httpx.Client
) -> None:
    tasrih("push", "--project", "suggested", NAME)
    number = project_called(owner, "suggested")
    added = owner.post("/ml/", json={"project": number, "url": backend, "title": "names"})
    assert added.status_code == 201, added.text
    asked = owner.post(
        "/dm/actions",
        params={"id": "retrieve_tasks_predictions", "project": number},
        json={"selectedItems": {"all": True, "excluded": []}},
    )
    assert asked.status_code == 200, asked.text
    (task,) = tasks_of(owner, number)
    (found,) = task["predictions"]
    text = task["data"]["text"]
    spans = [item["value"] for item in found["result"] if item["type"] == "labels"]
    assert found["model_version"] == "names" and len(spans) > 10
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
    answer = owner.post(f"/tasks/{task['id']}/annotations/", json={"result": found["result"]})
    assert answer.status_code == 201
    out, _ = tasrih("pull", "--project", "suggested")
    assert "1 layer written" in out
    out, _ = tasrih("push", "--project", "suggested", NAME)
    assert "nothing to change" in out


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b'{"tasks": 3}', 400), (b"{" * 100_000, 400), (b"x" * (17 << 20), 413)],
    ids=["empty", "no object", "no list", "deep", "large"],
)
def test_what_is_no_request_is_refused(backend: str, body: bytes, status: int) -> None:
    assert httpx.post(f"{backend}/predict", content=body, timeout=30).status_code == status


@pytest.mark.parametrize("text", [None, 7, "", "س" * 200_000, "a\r\nb", "\ufeffنص", "🕊️ قالت روسيا"])
def test_any_text_gets_an_answer(backend: str, text: object) -> None:
    answer = httpx.post(
        f"{backend}/predict", json={"tasks": [{"id": 1, "data": {"text": text}}, {}, None]}, timeout=30
    )
    assert answer.status_code == 200
    assert [one["model_version"] for one in answer.json()["results"]] == ["names"] * 3
