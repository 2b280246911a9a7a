"""Which article to annotate next: the one of which a suggester is least sure teaches it most.

Uncertainty sampling as of Lewis and Gale (1994), summed over the suggestions of an article as Settles and Craven (2008)
sum it over a sequence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasrih.model import Annotation
from tasrih.suggest import Draft, Suggest
from tasrih.suggest.layers import BATCH

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article, how many suggestions it has, and how many of 100 words' suggestions are to be expected wrong."""

    article: str
    suggestions: int
    uncertainty: float


def uncertainty(annotations: Sequence[Annotation], words: int) -> float:
    """How unsure the suggestions of a text of so many words are, per 100 words.

    A suggestion of confidence p counts min(p, 1 - p): nothing where it is sure either way, a half where it is open.
    """
    sure = (line.get("confidence", 1.0) for line in annotations)
    return _HUNDRED * sum(min(p, 1 - p) for p in sure) / words if words else 0.0


def ranked(drafts: Mapping[str, Draft], suggest: Suggest) -> list[Ranked]:
    """The articles, the least sure first; of two that are alike the one whose id comes first."""
    names = list(drafts)
    found: list[Ranked] = []
    for first in range(0, len(names), BATCH):
        some = names[first : first + BATCH]
        for name, lines in zip(some, suggest([drafts[name] for name in some]), strict=True):
            words = len(drafts[name].text.split())
            found.append(Ranked(name, len(lines), uncertainty(lines, words)))
    return sorted(found, key=lambda one: (-one.uncertainty, one.article))
