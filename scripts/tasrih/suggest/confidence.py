"""How much a rule is to be believed: how often it was right on gold, smoothed towards its pattern and all patterns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_WEIGHT = 2.0  # how many firings what is known of the wider class counts for
_UNSEEN = 0.6  # what is believed of rules that gold has nothing on


@dataclass(frozen=True, slots=True)
class Firing:
    """A pattern fired with a lemma; `right` says whether gold has what it proposed."""

    pattern: str
    lemma: str
    right: bool


@dataclass(slots=True)
class Confidence:
    """Firings and how many of them were right, of each pattern with each lemma, of each pattern, and of all."""

    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[tuple[str, str]] = field(default_factory=Counter)

    def share(self, pattern: str, lemma: str) -> float:
        """The share that is expected to be right: of the lemma in this pattern, drawn to that of the pattern, 0 to 1."""
        every = self._share("", "", _UNSEEN)
        return (
            self._share(pattern, lemma, self._share(pattern, "", every))
            if lemma
            else self._share(pattern, "", every)
        )

    def _share(self, pattern: str, lemma: str, wider: float) -> float:
        key = (pattern, lemma)
        return (self.right[key] + _WEIGHT * wider) / (self.fired[key] + _WEIGHT)


def counted(firings: Iterable[Firing]) -> Confidence:
    """The confidence that `firings` give."""
    found = Confidence()
    for firing in firings:
        for key in {(firing.pattern, firing.lemma), (firing.pattern, ""), ("", "")}:
            found.fired[key] += 1
            found.right[key] += firing.right
    return found
