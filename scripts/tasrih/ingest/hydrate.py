"""Finds the texts of stand-off articles among files, folders and archives, by their hashes.

A hash proves the text, so harmless differences may be undone freely: a variant that gives an article's hash is its
text. What an archive says of its members (names, sizes) is not trusted: nothing is unpacked to disk, and no more of
a member is read than a text may have.
"""

from __future__ import annotations

import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasrih import store
from tasrih.model import Article, visible
from tasrih.store import MAX_FILE, Corpus
from tasrih.text.canonical import NotText, canonical, sha256

# A text may be an article's in another edition where its length is about the same.
_NEAR_SHARE, _NEAR_LEAST, _NEAR_SHOWN = 0.02, 20, 3
_MOST_MEMBERS = 1_000_000
Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one text: the article that it completes, or why it belongs to none. `source` is for people."""

    source: str
    article: str | None
    why: str = ""

    def __str__(self) -> str:
        return visible(f"{self.source}: {self.article or self.why}")


def hydrate(corpus: Corpus, source: Path, progress: Progress = lambda items: items) -> Iterator[Found]:
    """Keeps every text of `source` that belongs to a withheld article; says of each text what came of it."""
    articles = {article["text_sha256"]: article for article in _articles(corpus)}
    for name, data in progress(_candidates(source)):
        if isinstance(data, str):
            yield Found(name, None, data)
            continue
        found, text = _match(name, data, articles)
        if found.article and text is not None:
            store.write_atomic(store.local_text_path(corpus, sha256(text)), text.encode())
        yield found


def _articles(corpus: Corpus) -> Iterator[Article]:
    for name in corpus.ids():
        document = store.read_document(corpus, name, local_texts=False).document
        if document is None:
            continue
        article: Any = document["article"]
        if isinstance(article.get("rights"), dict) and isinstance(article.get("text_sha256"), str):
            yield article


def _match(name: str, data: bytes, articles: Mapping[str, Article]) -> tuple[Found, str | None]:
    try:
        text = canonical(data)
    except NotText as error:
        return Found(name, None, str(error)), None
    for variant in variants(text):
        article = articles.get(sha256(variant))
        if article is None:
            continue
        if article["rights"]["redistribute"]:
            return Found(name, None, f"is the text of {article['id']}, which the corpus holds already"), None
        return Found(name, article["id"]), variant
    return Found(name, None, _near(text, articles)), None


def variants(text: str) -> Iterator[str]:
    """The text, and what it is without differences that come of saving and copying; each once."""
    seen: set[str] = set()
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    for base in (text, lines, text.strip(), lines.strip()):
        for ending in (base, base.rstrip("\n"), base.rstrip("\n") + "\n"):
            for form in (ending, unicodedata.normalize("NFC", ending), unicodedata.normalize("NFD", ending)):
                if form not in seen:
                    seen.add(form)
                    yield form


def _near(text: str, articles: Mapping[str, Article]) -> str:
    """Why a text belongs to no article, with the withheld ones that are about as long."""
    why = "no article of this corpus has this text (compared by SHA-256 of the canonical text)"
    bound = max(_NEAR_LEAST, _NEAR_SHARE * len(text))
    near = sorted(
        (abs(article["length"] - len(text)), article["id"], article["length"])
        for article in articles.values()
        if not article["rights"]["redistribute"] and isinstance(article.get("length"), int)
    )
    shown = [f"{name} ({length:,} code points)" for off, name, length in near[:_NEAR_SHOWN] if off <= bound]
    if not shown:
        return why
    return f"{why}; with {len(text):,} code points it may be another edition of {', '.join(shown)}"


# --- Where texts come from ----------------------------------------------------------------------------


def _candidates(source: Path) -> Iterator[tuple[str, bytes | str]]:
    """Name and bytes of every text of a file, folder or archive; a reason in words for what cannot be read."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield from _of_file(path)
    else:
        yield from _of_file(source)


def _of_file(path: Path) -> Iterator[tuple[str, bytes | str]]:
    try:
        if zipfile.is_zipfile(path):
            yield from _of_zip(path)
        elif path.suffix in (".tar", ".gz", ".tgz", ".bz2", ".xz", ".txz") and tarfile.is_tarfile(path):
            yield from _of_tar(path)
        elif path.stat().st_size > MAX_FILE:
            yield str(path), _too_large(path.stat().st_size)
        else:
            yield str(path), path.read_bytes()
    except OSError as error:
        yield str(path), str(error.strerror or error)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        yield str(path), f"the archive cannot be read: {error}"


def _too_large(size: int) -> str:
    return f"{size:,} bytes; the bound is {MAX_FILE:,}"


def _of_zip(path: Path) -> Iterator[tuple[str, bytes | str]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist()[:_MOST_MEMBERS]:
            if not member.is_dir():
                with archive.open(member) as stream:
                    yield f"{path}/{member.filename}", _bounded(stream)


def _of_tar(path: Path) -> Iterator[tuple[str, bytes | str]]:
    with tarfile.open(path) as archive:
        for number, member in enumerate(archive):
            if number >= _MOST_MEMBERS:
                return
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield f"{path}/{member.name}", _bounded(stream)


def _bounded(stream: Any) -> bytes | str:
    """What a stream holds, whatever its archive says of its size, or why it is too much for a text."""
    data = stream.read(MAX_FILE + 1)
    return _too_large(len(data)) if len(data) > MAX_FILE else data
