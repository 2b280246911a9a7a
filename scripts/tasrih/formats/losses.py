"""What a format cannot hold, each as a sentence and as what it does to a document: the tests apply the one, the pages print the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import accumulate
from typing import Any, NamedTuple, cast

from tasrih.formats import columns, marks
from tasrih.formats.exchange import quoted
from tasrih.model import AUTHOR, UNNAMED, UNSPECIFIED, Annotation, Document, text_order
from tasrih.text.canonical import sha256

Record = dict[str, Any]


class Loss(NamedTuple):
    """A loss: its name, what the page of the format says of it, and what is left of a document after it."""

    name: str
    said: str
    left: Callable[[Document], Document]


def essence(document: Document, layer: str = "gold") -> Document:
    """The article with that layer alone, without keys that have no value: what a round trip is measured on."""
    lines = document["layers"].get(layer, [])
    whole = {
        "article": _stated(document["article"]) | {"zones": document["article"]["zones"]},
        "text": document["text"],
        "layers": {
            layer: [_stated(line) for line in (*lines[:1], *sorted(lines[1:], key=cast(Any, text_order)))]
        }
        if lines
        else {},
    }
    return cast(Document, whole)


def _stated(record: Mapping[str, Any]) -> Record:
    """A record without null, empty lists and `unspecified`; an article's zones may be empty."""
    return {
        key: _stated(value) if isinstance(value, dict) else value
        for key, value in record.items()
        if value not in (None, [], {}, UNSPECIFIED)
    }


def _mapped(change: Callable[[list[Record], Document], Iterable[Record]]) -> Callable[[Document], Document]:
    """A change of the annotations of every layer as one of a document."""

    def left(document: Document) -> Document:
        layers = {
            name: [
                lines[0],
                *sorted(change(cast(list[Record], lines[1:]), document), key=cast(Any, text_order)),
            ]
            for name, lines in document["layers"].items()
        }
        return cast(Document, {**document, "layers": layers})

    return left


def _without(*keys: str) -> Callable[[Document], Document]:
    return _mapped(
        lambda lines, _: [{key: value for key, value in line.items() if key not in keys} for line in lines]
    )


def _entities(lines: list[Record], _: Document) -> Iterable[Record]:
    for line in lines:
        if line["type"] == "entity":
            yield line


def _not_stances(lines: list[Record], _: Document) -> Iterable[Record]:
    return [line for line in lines if line["type"] != "stance"]


def _all_unnamed(lines: list[Record], _: Document) -> Iterable[Record]:
    for line in lines:
        yield line | {key: [UNNAMED] for key in ("claimers", "holders") if line.get(key) == [AUTHOR]}


def _in_one_piece(lines: list[Record], _: Document) -> Iterable[Record]:
    return [{key: value for key, value in line.items() if key != "fragments"} for line in lines]


def _renumbered(lines: list[Record], _: Document) -> Iterable[Record]:
    """Ids numbered in text order, and every link with them."""
    found = marks.taken_apart(cast(list[Annotation], lines))
    ids: dict[str, str] = {}
    for kind, letter in (("entity", "e"), ("claim", "c"), ("stance", "s")):
        names = [mark.id for mark in found.marks if mark.kind == kind]
        ids |= {name: f"{letter}{number}" for number, name in enumerate(names, start=1)}
    for line in lines:
        new = {**line, "id": ids[line["id"]]}
        for key in ("claimers", "holders", "about", "members"):
            if key in line:
                new[key] = [ids.get(name, name) for name in line[key]]
        for key in ("target", "within"):
            if key in line:
                new[key] = ids.get(line[key], line[key])
        yield new


def _names(lines: list[Record], _: Document) -> Iterable[Record]:
    return [line for line in lines if line.get("form") != "nominal"]


Cut = Callable[[str], tuple[list[str], list[int]]]
Change = Callable[[list[Record], Document], Iterable[Record]]


def _whole_tokens(cut: Cut) -> Change:
    """Entities widened to the tokens that they touch."""

    def left(lines: list[Record], document: Document) -> Iterable[Record]:
        text = cast(str, document["text"])
        words, starts = cut(text)
        ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
        for line in lines:
            if (widened := on_tokens(text, line["start"], line["end"], starts, ends)) is not None:
                yield {**line, **widened}

    return left


def _one_a_token(cut: Cut, sign: int) -> Change:
    """Of spans over one another those with the most tokens (`sign` -1) or the fewest (1), then the first."""

    def left(lines: list[Record], document: Document) -> Iterable[Record]:
        starts = cut(cast(str, document["text"]))[1]
        kept: list[Record] = []
        for line in sorted(
            lines, key=lambda line: (sign * _count(line, starts), text_order(cast(Any, line)))
        ):
            if all(line["start"] >= other["end"] or line["end"] <= other["start"] for other in kept):
                kept.append(line)
        return kept

    return left


def _count(line: Record, starts: list[int]) -> int:
    return sum(line["start"] <= start < line["end"] for start in starts)


