"""Scores a system against the gold of a corpus or release."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasrih.agree import score_output as output
from tasrih.agree.effort import Effort, efforts
from tasrih.agree.scores import Scores, scores
from tasrih.agree.significance import Difference, differences
from tasrih.formats import predictions
from tasrih.model import Annotation, Finding
from tasrih.release.gold import Gold
from tasrih.store import Misuse

LAYER = "layer:"  # before the name of a layer that stands for a system


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a system says of the articles of gold; with `findings` it is not to be scored."""

    system: str
    annotations: dict[str, list[Annotation]]
    findings: list[Finding]
    skipped: int = 0


def predicted(what: str, gold: Gold) -> Predicted:
    """The predictions in a file, or of a layer of gold's own articles: `layer:reader-a`. Raises Misuse."""
    if what.startswith(LAYER):
        name = what.removeprefix(LAYER)
        return Predicted(name, gold.layer(name), [])
    path = Path(what)
    if not path.is_file():
        raise Misuse(f"{what}: there is no such file; a layer is named layer:NAME")
    found = predictions.read(path, gold.settings, gold.by_id, gold.elsewhere)
    return Predicted(found.system, found.annotations, found.findings, found.skipped)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of a system, and what they are less those of another."""

    gold: Gold
    scores: Scores
    efforts: list[Effort]
    other: Scores | None
    differences: list[Difference]
    resamples: int

    @property
    def title(self) -> str:
        """One line that says what was scored."""
        count = len(self.gold.documents)
        where = "all splits" if self.gold.split == "all" else f"split {self.gold.split}"
        articles = "article" if count == 1 else "articles"
        name, version = self.gold.name, self.gold.version
        named = name if name.endswith(version) else f"{name} {version}"
        intervals = "; 95 % intervals" if count > 1 else ""
        return f"{self.scores.system} against {named}, {where}: {count:,} {articles}{intervals}"

    @property
    def against(self) -> str:
        """The name of the other system; an empty string without one."""
        return self.other.system if self.other else ""

    @property
    def silent(self) -> list[str]:
        """The kinds of annotation that no system here makes."""
        return output.silent([self.scores, *([self.other] if self.other else [])])

    def notes(self) -> list[str]:
        """What was left out, and what counts as empty."""
        said = []
        if self.gold.withheld:
            said.append(f"left out, as the text is withheld: {', '.join(self.gold.withheld)}")
        for found in [self.scores, *([self.other] if self.other else [])]:
            if found.unpredicted:
                names = ", ".join(found.unpredicted)
                said.append(f"{found.system} says nothing of, so counted as without annotations: {names}")
        if self.silent:
            said.append(f"nothing is predicted of, so not shown: {', '.join(self.silent)}")
        return said

    def as_record(self) -> dict[str, Any]:
        """The evaluation as plain values, of the shape of schemas/evaluation.schema.json."""
        gold = {
            "name": self.gold.name, "version": self.gold.version, "split": self.gold.split, "sha256": self.gold.sha256,
            "articles": self.scores.articles, "withheld": self.gold.withheld,
        }  # fmt: skip
        return output.as_record(
            gold, self.scores, self.efforts, self.differences, self.against, self.resamples
        )


def evaluate(
    gold: Gold,
    system: Predicted,
    other: Predicted | None,
    resamples: int,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = lambda documents: documents,
) -> Evaluation:
    """`system` scored, and compared with `other` where there is one."""
    labels = gold.settings["labels"]
    found = scores(system.system, gold.documents, system.annotations, labels, resamples, progress)
    spent = efforts(gold.documents, system.annotations)
    if other is None:
        return Evaluation(gold, found, spent, None, [], resamples)
    theirs = scores(other.system, gold.documents, other.annotations, labels, resamples, progress)
    compared = list(differences(found, theirs, resamples))
    return Evaluation(gold, found, spent, theirs, compared, resamples)
