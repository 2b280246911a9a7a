"""Does the time of `check` and of a release's tables grow in proportion to the annotations of an article?

    python benchmarks/growth.py --json growth.json

One article at growing sizes: names (new ones keep coming), claims of every kind, some inside others, stances,
headings. Every size is timed several times, in turns. The slope of a step is that of log seconds over log annotations,
within one round: 1 is linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from bench import spread
from generate import WORDS
from tasrih import store
from tasrih.check import Checker
from tasrih.check.rule import CorpusView
from tasrih.formats import inline
from tasrih.model import Document, Settings
from tasrih.release.tables import tables
from tasrih.store import Place, Reading
from tasrih.text.canonical import sha256

SIZES = (500, 1000, 2000, 5000)
WORKS = ("check", "tables")
PLAIN = [word for word in WORDS if word != "أن"]  # a content does not begin with its particle
LETTERS = "بتجحخدرزسشصضطعغقمنه"
LABELS = ("PER", "ORG", "GPE", "FAC", "MEDIA", "EVENT")
CORPUS = Path(__file__).parents[1] / "corpus"


class Writer:
    """Writes an article in the inline format. Of 50 annotations 35 are entities, 11 claims and 4 stances."""

    def __init__(self, seed: int) -> None:
        self.chooser = random.Random(seed)
        self.entities, self.claims, self.stances = count(1), count(1), count(1)
        self.names: list[tuple[str, str]] = []
        self.roles: list[str] = []

    def words(self, number: int) -> str:
        """Words that are in no name."""
        return " ".join(self.chooser.choices(PLAIN, k=number))

    def entity(self) -> tuple[str, str]:
        """A mention with its tags, and its id: three in ten are of a name that is new."""
        if not self.names or self.chooser.random() < 0.3:
            parts = ("".join(self.chooser.choices(LETTERS, k=6)) for _ in range(2))
            self.names.append((" ".join(parts), self.chooser.choice(LABELS)))
            number = len(self.names) - 1
        else:
            number = max(0, len(self.names) - 1 - int(self.chooser.expovariate(0.02)))
        name, label = self.names[number]
        own = f"e{next(self.entities)}"
        self.roles.append(f"{own} form=name referent=r{number}")
        return f"<{own} {label}>{name}</{own}>", own

    def claim(self, claimers: str, via: str, mode: str, **more: str) -> str:
        """A new claim's id."""
        own = f"c{next(self.claims)}"
        said = {
            "claimers": claimers,
            "via": via,
            "mode": mode,
            "polarity": "affirmed",
            "certainty": "certain",
            **more,
        }
        self.roles.append(
            " ".join((own, *(f"{key}={value}" for key, value in said.items()), "checkworthy=true"))
        )
        return own  # fmt: skip

    def stance(self) -> str:
        """A sentence in which one supports another."""
        (holder, one), (target, other) = self.entity(), self.entity()
        own = f"s{next(self.stances)}"
        self.roles.append(f"{own} holders={one} target={other} basis=stated")
        return f"{holder} <{own} support>يؤيد</{own}> {target} {self.words(4)}."

    def reports(self) -> Iterator[str]:
        """Sentences of eleven claims: reported, one inside another, said on, quoted, interrupted, the author's."""
        (who, one), (held, _), (inner, two), (outer, three) = (self.entity() for _ in range(4))
        first, around = self.claim(one, "mention", "indirect"), self.claim(three, "mention", "indirect")
        inside = self.claim(two, "mention", "indirect", within=around)
        on = self.claim(three, "dropped", "indirect")
        yield f"<{first}#cue>قالت</{first}#cue> {who} إن <{first}>{self.words(5)} {held} {self.words(3)}</{first}>."
        yield (
            f"<{around}#cue>ذكرت</{around}#cue> {outer} أن <{around}>{self.words(2)} {inner} "
            f"<{inside}#cue>تؤكد</{inside}#cue> أن <{inside}>{self.words(4)}</{inside}></{around}>."
        )
        yield f"و<{on}#cue>أضافت</{on}#cue> أن <{on}>{self.words(6)}</{on}>."
        (who, one), (other, two) = self.entity(), self.entity()
        quoted = [self.claim(one, "mention", "direct") for _ in range(3)]
        parts = " ".join(f"<{own}>{self.words(5)}</{own}>." for own in quoted)
        cues = "".join(f"<{own}#cue>" for own in quoted), "".join(f"</{own}#cue>" for own in reversed(quoted))
        yield f"{cues[0]}قال{cues[1]} {who}: «{parts}»"
        cut = self.claim(two, "mention", "direct")
        yield f"«<{cut}#1>{self.words(3)}</{cut}#1>»، <{cut}#cue>قال</{cut}#cue> {other}، «<{cut}#2>{self.words(3)}</{cut}#2>»."
        for _ in range(3):
            own = self.claim("author", "none", "unattributed")
            yield f"<{own}>{self.words(7)}</{own}>."

    def paragraphs(self, annotations: int) -> Iterator[str]:
        """A heading and its paragraph for every fifty annotations."""
        for _ in range(annotations // 50):
            yield self.words(3)
            told = [f"{self.words(4)} {self.entity()[0]} {self.words(4)}." for _ in range(21)]
            yield " ".join([*self.reports(), *(self.stance() for _ in range(4)), *told])


def article(annotations: int, settings: Settings, seed: int = 1) -> Document:
    """A valid article with so many annotations."""
    writer = Writer(seed)
    body = "\n".join(writer.paragraphs(annotations))
    roles = "\n".join(writer.roles)
    parsed = inline.read(f"{inline.MAGIC}\nannotator: gold\n=== text\n{body}\n=== roles\n{roles}\n")
    lines, at, zones = parsed.text.splitlines(keepends=True), 0, []
    for number, line in enumerate(lines):
        if number % 2 == 0:
            zones.append({"kind": "heading", "start": at, "end": at + len(line) - 1})
        at += len(line)
    digest, name = sha256(parsed.text), f"growth-{annotations}"
    whole: Any = {
        "id": name, "title": None, "language": "ar", "event": name, "topic": "local", "origin": "written",
        "author": "benchmarks/growth.py", "date": "2026-01-01", "invented": True, "text_sha256": digest,
        "rights": {"licence": "CC0-1.0", "redistribute": True}, "length": len(parsed.text), "zones": zones,
    }  # fmt: skip
    header: Any = {"type": "layer", "article": name, "text_sha256": digest, "annotator": "gold", "guidelines": settings["guidelines"],
                   "created": "2026-01-01T00:00:00Z", "tool": "generated"}  # fmt: skip
    return {"article": whole, "text": parsed.text, "layers": {"gold": [header, *parsed.annotations]}}


def check(settings: Settings, document: Document) -> None:
    """Every rule over one article and over a corpus of it alone."""
    checker = Checker(settings)
    name = document["article"]["id"]
    findings = checker.check(Reading(document, Place(f"{name}/article.json"), []))
    view = CorpusView(settings, checker.summaries, [], [], "corpus", settings["guidelines"])
    findings += [finding for finding in checker.finish(view) if finding.code not in ("P102", "R103")]
    assert not findings, [str(finding) for finding in findings[:5]]


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(settings: Settings, rounds: int) -> list[dict[str, dict[str, float]]]:
    """For every round and size the seconds of each work, and the slope of the step that leads to it."""
    documents = {size: article(size, settings) for size in SIZES}
    for document in documents.values():
        check(settings, document)  # once unmeasured, for what is imported and cached
        tables([document], settings["labels"], Counter())
    found = []
    for _ in range(rounds):
        rows = [
            {
                "annotations": float(size),
                "check": seconds(lambda: check(settings, document)),  # noqa: B023 - called at once
                "tables": seconds(lambda: tables([document], settings["labels"], Counter())),  # noqa: B023
            }
            for size, document in documents.items()
        ]
        for before, row in pairwise(rows):
            step = math.log(row["annotations"] / before["annotations"])
            for name in WORKS:
                row[f"{name}_slope"] = math.log(row[name] / before[name]) / step
        found.append(rows)
    return found


def with_spread(rounds: list[list[dict[str, float]]]) -> list[dict[str, Any]]:
    """A row a size: of every figure the median, the least and the most over the rounds."""
    return [
        {"annotations": size, **{name: spread([row[name] for row in rows]) for name in rows[0] if name != "annotations"}}
        for size, rows in zip(SIZES, zip(*rounds, strict=True), strict=True)
    ]  # fmt: skip


def main() -> None:
    """Prints seconds and slopes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    rows = with_spread(measured(store.open_corpus(CORPUS).settings, told.rounds))
    for row in rows:
        for name in WORKS:
            slope = row.get(f"{name}_slope")
            print(
                f"{row['annotations']:11,} annotations  {name:7}{row[name][0]:8.3f} s"
                + (f"  slope {slope[0]:.2f} ({slope[1]:.2f} to {slope[2]:.2f})" if slope else "")
            )
    if told.json:
        told.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
