"""Characters that turn the direction of writing: seen on a page, and without effect beyond themselves."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# Embeddings, overrides and isolates with their ends; the marks LRM, RLM and ALM turn nothing round.
_NAMES = {
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
    "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
}  # fmt: skip
_CONTROL = re.compile(f"[{''.join(_NAMES)}]")


def shown_controls(text: object) -> Markup:
    """`text` as HTML, each control in an element of its own that isolates it; its name is drawn by the style sheet.

    The text of the page stays the text given, to the letter.
    """
    parts = _CONTROL.split(str(text))
    found = _CONTROL.findall(str(text))
    marked = [
        Markup('<bdi class="control" data-mark="{}">{}</bdi>').format(_NAMES[control], control)
        for control in found
    ]
    return Markup("").join(
        part for pair in zip(map(escape, parts), [*marked, Markup("")], strict=True) for part in pair
    )


def without_controls(text: str) -> str:
    """`text` without them, for a title or an attribute, where nothing can be marked."""
    return _CONTROL.sub("", text)
