"""A report of agreement as an HTML page that stands alone: figures, confusion, every disagreement in its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from tasrih.agree.compare import Comparison
from tasrih.agree.differences import Case, cases
from tasrih.agree.figures import Report
from tasrih.agree.output import MEASURES, grouped, number, outcome_row, shown
from tasrih.match.spans import parts
from tasrih.model import Annotation, LayerView, Settings
from tasrih.report import roles
from tasrih.report.page import style_hash
from tasrih.text.sentences import sentence_run, sentences

_SHADES = 5
_ROLES = ("claimers", "about", "holders")


@dataclass(frozen=True, slots=True)
class Side:
    """One layer's reading: the sentence in stretches, marked or not, and what it says where the two differ."""

    layer: str
    stretches: list[tuple[str, bool]]
    said: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A disagreement with the reading of each layer that has the annotation.

    `ids` are those of the annotation in the two layers, `differs` names what they do not agree in.
    """

    kind: str
    what: str
    sides: list[Side]
    ids: tuple[str | None, str | None]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """An article's disagreements."""

    article: str
    title: str
    direction: str
    language: str
    agreed: int
    differences: list[Difference]


def page(report: Report, settings: Settings) -> str:
    """The whole page."""
    style = files("tasrih.report").joinpath("templates/agreement.css").read_text("utf-8").strip()
    html: str = _template().render(
        title=f"Agreement in {settings['title']} {settings['version']}",
        style=style,
        style_hash=style_hash(style),
        report=report,
        number=number,
        shown=shown,
        grouped=grouped,
        measures=list(MEASURES),
        outcome_row=outcome_row,
        shade=shade,
        articles=lambda pair: [differing(comparison) for comparison in pair.comparisons],
    )
    return html.replace("\r", "&#13;")


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("tasrih.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("agreement.html.jinja")


def shade(count: float, row: Sequence[float]) -> int:
    """How dark a cell of a confusion table is, 0..5, by its share of its row."""
    whole = sum(row)
    return 0 if not count else max(1, round(_SHADES * count / whole))


def differing(comparison: Comparison) -> Differing:
    """The disagreements of one article."""
    found = cases(comparison)
    article = comparison.one.article
    return Differing(
        article["id"],
        article.get("title") or article["id"],
        roles.direction(article["language"]),
        article["language"],
        sum(case.agreed for case in found),
        [_difference(comparison, case) for case in found if not case.agreed],
    )


def _difference(comparison: Comparison, case: Case) -> Difference:
    here = [
        (view, line) for view, line in ((comparison.one, case.one), (comparison.other, case.other)) if line
    ]
    spans = [span for _, line in here for span in parts(line, comparison.text)]
    start, end = _sentences_round(comparison.text or "", min(s for s, _ in spans), max(e for _, e in spans))
    what = ", ".join(case.differs) or f"only {here[0][0].name}"
    sides = [_side(view, line, case, start, end) for view, line in here]
    ids = case.one["id"] if case.one else None, case.other["id"] if case.other else None
    return Difference(case.first["type"], what, sides, ids, case.differs)


def _sentences_round(text: str, start: int, end: int) -> tuple[int, int]:
    bounds_of = sentences(text)
    return sentence_run([first for first, _ in bounds_of], [last for _, last in bounds_of], start, end)


def _side(view: LayerView, line: Annotation, case: Case, start: int, end: int) -> Side:
    text = view.text or ""
    stretches, at = [], start
    for first, last in sorted(parts(line, text)):
        stretches += [(text[at:first], False), (text[first:last], True)]
        at = last
    stretches.append((text[at:end], False))
    return Side(view.name, [part for part in stretches if part[0]], list(_said(view, line, case)))


def _said(view: LayerView, line: Annotation, case: Case) -> Iterator[tuple[str, str]]:
    """What a layer says of an annotation: of a pair where the two differ, else all that tells what it is."""
    record = cast(dict[str, Any], line)
    by_id = view.by_id()
    alone = {"entity": ("label", "form"), "claim": ("claimers",), "stance": ("label", "holders", "target")}
    for name in case.differs or alone[line["type"]]:
        value = record.get(name)
        if name in _ROLES:
            said = "، ".join(roles.source_words(view, source, by_id) for source in value or []) or "–"
        elif name in ("target", "within"):
            said = roles.source_words(view, str(value), by_id) if value else "–"
        elif name == "cue":
            said = roles.quote(view.text, value) if isinstance(value, dict) else "–"
        elif name == "span":
            continue
        else:
            said = "–" if value is None else str(value)
        yield name, said
