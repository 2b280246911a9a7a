"""Screens: which rules may have something to say about a document, found out for many documents at once.

Most articles have nothing wrong with them, and that is cheaper to see in arrays over a whole part than rule by rule.
A screen may suspect too much and never too little: the rule itself then says what it finds, in its own words. A rule
of which no screen knows is run on every document.

The texts of a batch stand end to end as code points; each has its class, looked up in a table that is filled as code
points turn up.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tasrih.check.article import real_date
from tasrih.check.entities import CONJUNCTIONS, NOT_SOUGHT, PREPOSITIONS, SHORTEST_NAME
from tasrih.check.spans import CLOSING
from tasrih.check.text import BIDI, CONTROLS, PRESENTATION
from tasrih.model import GOLD, Annotation, Article, Document, LayerView, Settings, layer_view
from tasrih.text.tokens import bare

Numbers: TypeAlias = npt.NDArray[np.int64]
Points: TypeAlias = npt.NDArray[np.uint32]
Truths: TypeAlias = npt.NDArray[np.bool_]

_OF_TEXT = ("T102", "T103", "T105", "T106", "T107", "T108", "T109")
_OF_ARTICLE = ("A103", "A104", "A105", "A106", "A107", "A108", "A109", "A110")
_OF_LAYERS = ("L111", "L112", "L113", "L114", "L115", "L116", "L117", "L118", "L119", "L120", "L121")
_OF_SPANS = tuple(f"{family}{number}" for family in "ECS" for number in (102, 103, 104))
_OF_ENTITIES = ("E105", "E106", "E107", "E108", "E109", "E111", "E112", "E113", "Q101", "Q105")
_OF_CLAIMS = (*(f"C{number}" for number in range(105, 121)), "Q102", "Q103")
_OF_STANCES = tuple(f"S{number}" for number in range(105, 112))
SCREENED = frozenset(
    (*_OF_TEXT, *_OF_ARTICLE, *_OF_LAYERS, *_OF_SPANS, *_OF_ENTITIES, *_OF_CLAIMS, *_OF_STANCES)
)

_FAMILIES = "ECS"
_FAMILY = {"entity": 0, "claim": 1, "stance": 2}


def suspected(documents: Sequence[Document], settings: Settings) -> list[set[str] | None]:
    """For each of `documents`, all of the schema's shape, the codes of SCREENED that may have something to say.

    None stands for a document in which offsets or headers are so wrong that every rule is to be asked.
    """
    found: list[set[str] | None] = [None] * len(documents)
    views = [_views(document) for document in documents]
    fit = [number for number, of_one in enumerate(views) if of_one is not None]
    while fit:
        batch = _Batch([documents[number] for number in fit], [views[number] or [] for number in fit])
        if not batch.read():
            break
        if not (outside := batch.outside()):
            _screen(batch, settings)
            for number, codes in zip(fit, batch.codes, strict=True):
                found[number] = codes
            break
        fit = [number for at, number in enumerate(fit) if at not in outside]
    return found


def _views(document: Document) -> list[LayerView] | None:
    """The layers of a document; None where one has not its one header before everything else."""
    views = []
    for name, lines in document["layers"].items():
        if not lines or lines[0]["type"] != "layer":
            return None
        view = layer_view(document, name)
        if len(view.entities) + len(view.claims) + len(view.stances) < len(view.annotations):
            return None
        views.append(view)
    return views


def _whole(numbers: list[int]) -> Numbers:
    """The numbers as an array. Raises TypeError for a float among them, OverflowError for one past 64 bits."""
    return np.frombuffer(array("q", numbers), np.int64)


def _truths(values: list[bool]) -> Truths:
    return np.array(values, bool)


@dataclass(slots=True)
class _Batch:
    """Documents with their layers, and the spans of all annotations and, behind them, of all cues.

    `document` has the number of each layer's document, `layer` that of each span's layer, `family` its place in ECS.
    `codes` gathers what is suspected of each document.
    """

    documents: list[Document]
    of_documents: list[list[LayerView]]
    layers: list[LayerView] = field(init=False)
    document: Numbers = field(init=False)
    codes: list[set[str]] = field(init=False)
    annotations: list[Annotation] = field(init=False)
    parts: list[Any] = field(init=False)
    layer: Numbers = field(init=False)
    family: Numbers = field(init=False)
    start: Numbers = field(init=False)
    end: Numbers = field(init=False)
    length: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.layers = list(chain.from_iterable(self.of_documents))
        self.document = np.repeat(
            np.arange(len(self.documents)), _whole([len(views) for views in self.of_documents])
        )
        self.codes = [set() for _ in self.documents]
        self.annotations = list(chain.from_iterable(view.annotations for view in self.layers))
        cues = [
            (claim["cue"], number)
            for number, view in enumerate(self.layers)
            for claim in view.claims
            if claim.get("cue")
        ]
        self.parts = [*self.annotations, *(cue for cue, _ in cues)]
        sizes = _whole([len(view.annotations) for view in self.layers])
        of_cues = _whole([number for _, number in cues])
        self.layer = np.concatenate([np.repeat(np.arange(len(sizes)), sizes), of_cues])
        families = [_FAMILY[annotation["type"]] for annotation in self.annotations]
        self.family = _whole(families + [_FAMILY["claim"]] * len(cues))

    def read(self) -> bool:
        """Takes the numbers in; returns whether all of them are plain whole numbers."""
        articles = [document["article"] for document in self.documents]
        zones = chain.from_iterable(article["zones"] for article in articles)
        try:
            self.start = _whole([part["start"] for part in self.parts])
            self.end = _whole([part["end"] for part in self.parts])
            self.length = _whole([article["length"] for article in articles])
            _whole([number for zone in zones for number in (zone["start"], zone["end"])])
            _whole(list(chain.from_iterable(chain.from_iterable(self._fragments()))))
        except (TypeError, OverflowError):
            return False
        return True

    def _fragments(self) -> Iterator[list[list[int]]]:
        for view in self.layers:
            for claim in view.claims:
                yield claim.get("fragments", [])

    def outside(self) -> set[int]:
        """Numbers of the documents in which something lies outside of the text."""
        shown = [
            length if document["text"] is None else min(length, len(document["text"]))
            for length, document in zip(self.length.tolist(), self.documents, strict=True)
        ]
        bounds = np.array(shown, np.int64)[self.document]
        wrong = (self.start < 0) | (self.start >= self.end) | (self.end > bounds[self.layer])
        found = set(self.document[self.layer[wrong]].tolist())
        for number, view in enumerate(self.layers):
            for claim in view.claims:
                if any(offset > bounds[number] for part in claim.get("fragments", ()) for offset in part):
                    found.add(int(self.document[number]))
        return found

    def suspect(self, code: str, layers: Iterable[int]) -> None:
        """Suspects the documents of these layers of `code`."""
        for layer in layers:
            self.codes[self.document[layer]].add(code)

    def suspect_spans(self, number: int, wrong: Truths) -> None:
        """Suspects the layers with `wrong` spans of rule `number` of their families."""
        at = np.flatnonzero(wrong)
        for family, layer in set(zip(self.family[at].tolist(), self.layer[at].tolist(), strict=True)):
            self.codes[self.document[layer]].add(f"{_FAMILIES[family]}{number}")


def _screen(batch: _Batch, settings: Settings) -> None:
    _articles(batch, settings)
    for number, view in enumerate(batch.layers):
        batch.codes[batch.document[number]].update(_of_layer(view, settings))
    _order(batch)
    of_text = [document["text"] is not None for document in batch.documents]
    if all(of_text):
        _texts(batch)
    elif any(of_text):
        _texts_of_some(batch, of_text)


def _texts_of_some(batch: _Batch, of_text: list[bool]) -> None:
    numbers = [number for number, has_text in enumerate(of_text) if has_text]
    some = _Batch([batch.documents[n] for n in numbers], [batch.of_documents[n] for n in numbers])
    some.read()
    _texts(some)
    for number, codes in zip(numbers, some.codes, strict=True):
        batch.codes[number] |= codes


# --- Without the text ---------------------------------------------------------------------------------


def _articles(batch: _Batch, settings: Settings) -> None:
    for document, codes in zip(batch.documents, batch.codes, strict=True):
        codes.update(_of_article(document["article"], settings))
        redistribute = document["article"]["rights"]["redistribute"]
        if redistribute != (document["text"] is not None):
            codes.update(("T102", "T103"))
        if not redistribute:
            codes.add("L119")
        if GOLD not in document["layers"]:
            codes.add("L121")


def _of_article(article: Article, settings: Settings) -> Iterator[str]:
    stated = article.get("date")
    if stated and not _real_date(stated):
        yield "A103"
    if article["zones"]:
        yield from ("A104", "A105", "C117", "S109", "E112")
    if article["origin"] == "written":
        if not (article.get("author") or "").strip():
            yield "A106"
        if not article.get("invented") and not article.get("sources"):
            yield "A109"
    if article.get("language") not in settings["languages"]:
        yield "A107"
    if article.get("url"):
        yield "A108"
    if article["rights"]["redistribute"] and "reserved" in article["rights"]["licence"].casefold():
        yield "A110"


_real_date = cache(real_date)


def _of_layer(view: LayerView, settings: Settings) -> Iterator[str]:
    """What may be wrong with a layer in itself, wherever its spans are."""
    header, article = view.header, view.article
    if header["article"] != article["id"]:
        yield "L112"
    if header["text_sha256"] != article["text_sha256"]:
        yield "L113"
    if header["annotator"] != view.name:
        yield "L114"
    if header["guidelines"] != settings["guidelines"]:
        yield "L115"
    if len({annotation["id"] for annotation in view.annotations}) < len(view.annotations):
        yield "L116"
    if view.claims:
        yield from _OF_CLAIMS
    if view.stances:
        yield from _OF_STANCES
    if view.claims or view.stances:
        yield "L117"
    if any(claim.get("fragments") for claim in view.claims):
        yield "C104"
    yield from _of_entities(view.entities)
    if view.name == GOLD and ["" for annotation in view.annotations if "confidence" in annotation]:
        yield "L120"


def _of_entities(entities: Sequence[Any]) -> Iterator[str]:
    if "nominal" in [entity.get("form") for entity in entities]:
        yield "E108"
    if ["" for entity in entities if "members" in entity]:
        yield from ("E109", "L117")
    pairs = {(entity.get("referent"), entity["label"]) for entity in entities}
    if _differ(pairs):
        yield "Q105"
    items = {(entity.get("referent"), entity["wikidata"]) for entity in entities if entity.get("wikidata")}
    if _differ(items):
        yield "E111"


def _differ(pairs: set[tuple[str | None, str]]) -> bool:
    """Whether a referent stands in two of `pairs`."""
    named = [referent for referent, _ in pairs if referent]
    return len(set(named)) < len(named)


def _order(batch: _Batch) -> None:
    """Suspects layers in which an annotation does not stand clearly behind the one before it."""
    count = len(batch.annotations)
    start, end, layer = batch.start[:count], batch.end[:count], batch.layer[:count]
    behind = (start[1:] > start[:-1]) | ((start[1:] == start[:-1]) & (end[1:] < end[:-1]))
    wrong = np.unique(layer[1:][~behind & (layer[1:] == layer[:-1])]).tolist()
    batch.suspect("L118", wrong)
    batch.suspect("E107", wrong)  # two of the same span stand side by side where all others are in order


# --- Code points --------------------------------------------------------------------------------------

_KNOWN, _LETTER, _ALNUM, _MARK, _CONJUNCTION, _PREPOSITION, _CLOSING = (1 << bit for bit in range(7))
_T105, _T106, _T107, _T108, _T109 = (1 << bit for bit in range(7, 12))
_CODES_OF_CLASSES = {_T105: "T105", _T106: "T106", _T107: "T107", _T108: "T108", _T109: "T109"}


def _class_of(character: str) -> int:
    """What the rules ask of a character, a bit each."""
    asked = {
        _KNOWN: True,
        _LETTER: character.isalpha(),
        _ALNUM: character.isalnum(),
        _MARK: not bare(character),
        _CONJUNCTION: character in CONJUNCTIONS,
        _PREPOSITION: character in PREPOSITIONS,
        _CLOSING: character in CLOSING,
        _T105: character in "\r\ufeff",
        _T106: CONTROLS.match(character),
        _T107: BIDI.match(character),
        _T108: PRESENTATION.match(character),
        _T109: not is_stable(character),
    }
    return sum(bit for bit, holds in asked.items() if holds)


def is_stable(character: str) -> bool:
    """Whether a text of such characters alone is in NFC: none of them is composed with another, or decomposes.

    Letters of the scripts up to Arabic, and punctuation, of which this is known; of anything else it is not asked.
    """
    known = character < "\u0900" or "\u2000" <= character < "\u2c00"
    return known and not unicodedata.combining(character) and unicodedata.is_normalized("NFC", character)


class _Classes:
    """The classes of code points, each worked out when it first turns up."""

    def __init__(self) -> None:
        self._table = np.zeros(0x110000, np.uint16)

    def of(self, points: Points) -> npt.NDArray[np.uint16]:
        """The class of each of `points`."""
        found = self._table[points]
        if not found.all():
            for point in np.unique(points[found == 0]).tolist():
                self._table[point] = _class_of(chr(point))
            found = self._table[points]
        return found


@cache
def _classes() -> _Classes:
    return _Classes()


def _points(text: str) -> Points:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


# --- With the text ------------------------------------------------------------------------------------

_BETWEEN = "\n"  # before, between and behind the texts: neither a letter nor a mark of any kind


def _texts(batch: _Batch) -> None:
    """The screens that read texts; every document of `batch` has one."""
    texts = [document["text"] or "" for document in batch.documents]
    points = _points(_BETWEEN * SHORTEST_NAME + _BETWEEN.join(texts) + _BETWEEN * SHORTEST_NAME)
    sizes = np.array([len(text) + 1 for text in texts], np.int64)
    first = np.cumsum(sizes) - sizes + SHORTEST_NAME
    classes = _classes().of(points)
    _characters(batch, classes, first)
    begin = first[batch.document][batch.layer]
    start, end = batch.start + begin, batch.end + begin
    _edges(batch, classes, start, end)
    misquoted = _quotes(batch, points, start, end)
    entity = np.flatnonzero(batch.family[: len(batch.annotations)] == _FAMILY["entity"])
    _words(batch, classes, entity, start[entity], end[entity])
    _labels(batch, misquoted)
    gold = _truths([view.name == GOLD and n not in misquoted for n, view in enumerate(batch.layers)])
    entity = entity[gold[batch.layer[entity]]]
    _names(batch, _Laid(points, classes, first, sizes), entity, start[entity], end[entity])


def _characters(batch: _Batch, classes: npt.NDArray[np.uint16], first: Numbers) -> None:
    """Suspects texts with characters that the rules about texts look for."""
    together = np.bitwise_or.reduceat(classes, first) if len(first) else classes[:0]
    for bit, code in _CODES_OF_CLASSES.items():
        for number in np.flatnonzero(together & bit).tolist():
            batch.codes[number].add(code)


def _edges(batch: _Batch, classes: npt.NDArray[np.uint16], start: Numbers, end: Numbers) -> None:
    """Suspects spans at whose edges there is anything but letters and digits, or that end before a closing mark."""
    plain = (classes[start] & classes[end - 1] & _ALNUM != 0) & (classes[end] & _CLOSING == 0)
    batch.suspect_spans(104, ~plain)


def _quotes(batch: _Batch, points: Points, start: Numbers, end: Numbers) -> set[int]:
    """Suspects spans whose quote is not there, or is a keyed hash; returns their layers."""
    quotes = [part.get("text") for part in batch.parts]
    sizes = np.array([-1 if quote is None else len(quote) for quote in quotes], np.int64)
    wrong = sizes != end - start
    sizes[sizes < 0] = 0
    there = points.take(_run(start, sizes), mode="clip")
    differ = np.flatnonzero(there != _points("".join([quote or "" for quote in quotes])))
    wrong[np.searchsorted(np.cumsum(sizes), differ, side="right")] = True
    batch.suspect_spans(103, wrong)
    return set(batch.layer[wrong].tolist())


def _run(start: Numbers, sizes: Numbers) -> Numbers:
    """All numbers of the stretches that begin at `start` and are `sizes` long, one stretch after the other."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(start - before, sizes) + np.arange(sizes.sum())


