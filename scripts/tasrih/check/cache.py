"""What check found in each article, kept in `.tasrih/checked/`, so that what is as it was is not checked again.

A result is kept under the hash of everything that decides it: every byte of the article, the settings, and the
program itself. So it never makes a difference but in time, and the folder may be deleted whenever one likes. What
is not as it was written (cut off, edited, of another program) is passed over.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from tasrih import store
from tasrih.check.rule import CorpusView, Summary
from tasrih.fingerprint import fingerprint
from tasrih.match.near_duplicates import near_duplicates
from tasrih.model import Finding
from tasrih.store import Corpus

Result: TypeAlias = tuple[list[Finding], Summary | None]
Pair: TypeAlias = tuple[str, str, float]

_DIGEST = hashlib.sha256().digest_size
_LIBRARIES = ("jsonschema", "jsonschema_rs", "orjson", "rensa")


@dataclass(slots=True)
class Cache:
    """The results that are kept of one corpus."""

    corpus: Corpus
    _ground: bytes = field(init=False)

    def __post_init__(self) -> None:
        settings = repr(self.corpus.settings).encode()  # their order too, in which rules speak of them
        self._ground = _hash(os.fsencode(self.corpus.root), settings, fingerprint(*_LIBRARIES).encode())

    @property
    def folder(self) -> Path:
        return self.corpus.root / ".tasrih" / "checked"

    def checked(self, name: str, check: Callable[[str], Result]) -> Result:
        """What `check` says of article `name`: as it is kept, or asked now and kept."""
        state = self._state(name)
        if state is None:
            return check(name)
        key, text = state
        kept = self._read(name, key)
        if kept is not None:
            return _unpacked(kept, text)
        result = check(name)
        if self._state(name) == state:  # an article that is written meanwhile was checked in another state
            self._write(name, key, _packed(result))
        return result

    def near_duplicates(self, texts: Iterable[tuple[str, str]]) -> Iterator[Pair]:
        """As `tasrih.match.near_duplicates`; as long as the texts are the same they are compared once."""
        texts = list(texts)
        key = _hash(self._ground, *(part.encode() for pair in texts for part in pair))
        pairs = self._read("_near-duplicates", key)
        if pairs is None:
            pairs = list(near_duplicates(texts))
            self._write("_near-duplicates", key, pairs)
        yield from ((one, other, share) for one, other, share in pairs)

    def of_corpus(self, view: CorpusView, check: Callable[[CorpusView], Iterable[Finding]]) -> list[Finding]:
        """What `check` says of the corpus as a whole, which is decided by what the rules see of it."""
        try:
            seen = orjson.dumps(view, default=lambda _: None)
        except orjson.JSONEncodeError:  # a name that is no text
            return list(check(view))
        key = _hash(self._ground, seen)
        kept = self._read("_corpus", key)
        if kept is not None:
            return [Finding(*values) for values in kept]
        findings = list(check(view))
        self._write("_corpus", key, [astuple(finding) for finding in findings])
        return findings

    def _state(self, name: str) -> tuple[bytes, str | None] | None:
        """The hash of what decides the result of an article, and its text; None where it cannot be read as a whole."""
        folder = self.corpus.articles / name
        if not store.is_id(name):  # no path gets out of the folder of what is kept
            return None
        try:
            layers, strays = store.layer_files(folder)
            record = _content(folder / "article.json")
            raw = _content(folder / "text.txt")
            text = self._local_text(record) if raw is None else raw.decode()
            contents = [_content(path) for _, path in layers]
        except (OSError, ValueError):
            return None
        names = [os.fsencode(path) for _, path in layers] + [os.fsencode(stray.file) for stray in strays]
        found = [b"-" if content is None else b"+" + content for content in (record, raw, *contents)]
        hydrated = b"hydrated" if raw is None and text is not None else b""
        return _hash(self._ground, name.encode(), hydrated, *names, b"", *found), text

    def _local_text(self, record: bytes | None) -> str | None:
        article = orjson.loads(record or b"null")
        digest = article.get("text_sha256") if isinstance(article, dict) else None
        return store.read_local_text(self.corpus, digest)

    def _read(self, name: str, key: bytes) -> Any | None:
        try:
            raw = (self.folder / name).read_bytes()
        except OSError:
            return None
        body = raw[_DIGEST:]
        return orjson.loads(body) if raw[:_DIGEST] == _hash(key, body) else None

    def _write(self, name: str, key: bytes, result: Any) -> None:
        """Keeps a result; where that cannot be done it is found anew the next time."""
        path, beside = self.folder / name, self.folder / f".{name}.{os.getpid()}"
        try:
            body = orjson.dumps(result)
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True)
                (self.folder / ".gitignore").write_text("*\n", "utf-8")
            beside.write_bytes(_hash(key, body) + body)
            beside.replace(path)
        except (OSError, orjson.JSONEncodeError):
            return


def _hash(*parts: bytes) -> bytes:
    """SHA-256 of parts, each with its length, so that no two lists of parts have one hash."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d " % len(part))
        digest.update(part)
    return digest.digest()


def _content(path: Path) -> bytes | None:
    """The bytes of a file, None where there is none. Raises OSError or ValueError where they cannot be had."""
    try:
        with path.open("rb", buffering=0) as stream:
            if os.fstat(stream.fileno()).st_size > store.MAX_FILE:
                raise ValueError(f"{path}: too large")
            return stream.read()
    except FileNotFoundError:
        return None


def _packed(result: Result) -> dict[str, Any]:
    """A result as JSON, without the text."""
    findings, summary = result
    return {
        "findings": [astuple(finding) for finding in findings],
        "summary": summary and replace(summary, text=None),
        "has_text": summary is not None and summary.text is not None,
    }


def _unpacked(kept: dict[str, Any], text: str | None) -> Result:
    findings = [Finding(*values) for values in kept["findings"]]
    stated = kept["summary"]
    if stated is None:
        return findings, None
    covered = stated["covered"] and [(start, end) for start, end in stated["covered"]]
    return findings, Summary(**{**stated, "text": text if kept["has_text"] else None, "covered": covered})
