"""A tagger of mentions that learns from gold: linear-chain conditional random fields (Lafferty et al. 2001) by CRFsuite.

Three of them work together. The first reads a sentence at a time. The second reads it again and knows besides what the first
thought of the same words elsewhere in the article (Krishnan and Manning 2006): a name that is plain in one sentence is
found in the next. It learns from what the first says of articles that it has not seen. The third reads what stands inside a mention.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import isnan
from pathlib import Path
from typing import Any, TypeAlias, cast

from tasrih.check.entities import zone_of
from tasrih.check.spans import proper_edges
from tasrih.model import GOLD, Annotation, Document, layer_view
from tasrih.store import Corpus, Misuse, gold_sha256
from tasrih.suggest import Draft, Suggest, fresh_ids, model_file, training
from tasrih.suggest.clusters import Clusters
from tasrih.suggest.clusters import learn as learn_clusters
from tasrih.suggest.clusters import read as read_clusters
from tasrih.suggest.cutting import OUTSIDE, Cut, Tags, cut, joined, spans, tags
from tasrih.suggest.features import Attributes, attributes, clitics_and_stem, form
from tasrih.suggest.folded_text import fold
from tasrih.suggest.gazetteer import Gazetteer, known_names
from tasrih.suggest.handlists import listed
from tasrih.suggest.model_file import Model
from tasrih.suggest.spans import entity
from tasrih.suggest.titles import class_words, dates
from tasrih.text.canonical import sha256

NEEDS = "the tagger needs python-crfsuite: pip install 'tasrih[suggest]'"
NOMINAL = "~"  # behind a label: the mention is nominal

_FOLDS = 4
_SETTINGS = {"c1": 0.05, "c2": 0.2, "feature.possible_transitions": True}
_ITERATIONS, _FOLD_ITERATIONS = 80, 50
_DEEPEST = 3  # mentions inside one another, besides the outermost: dull text would nest without end
_STEPS = 10  # of the calibration
_WINDOW = 15  # sentences before and behind in which the same word tells of this one
_SHORTEST_TELLING = 3  # letters of a stem
# Words [first, behind) of a mention, its label, and the mentions right inside it, counted from its first word.
Inside: TypeAlias = tuple[int, int, str, list[tuple[int, int, str]]]
# What each word was tagged, and how sure that is, in hundredths.
Seen: TypeAlias = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its tags: `outer` of every word, and words and tags of what is inside mentions of several words."""

    cut: Cut
    outer: Tags
    inner: Sequence[tuple[int, int, str, Tags]] = ()


# --- Examples -----------------------------------------------------------------------------------------


def example(document: Document) -> Example:
    """The gold of a document as tags. Of mentions of the same words the first is taken."""
    text = cut(cast(str, document["text"]))
    labels: dict[tuple[int, int], str] = {}
    for one in layer_view(document, GOLD).entities:
        nominal = NOMINAL if one.get("form") == "nominal" else ""
        labels.setdefault(text.words_of(one["start"], one["end"]), one["label"] + nominal)
    around: list[Inside] = [(0, len(text.words), "", [])]
    every = [*around]
    for (first, behind), label in sorted(labels.items(), key=lambda item: (item[0][0], -item[0][1])):
        while around[-1][1] <= first:
            around.pop()
        start, end, _, within = around[-1]
        if behind <= end:  # a mention that crosses another cannot be shown by tags
            within.append((first - start, behind - start, label))
            around.append((first, behind, label, []))
            every.append(around[-1])
    whole, *mentions = every
    insides = [
        (first, behind, label, tags(behind - first, within))
        for first, behind, label, within in mentions
        if behind - first > 1
    ]
    return Example(text, tags(len(text.words), whole[3]), insides)


def example_of_words(sentences: Sequence[Sequence[tuple[str, str]]]) -> Example:
    """Sentences of words with tags (IOB2, IOB1 or IOBES) as one example: one text, in which no mention is inside another."""
    text = joined([[word for word, _ in sentence] for sentence in sentences])
    tagged = [tags(len(sentence), spans([tag for _, tag in sentence])) for sentence in sentences]
    return Example(text, [tag for sentence in tagged for tag in sentence])