def _words(
    batch: _Batch, classes: npt.NDArray[np.uint16], entity: Numbers, start: Numbers, end: Numbers
) -> None:
    """Suspects entities that begin or end inside a word; one or two proclitics before them are none of it."""
    before, second, third = classes[start - 1], classes[start - 2], classes[start - 3]
    in_word = _LETTER | _MARK
    one = (before & (_CONJUNCTION | _PREPOSITION) != 0) & (second & in_word == 0)
    two = (before & _PREPOSITION != 0) & (second & _CONJUNCTION != 0) & (third & in_word == 0)
    begins_inside = (before & classes[start] & _LETTER != 0) & ~one & ~two
    ends_inside = classes[end - 1] & classes[end] & _LETTER != 0
    batch.suspect("E105", batch.layer[entity[begins_inside]].tolist())
    batch.suspect("E106", batch.layer[entity[ends_inside]].tolist())


def _labels(batch: _Batch, misquoted: set[int]) -> None:
    """Suspects gold in which one quote has two labels.

    Where a quote is not the words that stand there, all that reads it instead of them is suspected.
    """
    batch.suspect("Q101", misquoted)
    batch.suspect("E113", misquoted)
    for number, view in enumerate(batch.layers):
        if view.name == GOLD and number not in misquoted:
            pairs = {(entity["text"], entity["label"]) for entity in view.entities}
            if len({words for words, _ in pairs}) < len(pairs):
                batch.suspect("Q101", [number])