def _words_alone(cut: Cut, document: Document) -> Document:
    """The article under the name of nobody, its text a line a sentence and a blank between tokens, and entities on their words."""
    text, article = cast(str, document["text"]), cast(Record, document["article"])
    words, starts = cut(text)
    spans = {
        line["id"]: (bisect_left(starts, line["start"]), bisect_left(starts, line["end"]))
        for lines in document["layers"].values()
        for line in cast(list[Record], lines[1:])
    }
    begin = set(columns.block_starts(text, article["zones"], starts, spans.values()))
    marks_ = ["" if not at else "\n" if at in begin else " " for at in range(len(words))]
    ends = list(accumulate(len(mark) + len(word) for mark, word in zip(marks_, words, strict=True)))
    new = "".join(mark + word for mark, word in zip(marks_, words, strict=True)) + "\n"
    stated = {"id": "document", "text_sha256": sha256(new), "length": len(new)}
    header = {"article": "document", "text_sha256": stated["text_sha256"]}
    layers = {
        name: [
            {**cast(Record, lines[0]), **header},
            *(
                {**line, **quoted(new, ends[first] - len(words[first]), ends[behind - 1])}
                for line in cast(list[Record], lines[1:])
                for first, behind in [spans[line["id"]]]
            ),
        ]
        for name, lines in document["layers"].items()
    }
    return cast(Document, {**document, "text": new, "article": article | stated, "layers": layers})


_CARRIED = ("id", "text_sha256", "length", "zones")


def _bare_article(document: Document) -> Document:
    article = {key: document["article"][key] for key in _CARRIED}  # type: ignore[literal-required]
    return cast(Document, {**document, "article": article})


def _no_zones(document: Document) -> Document:
    return cast(Document, {**document, "article": {**document["article"], "zones": []}})


def _bare_header(document: Document) -> Document:
    wanted = ("type", "article", "text_sha256", "annotator")
    layers = {
        name: [{key: cast(Record, lines[0])[key] for key in wanted}, *lines[1:]]
        for name, lines in document["layers"].items()
    }
    return cast(Document, {**document, "layers": layers})


def _gold_alone(document: Document) -> Document:
    layers = {
        name: [{**cast(Record, lines[0]), "annotator": "gold"}, *lines[1:]]
        for name, lines in document["layers"].items()
    }
    return cast(Document, {**document, "layers": layers})


METADATA = Loss(
    "metadata",
    "Of the article its id and text alone go along: no title, date, publisher, rights.",
    _bare_article,
)
TABLE = Loss(
    "metadata-and-text",
    "Of the article id and title are there, and the title is for people; the text is not: reading needs the corpus's.",
    _bare_article,
)
ZONES = Loss("zones", "Headings and credit lines are not marked.", _no_zones)
HEADER = Loss(
    "header", "Nothing says when, with what and after which guidelines the layer was made.", _bare_header
)
ANNOTATOR = Loss("annotator", "Nothing says who annotated.", _gold_alone)
ENTITIES_ALONE = Loss("entities-alone", "Claims and stances are left out.", _mapped(_entities))
STANCES = Loss("stances", "Stances are left out.", _mapped(_not_stances))
FORM = Loss("form", "Whether an entity is a name or a nominal is lost.", _without("form"))
REFERENTS = Loss("referents", "Which mentions are of one thing is lost.", _without("referent"))
WIKIDATA = Loss("wikidata", "Wikidata items are lost.", _without("wikidata"))
MEMBERS = Loss("members", "The members of a collective are lost.", _without("members"))
REMARKS = Loss(
    "remarks", "Notes, who made a line, and confidence are lost.", _without("by", "note", "confidence")
)
ATTRIBUTES = Loss(
    "attributes",
    "How a claim is made and a stance shown is lost: via, mode, polarity, certainty, checkworthy, basis.",
    _without("via", "mode", "polarity", "certainty", "checkworthy", "basis"),
)
NOBODY = Loss(
    "nobody",
    "Whether the article itself or somebody unnamed asserts is lost: it comes back as unnamed.",
    _mapped(_all_unnamed),
)
FRAGMENTS = Loss(
    "fragments",
    "A content that is interrupted becomes one stretch, from its first word to its last.",
    _mapped(_in_one_piece),
)
IDS = Loss("ids", "Annotations are numbered anew, in text order.", _mapped(_renumbered))

NOMINALS = Loss("nominals", "Nominals are left out; what has no form is taken for a name.", _mapped(_names))


@cache
def of_tokens(cut: str) -> dict[str, Loss]:
    """What is lost where tags stand on tokens, by what is chosen; `cut` is "tokens" or "words"."""
    by = columns.CUTS[cut]
    return {
        "widened": Loss(
            cut,
            f"Entities are widened to the whole {cut} that they touch; one that touches none is left out.",
            _mapped(_whole_tokens(by)),
        ),
        "outermost": Loss(
            "outermost",
            f"Of entities over one another the one with the most {cut} is kept, of equal ones the first.",
            _mapped(_one_a_token(by, -1)),
        ),
        "innermost": Loss(
            "innermost",
            f"Of entities over one another the one with the fewest {cut} is kept, of equal ones the first.",
            _mapped(_one_a_token(by, 1)),
        ),
        "bare": Loss(
            "bare",
            f"Ids of articles are lost, and of the white space all but a blank between {cut} and a line end between sentences.",
            partial(_words_alone, by),
        ),
    }


def left_of(document: Document, losses: Iterable[Loss], layer: str = "gold") -> Document:
    """What is left of a document after all of `losses`, as `essence` says it."""
    left = essence(document, layer)
    for loss in losses:
        left = loss.left(left)
    return left


def on_tokens(text: str, start: int, end: int, starts: list[int], ends: list[int]) -> Record | None:
    """The span widened to whole tokens that it touches; None where it touches none."""
    touched = [at for at in range(len(starts)) if starts[at] < end and ends[at] > start]
    return quoted(text, starts[touched[0]], ends[touched[-1]]) if touched else None
