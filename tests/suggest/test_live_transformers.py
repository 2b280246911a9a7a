"""The example of docs/examples/transformers with a real pipeline, around a tiny model that is made on the spot."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import CHECKOUT
from tasrih import store
from tasrih.text.canonical import sha256

BIN = CHECKOUT / ".venv-transformers" / "bin"
KNOWN = ("afcfta-launch-2019", "algeria-afcon-2019", "nuclear-five-call")
LABELS = {"PER", "GPE", "ORG"}

pytestmark = pytest.mark.skipif(
    not (BIN / "tasrih").exists(), reason="transformers is not here: run «make test-transformers»"
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(CHECKOUT / "corpus", tmp_path_factory.mktemp("transformers") / "corpus"))


@pytest.fixture(scope="module")
def model(corpus: Path) -> Path:
    folder = corpus.parent / "model"
    maker = Path(__file__).with_name("tiny_model.py")
    subprocess.run([BIN / "python", maker, corpus, folder, *KNOWN], check=True, capture_output=True)
    return folder


def suggest(corpus: Path, model: Path | str, *ids: str) -> subprocess.CompletedProcess[str]:
    command = [BIN / "tasrih", "suggest", *ids, "--corpus", corpus, "--with", f"transformers:{model}"]
    return subprocess.run(command, capture_output=True, text=True)


def layer(corpus: Path, name: str) -> list[Any]:
    path = corpus / "articles" / name / "layers" / "suggested.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()][1:]


def gold_names(corpus: Path, name: str) -> set[tuple[int, int, str]]:
    document: Any = store.read_document(store.open_corpus(corpus), name).document
    return {
        (line["start"], line["end"], line["label"])
        for line in document["layers"]["gold"][1:]
        if line["type"] == "entity" and line["label"] in LABELS
    }


def test_what_the_model_knows_by_heart_stands_where_gold_has_it(corpus: Path, model: Path) -> None:
    answer = suggest(corpus, model, *KNOWN)
    assert answer.returncode == 0, answer.stderr
    found = {(name, one["start"], one["end"], one["label"]) for name in KNOWN for one in layer(corpus, name)}
    right = {(name, *one) for name in KNOWN for one in gold_names(corpus, name)}
    assert len(found) > 40
    assert len(found & right) / len(found) > 0.8
    checked = subprocess.run([BIN / "tasrih", "check", "--corpus", corpus], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "no findings\n"), checked.stdout


def with_harakat(name: str) -> str:
    return "".join(letter + "\u064e" if letter.isalpha() else letter for letter in name)


def test_harakat_and_sentences_longer_than_the_model_holds_shift_nothing(corpus: Path, model: Path) -> None:
    # One sentence without a stop, far beyond the model's 64 pieces: emoji in front, every name with harakat.
    known: Any = store.read_document(store.open_corpus(corpus), "algeria-afcon-2019").document
    names = {known["text"][start:end] for start, end, _ in gold_names(corpus, "algeria-afcon-2019")}
    opening = known["text"].replace("\n", " ").replace(".", " ").strip()[:1500]
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    vowelled, many = re.subn(longest_first, lambda name: with_harakat(name[0]), opening)
    text = f"👨‍👩‍👧 {vowelled}\n"
    article = {**known["article"], "id": "long-sentence", "text_sha256": sha256(text), "zones": []}
    folder = corpus / "articles" / "long-sentence"
    folder.mkdir()
    (folder / "article.json").write_text(json.dumps(article, ensure_ascii=False), "utf-8")
    (folder / "text.txt").write_text(text, "utf-8")
    answer = suggest(corpus, model, "long-sentence")
    assert answer.returncode == 0, answer.stderr
    found = layer(corpus, "long-sentence")
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found)
    whole = {with_harakat(name) for name in names}
    # what a tiny model knows by heart differs with the processor
    assert sum(one["text"] in whole for one in found) > many / 4
    assert max(one["start"] for one in found) > len(text) / 2


def test_a_model_that_is_not_there_is_named(corpus: Path, tmp_path: Path) -> None:
    answer = suggest(corpus, tmp_path / "nowhere", KNOWN[0])
    assert answer.returncode == 2
    assert "the suggester «transformers»" in answer.stderr and "nowhere" in answer.stderr
    assert "Traceback" not in answer.stderr
