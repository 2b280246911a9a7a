"""What verbs that do not check may rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpora import patched, write_corpus, write_document
from samples import documents
from tasrih import store
from tasrih.check.usable import usable
from tasrih.store import Misuse

WHOLE = documents(1)[0]
NAME = WHOLE["article"]["id"]


@pytest.fixture
def corpus(tmp_path: Path) -> store.Corpus:
    return write_corpus(tmp_path, [WHOLE])


def test_a_good_article_is_handed_over_with_its_layer(corpus: store.Corpus) -> None:
    assert usable(corpus, NAME, "gold") == WHOLE
    assert usable(corpus, NAME) == {**WHOLE, "layers": {}}
    assert usable(corpus, NAME, "zaid") == {**WHOLE, "layers": {}}


SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "no start": ({"/layers/gold/1": {"type": "entity", "id": "e1", "label": "ORG", "end": 3, "text": "x"}}, "E101 {gold}:2: 'start' is a required property"),
    "a wrong type": ({"/layers/gold/1/start": "5"}, "E101 {gold}:2 /start"),
    "a fraction": ({"/layers/gold/1/start": 5.0}, "E101 {gold}:2 /start"),
    "a cue of a wrong type": ({"/layers/gold/2/cue": 5}, "C101 {gold}:3 /cue"),
    "a type that is none": ({"/layers/gold/1/type": "mention"}, "L110 {gold}:2 /type"),
    "an id twice": ({"/layers/gold/3/id": "e1"}, "L116 {gold}:4 /id"),
    "no header": ({"/layers/gold/0": WHOLE["layers"]["gold"][1]}, "L111 {gold}:1"),
    "rights of a wrong type": ({"/article/rights": None}, "A101 {article}:1 /rights"),
    "zones of a wrong type": ({"/article/zones": 5}, "A101 {article}:1 /zones"),
    "another's id": ({"/article/id": "other"}, "A102 {article}:1 /id"),
    "another's header": ({"/layers/gold/0/article": "other"}, "L112 {gold}:1 /article"),
}  # fmt: skip


@pytest.mark.parametrize(("patch", "said"), SHAPES.values(), ids=SHAPES)
def test_a_broken_one_is_refused_with_its_line(
    patch: dict[str, Any], said: str, corpus: store.Corpus
) -> None:
    folder = write_document(corpus.root, patched(WHOLE, patch), NAME)
    expected = said.format(gold=folder / "gold.jsonl", article=folder / "article.json")
    with pytest.raises(Misuse) as caught:
        usable(corpus, NAME, "gold")
    assert str(caught.value).startswith(expected)
    if "{gold}" in said:  # whoever does not read the layer is not stopped by it
        assert usable(corpus, NAME) == {**WHOLE, "layers": {}}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("text.txt", b"\xff", "T101"), ("article.json", b"{", "L103"), ("gold.jsonl", b"", "L105")],
)
def test_what_cannot_be_read_is_refused(name: str, content: bytes, code: str, corpus: store.Corpus) -> None:
    (corpus.articles / NAME / name).write_bytes(content)
    with pytest.raises(Misuse, match=f"^{code} .*{name}:1"):
        usable(corpus, NAME, "gold")


@pytest.mark.parametrize(
    ("name", "message"), [("..", "is not an article id"), ("not-there", "there is no article «not-there»")]
)
def test_what_is_not_there_is_refused(name: str, message: str, corpus: store.Corpus) -> None:
    with pytest.raises(Misuse, match=message):
        usable(corpus, name, "gold")
