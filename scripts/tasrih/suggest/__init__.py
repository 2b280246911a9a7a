"""Pre-annotation: functions that propose annotations for texts, to be corrected by people.

A suggester is made from a corpus and maps texts to annotations, one list a text: `make(corpus)` gives
`suggest(texts)`. Suggesters are found by the entry points `tasrih.suggesters`, so that a team's own stand beside
these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import TypeAlias, cast

from tasrih.model import Annotation
from tasrih.store import Corpus, Misuse

Suggest: TypeAlias = Callable[[Sequence[str]], list[list[Annotation]]]
GROUP = "tasrih.suggesters"


def suggester(name: str, corpus: Corpus) -> Suggest:
    """The suggester called `name`, made for `corpus`. Raises Misuse where there is none."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        raise Misuse(f"there is no suggester «{name}»; there are {', '.join(sorted(found)) or 'none'}")
    make = cast(Callable[[Corpus], Suggest], found[name].load())
    return make(corpus)
