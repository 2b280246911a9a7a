"""In which unit the offsets of a document were counted, and where its regions stand in code points.

Label Studio 1.23 counts code points; older ones counted UTF-16 units after an emoji (its issue 1347), and a
line end is one or two units according to who wrote the text and who counted. So the unit is found for each
document: the one under which every quote fits. Some exports have an `end` past the text (2007), and
quotes lose spaces and line ends (3078, 5338), so that a difference of white space alone does not count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasrih.text.canonical import BOM, canonical
from tasrih.text.units import BadOffset, Offsets, Unit

_MARK = BOM.decode()
_SHOWN = 60


class Misfit(ValueError):  # noqa: N818
    """A region fits under no unit; the message says what it quotes and what each unit gives."""


@dataclass(frozen=True, slots=True)
class Span:
    """A region as an export states it: its name for messages, offsets in an unknown unit, quote."""

    name: str
    start: int
    end: int
    quote: str | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A span under one unit: code points into the canonical text, and how its quote agrees."""

    start: int
    end: int
    exact: bool
    clipped: bool = False


class _Counting:
    """One way to count the offsets of a text: which line ends it had, and in which unit."""

    def __init__(self, name: str, source: str, unit: Unit) -> None:
        self.name = name
        self.source = source
        self.unit = unit
        self._offsets = Offsets(source, unit)
        # Characters of `source` that the canonical text does not have.
        self._dropped = [0] if source.startswith(_MARK) else []
        self._dropped += [at for at in _occurrences(source, "\r\n")]

    def fit(self, span: Span) -> Fit | str:
        """`span` in code points; else what this way of counting gives, for a message."""
        length = self._offsets.from_codepoints(len(self.source))
        clipped = span.end > length
        try:
            start = self._offsets.to_codepoints(span.start)
            end = self._offsets.to_codepoints(min(span.end, length))
        except BadOffset as error:
            return str(error)
        words = self.source[start:end]
        exact = span.quote is None or words == span.quote
        if span.start >= span.end or not words:
            return f"{span.start}..{span.end} holds no text of {length}"
        if clipped and span.quote is None:
            return f"{span.end} is past the end ({length}), and there is no quote"
        if not exact and _squeezed(words) != _squeezed(span.quote or ""):
            return f"«{words[:_SHOWN]}»" + (f", and {span.end} is past the end ({length})" if clipped else "")
        place = self._canonical(start), self._canonical(end)
        return Fit(*place, exact, clipped) if place[0] < place[1] else "no text but a line end's half"

    def _canonical(self, index: int) -> int:
        return index - bisect_left(self._dropped, index)


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _squeezed(words: str) -> str:
    return "".join(words.split())


def _countings(source: str) -> Iterator[_Counting]:
    """The ways of counting that differ on `source`, the likeliest first."""
    plain = canonical(source.encode())
    ends = {source: "", plain: ", a line end as one", plain.replace("\n", "\r\n"): ", a line end as two"}
    units: list[tuple[Unit, str]] = [("codepoint", "code points")]
    if source and max(source) > "\uffff":
        units.append(("utf16", "UTF-16 units"))
    for text, ending in ends.items():
        for unit, name in units:
            yield _Counting(name + ending, text, unit)


def place(source: str, spans: Sequence[Span]) -> tuple[list[Fit], list[str]]:
    """Where `spans` stand in the canonical form of `source`, and notes on what had to be assumed.

    Raises Misfit for a document whose quotes fit under no one unit, and for one without any quote whose units
    differ; NotText (from `canonical`) for a text that is none.
    """
    loose: tuple[_Counting, list[Fit]] | None = None
    attempts: list[tuple[_Counting, list[Fit | str]]] = []
    for counting in _countings(source):
        tried = [counting.fit(span) for span in spans]
        fits = [fit for fit in tried if isinstance(fit, Fit)]
        if len(fits) == len(spans):
            if all(fit.exact for fit in fits):
                return fits, _notes(spans, fits, counting, source)
            loose = loose or (counting, fits)
        attempts.append((counting, tried))
    if loose:
        return loose[1], _notes(spans, loose[1], loose[0], source)
    raise Misfit(_explain(spans, attempts))


def _notes(spans: Sequence[Span], fits: list[Fit], counting: _Counting, source: str) -> list[str]:
    astral = max(source) > "\uffff"
    unquoted = [span.name for span in spans if span.quote is None]
    if unquoted and len(unquoted) == len(spans) and astral:
        raise Misfit(
            f"{unquoted[0]} has no quote, like all the others, and the text has characters beyond U+FFFF: "
            "nobody can tell whether its offsets count code points or UTF-16 units; export with value.text"
        )
    notes = [f"{span.name}: its quote differs in white space; it is rebuilt from the offsets"
             for span, fit in zip(spans, fits, strict=True) if not fit.exact]  # fmt: skip
    notes += [f"{span.name}: its end {span.end} was past the text and is clipped, as its quote says"
              for span, fit in zip(spans, fits, strict=True) if fit.clipped]  # fmt: skip
    if unquoted:
        notes.append(f"{_listed(unquoted)}: no quote to hold the offsets against; they are taken as {counting.name}")
    if counting.unit != "codepoint" or counting.source != source:
        notes.append(f"offsets were {counting.name}; they are converted to code points")
    elif canonical(source.encode()) != source:
        notes.append("the text had CRLF, CR or a byte order mark; it is made canonical and offsets moved with it")
    return notes


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _explain(spans: Sequence[Span], attempts: list[tuple[_Counting, list[Fit | str]]]) -> str:
    """The first region that the unit with the fewest misfits cannot place, under every reading."""
    _, best = min(attempts, key=lambda attempt: sum(isinstance(fit, str) for fit in attempt[1]))
    index = next(number for number, fit in enumerate(best) if isinstance(fit, str))
    span = spans[index]
    readings = []
    for counting, tried in attempts:
        fit = tried[index]
        readings.append(f"{counting.name} give {'its quote, but then others do not fit' if isinstance(fit, Fit) else fit}")
    bad = sum(isinstance(fit, str) for fit in best)
    more = f" ({bad} regions do not fit)" if bad > 1 else ""
    return f"{span.name} says «{(span.quote or '')[:_SHOWN]}» at {span.start}..{span.end}; {'; '.join(readings)}{more}"
