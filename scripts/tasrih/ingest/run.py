"""SRC… → articles of a corpus: each source is read in its way, duplicates are found, and everything is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import orjson

from tasrih import store
from tasrih.ingest import plain
from tasrih.ingest.opening import STDIN, Input, files_of, inputs
from tasrih.ingest.source import Found, Options, Refused, Remark, Skipped, Source, guarded
from tasrih.match.growing import NearIndex
from tasrih.model import Article, visible
from tasrih.store import Corpus, Misuse
from tasrih.text.canonical import sha256
from tasrih.text.slugs import slug

Status: TypeAlias = Literal["kept", "skipped", "duplicate", "near-duplicate", "note"]
_NULLS = ("title", "author", "date")  # what article.json says to be unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a record of a source; of a note it is only `why`.

    `id` is that of the new article or, of a duplicate, of the article whose text it has; `near` are articles with at
    least half of its shingles, and their shares.
    """

    where: str
    status: Status
    id: str | None = None
    why: str = ""
    encoding: str = ""
    title: str | None = None
    notes: Sequence[str] = ()
    near: Sequence[tuple[str, float]] = ()
    paths: Sequence[str] = ()

    def line(self, file: str) -> bytes:
        """A line of the report."""
        near = [{"id": name, "share": round(share, 4)} for name, share in self.near]
        record = {
            "file": file, "where": self.where, "status": self.status, "id": self.id, "why": self.why, "encoding": self.encoding,
            "title": self.title, "notes": list(self.notes), "near": near,
        }  # fmt: skip
        return orjson.dumps(record) + b"\n"

    def __str__(self) -> str:
        said = {
            "kept": f"kept as {self.id}",
            "duplicate": f"has the text of {self.id}",
            "near-duplicate": f"left out: near to {self.id}",
        }.get(self.status, self.why)
        near = [f"near to {name} ({share:.0%})" for name, share in self.near if name != self.id]
        return visible(f"{self.where}: " + "; ".join([said, *near, *self.notes]))


@dataclass(frozen=True, slots=True)
class Request:
    """How sources are taken in. `given` are keys of article.json that win over what a source states."""

    given: Mapping[str, Any]
    options: Options = field(default_factory=Options)
    kind: str | None = None
    dry_run: bool = False
    skip_near: bool = False


def files(sources: Sequence[str]) -> list[tuple[str, bool] | Skipped]:
    """The files of every SRC, each once; a Skipped for a pattern that fits nothing."""
    found: dict[str, tuple[str, bool] | Skipped] = {}
    for source in sources:
        try:
            for file, named in files_of(source) if source != STDIN else [(STDIN, True)]:
                found.setdefault(file, (file, named))
        except (Refused, OSError) as error:
            found.setdefault(source, Skipped(source, str(error)))
    return list(found.values())


def records(given: Input, options: Options) -> Iterator[Found]:
    """What an input holds, read in the way of its kind."""
    try:
        yield from guarded(given.name, _reader(given.kind)(given, options))
    except Misuse as error:  # a library that is missing
        raise Misuse(f"{given.name}: {error}") from None


def _reader(kind: str) -> Callable[[Input, Options], Iterator[Found]]:
    """The function of a kind; its libraries are imported when it is asked for."""
    from importlib import import_module

    module = {"json": "table", "jsonl": "table", "csv": "table"}.get(kind, kind)
    return cast(Callable[[Input, Options], Iterator[Found]], import_module(f"tasrih.ingest.{module}").read)