@dataclass(frozen=True, slots=True)
class _Laid:
    """Texts laid end to end: code points, their classes, where each text begins, and its size with what is behind."""

    points: Points
    classes: npt.NDArray[np.uint16]
    first: Numbers
    sizes: Numbers


def _names(batch: _Batch, laid: _Laid, entity: Numbers, start: Numbers, end: Numbers) -> None:
    """Suspects gold of whose names one stands in the text where no entity is; `entity` are those of gold.

    Looked at are the places behind no letter and in no entity. Of a name as many code points as every name has make
    a key, with the number of its text; where one is found the whole name is compared.
    """
    annotations: list[Any] = [batch.annotations[at] for at in entity.tolist()]
    sought = _truths([a["label"] not in NOT_SOUGHT and a.get("form", "name") == "name" for a in annotations])
    names = np.flatnonzero(sought & (end - start >= SHORTEST_NAME))
    places = _places(laid, start, end)
    text = np.repeat(np.arange(len(laid.first)), laid.sizes)
    keys = _keys(laid.points, places, text[places - SHORTEST_NAME])
    of_names = _keys(laid.points, start[names], batch.document[batch.layer[entity[names]]])
    hits = _common(keys, of_names)
    wanted = set(keys[hits].tolist())
    by_key: dict[int, set[str]] = defaultdict(set)
    for at, key in zip(names.tolist(), of_names.tolist(), strict=True) if wanted else ():
        if key in wanted:
            by_key[key].add(annotations[at]["text"])
    for place, key in zip(places[hits].tolist(), keys[hits].tolist(), strict=True):
        number = int(text[place - SHORTEST_NAME])
        if _stands_at(batch.documents[number]["text"] or "", place - int(laid.first[number]), by_key[key]):
            batch.codes[number].add("E113")


