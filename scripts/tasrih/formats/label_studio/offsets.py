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
        self._dropped += list(_occurrences(source, "\r\n"))

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
    endings = {source: ""}
    endings.setdefault(plain, ", a line end as one")
    endings.setdefault(plain.replace("\n", "\r\n"), ", a line end as two")
    units: list[tuple[Unit, str]] = [("codepoint", "code points and UTF-16 units alike")]
    if max(source) > "\uffff":
        units = [("codepoint", "code points"), ("utf16", "UTF-16 units")]
    for text, ending in endings.items():
        for unit, name in units:
            yield _Counting(name + ending, text, unit)


def place(source: str, spans: Sequence[Span]) -> tuple[list[Fit], list[str]]:
    """Where `spans` stand in the canonical form of `source`, and notes on what had to be assumed.

    Raises Misfit for a document whose quotes fit under no one unit, and where a span without a quote would
    stand elsewhere under another; NotText (from `canonical`) for a text that is none.
    """
    best: tuple[_Counting, list[Fit]] | None = None
    attempts: list[tuple[_Counting, list[Fit | str]]] = []
    for counting in _countings(source):
        tried = [counting.fit(span) for span in spans]
        attempts.append((counting, tried))
        fits = [fit for fit in tried if isinstance(fit, Fit)]
        if len(fits) == len(spans):
            exact = all(fit.exact for fit in fits)
            best = (counting, fits) if best is None or exact else best
            if exact:
                break
    if best is None:
        raise Misfit(_explain(spans, attempts))
    counting, fits = best
    _refuse_doubt(source, spans, counting, fits)
    return fits, _notes(source, spans, counting, fits)


def _refuse_doubt(source: str, spans: Sequence[Span], counting: _Counting, fits: list[Fit]) -> None:
    """Raises Misfit where a span has no quote and all quotes fit under the other unit as well."""
    unquoted = [index for index, span in enumerate(spans) if span.quote is None]
    if not unquoted:
        return
    for other in _countings(source):
        tried = [other.fit(span) for span in spans]
        if other.unit == counting.unit or any(isinstance(fit, str) for fit in tried):
            continue
        for index in unquoted:
            if tried[index] != fits[index]:
                raise Misfit(
                    f"{spans[index].name} has no quote, and the text before it has characters beyond U+FFFF: "
                    f"nobody can tell whether {spans[index].start}..{spans[index].end} counts {counting.name} "
                    f"or {other.name}; export it with value.text"
                )


def _notes(source: str, spans: Sequence[Span], counting: _Counting, fits: list[Fit]) -> list[str]:
    pairs = list(zip(spans, fits, strict=True))
    unquoted = [span.name for span in spans if span.quote is None]
    notes = [
        f"{span.name}: its quote differs in white space; it is rebuilt from the offsets"
        for span, fit in pairs
        if not fit.exact
    ]
    notes += [
        f"{span.name}: its end {span.end} was past the text and is clipped, as its quote says"
        for span, fit in pairs
        if fit.clipped
    ]
    if unquoted:
        notes.append(
            f"{_listed(unquoted)}: no quote to hold the offsets against; they are taken as {counting.name}"
        )
    if counting.unit != "codepoint" or counting.source != source:
        notes.append(f"offsets were {counting.name}; they are converted to code points")
    if canonical(source.encode()) != source:
        notes.append(
            "the text had CRLF, CR or a byte order mark; it is made canonical and offsets moved with it"
        )
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
        readings.append(
            f"{counting.name} give {'its quote, but then others do not fit' if isinstance(fit, Fit) else fit}"
        )
    bad = sum(isinstance(fit, str) for fit in best)
    more = f" ({bad} regions do not fit)" if bad > 1 else ""
    said = f"{span.name} says «{(span.quote or '')[:_SHOWN]}» at {span.start}..{span.end}"
    return f"{said}; {'; '.join(readings)}{_elsewhere(span, attempts[0][0].source)}{more}"


def _elsewhere(span: Span, source: str) -> str:
    """Where the quote does stand, if it stands there once."""
    if not span.quote or source.count(span.quote) != 1:
        return ""
    at = source.index(span.quote)
    return f"; the quote stands at code points {at}..{at + len(span.quote)} alone"
