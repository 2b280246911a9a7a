"""Texts of stand-off articles among files, folders and archives."""

from __future__ import annotations

import io
import tarfile
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from corpora import document, patched, write_corpus, write_document
from tasrih import store
from tasrih.cli import app
from tasrih.ingest import hydrate as hydrating
from tasrih.ingest.hydrate import Found, hydrate, variants

RESERVED = {"licence": "all rights reserved", "redistribute": False}
TEXT = "قالت الوزارة أمس: «سنفتح الجسر».\nثم عادت إلى تونس وفي آخر السطر كلمة.\n"
WHOLE = document(TEXT.replace("تونس", "<e1 GPE>تونس</e1>"), "secret")


@pytest.fixture
def corpus(tmp_path: Path) -> store.Corpus:
    """A corpus with one article whose text is withheld."""
    corpus = write_corpus(tmp_path / "corpus", [])
    bare: Any = store.stripped(WHOLE)
    write_document(corpus.root, {**bare, "article": {**bare["article"], "rights": RESERVED}})
    return corpus


def article_of(corpus: store.Corpus, source: Path) -> list[str | None]:
    return [found.article for found in hydrate(corpus, source)]


def is_complete(corpus: store.Corpus) -> bool:
    reading = store.read_document(corpus, "secret")
    return reading.hydrated and reading.document is not None and reading.document["text"] == WHOLE["text"]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
        TEXT.rstrip("\n").encode(),
        (TEXT + "\n\n").encode(),
        TEXT.replace("\n", "  \n").encode(),
        unicodedata.normalize("NFD", TEXT).encode(),
    ],
)
def test_harmless_differences_do_not_matter(data: bytes, corpus: store.Corpus, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(data)
    assert article_of(corpus, tmp_path / "text.txt") == ["secret"] and is_complete(corpus)


@given(st.text(max_size=40))
def test_the_text_itself_is_tried_first_and_no_variant_twice(text: str) -> None:
    found = list(variants(text))
    assert found[0] == text and len(found) == len(set(found))


def test_folders_and_archives_are_looked_through(corpus: store.Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "deep"
    folder.mkdir(parents=True)
    (folder / "other.txt").write_text("نص آخر", "utf-8")
    with zipfile.ZipFile(folder / "texts.zip", "w") as archive:
        archive.writestr("../../escape.txt", TEXT)
    found = list(hydrate(corpus, tmp_path / "mine"))
    assert [one.article for one in found] == [None, "secret"] and is_complete(corpus)
    assert not (tmp_path / "escape.txt").exists() and not (tmp_path / "mine" / "escape.txt").exists()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_are_read_and_links_in_them_are_not(
    mode: Any, corpus: store.Corpus, tmp_path: Path
) -> None:
    path = tmp_path / ("texts.tar" + mode[1:].replace(":", "."))
    with tarfile.open(path, mode) as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        member = tarfile.TarInfo("a/text.txt")
        member.size = len(TEXT.encode())
        archive.addfile(member, io.BytesIO(TEXT.encode()))
    assert article_of(corpus, path) == ["secret"] and is_complete(corpus)


def test_a_member_that_unpacks_to_more_than_a_text_is_refused(
    corpus: store.Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hydrating, "MAX_FILE", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", "ا" * 100_000)
    (found,) = hydrate(corpus, tmp_path / "bomb.zip")
    assert found.article is None and "1,001 bytes; the bound is 1,000" in found.why


def test_a_broken_archive_is_named(corpus: store.Corpus, tmp_path: Path) -> None:
    whole = tmp_path / "texts.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("text.txt", TEXT * 50)
    data = bytearray(whole.read_bytes())
    data[40:80] = bytes(40)
    whole.write_bytes(data)
    (found,) = hydrate(corpus, whole)
    assert found.article is None and "the archive cannot be read" in found.why


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "نص آخر".encode(),
            "no article of this corpus has this text (compared by SHA-256 of the canonical text)",
        ),
        (TEXT.replace("أمس", "غداً").encode(), "it may be another edition of secret (70 code points)"),
        (b"\xff", "is not UTF-8"),
        (b"", "the text is empty"),
        (None, "No such file"),
    ],
)
def test_another_text_is_kept_for_none_and_a_near_miss_is_named(
    content: bytes | None, message: str, corpus: store.Corpus, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "text.txt").write_bytes(content)
    (found,) = hydrate(corpus, tmp_path / "text.txt")
    assert found.article is None and message in found.why
    assert not corpus.texts.exists()


def test_a_text_that_the_corpus_holds_is_not_kept_again(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", [WHOLE])
    (found,) = hydrate(corpus, corpus.articles / "secret" / "text.txt")
    assert found.article is None and "which the corpus holds already" in found.why


def test_broken_articles_do_not_stop_hydration(corpus: store.Corpus, tmp_path: Path) -> None:
    broken: Any = patched(WHOLE, {"/article/rights": 5})
    write_document(corpus.root, {**broken, "text": None, "layers": {}}, "a-broken")
    (corpus.articles / "b-empty").mkdir()
    (tmp_path / "text.txt").write_text(TEXT, "utf-8")
    assert article_of(corpus, tmp_path / "text.txt") == ["secret"]


def test_the_verb_says_what_came_of_each_and_fails_where_a_source_gave_nothing(
    corpus: store.Corpus, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text(TEXT, "utf-8")
    (tmp_path / "other.txt").write_text("نص آخر", "utf-8")
    arguments = ["hydrate", str(tmp_path / "one.txt"), "--corpus", str(corpus.root)]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.output) == (0, f"{tmp_path / 'one.txt'}: secret\n")
    assert CliRunner().invoke(app, [*arguments, str(tmp_path / "other.txt")]).exit_code == 1


def test_a_hostile_name_stays_on_its_line() -> None:
    assert str(Found("a\nb\x1b[31m", "x")) == "a\\nb\\x1b[31m: x"