class Ingestion:
    """Takes sources into a corpus, and knows what texts it has, those of this run included."""

    def __init__(self, corpus: Corpus, request: Request) -> None:
        self._corpus, self._request = corpus, request
        self._ids = set(corpus.ids())
        self._next: Counter[str] = Counter()
        self._texts: dict[str, str] = {}
        self._near = NearIndex()
        for name in sorted(self._ids):
            self._known(name)

    def _known(self, name: str) -> None:
        """Remembers an article of the corpus by the hash of its text, and by its words where they are at hand."""
        document = store.read_document(self._corpus, name).document
        if document is None:
            return
        digest, text = document["article"].get("text_sha256"), document["text"]
        if isinstance(digest, str):
            self._texts.setdefault(digest, name)
        if text is not None:
            self._near.keep(name, text)

    def of_file(self, file: tuple[str, bool] | Skipped) -> Iterator[Outcome]:
        """What came of everything in a file."""
        if isinstance(file, Skipped):
            yield Outcome(file.where, "skipped", why=file.why)
            return
        for found in self.sources(*file):
            yield self.of_record(found)

    def sources(self, file: str, named: bool) -> Iterator[Found]:
        """Everything in a file, read and not yet taken in."""
        for one in inputs(file, self._request.kind, named):
            if isinstance(one, Skipped):
                yield one
            else:
                yield from records(one, self._request.options)

    def of_record(self, found: Found) -> Outcome:
        """Takes a record in. Raises Misuse where what the user gave makes no article."""
        if isinstance(found, Skipped):
            return Outcome(found.where, "skipped", why=found.why)
        if isinstance(found, Remark):
            return Outcome(found.where, "note", why=found.what)
        digest = sha256(found.text)
        article = self._article(found)
        about: dict[str, Any] = {
            "encoding": found.encoding,
            "title": article.get("title"),
            "notes": tuple(found.notes),
        }
        if digest in self._texts:
            return Outcome(found.where, "duplicate", self._texts[digest], **about)
        near = self._near.add(article["id"], found.text, unless_near=self._request.skip_near)
        if near and self._request.skip_near:
            return Outcome(found.where, "near-duplicate", near[0][0], near=near, **about)
        if self._request.dry_run:
            store.folder_of_new(self._corpus, article)
            paths: list[str] = []
        else:
            paths = [str(path) for path in store.create_article(self._corpus, article, found.text)]
        self._ids.add(article["id"])
        self._texts[digest] = article["id"]
        return Outcome(found.where, "kept", article["id"], near=near, paths=paths, **about)

    def _article(self, source: Source) -> Article:
        """The article record of a source: what it states, and above that what the user gave."""
        given = {key: value for key, value in self._request.given.items() if value is not None}
        name = given.get("id") or self._fresh(slug(source.name))
        metadata = {
            **dict.fromkeys(_NULLS),
            "id": name, "event": name, "language": self._corpus.settings["languages"][0], "origin": "reported", "invented": False,
            **source.metadata, **given,
        }  # fmt: skip
        return plain.made(source.text, metadata, source.sha256, source.headings)

    def _fresh(self, name: str) -> str:
        """`name`, or `name` with the least number that makes it new."""
        if name not in self._ids:
            return name
        while True:
            self._next[name] += 1
            made = f"{name}-{self._next[name] + 1}"
            if made not in self._ids:
                return made


def file_name(file: tuple[str, bool] | Skipped) -> str:
    """The name of a file of `files`."""
    return file.where if isinstance(file, Skipped) else file[0]


def take_one(corpus: Corpus, request: Request, sources: Sequence[str]) -> Sequence[str]:
    """Takes in the one text of SRC under the given id; returns the paths that were written.

    Raises Misuse where there is none or are several, and where the article or its text is there already.
    """
    name = str(request.given["id"])
    if store.is_id(name):
        folder = corpus.folder(name)
        if (folder / "article.json").exists():
            raise Misuse(f"{folder} is there already; its text never changes in place")
    ingestion = Ingestion(corpus, request)
    outcome = ingestion.of_record(_only(ingestion, sources))
    if outcome.status != "kept":
        raise Misuse(str(outcome))
    return outcome.paths


def _only(ingestion: Ingestion, sources: Sequence[str]) -> Source:
    """The one text of SRC. Raises Misuse where there is none or are several."""
    found: list[Source] = []
    why = ""
    for source in sources:
        if Path(source).is_dir():
            raise Misuse(f"{source}: Is a directory; --id is for one article: leave it out and ids are made")
    for file in files(sources):
        for one in [file] if isinstance(file, Skipped) else ingestion.sources(*file):
            if isinstance(one, Source):
                found.append(one)
            elif isinstance(one, Skipped):
                why = why or f"{one.where}: {one.why}"
            if len(found) > 1:
                raise Misuse(
                    f"{visible(found[1].where)}: a second article; --id is for one: leave it out and ids are made"
                )
    if not found:
        raise Misuse(visible(why) or "there is nothing to take in")
    return found[0]
