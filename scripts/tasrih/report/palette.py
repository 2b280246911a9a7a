"""Colours, symbols and style classes of the labels, by their places in the corpus's label sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasrih.model import Entity, Labels

# Tint and ink of the entity labels, in the order of the label set. The tints differ in lightness as well as
# in hue (after Paul Tol's light scheme), and a tag names the label, so that no reader depends on the hue.
_ENTITIES = (
    ("#cfe3f7", "#1f5a96"), ("#fbe0c3", "#8f4a00"), ("#cdeadb", "#14694a"), ("#deecb4", "#55660a"),
    ("#e6dbf3", "#67418f"), ("#fad5dc", "#9b2246"), ("#f6eab0", "#6f5900"), ("#f3d1ea", "#8a2573"),
    ("#e2e2e0", "#545450"), ("#d5d8f6", "#3b3f9e"), ("#c9ebf1", "#0d6470"), ("#ebdacd", "#73452a"),
)  # fmt: skip
# Ink and symbol of the stance labels: blue and vermilion keep apart for every kind of colour vision.
_STANCES = (("#0b62a0", "▲"), ("#b3400a", "▼"), ("#5f5f5f", "●"), ("#7a3b8f", "◆"), ("#46690f", "■"))
_DARK_STANCES = ("#74b8f0", "#f2946a", "#b9b9b9", "#d3a0e4", "#a9cc76")
_DARK_PAPER = "#1d1e21"
_STANCE_PLACES = {"support": 0, "oppose": 1, "neutral": 2}


@dataclass(frozen=True, slots=True)
class Palette:
    """Style classes for the labels of one corpus. A label that the corpus does not know is grey."""

    labels: Labels

    def entity_class(self, label: str) -> str:
        """The class that gives an entity label its tint and ink."""
        known = self.labels["entity"]
        return f"label-{known.index(label)}" if label in known else "label-none"

    def mention_classes(self, entity: Entity) -> str:
        """Classes of a mention: its label's, and whether it is a nominal."""
        return self.entity_class(entity["label"]) + (" nominal" if entity.get("form") == "nominal" else "")

    def _stance_place(self, label: str) -> int:
        others = [name for name in self.labels["stance"] if name not in _STANCE_PLACES]
        if label in _STANCE_PLACES:
            return _STANCE_PLACES[label]
        return len(_STANCE_PLACES) + (others.index(label) if label in others else len(others))

    def stance_class(self, label: str) -> str:
        """The class that gives a stance label its ink."""
        return f"stance-{self._stance_place(label) % len(_STANCES)}"

    def stance_symbol(self, label: str) -> str:
        """The sign that stands for a stance label."""
        return _STANCES[self._stance_place(label) % len(_STANCES)][1]

    def rules(self, *, dark: bool = False) -> list[str]:
        """The style rules behind the classes; with `dark` each colour has one for a dark page beside it."""
        entities = [_ENTITIES[place % len(_ENTITIES)] for place in range(len(self.labels["entity"]))]
        if dark:
            entities = [
                (f"light-dark({tint},{_mixed(ink, _DARK_PAPER)})", f"light-dark({ink},{tint})")
                for tint, ink in entities
            ]
        inks = [
            f"light-dark({ink},{other})" if dark else ink
            for (ink, _), other in zip(_STANCES, _DARK_STANCES, strict=True)
        ]
        return [
            *(f".label-{place}{{--tint:{tint};--ink:{ink}}}" for place, (tint, ink) in enumerate(entities)),
            *(f".stance-{place}{{--ink:{ink}}}" for place, ink in enumerate(inks)),
        ]


def counted(labels: Sequence[str], used: Sequence[str]) -> list[tuple[str, int]]:
    """Every label with the number of its uses; labels that the corpus does not know come last."""
    return [(label, used.count(label)) for label in dict.fromkeys([*labels, *sorted(used)])]


def _mixed(one: str, other: str) -> str:
    """The colour half way between two."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{(mine + theirs) // 2:02x}" for mine, theirs in pairs)
