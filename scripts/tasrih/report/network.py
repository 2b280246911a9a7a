"""The network of stances: who holds which on what, in figures that can be read, and where their parts are drawn.

Articles whose stances concern one and the same thing stand in one figure, every other article in a figure of its
own. Places come from stress majorization (Gansner, Koren and North 2004), point by point from a fixed beginning,
then boxes that overlap are moved apart; nothing is left to chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tasrih.report.things import Held, Thing

LEVELS = (1, 2, 3, 5)  # how many stances a thing has, or is linked with one that has
WIDTH = 420  # of a figure, in pixels
BROAD = 1100  # of a figure of several articles, or where a part does not fit
MOST_NODES = 150  # of one connected part; the table beside the figure has all
_EDGE = 104.0
_ROUNDS = 60
_LETTER, _LINE, _LINE_LETTERS, _LINES = 6.6, 15.0, 18, 2
_RADIUS = 6.0
_MARGIN = 14.0

Points: TypeAlias = npt.NDArray[np.float64]


@dataclass(slots=True)
class Node:
    """A thing with its number of stances, as holder and as target together; `most` is its own or a neighbour's."""

    thing: Thing
    count: int = 0
    most: int = 0
    lines: list[str] = field(default_factory=list)
    x: float = 0
    y: float = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the dot with its name under it."""
        widest = max(map(len, self.lines), default=1)
        return max(widest * _LETTER, 2 * _RADIUS) + 10, 2 * _RADIUS + 8 + _LINE * len(self.lines)


@dataclass(slots=True)
class Edge:
    """The stances of one label of one holder on one target; `bend` keeps edges of the same two things apart."""

    holder: int
    target: int
    label: str
    held: list[Held]
    bend: float = 0
    most: int = 0


@dataclass(slots=True)
class Figure:
    """The stances of some articles. `heights` is how much of it is filled at each of LEVELS."""

    articles: list[str]
    held: list[Held]
    nodes: list[Node]
    edges: list[Edge]
    width: float = 0
    heights: list[float] = field(default_factory=list)
    left_out: int = 0

    @property
    def most(self) -> int:
        """The most stances that a thing in it has."""
        return max((node.most for node in self.nodes), default=0)


def figures(stances: Iterable[Held]) -> list[Figure]:
    """The figures, those with the most stances first."""
    held = list(stances)
    of_article = _together(held)
    groups: dict[str, list[Held]] = {}
    for one in held:
        groups.setdefault(of_article[one.article], []).append(one)
    found = [_figure(group) for group in groups.values()]
    return sorted(found, key=lambda figure: (-len(figure.held), figure.articles))


def _together(held: Sequence[Held]) -> dict[str, str]:
    """For each article the first article of its figure: the articles that stances on or of one thing link."""
    leader = {one.article: one.article for one in held}

    def first(article: str) -> str:
        while leader[article] != article:
            leader[article] = leader[leader[article]]
            article = leader[article]
        return article

    seen: dict[int, str] = {}
    for one in held:
        for thing in (one.holder, one.target):
            other = first(seen.setdefault(thing.number, one.article))
            mine = first(one.article)
            leader[max(mine, other)] = min(mine, other)
    return {article: first(article) for article in leader}


def _figure(held: Sequence[Held]) -> Figure:
    things = {thing.number: thing for one in held for thing in (one.holder, one.target)}
    nodes = {number: Node(thing) for number, thing in things.items()}
    edges: dict[tuple[int, int, str], Edge] = {}
    for one in held:
        ends = one.holder.number, one.target.number
        for end in dict.fromkeys(ends):
            nodes[end].count += 1
        key = (*ends, one.stance["label"])
        edges.setdefault(key, Edge(*ends, one.stance["label"], [])).held.append(one)
    neighbours: dict[int, list[int]] = {number: [] for number in nodes}
    for edge in edges.values():
        edge.most = max(nodes[edge.holder].count, nodes[edge.target].count)
        neighbours[edge.holder].append(edge.target)
        neighbours[edge.target].append(edge.holder)
    for number, node in nodes.items():
        node.most = max(node.count, *(nodes[other].count for other in neighbours[number]))
    parts = _parts(neighbours)
    shown = {number for part in parts for number in _kept(part, nodes)}
    figure = Figure(
        list(dict.fromkeys(one.article for one in held)),
        list(held),
        [node for number, node in nodes.items() if number in shown],
        [edge for edge in edges.values() if edge.holder in shown and edge.target in shown],
        left_out=len(nodes) - len(shown),
    )
    _bend(figure.edges)
    _place(figure, [[number for number in part if number in shown] for part in parts], nodes)
    return figure


def _kept(part: Sequence[int], nodes: dict[int, Node]) -> list[int]:
    return sorted(part, key=lambda number: (-nodes[number].count, number))[:MOST_NODES]


def _parts(neighbours: dict[int, list[int]]) -> list[list[int]]:
    """The connected parts, each in the order of a walk from its first node."""
    seen: set[int] = set()
    found = []
    for start in neighbours:
        if start in seen:
            continue
        part, at = [start], 0
        seen.add(start)
        while at < len(part):
            fresh = [other for other in dict.fromkeys(neighbours[part[at]]) if other not in seen]
            seen.update(fresh)
            part += fresh
            at += 1
        found.append(part)
    return found


def _bend(edges: Sequence[Edge]) -> None:
    between: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        low, high = sorted((edge.holder, edge.target))
        between.setdefault((low, high), []).append(edge)
    for (low, _), group in between.items():
        for place, edge in enumerate(group):
            offset = (place - (len(group) - 1) / 2) * 34
            edge.bend = offset if edge.holder == low else -offset


# --- Places -------------------------------------------------------------------------------------------


def _place(figure: Figure, parts: Sequence[Sequence[int]], nodes: dict[int, Node]) -> None:
    """Gives every node its place: each part laid out, the parts put side by side, those that matter most first."""
    for node in figure.nodes:
        node.lines = wrapped(node.thing.name or "……………", _LINE_LETTERS, _LINES)
    laid = []
    for part in parts:
        members = [nodes[number] for number in part]
        index = {number: place for place, number in enumerate(part)}
        links = [(index[e.holder], index[e.target]) for e in figure.edges if e.holder in index]
        sizes = np.array([node.size for node in members])
        points = arranged(len(part), links, sizes)
        low, high = _bounds(points, sizes)
        laid.append((members, points - low, high - low))
    laid.sort(
        key=lambda entry: (-max(node.most for node in entry[0]), -len(entry[0]), entry[0][0].thing.number)
    )
    widest = max(float(size[0]) + 2 * _MARGIN for _, _, size in laid)
    narrow = widest <= WIDTH and len(figure.articles) == 1
    figure.width = WIDTH if narrow else max(BROAD, widest)
    heights = dict.fromkeys(LEVELS, 0.0)
    x, y, row = _MARGIN, _MARGIN, 0.0
    for members, points, (width, height) in laid:
        if x > _MARGIN and x + width + _MARGIN > figure.width:
            x, y, row = _MARGIN, y + row + _MARGIN, 0.0
        for node, (right, down) in zip(members, points.tolist(), strict=True):
            node.x, node.y = round(x + right, 1), round(y + down, 1)
        x, row = x + width + _MARGIN, max(row, height)
        for level in LEVELS:
            if max(node.most for node in members) >= level:
                heights[level] = y + row + _MARGIN
    figure.heights = [round(float(heights[level]), 1) for level in LEVELS]


def arranged(count: int, links: Sequence[tuple[int, int]], sizes: Points) -> Points:
    """Places (count × 2) for the nodes of one connected part, so that boxes of `sizes` round them do not overlap.

    The place of a box is the middle of its dot: the box reaches from a little above it down to its last line.
    """
    if count == 2:
        reach = max(_EDGE, (sizes[0, 0] + sizes[1, 0]) / 2 + 34)
        return np.array([[reach, 0.0], [0.0, 0.0]])  # the holder where an Arabic line begins
    points = _stressed(_distances(count, links) * _EDGE)
    low, high = _bounds(points, sizes)
    if high[0] - low[0] > WIDTH and high[0] - low[0] > high[1] - low[1]:
        points = points[:, ::-1].copy()
    return _apart(points, sizes)


def _distances(count: int, links: Sequence[tuple[int, int]]) -> Points:
    """How many steps lie between every two nodes (Floyd and Warshall)."""
    steps = np.full((count, count), float(count))
    np.fill_diagonal(steps, 0)
    for one, other in links:
        if one != other:
            steps[one, other] = steps[other, one] = 1
    for middle in range(count):
        steps = np.minimum(steps, steps[:, middle, None] + steps[None, middle, :])
    return steps


def _stressed(wanted: Points) -> Points:
    """Places at which distances come near to `wanted`, from a spiral in the order of the nodes."""
    count = len(wanted)
    turn = np.arange(count) * 2.399963  # the golden angle: no two beginnings coincide
    radius = _EDGE * np.sqrt(np.arange(count))
    points = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    weights = 1 / np.square(wanted + np.eye(count)) * (1 - np.eye(count))
    for _ in range(_ROUNDS):
        for node in range(count):
            away = points[node] - points
            lengths = np.maximum(np.sqrt(np.square(away).sum(axis=1)), 1e-9)
            pull = points + away * (wanted[node] / lengths)[:, None]
            points[node] = (weights[node][:, None] * pull).sum(axis=0) / max(weights[node].sum(), 1e-9)
    return points


def _apart(points: Points, sizes: Points) -> Points:
    """Moves boxes apart along the axis on which they overlap least, until none overlap or 300 rounds are over."""
    middle = points + np.array([0, 1]) * (sizes / 2 - _RADIUS - 2)
    order = np.sign(np.subtract.outer(np.arange(len(points)), np.arange(len(points))))
    for _ in range(300):
        away = middle[:, None, :] - middle[None, :, :]
        over = (sizes[:, None, :] + sizes[None, :, :]) / 2 + 4 - np.abs(away)
        clash = (over.min(axis=2) > 0.01) & (order != 0)
        if not clash.any():
            break
        along = over.argmin(axis=2)
        sign = np.where(np.abs(away) < 1e-6, order[:, :, None], np.sign(away))
        for axis in (0, 1):
            push = np.where(clash & (along == axis), over[:, :, axis] * sign[:, :, axis], 0)
            middle[:, axis] += push.sum(axis=1) * 0.3
    return middle - np.array([0, 1]) * (sizes / 2 - _RADIUS - 2)


def _bounds(points: Points, sizes: Points) -> tuple[Points, Points]:
    """The corners of the rectangle that holds all boxes."""
    top_left = points - np.stack([sizes[:, 0] / 2, np.full(len(sizes), _RADIUS + 2)], axis=1)
    return top_left.min(axis=0), (top_left + sizes).max(axis=0)


def wrapped(name: str, letters: int, lines: int) -> list[str]:
    """`name` in at most `lines` lines of about `letters` letters, cut with an ellipsis where it is longer."""
    found: list[str] = [""]
    for word in name.split() or ["–"]:
        if not found[-1]:
            found[-1] = word
        elif len(found[-1]) + 1 + len(word) <= letters:
            found[-1] += " " + word
        elif len(found) < lines:
            found.append(word)
        else:
            found[-1] += " …"
            break
    return [line if len(line) <= letters + 2 else line[: letters - 1] + "…" for line in found]


# --- Lines --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """An edge as it is drawn: its curve, the head at the target, and where the label's mark stands."""

    curve: str
    head: str
    x: float
    y: float


