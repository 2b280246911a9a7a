"""The check of articles in shards: part by part, in any number of processes, findings counted as they come."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasrih import shards
from tasrih.check.rule import RULES
from tasrih.check.run import Checker
from tasrih.model import Finding, Settings
from tasrih.shards import Part
from tasrih.store import Reading


def name_hash(name: str) -> int:
    """64 bits of the hash of a name: that two of a million names share one has a chance of three in a hundred million."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a part; of its articles the hashes of the ids and the lines that they stand in."""

    source: Path
    taken: int
    findings: list[Finding]
    ids: array[int]
    lines: array[int]

    @property
    def articles(self) -> int:
        return len(self.ids)


@dataclass
class CheckJob:
    """Checks the documents of a part with the rules whose codes begin with one of `codes`, or all without it."""

    settings: Settings
    codes: tuple[str, ...] = ()
    _checker: Checker | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_checker": None}

    def __call__(self, part: Part) -> Checked:
        if self._checker is None:
            self._checker = Checker(self.settings, self._selected, remembers=False)
        ids, lines = array("Q"), array("q")
        with shards.uncollected():
            findings = self._checker.check_many(_noted(shards.load(part).readings(), ids, lines))
        return Checked(part.source, part.taken, findings, ids, lines)

    def _selected(self, code: str) -> bool:
        return code.startswith(self.codes) if self.codes else True


def _noted(readings: Iterable[Reading], ids: array[int], lines: array[int]) -> Iterator[Reading]:
    """The readings as they come, the ids and lines of their articles added to `ids` and `lines`."""
    for reading in readings:
        if reading.document is not None:
            ids.append(name_hash(str(reading.document["article"].get("id"))))
            lines.append(reading.place.shard_line or 1)
        yield reading


@dataclass(slots=True)
class Standing:
    """Where every article of many parts stands, in sixteen bytes an article."""

    sources: list[Path] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    ids: array[int] = field(default_factory=lambda: array("Q"))
    lines: array[int] = field(default_factory=lambda: array("q"))

    def add(self, source: Path, ids: Iterable[int], lines: Iterable[int]) -> None:
        """Takes the articles of a part in: the hashes of their ids, and their lines."""
        self.ids.extend(ids)
        self.lines.extend(lines)
        self.sources.append(source)
        self.ends.append(len(self.ids))

    def twice(self) -> Iterator[Finding]:
        """A finding for every article whose id has stood before."""
        import numpy as np  # not above: a check of a corpus folder starts without it

        ids = np.frombuffer(self.ids, np.uint64)
        order = np.argsort(ids, kind="stable")
        rule = RULES["P108"]
        for at in np.flatnonzero(ids[order[1:]] == ids[order[:-1]]):
            one, (file, line) = self._where(int(order[at])), self._where(int(order[at + 1]))
            message = f"the id of this article stands at {one[0]}:{one[1]} too"
            yield Finding("P108", rule.severity, file, line, "/article/id", message, rule.mend)

    def _where(self, article: int) -> tuple[str, int]:
        return str(self.sources[bisect(self.ends, article)]), self.lines[article]


def findings_of(checked: Iterable[Checked], selected: bool = True) -> Iterator[list[Finding]]:
    """The findings part by part, then, where P108 is `selected`, those of ids that stand twice."""
    standing = Standing()
    for one in checked:
        standing.add(one.source, one.ids, one.lines)
        yield one.findings
    if selected:
        yield list(standing.twice())
