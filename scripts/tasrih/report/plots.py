"""Plots as SVG, each a function from data to a string: bars, stacked bars, columns, and dots with intervals.

No library draws them and nothing in them depends on the machine, so the same data give the same bytes. Two forms:
inline, for a page whose style sheet knows the classes and whose text colour is taken over; and alone, with a style
of its own that follows the reader's light or dark mode, for a file that is shown as a picture.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_ROW, _BAR, _LINE, _GAP = 24, 15, 20, 8  # heights: a row, its bar, a line of text, a gap
_LETTER, _ARABIC = 6.7, 5.4  # mean width of a letter, in the same units, and of an Arabic one
_LONGEST = 34  # letters of a name that are drawn; the whole of it is in the mark's title
_SERIES = 6  # colours there are; a further series takes the first again
_COLUMNS_HEIGHT = 120
_WORDED = 14  # columns up to which the number is written over each
# What XML does not allow in a document, lone surrogates included.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Blue and vermilion first: they keep apart for every kind of colour vision; lightness differs too.
_LIGHT = ("#1f5a96", "#b9501a", "#6b7280", "#7fb2de", "#8a2573", "#3f7d4f")
_DARK = ("#7fb2e8", "#f0945c", "#a9b0bb", "#3d74a8", "#dd8fc8", "#7fc795")


@dataclass(frozen=True, slots=True)
class Look:
    """How a plot is drawn: its width in pixels, whether it stands alone, and whether it reads from the right."""

    width: int = 640
    alone: bool = False
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval; dots of one `group` stand under its name. Without a value there is no dot."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    group: str = ""


INLINE = Look()


# --- Plots --------------------------------------------------------------------------------------------


def bars(title: str, values: Iterable[tuple[str, float]], about: str = "", look: Look = INLINE) -> str:
    """A bar for each name, in the order given, with its number at its end; no value may be below 0."""
    rows = list(values)
    canvas = _Canvas(look, [name for name, _ in rows])
    room = canvas.right - canvas.left - canvas.number_room([value for _, value in rows])
    most = max((value for _, value in rows), default=0) or 1
    for index, (name, value) in enumerate(rows):
        top, width = index * _ROW, room * value / most
        canvas.name(name, top)
        canvas.box("bar", canvas.left, top + (_ROW - _BAR) / 2, width, _BAR, f"{name}: {number(value)}")
        canvas.text("value", canvas.left + width + 5, top + 16, number(value))
    return canvas.svg(title, about or _said(rows), len(rows) * _ROW)


def stacked(
    title: str,
    rows: Iterable[tuple[str, Sequence[float]]],
    series: Sequence[str],
    about: str = "",
    look: Look = INLINE,
) -> str:
    """A bar for each row, cut into the parts that `series` names, as shares of the row; numbers where they fit."""
    rows = [(name, list(parts)) for name, parts in rows]
    canvas = _Canvas(look, [name for name, _ in rows])
    start = canvas.legend(series)
    for index, (name, parts) in enumerate(rows):
        top, at, whole = start + index * _ROW, canvas.left, sum(parts) or 1
        canvas.name(name, top)
        for place, (part, value) in enumerate(zip(series, parts, strict=True)):
            width = (canvas.right - canvas.left) * value / whole
            if value:
                said = f"{name}, {part}: {number(value)}"
                kind = f"series-{place % _SERIES}"
                canvas.box(kind, at, top + (_ROW - _BAR) / 2, max(width - 1, 0.5), _BAR, said)
            if width > len(number(value)) * _LETTER + 6:
                canvas.text(f"inside on-{place % _SERIES}", at + width / 2, top + 16, number(value), "middle")
            at += width
    parts_said = [
        (f"{name}, {part}", value) for name, p in rows for part, value in zip(series, p, strict=True)
    ]
    return canvas.svg(title, about or _said(parts_said), start + len(rows) * _ROW)


def columns(title: str, values: Iterable[tuple[str, float]], about: str = "", look: Look = INLINE) -> str:
    """A column for each name side by side, for what has an order, such as years; names are left out where they
    would touch."""
    rows = list(values)
    ticks = _ticks(max((value for _, value in rows), default=0))
    canvas = _Canvas(look, [number(tick) for tick in ticks])
    top, bottom = _LINE, _LINE + _COLUMNS_HEIGHT
    for tick in ticks:
        height = bottom - _COLUMNS_HEIGHT * tick / ticks[-1]
        canvas.line("grid" if tick else "axis", canvas.left, height, canvas.right, height)
        canvas.text("tick", canvas.left - 6, height + 4, number(tick), "end")
    step = (canvas.right - canvas.left) / max(len(rows), 1)
    widest = max((_width(name) for name, _ in rows), default=1) + 6
    every = max(1, math.ceil(widest / step))
    for index, (name, value) in enumerate(rows):
        at, height = canvas.left + index * step, _COLUMNS_HEIGHT * value / ticks[-1]
        width = max(step - min(4.0, step / 4), 0.5)
        canvas.box("bar", at + (step - width) / 2, bottom - height, width, height, f"{name}: {number(value)}")
        if value and len(rows) <= _WORDED:
            canvas.text("value", at + step / 2, max(bottom - height - 5, top - 6), number(value), "middle")
        if index % every == 0:
            canvas.text("tick", at + step / 2, bottom + 16, name, "middle")
    return canvas.svg(title, about or _said(rows), bottom + _LINE + 2)


def dots(
    title: str,
    values: Iterable[Dot],
    about: str = "",
    look: Look = INLINE,
    *,
    scale: tuple[float, float] = (0.0, 1.0),
) -> str:
    """A dot for each figure with a line for its interval, on a scale that is widened where a value lies outside."""
    rows = list(values)
    least, most = _widened(rows, scale)
    canvas = _Canvas(look, [row.name for row in rows], indent=10 if any(row.group for row in rows) else 0)
    right = canvas.right - 5 * _LETTER

    def place(value: float) -> float:
        return canvas.left + 4 + (right - canvas.left - 8) * (value - least) / (most - least)

    drawn: list[Callable[[], None]] = []
    top: float = 0
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            canvas.text("group", 0, top + 17, _cut(group))
            top += _ROW
        drawn.append(_dot_of(canvas, row, top, place))
        top += _ROW
    for tick in (least, (least + most) / 2, most):
        canvas.line("grid", place(tick), 0, place(tick), top)
        canvas.text("tick", place(tick), top + 15, f"{tick:g}", "middle")
    for draw in drawn:  # over the grid
        draw()
    return canvas.svg(title, about or "; ".join(_dot_said(row) for row in rows), top + _LINE)


def binned(values: Iterable[float], most: int = 12) -> list[tuple[str, int]]:
    """How many values fall into each of at most `most` ranges of equal, round width, for `columns`."""
    whole = sorted(values)
    if not whole:
        return []
    step = max(_round_step((whole[-1] + 1 - whole[0]) / (most - 1)), 1)
    first, last = int(whole[0] // step), int(whole[-1] // step)
    counts = dict.fromkeys(range(first, last + 1), 0)
    for value in whole:
        counts[int(value // step)] += 1
    return [(_range(place * step, step), count) for place, count in counts.items()]


def number(value: float) -> str:
    """A count with commas, a share with two places."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


