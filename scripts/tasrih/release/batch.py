"""The batch: what build does with a handful of documents, wherever it runs.

A batch goes in as a slice of a shard or as readings of a corpus folder and comes out as findings and
tables by split. The function of a batch keeps nothing between batches, so it may run in this process,
in a pool or on a cluster, with the same result.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from tasrih import store
from tasrih.check.run import Checker
from tasrih.model import GOLD, Document, Finding, Settings
from tasrih.release.tables import Tables, tables
from tasrih.splits import split_of
from tasrih.store import Reading, Slice

SIZE = 500


@dataclass(slots=True)
class BatchResult:
    """Findings of a batch and its tables by split; no tables where there is an error."""

    findings: list[Finding]
    tables: dict[str, Tables]
    counts: Counter[str]


@dataclass
class BatchJob:
    """Checks the documents of a batch and makes their tables.

    `splits` maps articles to their frozen split; an article that is not in it goes by the hash of its event.
    With `standoff` the tables are made without any text.
    """

    settings: Settings
    splits: Mapping[str, str] = field(default_factory=dict)
    local: bool = False
    standoff: bool = False
    _checker: Checker | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_checker": None}

    def __call__(self, batch: Slice | Sequence[Reading]) -> BatchResult:
        collects = gc.isenabled()
        gc.disable()  # a batch is a great many small dictionaries without a cycle: looking for one is a waste
        try:
            return self._made(batch)
        finally:
            if collects:
                gc.enable()

    def _made(self, batch: Slice | Sequence[Reading]) -> BatchResult:
        if self._checker is None:
            self._checker = Checker(self.settings)
        findings: list[Finding] = []
        by_split: dict[str, list[Document]] = {}
        for reading in store.read_slice(batch) if isinstance(batch, Slice) else batch:
            findings += self._checker.check(reading)
            if reading.document is not None and GOLD in reading.document["layers"]:
                document = store.stripped(reading.document) if self.standoff else reading.document
                by_split.setdefault(self._split(document), []).append(document)
        self._checker.summaries.clear()
        counts: Counter[str] = Counter()
        if any(finding.severity == "error" for finding in findings):
            return BatchResult(findings, {}, counts)
        labels = self.settings["labels"]
        made = {
            split: tables(documents, labels, counts, local=self.local)
            for split, documents in sorted(by_split.items())
        }
        return BatchResult(findings, made, counts)

    def _split(self, document: Document) -> str:
        article = document["article"]
        name, event = article.get("id", ""), article.get("event", "")
        return self.splits.get(name) or split_of(str(event), self.settings["splits"])


def batches(items: Iterable[Any], size: int = SIZE) -> Iterator[list[Any]]:
    """`items` in lists of `size`. The size decides row groups, so it is the same for every build."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def shard_batches(shards: Iterable[Path], size: int = SIZE) -> Iterator[Slice]:
    """The lines of JSON Lines shards in batches."""
    for path in shards:
        yield from store.shard_slices(path, size)
