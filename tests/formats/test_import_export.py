"""The verbs of the formats of the table: into the corpus's articles, into new ones, and what is refused with nothing written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpora import SETTINGS, write_corpus
from samples import documents
from tasrih import store
from tasrih.cli import app
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Foreign, as_document
from tasrih.formats.losses import essence

DOCUMENTS = documents(3)
NAMES = [document["article"]["id"] for document in DOCUMENTS]


def tasrih(*words: str | Path) -> tuple[int, str, str]:
    """Status, stdout and stderr of a run."""
    done = CliRunner().invoke(app, list(map(str, words)))
    said = str(done.exception) if isinstance(done.exception, store.Misuse) else done.stderr
    assert done.exception is None or isinstance(done.exception, (store.Misuse, SystemExit)), done.exception
    return done.exit_code, done.stdout, said


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus", DOCUMENTS)
    return tmp_path / "corpus"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "empty", [])
    (tmp_path / "empty" / "splits.jsonl").unlink()
    return tmp_path / "empty"


def layer_of(corpus: Path, name: str, layer: str) -> list[Any]:
    document = store.read_document(store.open_corpus(corpus), name).document
    assert document is not None
    return document["layers"][layer]


def exported(corpus: Path, to: Path, *words: str) -> Path:
    status, _, said = tasrih("export", "w3c", to, *words, "--corpus", corpus)
    assert status == 0, said
    return to


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_help_with_an_example(name: str) -> None:
    for verb in ("import", "export"):
        status, out, _ = tasrih(verb, name, "--help")
        assert status == 0
        assert f"Example: tasrih {verb} {name}" in " ".join(out.split())


def test_what_is_exported_comes_back_as_another_layer(corpus: Path, tmp_path: Path) -> None:
    pages = exported(corpus, tmp_path / "pages")
    status, out, said = tasrih("import", "w3c", pages, "--layer", "reader-a", "--corpus", corpus)
    assert status == 0, said
    assert "in the corpus: 3 documents" in out
    for name in NAMES:
        gold, back = layer_of(corpus, name, "gold"), layer_of(corpus, name, "reader-a")
        assert back[0] == gold[0] | {"annotator": "reader-a"}
        assert [line["id"] for line in back[1:]] == [line["id"] for line in gold[1:]]


def test_documents_become_new_articles(corpus: Path, empty: Path, tmp_path: Path) -> None:
    pages = exported(corpus, tmp_path / "pages")
    given = ("--create", "--topic", "local", "--licence", "CC0-1.0", "--prefix", "other-")
    status, _, said = tasrih("import", "w3c", pages, *given, "--corpus", empty)
    assert status == 0, said
    for document in DOCUMENTS:
        name = f"other-{document['article']['id']}"
        made = store.read_document(store.open_corpus(empty), name).document
        assert made is not None
        assert made["text"] == document["text"]
        assert essence(made)["layers"]["gold"][1:] == essence(document)["layers"]["gold"][1:]
        assert made["article"]["event"] == document["article"]["event"]
    status, out, _ = tasrih("check", "--corpus", empty, "--select", "E,C,S,L,T,A")
    assert status == 0, out
    status, _, said = tasrih("import", "w3c", pages, *given, "--corpus", empty)
    assert status == 1 and "is there already" in said


def test_a_dry_run_writes_nothing(corpus: Path, empty: Path, tmp_path: Path) -> None:
    pages = exported(corpus, tmp_path / "pages")
    given = ("--create", "--topic", "local", "--licence", "CC0-1.0", "--dry-run")
    status, out, _ = tasrih("import", "w3c", pages, *given, "--corpus", empty)
    assert status == 0 and "would be written: 3 documents" in out
    assert not (empty / "articles").exists()


def test_a_document_of_no_article_is_refused(corpus: Path, empty: Path, tmp_path: Path) -> None:
    pages = exported(corpus, tmp_path / "pages")
    status, _, said = tasrih("import", "w3c", pages, "--corpus", empty)
    assert status == 1 and "--create with --topic and --licence" in said


def test_another_text_is_refused_and_nothing_is_written(corpus: Path, tmp_path: Path) -> None:
    pages = exported(corpus, tmp_path / "pages")
    last = sorted(pages.iterdir())[-1]
    page = json.loads(last.read_text("utf-8"))
    page["tasrih:text"] += " "
    last.write_text(json.dumps(page), "utf-8")
    status, _, said = tasrih("import", "w3c", pages, "--layer", "reader-a", "--corpus", corpus)
    assert status == 1 and "its text is not that of the article" in said
    assert not list(corpus.glob("articles/*/layers/reader-a.jsonl"))


def test_an_unknown_label_is_refused_mapped_or_left_out(corpus: Path, tmp_path: Path) -> None:
    pages = exported(corpus, tmp_path / "pages", NAMES[0])
    page = pages / f"{NAMES[0]}.jsonld"
    page.write_text(page.read_text("utf-8").replace('"ORG"', '"Club"'), "utf-8")
    given = ("import", "w3c", pages, "--layer", "reader-a", "--corpus", corpus)
    status, _, said = tasrih(*given)
    assert status == 1 and "«Club» 1 ×" in said and "--map Club=" in said
    assert tasrih(*given, "--map", "Club=CLUB")[2].startswith("--map Club=CLUB")
    assert tasrih(*given, "--map", "Club=MEDIA")[0] == 0
    assert "MEDIA" in {line.get("label") for line in layer_of(corpus, NAMES[0], "reader-a")}
    status, _, said = tasrih(*given, "--map", "Club=", "--report", tmp_path / "notes.jsonl")
    assert status == 0 and "label «Club» (dropped)" in said
    notes = [json.loads(line) for line in (tmp_path / "notes.jsonl").read_text("utf-8").splitlines()]
    assert {note["kind"] for note in notes} == {
        "dropped",
        "repaired",
    }  # the claim is left without its claimer


def test_crlf_in_a_text_moves_offsets(empty: Path, tmp_path: Path) -> None:
    page = {
        "type": "AnnotationPage", "id": "x", "tasrih:text": "\ufeffone\r\ntwo 😀\r\nthree",
        "items": [{"id": "a#1", "type": "Annotation", "body": [{"purpose": "tagging", "value": "PER"}],
                   "target": {"selector": {"type": "TextPositionSelector", "start": 13, "end": 18}}}],
    }  # fmt: skip
    (tmp_path / "crlf.jsonld").write_text(json.dumps(page), "utf-8")
    given = ("--create", "--topic", "local", "--licence", "CC0-1.0", "--corpus", empty)
    status, _, said = tasrih("import", "w3c", tmp_path / "crlf.jsonld", *given)
    assert status == 0 and "offsets moved with it" in said
    entity = layer_of(empty, "crlf", "gold")[1]
    assert (entity["start"], entity["text"]) == (10, "three")


def test_a_layer_of_nobody_is_not_written_over_gold(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "bare.jsonl").write_text(
        json.dumps({"text": DOCUMENTS[0]["text"], "label": [[0, 3, "PER"]]}) + "\n", "utf-8"
    )
    given = ("import", "doccano", tmp_path / "bare.jsonl", "--corpus", corpus)
    status, _, said = tasrih(*given)
    assert status == 1 and "give --layer NAME" in said
    assert tasrih(*given, "--layer", "reader-a")[0] == 0
    assert len(layer_of(corpus, NAMES[0], "reader-a")) == 2


def test_two_annotators_never_become_one_layer() -> None:
    foreign = Foreign("a", "one two", {"": [], "gold": []})
    with pytest.raises(store.Misuse, match="would be one layer"):
        as_document(foreign, SETTINGS, {})  # type: ignore[arg-type]


def test_a_document_belongs_to_the_article_of_its_text_whatever_it_is_called(
    corpus: Path, tmp_path: Path
) -> None:
    row = {"id": NAMES[1], "text": DOCUMENTS[0]["text"], "spans": []}
    (tmp_path / "named.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    status, out, said = tasrih(
        "import", "offsets", tmp_path / "named.jsonl", "--layer", "reader-a", "--corpus", corpus
    )
    assert status == 0, said
    assert f"/{NAMES[0]}/layers/reader-a.jsonl" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"end": 9999}, "E102"),
        ({"start": 1}, "E103"),
        ({"members": ["e999"]}, "L117"),
    ],
)
def test_a_layer_that_other_tools_would_show_wrongly_is_not_exported(
    corpus: Path, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    gold = corpus / "articles" / NAMES[0] / "gold.jsonl"
    lines = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    at = next(at for at, line in enumerate(lines) if line["type"] == "entity")
    lines[at] |= change
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    status, _, told = tasrih("export", "w3c", tmp_path / "pages", "--corpus", corpus)
    assert status == 1 and said in told
    assert not (tmp_path / "pages").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "w3c", "nowhere"), "cannot be read"),
        (("import", "w3c", ".", "--option", "x=y"), "the options of w3c are none"),
        (("import", "w3c", ".", "--create"), "needs --topic and --licence"),
        (("import", "w3c", ".", "--map", "x"), "give NAME=VALUE"),
        (("import", "w3c", "."), "no file that ends in"),
        (("export", "w3c", "out", "no-article"), "there is no article"),
        (("export", "w3c", "out", "--layer", "../x"), "is not a layer name"),
    ],
)
def test_misuse_is_said(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    status, _, told = tasrih(*words, "--corpus", corpus)
    assert status in (1, 2) and said in told
    assert not list((tmp_path / "here").iterdir())
