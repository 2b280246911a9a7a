"""Suggestions for the articles of shards: a new shard for each, with a layer of suggestions in every article.

A shard is written beside and renamed, and remembers what it was made from, so that a run that was killed goes on at
the first shard that is not whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from tasrih import shards, store
from tasrih.check.run import Checker
from tasrih.fingerprint import fingerprint
from tasrih.model import SUGGESTED, Document, Layer, is_suggestion
from tasrih.shards import Part
from tasrih.store import Misuse
from tasrih.suggest import Suggest, suggester
from tasrih.suggest.layers import confident, draft_of, header_of, refuse_worked_on

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Suggested:
    """The articles of a part with their suggestions, as lines of a shard; `passed` is how many have no text."""

    source: Path
    taken: int
    lines: bytes
    articles: int
    annotations: int
    passed: int


@dataclass
class SuggestJob:
    """Adds layer `layer` to the articles of a part. A suggester is made once in every process."""

    corpus: Path
    names: str
    layer: str
    least: float
    tool: str
    _made: tuple[Suggest, Checker, str] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_made": None}

    def make(self) -> tuple[Suggest, Checker, str]:
        """The suggester, what refuses articles that are of no shape, and the version of the guidelines."""
        if self._made is None:
            corpus = store.open_corpus(self.corpus)
            checker = Checker(corpus.settings, lambda code: code in ("A101", "L116") or code[0] in "T")
            self._made = (suggester(self.names, corpus), checker, corpus.settings["guidelines"])
        return self._made

    def __call__(self, part: Part) -> Suggested:
        suggest, checker, guidelines = self.make()
        documents = [_whole(reading, checker) for reading in shards.load(part).readings()]
        checker.summaries.clear()
        annotated = 0
        for first in range(0, len(documents), _BATCH):
            batch = [one for one in documents[first : first + _BATCH] if one["text"] is not None]
            for document in batch:
                refuse_worked_on(document, self.layer)
            for document, found in zip(batch, suggest([draft_of(one) for one in batch]), strict=True):
                annotations = confident(found, self.least)
                header: Layer = header_of(document["article"], self.layer, guidelines, self.names, self.tool)
                document["layers"] = {**document["layers"], self.layer: [header, *annotations]}
                annotated += len(annotations)
        lines = b"".join(map(store.document_line, documents))
        passed = sum(document["text"] is None for document in documents)
        return Suggested(part.source, part.taken, lines, len(documents), annotated, passed)


def _whole(reading: store.Reading, checker: Checker) -> Document:
    for finding in checker.check(reading):
        if finding.severity == "error":
            raise Misuse(f"{finding}; «tasrih check» says all")
    if reading.document is None:
        raise Misuse(f"{reading.problems[0].file}:{reading.problems[0].line}: {reading.problems[0].detail}")
    return reading.document


def output_of(source: Path, out: Path) -> Path:
    """Where the shard that is made of `source` stands."""
    name = source.name.removesuffix(".gz").removesuffix(".zst").removesuffix(".parquet")
    return out / f"{name.removesuffix('.jsonl').removesuffix('.ndjson')}.jsonl"


def suggest_shards(
    job: SuggestJob,
    sources: Sequence[Path],
    out: Path,
    run: Callable[[Any, Iterable[Part]], Iterator[Suggested]],
    done: Callable[[Path, bool], None],
) -> Iterator[Suggested]:
    """Writes a shard with suggestions into `out` for every source and yields its parts as they come.

    `run` maps the job over parts; `done` is told of every shard and whether it was there already. Raises Misuse
    where two sources would become one file, a layer is not one of suggestions, or somebody has worked on it.
    """
    if not is_suggestion(job.layer):
        raise Misuse(
            f"--layer: «{job.layer}» is an annotator's; suggestions go to {SUGGESTED} or {SUGGESTED}-NAME"
        )
    targets = [output_of(source, out) for source in sources]
    if len(set(targets)) < len(targets) or {path.resolve() for path in targets} & {
        path.resolve() for path in sources
    }:
        raise Misuse(
            f"{out}: two shards would become one file, or write over one that is read; give another --out"
        )
    for source, target in zip(sources, targets, strict=True):
        noted, made_from = target.with_name(f".{target.name}.made-from"), _made_from(job, source)
        if target.is_file() and noted.is_file() and noted.read_text("utf-8") == made_from:
            done(target, True)
            continue
        yield from _one(target, run(job, shards.parts([source])))
        store.write_atomic(noted, made_from.encode())
        done(target, False)


def _one(target: Path, made: Iterable[Suggested]) -> Iterator[Suggested]:
    with store.beside(target) as new, new.open("wb") as stream:
        for part in made:
            stream.write(part.lines)
            yield part


def _made_from(job: SuggestJob, source: Path) -> str:
    stat = source.stat()
    said = [
        str(source.resolve()), stat.st_size, stat.st_mtime_ns, str(job.corpus.resolve()), job.names, job.layer,
        job.least, fingerprint(),
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(cast(Any, said))).hexdigest()
