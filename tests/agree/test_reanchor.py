"""`tasrih reanchor`: an article with its layers and decisions on a corrected text, as a user runs it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpora import document, write_corpus
from layered import SAID, SAID_ROLES, two_layers
from tasrih import store
from tasrih.check.run import check_corpus
from tasrih.cli import app
from tasrih.text.canonical import sha256

WHOLE = SAID + SAID_ROLES
CHANGED = WHOLE.replace("<e2 GPE>", "<e2 LOC>").replace("about=e2", "about=e2 certainty=probable")
WITHHELD = "<e1 PER>هدى النوار</e1> زارت <e2 GPE>صفاقس</e2> أمس."


def left_over(corpus: store.Corpus) -> list[str]:
    """What stands in the folder for work besides what the check keeps."""
    return [path.name for path in (corpus.root / ".tasrih").iterdir() if path.name != "checked"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def corpus(tmp_path: Path) -> store.Corpus:
    """An article with two layers, decisions and gold."""
    root = tmp_path / "corpus"
    corpus = write_corpus(root, [two_layers(WHOLE, CHANGED, "first")])
    run("adjudicate", "--corpus", root, "--out", tmp_path / "work")
    work = tmp_path / "work" / "first.inline"
    work.write_text(work.read_text("utf-8").replace("| ? |", "| one | for the test"), "utf-8")
    assert run("adjudicate", "--corpus", root, "--decisions", work, "--by", "the tests").exit_code == 0
    return corpus


def errors(corpus: store.Corpus) -> list[str]:
    return [str(finding) for finding in check_corpus(corpus.root) if finding.severity == "error"]


def mended(corpus: store.Corpus, tmp_path: Path, old: str, new: str) -> Path:
    text = (corpus.folder("first") / "text.txt").read_text("utf-8")
    assert old in text
    file = tmp_path / "mended.txt"
    file.write_text(text.replace(old, new), "utf-8")
    return file


def test_layers_gold_and_decisions_come_along(corpus: store.Corpus, tmp_path: Path) -> None:
    file = mended(corpus, tmp_path, "الصحة", "الصحة العامة")
    done = run("reanchor", "first", file, "--corpus", corpus.root)
    assert done.exit_code == 0 and "18 annotations in 3 layers stand on the new text" in done.output, (
        done.output
    )
    assert (corpus.folder("first") / "text.txt").read_bytes() == file.read_bytes()
    assert errors(corpus) == []
    again = run("adjudicate", "--corpus", corpus.root)
    assert (again.exit_code, "2 decided, 0 open" in again.output, "gold.jsonl stands" in again.output) == (
        0,
        True,
        True,
    )
    assert left_over(corpus) == []


def test_what_has_no_place_is_named_and_nothing_written_unless_it_is_dropped(
    corpus: store.Corpus, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in corpus.folder("first").rglob("*") if path.is_file()}
    file = mended(corpus, tmp_path, "النقابة", "الهيئة")
    refused = run("reanchor", "first", file, "--corpus", corpus.root)
    assert refused.exit_code == 1
    assert (
        "gold/e3: «النقابة»: its words are gone" in refused.output
        and "gold/s1: «أيدت»: no holders is left" in refused.output
    )
    assert {path: path.read_bytes() for path in before} == before
    done = run("reanchor", "first", file, "--corpus", corpus.root, "--drop")
    assert done.exit_code == 0 and "6 without a place" in done.output, done.output
    assert errors(corpus) == []


def test_a_text_that_is_the_same_or_none_is_refused(corpus: store.Corpus, tmp_path: Path) -> None:
    same = run("reanchor", "first", mended(corpus, tmp_path, "الصحة", "الصحة"), "--corpus", corpus.root)
    assert "the text is as it was" in str(same.exception)
    (tmp_path / "empty.txt").write_bytes(b" \n")
    assert (
        "the text is empty"
        in run("reanchor", "first", tmp_path / "empty.txt", "--corpus", corpus.root).output
    )
    assert run("reanchor", "../first", tmp_path / "empty.txt", "--corpus", corpus.root).exit_code == 2


def test_a_withheld_text_stays_out_of_the_repository(tmp_path: Path) -> None:
    whole = document(WITHHELD, "first")
    text = str(whole["text"])
    corpus = write_corpus(tmp_path / "corpus", [whole])
    folder = corpus.folder("first")
    article = {**whole["article"], "rights": {"licence": "all rights reserved", "redistribute": False}}
    (folder / "article.json").write_text(json.dumps(article), "utf-8")
    (folder / "text.txt").unlink()
    lines = whole["layers"]["gold"]
    file = tmp_path / "mended.txt"
    file.write_text(text.replace("أمس", "اليوم"), "utf-8")
    store.write_layer(corpus, article, "gold", lines[0], lines[1:], text)  # type: ignore[arg-type]
    assert "withheld" in str(run("reanchor", "first", file, "--corpus", corpus.root).exception)
    store.write_atomic(store.local_text_path(corpus, sha256(text)), text.encode())
    done = run("reanchor", "first", file, "--corpus", corpus.root)
    assert done.exit_code == 0, done.output
    assert not (folder / "text.txt").exists() and "النوار" not in (folder / "gold.jsonl").read_text("utf-8")
    assert errors(corpus) == [] and store.read_document(corpus, "first").hydrated


KILLED = """
import os, pathlib, sys
sys.path.insert(0, {scripts!r})
write = pathlib.Path.write_bytes
def slow(path, content):
    write(path, content)
    if path.name == "gold.jsonl":
        print("half", flush=True)
        import time; time.sleep(60)
pathlib.Path.write_bytes = slow
from tasrih.cli import main
sys.argv = ["tasrih", "reanchor", "first", {file!r}, "--corpus", {root!r}]
main()
"""


def test_a_kill_in_the_middle_leaves_the_article_as_it_was(corpus: store.Corpus, tmp_path: Path) -> None:
    file = mended(corpus, tmp_path, "الصحة", "الصحة العامة")
    before = {path: path.read_bytes() for path in corpus.folder("first").rglob("*") if path.is_file()}
    scripts = str(Path(store.__file__).parents[1])
    program = KILLED.format(scripts=scripts, file=str(file), root=str(corpus.root))
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert {path: path.read_bytes() for path in before} == before and errors(corpus) == []
    assert len(left_over(corpus)) == 1
    assert run("reanchor", "first", file, "--corpus", corpus.root).exit_code == 0
    assert left_over(corpus) == []