def drawn(edge: Edge, ends: tuple[Node, Node], width: float, *, mirrored: bool) -> Drawn:
    """The lines of an edge from holder to target; `mirrored` turns left and right of the figure round."""
    (x0, y0), (x1, y1) = ((width - n.x if mirrored else n.x, n.y) for n in ends)
    if edge.holder == edge.target:
        return _loop(x0, y0)
    bend = -edge.bend if mirrored else edge.bend
    length = math.hypot(x1 - x0, y1 - y0) or 1
    across = ((y0 - y1) / length * bend, (x1 - x0) / length * bend)
    control = ((x0 + x1) / 2 + across[0], (y0 + y1) / 2 + across[1])
    start = _toward((x0, y0), control, _RADIUS + 3)
    end = _toward((x1, y1), control, _RADIUS + 3)
    tip_from = _toward(end, control, 9)
    head = _head(end, tip_from)
    x = (start[0] + end[0]) / 4 + control[0] / 2
    y = (start[1] + end[1]) / 4 + control[1] / 2
    curve = f"M{_n(start[0])} {_n(start[1])}Q{_n(control[0])} {_n(control[1])} {_n(tip_from[0])} {_n(tip_from[1])}"
    return Drawn(curve, head, round(x, 1), round(y, 1))


def _loop(x: float, y: float) -> Drawn:
    """A stance of a thing on itself."""
    curve = f"M{_n(x - 4)} {_n(y - 7)}C{_n(x - 30)} {_n(y - 44)} {_n(x + 30)} {_n(y - 44)} {_n(x + 8)} {_n(y - 14)}"
    return Drawn(curve, _head((x + 4, y - 8), (x + 9, y - 16)), round(x, 1), round(y - 34, 1))


def _toward(start: tuple[float, float], end: tuple[float, float], by: float) -> tuple[float, float]:
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1
    return start[0] + (end[0] - start[0]) / length * by, start[1] + (end[1] - start[1]) / length * by


def _head(tip: tuple[float, float], base: tuple[float, float]) -> str:
    across = (tip[1] - base[1]) / 2.4, (base[0] - tip[0]) / 2.4
    corners = [tip, (base[0] + across[0], base[1] + across[1]), (base[0] - across[0], base[1] - across[1])]
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in corners) + "Z"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