def _stands_at(text: str, at: int, names: Iterable[str]) -> bool:
    """Whether one of `names` stands at code point `at` and no letter behind it."""
    return any(
        text.startswith(name, at) and not text[at + len(name) : at + len(name) + 1].isalpha()
        for name in names
    )


def _places(laid: _Laid, start: Numbers, end: Numbers) -> Numbers:
    """The places behind no letter and outside of all spans."""
    free = np.zeros(len(laid.points), bool)
    free[1:] = laid.classes[:-1] & _LETTER == 0
    free[_run(start, end - start)] = False
    free[:SHORTEST_NAME] = free[-SHORTEST_NAME:] = False
    return np.flatnonzero(free)


_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 by the golden ratio, which spreads numbers that stand close
_BITS = 20


def _keys(points: Points, places: Numbers, texts: Numbers) -> npt.NDArray[np.uint64]:
    """A number for the first code points at each of `places` in the text of that number; others seldom have it too."""
    keys = texts.astype(np.uint64)
    for offset in range(SHORTEST_NAME):
        keys = (keys + points[places + offset]) * _FACTOR
    return keys


def _common(keys: npt.NDArray[np.uint64], sought: npt.NDArray[np.uint64]) -> Numbers:
    """Where in `keys` those stand that are among `sought`. Most are not, as a table of their first bits tells."""
    table = np.zeros(1 << _BITS, bool)
    table[sought >> np.uint64(64 - _BITS)] = True
    maybe = np.flatnonzero(table[keys >> np.uint64(64 - _BITS)])
    return maybe[np.isin(keys[maybe], sought)]