# --- What the taggers see -----------------------------------------------------------------------------


@cache
def _known() -> Gazetteer:
    return Gazetteer(known_names())


@cache
def _listed() -> Gazetteer:
    return Gazetteer(listed())


def _marks(text: Cut, clusters: Clusters | None) -> list[list[str]]:
    """For each word its clusters, which lists of known names it is on, and which rules take it for part of a mention."""
    marks: list[list[str]] = [clusters.marks(word) if clusters else [] for word in text.words]
    looked_up = fold(text.text)
    for kind, hits in (("g", _known().hits(looked_up)), ("L", _listed().hits(looked_up))):
        for hit in hits:
            first, behind = text.words_of(hit.start, hit.end)
            for at in range(first, behind):
                place = "B" if at == first else "I"
                marks[at] += [f"{kind}{source}{place}" for source in hit.name.source.split()]
    for start, end, label, _ in (*dates(text.text), *class_words(text)):
        first, behind = text.words_of(start, end)
        for at in range(first, behind):
            marks[at].append(f"r{label}{'B' if at == first else 'I'}")
    return marks


def _first_view(text: Cut, clusters: Clusters | None) -> list[list[Attributes]]:
    """Attributes of each sentence's words."""
    marks = _marks(text, clusters)
    return [attributes(text.words[first:behind], marks[first:behind]) for first, behind in text.sentences]