# --- Parts --------------------------------------------------------------------------------------------


class _Canvas:
    """What is drawn so far. Places are counted from the side where reading begins: left, or right."""

    def __init__(self, look: Look, names: Sequence[str], indent: float = 0) -> None:
        self.look = look
        self.indent = indent
        widest = max((_width(name[:_LONGEST]) for name in names), default=0)
        self.left = min(widest + indent + 10, look.width * 0.55)
        self.right = float(look.width)
        self._room = self.left - indent - 8
        self._drawn: list[str] = []

    def number_room(self, values: Iterable[float]) -> float:
        """The width that the numbers at the ends of bars take."""
        return max((len(number(value)) for value in values), default=1) * _LETTER + 8

    def name(self, name: str, top: float) -> None:
        """A row's name at its beginning."""
        self.text("name", self.indent, top + 16, _cut(name, self._room))

    def legend(self, series: Sequence[str]) -> float:
        """A patch and a name for each series; returns the height that it takes."""
        at, top = 0.0, 0.0
        for place, name in enumerate(series):
            width = 16 + _width(name) + 12
            if at and at + width > self.right:
                at, top = 0.0, top + _LINE
            self.box(f"series-{place % _SERIES}", at, top + 4, 11, 11, "")
            self.text("name", at + 16, top + 14, name)
            at += width
        return top + _LINE + _GAP

    def box(self, kind: str, start: float, top: float, width: float, height: float, said: str) -> None:
        """A rectangle; `said` is shown where the pointer rests on it."""
        at = self.look.width - start - width if self.look.rtl else start
        title = f"<title>{_escaped(said)}</title>" if said else ""
        where = f'x="{_short(at)}" y="{_short(top)}" width="{_short(width)}" height="{_short(height)}"'
        self._drawn.append(f'<rect class="{kind}" {where} rx="1.5">{title}</rect>')

    def line(self, kind: str, start: float, top: float, end: float, bottom: float) -> None:
        """A straight line."""
        left, right = self._across(start), self._across(end)
        self._drawn.append(f'<path class="{kind}" d="M{left} {_short(top)}L{right} {_short(bottom)}"/>')

    def circle(self, kind: str, at: float, middle: float, said: str) -> None:
        """A dot."""
        title = f"<title>{_escaped(said)}</title>"
        where = f'cx="{self._across(at)}" cy="{_short(middle)}" r="4.2"'
        self._drawn.append(f'<circle class="{kind}" {where}>{title}</circle>')

    def text(self, kind: str, at: float, base: float, words: str, anchor: str = "start") -> None:
        """Words; their `anchor` turns with the direction of reading, as SVG has it."""
        where = f'x="{self._across(at)}" y="{_short(base)}"'
        said = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._drawn.append(f'<text class="{kind}" {where}{said}>{_escaped(words)}</text>')

    def _across(self, at: float) -> str:
        return _short(self.look.width - at if self.look.rtl else at)

    def svg(self, title: str, about: str, height: float) -> str:
        """The whole picture."""
        names = _key(title + about + "".join(self._drawn))
        attributes = (
            f'viewBox="0 0 {self.look.width} {_short(height)}" role="img" direction="{"rtl" if self.look.rtl else "ltr"}" '
            f'aria-labelledby="{names}-title" aria-describedby="{names}-about"'
        )
        size = f' width="{self.look.width}" height="{_short(height)}"' if self.look.alone else ""
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" {attributes}{size}>',
                f'<title id="{names}-title">{_escaped(title)}</title>',
                f'<desc id="{names}-about">{_escaped(about)}</desc>',
                *([f"<style>{_style()}</style>"] if self.look.alone else []),
                *self._drawn,
                "</svg>",
            ]
        )


