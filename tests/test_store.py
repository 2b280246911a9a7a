"""Reading and writing a corpus folder and shards."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora import document, patched, settings_toml, write_corpus, write_document
from samples import documents
from tasrih import store
from tasrih.model import Document
from tasrih.store import Misuse
from tasrih.text.canonical import QuoteKey

WHOLE = documents(1)[0]
NAME = WHOLE["article"]["id"]
RESERVED: Any = {"licence": "all rights reserved", "redistribute": False}


@pytest.fixture
def corpus(tmp_path: Path) -> store.Corpus:
    return write_corpus(tmp_path / "corpus", [WHOLE])


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


# --- Reading ------------------------------------------------------------------------------------------


def test_a_folder_is_read_as_it_stands(corpus: store.Corpus) -> None:
    [reading] = store.read_corpus(corpus)
    assert reading.document == WHOLE and reading.problems == [] and not reading.hydrated


def test_files_and_lines_are_found_again(corpus: store.Corpus) -> None:
    place = store.read_document(corpus, NAME).place
    folder = corpus.articles / NAME
    assert place.locate(("text",)) == (str(folder / "text.txt"), 1, "")
    assert place.locate(("article", "zones", 0)) == (str(folder / "article.json"), 1, "/zones/0")
    assert place.locate(("layers", "gold", 2, "cue", "a/b~")) == (
        str(folder / "gold.jsonl"),
        3,
        "/cue/a~1b~0",
    )
    assert place.locate(("layers", "zaid", 0)) == (str(folder / "article.json"), 1, "/zaid/0")


_SPACE = st.sampled_from(["", "", "", " ", "\t", " \n", "\r"])
_WORDS = st.sampled_from(["a", "b", ":", '"', '":', 'a":', "\\", "\\\\", " :", "{", "ق"]).map(json.dumps)


def _members(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.tuples(_WORDS, _SPACE, st.just(":"), _SPACE, values).map("".join)
    return st.lists(member, max_size=3).map(lambda found: "{" + ",".join(found) + "}")


_JSON = st.recursive(
    _WORDS | st.sampled_from(["1", "-0.5", "null", "true", "[]"]),
    lambda values: _members(values) | st.lists(values, max_size=3).map(lambda v: "[" + ", ".join(v) + "]"),
    max_leaves=8,
)


@settings(max_examples=500)
@given(_JSON | _members(_JSON))
def test_a_line_is_decoded_as_by_the_decoder_that_looks_at_every_key(text: str) -> None:
    try:
        expected: Any = json.loads(text, object_pairs_hook=store._repeated_keys)
    except ValueError as error:
        with pytest.raises(ValueError, match=re.escape(str(error))):
            store.decode(text.encode())
        return
    assert store.decode(text.encode()) == expected


LINES = {
    "not-utf-8": b'{"type": "\xff"}',
    "nul": b'{"type": "a\0"}',
    "not-json": b"{",
    "not-json: a key twice": b'{"a": 1, "a": 2}',
    "not-json: a key twice, with a space and a colon more": b'{"a" : 1, "a": ":"}',
    "not-json: deeper than decoders go": b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "not-json: a key twice, deep": b'{"a": [{"b": 1, "b": 1}]}',
    "not-json: a lone surrogate": b'{"a": "\\ud83d"}',
    "not-json: no number": b'{"a": NaN}',
    "not-an-object": b"[1]",
    "blank-line": b"  ",
}


@pytest.mark.parametrize(("kind", "line"), LINES.items(), ids=LINES)
def test_a_bad_line_is_a_problem_with_its_number(kind: str, line: bytes, corpus: store.Corpus) -> None:
    path = corpus.articles / NAME / "gold.jsonl"
    good = path.read_bytes()
    path.write_bytes(good + line + b"\n" + good.splitlines()[1] + b"\n")
    reading = store.read_document(corpus, NAME)
    [problem] = reading.problems
    assert (problem.kind, problem.file, problem.line) == (
        kind.split(":", maxsplit=1)[0],
        str(path),
        len(good.splitlines()) + 1,
    )
    assert reading.document and len(reading.document["layers"]["gold"]) == len(WHOLE["layers"]["gold"]) + 1
    assert reading.place.layers["gold"][1][-1] == len(good.splitlines()) + 2


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"\xff", "not-utf-8"),
        (b"{", "not-json"),
        (b"5", "not-an-object"),
        (b'{"id": 1, "id": 1}', "not-json"),
    ],
)
def test_a_bad_article_is_a_problem(content: bytes, kind: str, corpus: store.Corpus) -> None:
    (corpus.articles / NAME / "article.json").write_bytes(content)
    reading = store.read_document(corpus, NAME)
    assert reading.document is None and [problem.kind for problem in reading.problems] == [kind]


def test_what_is_missing_or_a_folder_is_a_problem(corpus: store.Corpus) -> None:
    (corpus.articles / NAME / "article.json").unlink()
    assert [problem.kind for problem in store.read_document(corpus, NAME).problems] == ["missing"]
    (corpus.articles / NAME / "article.json").mkdir()
    assert [problem.kind for problem in store.read_document(corpus, NAME).problems] == ["unreadable"]


def test_files_that_are_too_large_are_not_read(corpus: store.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_FILE", 300)
    assert {problem.kind for problem in store.read_document(corpus, NAME).problems} == {"too-large"}


@pytest.mark.parametrize(
    "name", ["..", ".", "", "a/b", "../x", "A", "a--b", "-a", "a-", "a_b", "a\n", "٣", "a" * 81, "a\0"]
)
def test_an_id_never_leads_out_of_the_corpus(name: str, corpus: store.Corpus) -> None:
    assert not store.is_id(name)
    with pytest.raises(Misuse, match="is not an article id"):
        corpus.folder(name)


@pytest.mark.parametrize("name", ["..", "", "a/b", "../gold", "Gold", "a b", "a\n", ".a", "a..b"])
def test_a_layer_name_never_leads_out_of_the_article(name: str, corpus: store.Corpus) -> None:
    with pytest.raises(Misuse, match="is not a layer name"):
        store.layer_path(corpus, NAME, name)


# --- Settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = ", "Invalid value"),
        (b"\xff", "utf-8"),
        (b"", "'name' is a required property"),
        (settings_toml({"name": "a b"}).encode(), "/name: "),
        (settings_toml({"name": "a\n"}).encode(), "/name: "),
        (settings_toml({"labels.entity": []}).encode(), "/labels/entity: "),
        (settings_toml({"colour": "red"}).encode(), "colour"),
    ],
)
def test_broken_settings_are_misuse_with_the_place(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_bytes(content)
    with pytest.raises(Misuse, match=r"corpus\.toml: ") as caught:
        store.open_corpus(tmp_path)
    assert message in str(caught.value)


def test_no_corpus_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="there is no corpus here; give --corpus DIR"):
        store.open_corpus(tmp_path)
    with pytest.raises(Misuse, match=r"corpus\.toml: "):
        store.open_corpus(Path("/dev/null"))


# --- Writing ------------------------------------------------------------------------------------------


@given(content=st.binary(max_size=50))
@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
def test_a_write_is_whole_and_leaves_nothing_beside(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    store.write_atomic(path, content)
    assert path.read_bytes() == content and [entry.name for entry in path.parent.iterdir()] == ["file"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    store.write_atomic(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            with pytest.raises(Misuse, match="cannot be written: No space left on device"):
                store.write_atomic(path, b"new")
        assert snapshot(tmp_path) == {"file": b"old"}


def test_a_file_where_a_folder_should_be_is_misuse(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(Misuse, match="cannot be written"):
        store.write_atomic(tmp_path / "file" / "x", b"")


def test_a_layer_is_written_in_text_order_with_keys_of_the_schema(corpus: store.Corpus) -> None:
    header, *annotations = WHOLE["layers"]["gold"]
    turned: Any = [dict(reversed(list(annotation.items()))) for annotation in reversed(annotations)]
    path = store.write_layer(corpus, WHOLE["article"], "zaid", header, turned, WHOLE["text"])  # type: ignore[arg-type]
    assert path == corpus.articles / NAME / "layers" / "zaid.jsonl"
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert lines == WHOLE["layers"]["gold"]
    assert list(lines[1]) == ["type", "id", "label", "form", "start", "end", "text", "referent", "wikidata"]


def test_a_withheld_layer_holds_no_word_and_gets_them_back(corpus: store.Corpus) -> None:
    article: Any = patched(WHOLE, {"/article/rights": RESERVED})["article"]
    header, *annotations = WHOLE["layers"]["gold"]
    text = WHOLE["text"] or ""
    path = store.write_layer(corpus, article, "gold", header, annotations, text)  # type: ignore[arg-type]
    content = path.read_text("utf-8")
    lines: Any = [json.loads(line) for line in content.splitlines()]
    for line, before in zip(lines[1:], annotations, strict=True):
        assert "text" not in line and line["quote_hmac"] == QuoteKey(text).digest(before["text"])  # type: ignore[typeddict-item]
        assert before["text"] not in content  # type: ignore[typeddict-item]
        if line.get("cue"):
            assert "text" not in line["cue"] and len(line["cue"]["quote_hmac"]) == 64
    withheld: Any = {"article": article, "text": text, "layers": {"gold": lines}}
    assert store.with_quotes(withheld)["layers"] == WHOLE["layers"]
    assert store.with_quotes({**withheld, "text": None})["layers"]["gold"] == lines
    with pytest.raises(Misuse, match="its text is withheld"):
        store.write_layer(corpus, article, "gold", header, annotations, None)  # type: ignore[arg-type]


def test_an_article_is_created_once(corpus: store.Corpus) -> None:
    new = document("زار سعيد تونس.", "new")
    paths = store.create_article(corpus, new["article"], new["text"] or "")
    assert [path.name for path in paths] == ["text.txt", "article.json"]
    before = snapshot(corpus.root)
    with pytest.raises(Misuse, match="is there already; its text never changes in place"):
        store.create_article(corpus, new["article"], "نص آخر")
    wrong: Any = {**new["article"], "id": "../out"}
    with pytest.raises(Misuse, match="/id: "):
        store.create_article(corpus, wrong, "نص")
    assert snapshot(corpus.root) == before


# --- Texts that may not be redistributed --------------------------------------------------------------


def withheld_corpus(root: Path) -> store.Corpus:
    corpus = write_corpus(root, [])
    write_document(
        root,
        patched(
            WHOLE, {"/article/rights": RESERVED, "/text": None, "/layers/gold": [WHOLE["layers"]["gold"][0]]}
        ),
    )
    return corpus


def test_a_local_copy_that_was_changed_is_not_used(tmp_path: Path) -> None:
    corpus = withheld_corpus(tmp_path / "corpus")
    digest = WHOLE["article"]["text_sha256"]
    store.write_atomic(store.local_text_path(corpus, digest), b"other")
    assert store.read_local_text(corpus, digest) is None
    for other in ("../../corpus", "", None, 5, "0" * 64, digest.upper()):
        assert store.read_local_text(corpus, other) is None


@given(st.sampled_from(documents()))
def test_stripping_and_hydrating_is_the_identity(whole: Document) -> None:
    bare = store.stripped(whole)
    assert bare["text"] is None and 'text":' not in json.dumps(bare["layers"])
    assert store.hydrated(bare, str(whole["text"])) == whole
    assert store.stripped(bare) == bare


def test_another_text_or_another_hash_is_refused() -> None:
    bare = store.stripped(documents()[0])
    with pytest.raises(Misuse, match="another SHA-256"):
        store.hydrated(bare, "نص آخر")
    text = str(documents()[0]["text"])
    bare["layers"]["gold"][1]["quote_hmac"] = "0" * 64  # type: ignore[typeddict-unknown-key]
    with pytest.raises(Misuse, match="a keyed hash is not that"):
        store.hydrated(bare, text)