def _elsewhere(text: Cut, seen: Seen) -> list[list[str]]:
    """For each word what the words of the same stem near it were thought to be, as attributes."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, (first, behind) in enumerate(text.sentences):
        for at in range(first, behind):
            stem = clitics_and_stem(form(text.words[at]))[1]
            if len(stem) >= _SHORTEST_TELLING:
                places[stem].append((number, at))
    told: list[list[str]] = [["e-"] for _ in text.words]
    for found in places.values():
        if len(found) > 1:
            for at, weights, count in _neighbourhoods(found, seen):
                told[at] = _told(weights, count)
    return told


def _neighbourhoods(places: Sequence[tuple[int, int]], seen: Seen) -> Iterator[tuple[int, Counter[str], int]]:
    """For each place the weights of labels at the other places within the window, and how many there are."""
    weights: Counter[str] = Counter()
    left = right = 0
    for number, at in places:
        while right < len(places) and places[right][0] <= number + _WINDOW:
            tag, sure = seen[places[right][1]]
            weights[tag.partition("-")[2]] += sure
            right += 1
        while places[left][0] < number - _WINDOW:
            tag, sure = seen[places[left][1]]
            weights[tag.partition("-")[2]] -= sure
            left += 1
        tag, sure = seen[at]
        label = tag.partition("-")[2]
        weights[label] -= sure
        yield at, weights, right - left - 1
        weights[label] += sure


def _told(weights: Counter[str], count: int) -> list[str]:
    """The weightiest label elsewhere with its share and number, or of how many places none is a mention."""
    if not count:
        return ["e-"]
    weight, label = max(((weight, label) for label, weight in weights.items() if label), default=(0, ""))
    if not weight:
        return [f"eO{min(count, 3)}"]
    share, number = min(4 * weight // (100 * count), 4), min((weight + 50) // 100, 3)
    return [f"e{label}", f"e{label}{share}", f"n{label}{number}"]


def _second_view(text: Cut, first_view: Sequence[Sequence[Attributes]], seen: Seen) -> list[list[Attributes]]:
    """The first view with what was said of each word and of the same words elsewhere."""
    told = _elsewhere(text, seen)
    for at, (tag, sure) in enumerate(seen):
        told[at].append(f"1{tag}{sure // 20}")
    views: list[list[Attributes]] = []
    for (first, behind), view in zip(text.sentences, first_view, strict=True):
        views.append(
            [
                [
                    *own,
                    *told[at],
                    *([f"-{mark}" for mark in told[at - 1]] if at > first else ()),
                    *([f"+{mark}" for mark in told[at + 1]] if at + 1 < behind else ()),
                ]
                for at, own in enumerate(view, first)
            ]
        )
    return views


def _inner_view(text: Cut, first: int, behind: int, label: str) -> list[Attributes]:
    """Attributes of a mention's words, each with the mention's label and how far inside it stands."""
    marks = [
        [f"o{label}", f"f{min(at, 3)}", f"r{min(behind - first - at, 3)}", f"o{label}{min(at, 3)}"]
        for at in range(behind - first)
    ]
    return attributes(text.words[first:behind], marks)


# --- Learning -----------------------------------------------------------------------------------------


def train(
    examples: Sequence[Example], about: Mapping[str, Any] | None = None, clusters: Clusters | None = None
) -> Model:
    """A tagger learnt from examples, the same for the same ones, that knows `clusters` of words besides.

    Raises Misuse where there is nothing to learn.
    """
    if not any(tag != OUTSIDE for one in examples for tag in one.outer):
        raise Misuse("there is no mention to learn from")
    views = [_first_view(one.cut, clusters) for one in examples]
    lines = [[one.outer[first:behind] for first, behind in one.cut.sentences] for one in examples]
    first = _learnt(zip(views, lines, strict=True), _ITERATIONS)
    seen = _cross_seen(examples, views, lines)
    second_views = [
        _second_view(one.cut, view, said) for one, view, said in zip(examples, views, seen, strict=True)
    ]
    parts = {"first": first, "second": _learnt(zip(second_views, lines, strict=True), _ITERATIONS)}
    insides = [(one.cut, *inside) for one in examples for inside in one.inner]
    if any(tag != OUTSIDE for *_, inner in insides for tag in inner):
        seen_inside = ([_inner_view(text, start, end, label)] for text, start, end, label, _ in insides)
        parts["inner"] = _learnt(zip(seen_inside, ([one[-1]] for one in insides), strict=True), _ITERATIONS)
    if clusters:
        parts["clusters"] = clusters.as_bytes()
    labels = sorted({tag.partition("-")[2] for one in examples for tag in one.outer} - {""})
    return Model(parts, {**(about or {}), "labels": labels, "calibration": _calibration(examples, seen)})


def _calibration(examples: Sequence[Example], seen: Sequence[Seen]) -> list[float]:
    """How often a mention is right that is 0–10, 10–20 … per cent sure, by what the first tagger says of texts new to it.

    A step with few mentions takes over from those below it, so that what is surer is never righter less often.
    """
    right, found = [0] * _STEPS, [0] * _STEPS
    for one, said in zip(examples, seen, strict=True):
        gold = set(spans(one.outer))
        for span in spans([tag for tag, _ in said]):
            step = min(_STEPS * min(sure for _, sure in said[span[0] : span[1]]) // 100, _STEPS - 1)
            found[step] += 1
            right[step] += span in gold
    shares = [(right[step] + step / _STEPS) / (found[step] + 1) for step in range(_STEPS)]
    return [round(share, 4) for share in accumulate(shares, max)]


def _cross_seen(
    examples: Sequence[Example],
    views: Sequence[Sequence[Sequence[Attributes]]],
    lines: Sequence[Sequence[Tags]],
) -> list[Seen]:
    """What a first tagger says of each example that it has not learnt from.

    A single example is cut into runs of sentences.
    """
    units = [(at, number) for at, view in enumerate(views) for number in range(len(view))]
    folds = min(_FOLDS, len(units)) if len(views) == 1 else min(_FOLDS, len(views))
    fold_of = {
        (at, number): (index * folds // len(units) if len(views) == 1 else at % folds)
        for index, (at, number) in enumerate(units)
    }
    said: list[list[list[tuple[str, int]]]] = [[[] for _ in view] for view in views]
    for left_out in range(folds):
        learn = [unit for unit in units if fold_of[unit] != left_out] or units
        opened = _Opened(
            _learnt(
                [([views[at][number] for at, number in learn], [lines[at][number] for at, number in learn])],
                _FOLD_ITERATIONS,
            )
        )
        for at, number in units:
            if fold_of[at, number] == left_out:
                said[at][number] = _said(opened, views[at][number])
    return [[word for sentence in article for word in sentence] for article in said]


def _learnt(
    articles: Iterable[tuple[Sequence[Sequence[Attributes]], Sequence[Tags]]], iterations: int
) -> bytes:
    """CRFsuite's model of sentences and their tags."""
    try:
        from pycrfsuite import Trainer
    except ImportError:
        raise Misuse(NEEDS) from None
    trainer = Trainer(verbose=False)
    for views, lines in articles:
        for view, line in zip(views, lines, strict=True):
            trainer.append(view, line)
    trainer.set_params({**_SETTINGS, "max_iterations": iterations})
    with tempfile.TemporaryDirectory() as folder:  # CRFsuite writes a model into a file alone
        path = Path(folder) / "model"
        trainer.train(str(path))
        return path.read_bytes()