def _dot_of(canvas: _Canvas, row: Dot, top: float, place: Callable[[float], float]) -> Callable[[], None]:
    def draw() -> None:
        canvas.name(row.name, top)
        middle = top + _ROW / 2
        if row.value is None:
            canvas.text("value", canvas.right, top + 16, "–", "end")
            return
        if row.low is not None and row.high is not None:
            canvas.line("interval", place(row.low), middle, place(row.high), middle)
        canvas.circle("dot", place(row.value), middle, _dot_said(row))
        canvas.text("value", canvas.right, top + 16, f"{row.value:.2f}", "end")

    return draw


def _dot_said(row: Dot) -> str:
    name = f"{row.group}, {row.name}" if row.group else row.name
    if row.value is None:
        return f"{name}: –"
    interval = f" ({row.low:.2f}–{row.high:.2f})" if row.low is not None and row.high is not None else ""
    return f"{name}: {row.value:.2f}{interval}"


def _widened(rows: Sequence[Dot], scale: tuple[float, float]) -> tuple[float, float]:
    known = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    least, most = min([scale[0], *known]), max([scale[1], *known])
    return (
        scale[0] if least >= scale[0] else math.floor(least * 5) / 5,
        scale[1] if most <= scale[1] else math.ceil(most * 5) / 5,
    )


def _said(rows: Iterable[tuple[str, float]]) -> str:
    return "; ".join(f"{name}: {number(value)}" for name, value in rows)


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 to `most` or a little over it, three to six of them."""
    step = max(_round_step(most / 4), 1)
    return [step * place for place in range(max(math.ceil(most / step), 1) + 1)]


def _round_step(least: float) -> float:
    """The least of 1, 2, 5, 10, 20, … that is not less than `least`."""
    if least <= 1:
        return 1
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def _range(start: float, step: float) -> str:
    return number(start) if step == 1 else f"{number(start)}–{number(start + step - 1)}"


def _width(words: str) -> float:
    return sum(_ARABIC if "\u0600" <= letter <= "\u06ff" else _LETTER for letter in words)


def _cut(name: str, room: float = math.inf) -> str:
    """As much of `name` as `room` has place for."""
    fits = min(len(name), _LONGEST)
    while fits > 1 and _width(name[:fits]) > room:
        fits -= 1
    return name if fits == len(name) else name[: fits - 1].rstrip() + "…"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _escaped(words: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", words))


def _key(content: str) -> str:
    """A name for the picture's parts that is the same for the same picture and another for another."""
    return "plot-" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:10]


def _style() -> str:
    """The style of a picture that stands alone."""
    dark = "".join(_colours(_DARK, "#e6e4df", "#a8a49b", "#4a4944"))
    return (
        'text{font:12px system-ui,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic",Arial,sans-serif}'
        ".group{font-weight:600}.value,.inside{font-variant-numeric:tabular-nums}.tick,.inside{font-size:11px}"
        ".interval{stroke-width:3;stroke-linecap:round;stroke-opacity:.5}.grid,.axis{stroke-width:1}"
        + "".join(_colours(_LIGHT, "#1d1c1a", "#5f5b53", "#dcd8cd"))
        + f"@media(prefers-color-scheme:dark){{{dark}}}"
    )


def _colours(series: Sequence[str], ink: str, quiet: str, line: str) -> Iterator[str]:
    yield f"text{{fill:{ink}}}.tick{{fill:{quiet}}}.grid,.axis{{stroke:{line}}}"
    yield f".bar,.dot{{fill:{series[0]}}}.interval{{stroke:{series[0]}}}"
    for place, colour in enumerate(series):
        yield f".series-{place}{{fill:{colour}}}.on-{place}{{fill:{_upon(colour)}}}"


def _upon(colour: str) -> str:
    """White or black, whichever is read better on `colour`."""
    return max(("#ffffff", "#111111"), key=lambda ink: contrast(colour, ink))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours `#rrggbb`, 1 to 21 (WCAG 2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
