"""The page of the network of stances: figures, and beside each a table that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasrih.model import Article
from tasrih.report import network, roles
from tasrih.report.controls import without_controls
from tasrih.report.network import WIDTH, Drawn, Edge, Figure, Node
from tasrih.report.site.listing import brief
from tasrih.report.site.shell import Shell, shortened
from tasrih.report.things import Held, Thing

_MINOR = 2  # things with fewer stances are not shown until they are asked for


@dataclass(frozen=True, slots=True)
class Link:
    """An edge as the template draws it."""

    nodes: str
    classes: str
    stance: str
    most: int
    count: int
    said: str
    drawn: Drawn
    sign: str


@dataclass(frozen=True, slots=True)
class Point:
    """A node as the template draws it."""

    number: int
    classes: str
    kind: str
    tint: str
    most: int
    said: str
    lines: list[str]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Row:
    """A stance in the table."""

    holder: Thing
    target: Thing
    stance: Mapping[str, Any]
    article: str
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as the template shows it."""

    articles: list[Article]
    topics: list[str]
    direction: str
    width: float
    heights: list[float]
    edges: list[Link]
    nodes: list[Point]
    rows: list[Row]
    most: int
    left_out: int

    @property
    def count(self) -> int:
        """The number of stances, counted once for each holder."""
        return len(self.rows)

    @property
    def wide(self) -> bool:
        """Whether it is wider than a narrow screen."""
        return self.width > WIDTH


def page(shell: Shell) -> tuple[str, str]:
    """The page."""
    held = shell.collection.things.stances()
    figures = [_shown(shell, figure) for figure in network.figures(held)]
    things = {thing.number for one in held for thing in (one.holder, one.target)}
    topics = {topic for figure in figures for topic in figure.topics}
    return shell.page(
        "network",
        "network.html",
        shell.say("The network of stances"),
        figures=figures,
        labels=shell.collection.labels["stance"],
        levels=network.LEVELS,
        sign=lambda label, x, y: _sign(shell.palette.stance_symbol(label), x, y),
        brief=[*brief(shell.collection, ("stances",)), ("things", len(things)), ("figures", len(figures))],
        options={
            "topic": shell.options([topic for topic in shell.collection.labels["topic"] if topic in topics])
        },
    )


def _shown(shell: Shell, figure: Figure) -> Shown:
    articles = [shell.collection.article(article) for article in figure.articles]
    nodes = {node.thing.number: node for node in figure.nodes}
    return Shown(
        articles,
        shell.topics(figure.articles),
        roles.direction(articles[0]["language"]),
        round(figure.width, 1),
        figure.heights,
        [_link(shell, edge, nodes, figure.width) for edge in figure.edges],
        [_point(shell, node, figure.width) for node in figure.nodes],
        [_row(shell, held) for held in figure.held],
        figure.most,
        figure.left_out,
    )


def _is_mirrored(shell: Shell) -> bool:
    """Figures are laid out for reading from the right."""
    return shell.say.direction == "ltr"


def _link(shell: Shell, edge: Edge, nodes: Mapping[int, Node], width: float) -> Link:
    ends = nodes[edge.holder], nodes[edge.target]
    lines = network.drawn(edge, ends, width, mirrored=_is_mirrored(shell))
    holder, target = (called(shell, end.thing) for end in ends)
    count = len(edge.held)
    said = f"{holder} – {shell.say.label(edge.label)} – {target}" + (f" ({count})" if count > 1 else "")
    return Link(
        f"{edge.holder} {edge.target}",
        f"times-{min(count, 4)}" + (" minor" if edge.most < _MINOR else ""),
        shell.palette.stance_class(edge.label),
        edge.most,
        count,
        said,
        lines,
        _sign(shell.palette.stance_symbol(edge.label), lines.x, lines.y),
    )


def _point(shell: Shell, node: Node, width: float) -> Point:
    name = called(shell, node.thing)
    tint = shell.palette.entity_class(node.thing.label) if node.thing.label else ""
    lines = [without_controls(line) for line in node.lines]
    if node.thing.kind in ("author", "unnamed"):
        lines = network.wrapped(name, 18, 2)
    said = f"{name}: {shell.say('stances: {count}', count=node.count)}"
    x = round(width - node.x, 1) if _is_mirrored(shell) else node.x
    minor = "minor" if node.most < _MINOR else ""
    return Point(node.thing.number, minor, node.thing.kind, tint, node.most, said, lines, x, node.y)


def called(shell: Shell, thing: Thing) -> str:
    """What a thing is called, in plain words."""
    if thing.kind == "author":
        return shell.say("the article itself")
    if thing.kind == "unnamed":
        return shell.say("nobody named")
    return without_controls(shortened(thing.name))


def _row(shell: Shell, held: Held) -> Row:
    view = shell.collection.view(held.article)
    return Row(
        held.holder,
        held.target,
        held.stance,
        held.article,
        view.article["language"],
        roles.quote(view.text, held.stance),
    )


def _sign(symbol: str, x: float, y: float) -> str:
    """The symbol of a stance label as a shape round (x, y), for no font need have it."""
    shapes = {
        "▲": "M{x0} {y1}L{x} {y0}L{x1} {y1}Z",
        "▼": "M{x0} {y0}L{x} {y1}L{x1} {y0}Z",
        "●": "M{x0} {y}A5 5 0 1 1 {x1} {y}A5 5 0 1 1 {x0} {y}Z",
        "◆": "M{x0} {y}L{x} {y0}L{x1} {y}L{x} {y1}Z",
        "■": "M{x0} {y0}L{x1} {y0}L{x1} {y1}L{x0} {y1}Z",
    }
    places = {"x": x, "y": y, "x0": x - 5, "x1": x + 5, "y0": y - 5, "y1": y + 5}
    return shapes[symbol].format(
        **{name: f"{value:.1f}".removesuffix(".0") for name, value in places.items()}
    )