class _Opened:
    """A model opened by CRFsuite, which reads the bytes where they are: they must live as long as it."""

    def __init__(self, model: bytes) -> None:
        try:
            from pycrfsuite import Tagger as Opened
        except ImportError:
            raise Misuse(NEEDS) from None
        self._bytes = model
        self._tagger = Opened()
        self._tagger.open_inmemory(model)

    def tagged(self, view: Sequence[Attributes]) -> Tags:
        """The best tags of a sentence, which `probability` is asked about next."""
        self._tagger.set(view)
        found: Tags = self._tagger.tag()
        return found

    def probability(self, tag: str, at: int) -> float:
        """How probable `tag` is for the word at `at` of the sentence that was tagged last; 0 where CRFsuite cannot say."""
        found: float = self._tagger.marginal(tag, at)
        return 0.0 if isnan(found) else min(max(found, 0.0), 1.0)


def _said(opened: _Opened, view: Sequence[Attributes]) -> list[tuple[str, int]]:
    """The best tags of a sentence, and how sure each is, in hundredths."""
    if not view:
        return []
    return [(tag, int(100 * opened.probability(tag, at))) for at, tag in enumerate(opened.tagged(view))]


# --- Tagging ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """Words [first, behind) of a text are a mention; `sure` is how often such a one is right, 0 to 1."""

    first: int
    behind: int
    label: str
    sure: float


class Tagger:
    """A model made ready to tag texts."""

    def __init__(self, model: Model) -> None:
        self._first = _Opened(model.parts["first"])
        self._second = _Opened(model.parts["second"])
        self._inner = _Opened(model.parts["inner"]) if "inner" in model.parts else None
        self._clusters = read_clusters(model.parts["clusters"]) if "clusters" in model.parts else None
        self._calibration: Sequence[float] = model.about.get("calibration") or [
            (step + 0.5) / _STEPS for step in range(_STEPS)
        ]

    def mentions(self, text: Cut) -> list[Mention]:
        """The mentions of a text, the outer ones and those inside them, in text order."""
        view = _first_view(text, self._clusters)
        seen = [word for sentence in view for word in _said(self._first, sentence)]
        found: list[Mention] = []
        views = _second_view(text, view, seen)
        for (start, _), sentence in zip(text.sentences, views, strict=True):
            for outer in self._of_sentence(self._second, sentence, start):
                found += [outer, *self._inside(text, outer)]
        return found

    def _inside(self, text: Cut, outer: Mention, depth: int = 1) -> Iterator[Mention]:
        """The mentions inside a mention, and those inside them; each is shorter than what it stands in."""
        if self._inner is None or outer.behind - outer.first == 1 or depth > _DEEPEST:
            return
        view = _inner_view(text, outer.first, outer.behind, outer.label)
        for inner in self._of_sentence(self._inner, view, outer.first):
            if inner.behind - inner.first < outer.behind - outer.first:
                yield inner
                yield from self._inside(text, inner, depth + 1)

    def _of_sentence(self, opened: _Opened, view: Sequence[Attributes], start: int) -> list[Mention]:
        """The mentions of one sentence, all at once: the next sentence makes CRFsuite forget this one."""
        if not view:
            return []
        tagged = opened.tagged(view)
        return [
            Mention(
                start + first,
                start + behind,
                label,
                self._right(min(opened.probability(tagged[at], at) for at in range(first, behind))),
            )
            for first, behind, label in spans(tagged)
        ]

    def _right(self, sure: float) -> float:
        """How often a mention is right whose least probable tag has the probability `sure`."""
        return self._calibration[min(int(_STEPS * sure), _STEPS - 1)]


