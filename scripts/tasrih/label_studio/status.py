"""How far a project is: by annotator what is done, skipped, begun and open, and how far they agree so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tasrih.label_studio.work import Work
from tasrih.model import Document, Layer


@dataclass(slots=True)
class Status:
    """Counts by annotator, and the articles that two people or more have finished, with their layers."""

    tasks: int = 0
    done: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    drafts: Counter[str] = field(default_factory=Counter)
    shared: list[Document] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def annotators(self) -> list[str]:
        """Everybody who has done anything, by name."""
        return sorted({*self.done, *self.skipped, *self.drafts})

    def open(self, name: str) -> int:
        """How many tasks `name` has neither finished nor skipped."""
        return self.tasks - self.done[name] - self.skipped[name]


def status(works: Iterable[Work]) -> Status:
    """The figures of a project's tasks; only articles that two people have finished are kept."""
    found = Status()
    for one in works:
        found.tasks += 1
        found.refused += one.refused
        found.done.update(one.finished.keys())
        found.skipped.update(set(one.skipped) - one.finished.keys())
        found.drafts.update(set(one.drafts) - one.finished.keys() - set(one.skipped))
        if len(one.finished) > 1 and one.document is not None:
            found.shared.append(_document(one, one.document))
    return found


def _document(one: Work, document: Document) -> Document:
    layers = {}
    for name, annotated in one.finished.items():
        header: Layer = {
            "type": "layer",
            "article": document["article"]["id"],
            "text_sha256": document["article"]["text_sha256"],
            "annotator": name,
            "guidelines": annotated.guidelines or "",
            "created": "",
            "tool": "",
        }
        layers[name] = [header, *annotated.annotations]
    return {"article": document["article"], "text": document["text"], "layers": layers}