# --- The suggester --------------------------------------------------------------------------------------


def make(corpus: Corpus, path: str = "") -> Suggest:
    """A suggester by the model in the file `path`; without one by a model of the corpus's training split.

    That is learnt the first time, and kept in the corpus's `.tasrih/models`. Raises Misuse.
    """
    return of_model(model_file.read(Path(path)) if path else _of_corpus(corpus))


def _of_corpus(corpus: Corpus) -> Model:
    path = corpus.models / model_file.key(about_corpus(corpus, training(corpus)))
    if path.is_file():
        try:
            return model_file.read(path)
        except Misuse:
            pass  # whatever became of it, it can be learnt again
    model = learn(corpus)
    model_file.write(path, model)
    return model


def about_corpus(
    corpus: Corpus, documents: Sequence[Document], raw: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What a model of the gold of `documents` says of where it comes from; `raw` has files' names and their texts."""
    settings = corpus.settings
    return model_file.about(
        settings["name"], settings["version"], gold_sha256(documents), settings["licence"], digests(raw)
    )


def digests(raw: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Files' names, each with the SHA-256 of its text in the text's place."""
    return [(name, sha256(text)) for name, text in raw]


def learn(corpus: Corpus, raw: Sequence[tuple[str, str]] = ()) -> Model:
    """A model of the training split of a corpus, with clusters of the words of `raw` texts where there are any."""
    documents = training(corpus)
    return train(
        [example(document) for document in documents],
        about_corpus(corpus, documents, raw),
        clusters_of([text for _, text in raw]),
    )


def clusters_of(raw: Sequence[str]) -> Clusters | None:
    """Clusters of the words of texts; None without texts."""
    if not raw:
        return None
    return learn_clusters(
        text.words[first:behind] for text in map(cut, raw) for first, behind in text.sentences
    )


def of_documents(documents: Sequence[Document]) -> Suggest:
    """A suggester by a model of the gold of `documents`."""
    return of_model(train([example(document) for document in documents]))


def of_model(model: Model) -> Suggest:
    """A suggester by a model."""
    tagger = Tagger(model)
    return lambda drafts: [list(_of_draft(draft, tagger)) for draft in drafts]


def _of_draft(draft: Draft, tagger: Tagger) -> Iterator[Annotation]:
    unread = [zone for zone in draft.zones if zone["kind"] == "credit"]
    text = cut(draft.text)
    words = frozenset(text.words)
    ids = fresh_ids("e", draft)
    taken: set[tuple[int, int]] = set()
    for mention in tagger.mentions(text):
        start, end = text.span(mention.first, mention.behind)
        if not any(map(str.isalnum, draft.text[start:end])):
            continue
        start += _proclitic(text.words[mention.first], words)
        start, end = proper_edges(draft.text, start, end) or (start, end)
        if start < end and (start, end) not in taken and not zone_of(unread, start, end):
            taken.add((start, end))
            label, form_ = (
                mention.label.removesuffix(NOMINAL),
                "nominal" if NOMINAL in mention.label else "name",
            )
            yield entity(next(ids), draft.text, (start, end), label, mention.sure, form_)


def _proclitic(word: str, words: frozenset[str]) -> int:
    """How many letters at the front of a mention's first word are no part of it: the rest stands in the text by itself."""
    rest = word[1:]
    return int(word[:1] in "وفبلك" and len(rest) >= _SHORTEST_TELLING and rest in words)
