"""Documents → the tables of a release, a batch at a time, column by column.

The columns of a configuration come from the schemas and the corpus's labels (`features`). An
annotation's columns are made once and serve the nested `articles` and the flat `entities`, `claims` and
`stances` alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasrih import schema
from tasrih.check.entities import zone_of
from tasrih.model import (
    AUTHOR,
    GOLD,
    UNNAMED,
    UNSPECIFIED,
    Annotation,
    Claim,
    Document,
    Labels,
    LayerView,
    Stance,
    annotators,
)
from tasrih.schema import Feature, class_label, value
from tasrih.store import put_quotes_back
from tasrih.text.canonical import QuoteKey
from tasrih.text.sentences import sentence_run, sentences
from tasrih.text.tokens import tokens

CONFIGS = (
    "articles",
    "entities",
    "claims",
    "stances",
    "ner",
    "attribution",
    "stance_pairs",
    "annotators",
    "standoff",
)
TARGET_TYPES = ("entity", "claim")
_KINDS = ("entity", "claim", "stance")
_PLURAL = {"entity": "entities", "claim": "claims", "stance": "stances"}

Features: TypeAlias = dict[str, Feature]
Tables: TypeAlias = dict[str, pa.Table]
Numbers: TypeAlias = npt.NDArray[np.int64]


# --- Features -----------------------------------------------------------------------------------------


def ner_tags(labels: Labels) -> list[str]:
    """IOB2 tags: O, then B- and I- of every label, so that an appended label appends tags."""
    return ["O", *(f"{position}-{label}" for label in labels["entity"] for position in "BI")]


def _nested_features(labels: Labels, *, standoff: bool) -> Features:
    return {_PLURAL[kind]: [schema.annotation_features(kind, labels, standoff=standoff)] for kind in _KINDS}


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns of a configuration, as Features and as Arrow schema."""

    columns: Features
    arrow: pa.Schema


def shapes_of(labels: Labels) -> dict[str, Shape]:
    """The shape of every configuration. Made once for a set of labels."""
    return _shapes(tuple(labels["entity"]), tuple(labels["stance"]), tuple(labels["topic"]))


@cache
def _shapes(entity: tuple[str, ...], stance: tuple[str, ...], topic: tuple[str, ...]) -> dict[str, Shape]:
    labels = Labels(entity=list(entity), stance=list(stance), topic=list(topic))
    return {
        config: Shape(columns, schema.arrow_schema(columns)) for config, columns in features(labels).items()
    }


def features(labels: Labels) -> dict[str, Features]:
    """Columns of every configuration."""
    string, integer = value("string"), value("int32")
    row: Features = {"uid": string, "article": string}
    context: Features = {"context": string, "context_start": integer}
    sentence: Features = {"sentence": string, "sentence_start": integer}
    annotation = {kind: schema.annotation_features(kind, labels) for kind in _KINDS}
    claim, stance = annotation["claim"], annotation["stance"]
    article = schema.article_features(labels)
    return {
        "articles": {**article, "text": string, "guidelines": string, **_nested_features(labels, standoff=False)},
        "entities": {**row, **annotation["entity"], **context},
        "claims": {**row, **claim, "claimer_texts": [string], "about_texts": [string], **context},
        "stances": {**row, **stance, "holder_texts": [string], "target_text": string, "target_type": class_label(TARGET_TYPES), **context},
        "ner": {**row, "start": integer, "text": string, "tokens": [string], "token_starts": [integer], "ner_tags": [class_label(ner_tags(labels))]},
        "attribution": {
            **row, **sentence, "claimer": string, "claimer_id": string, "claimer_start": integer, "claimer_end": integer,
            "cue": string, "cue_start": integer, "cue_end": integer,
            "content": string, "content_start": integer, "content_end": integer,
            "via": claim["via"], "mode": claim["mode"],
        },
        "stance_pairs": {**row, "text": string, "text_start": integer, "holder": string, "holder_id": string, "target": string,
                         "target_id": string, "target_type": class_label(TARGET_TYPES), "label": stance["label"], "basis": stance["basis"]},
        "annotators": {**row, "annotator": string, "guidelines": string, **_nested_features(labels, standoff=False)},
        "standoff": {**article, "guidelines": string, **_nested_features(labels, standoff=True)},
    }  # fmt: skip


# --- Views of a document ------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class Sentences:
    """Bounds of a text's sentences."""

    starts: list[int]
    ends: list[int]

    def spans(self) -> Iterable[tuple[int, int]]:
        """Start and end of every sentence."""
        return zip(self.starts, self.ends, strict=True)

    @classmethod
    def of(cls, text: str) -> Sentences:
        bounds = sentences(text)
        return cls([start for start, _ in bounds], [end for _, end in bounds])


@dataclass
class Prepared:
    """A layer of a document, made ready for the tables. `text` is None where it stays out of them."""

    view: LayerView
    text: str | None

    @cached_property
    def sentences(self) -> Sentences:
        return Sentences.of(cast(str, self.text))

    @cached_property
    def key(self) -> QuoteKey:
        return QuoteKey(cast(str, self.view.text))

    @cached_property
    def by_id(self) -> dict[str, Annotation]:
        return self.view.by_id()

    @property
    def id(self) -> str:
        return self.view.article["id"]

    def records(self, kind: str) -> list[Any]:
        return {"entity": self.view.entities, "claim": self.view.claims, "stance": self.view.stances}[kind]  # type: ignore[return-value]

    def run(self, spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """The smallest run of sentences that holds all of `spans`."""
        pairs = list(spans)
        first, last = min(start for start, _ in pairs), max(end for _, end in pairs)
        return sentence_run(self.sentences.starts, self.sentences.ends, first, last)

    def text_of(self, name: str) -> str:
        """The words of a claimer, holder or target; author and unnamed stand for themselves."""
        return name if name in (AUTHOR, UNNAMED) else cast(str, self.by_id[name].get("text"))


def prepare(document: Document, name: str, *, with_text: bool) -> Prepared:
    """The layer `name` of a checked document. With a text at hand every quote is in words."""
    lines = document["layers"][name]
    text = document["text"]
    annotations = cast(list[Annotation], lines[1:])
    if text is not None and with_text and any("quote_hmac" in line for line in annotations):
        annotations = [put_quotes_back(line, text) for line in annotations]
    view = LayerView(name, document["article"], text, lines[0], annotations)  # type: ignore[arg-type]
    return Prepared(view, text if with_text else None)


# --- Columns ------------------------------------------------------------------------------------------


def _values(records: Sequence[Any], name: str, feature: Feature) -> list[Any]:
    """Column `name` of `records` as Python values, labels as their ids."""
    if name.startswith("cue_"):
        part = name[4:]
        return [(record.get("cue") or {}).get(part) for record in records]
    if isinstance(feature, list):
        return [record.get(name) or [] for record in records]
    if feature.get("_type") == "ClassLabel":
        ids = {label: index for index, label in enumerate(feature["names"])}
        return [ids[record.get(name) or UNSPECIFIED] for record in records]
    return [record.get(name) for record in records]


def _arrays(records: Sequence[Any], columns: Mapping[str, Feature]) -> dict[str, pa.Array]:
    return {name: pa.array(_values(records, name, f), schema.arrow_type(f)) for name, f in columns.items()}


def _list_of_structs(
    arrays: dict[str, pa.Array], counts: Sequence[int], columns: Mapping[str, Feature]
) -> pa.Array:
    fields = [pa.field(name, schema.arrow_type(feature)) for name, feature in columns.items()]
    offsets = pa.array([0, *accumulate(counts)], pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(list(arrays.values()), fields=fields))


def _article_values(articles: Sequence[Any], name: str, feature: Feature) -> list[Any]:
    for prefix in ("rights", "credits"):
        if name.startswith(prefix + "_"):
            return [(article.get(prefix) or {}).get(name[len(prefix) + 1 :]) for article in articles]
    if name == "zones":
        kinds = {kind: index for index, kind in enumerate(cast(Any, feature)[0]["kind"]["names"])}
        return [[{**zone, "kind": kinds[zone["kind"]]} for zone in article["zones"]] for article in articles]
    return _values(articles, name, feature)


_NOT_METADATA = {"text", "guidelines", *_PLURAL.values()}


def _article_arrays(prepared: Sequence[Prepared], shape: Shape) -> dict[str, pa.Array]:
    articles = [item.view.article for item in prepared]
    return {
        name: pa.array(_article_values(articles, name, feature), schema.arrow_type(feature))
        for name, feature in shape.columns.items()
        if name not in _NOT_METADATA
    }


def _table(arrays: Mapping[str, Any], shape: Shape) -> pa.Table:
    return pa.table([arrays[name] for name in shape.columns], schema=shape.arrow)


def _strings(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.string())


def _integers(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.int32())


# --- Rows of one annotation ---------------------------------------------------------------------------


def _spans(item: Prepared, record: Any, names: Iterable[str]) -> list[tuple[int, int]]:
    """Spans of an annotation, its cue and the annotations that it names."""
    spans = [(record["start"], record["end"])]
    if cue := record.get("cue"):
        spans.append((cue["start"], cue["end"]))
    for name in names:
        if name not in (AUTHOR, UNNAMED):
            other = item.by_id[name]
            spans.append((other["start"], other["end"]))
    return spans


def _roles(record: Any) -> list[str]:
    names = [
        *record.get("claimers", ()),
        *record.get("about", ()),
        *record.get("holders", ()),
        *record.get("members", ()),
    ]
    return [*names, record["target"]] if "target" in record else names


@dataclass(slots=True)
class Grid:
    """The texts of a batch laid end to end, so that one search places all spans of the batch at once.

    `bases` are the code points at which each text begins there; `starts` and `ends` bound all sentences, whose
    words are `texts`.
    """

    bases: Numbers
    starts: Numbers
    ends: Numbers
    texts: pa.Array

    @classmethod
    def of(cls, prepared: Sequence[Prepared]) -> Grid:
        lengths = [len(cast(str, item.text)) + 1 for item in prepared]
        bases = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        counts = [len(item.sentences.starts) for item in prepared]
        shift = np.repeat(bases, counts)
        starts = np.fromiter((at for item in prepared for at in item.sentences.starts), np.int64) + shift
        ends = np.fromiter((at for item in prepared for at in item.sentences.ends), np.int64) + shift
        texts = [
            cast(str, item.text)[start:end] for item in prepared for start, end in item.sentences.spans()
        ]
        return cls(bases, starts, ends, _strings(texts))


def _reach(item: Prepared, record: Any) -> tuple[int, int]:
    """The envelope of an annotation, its cue and everything that it refers to."""
    spans = _spans(item, record, _roles(record))
    return min(span[0] for span in spans), max(span[1] for span in spans)


def _envelopes(
    prepared: Sequence[Prepared], kind: str, flat: Mapping[str, pa.Array]
) -> tuple[Numbers, Numbers]:
    """Starts and ends of what a context must hold, per annotation."""
    if kind == "entity" and not any(
        "members" in record for item in prepared for record in item.records(kind)
    ):
        return flat["start"].to_numpy().astype(np.int64), flat["end"].to_numpy().astype(np.int64)
    reached = [_reach(item, record) for item in prepared for record in item.records(kind)]
    pairs = np.array(reached, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _contexts(
    prepared: Sequence[Prepared], kind: str, flat: Mapping[str, pa.Array], grid: Grid
) -> tuple[pa.Array, pa.Array]:
    """Contexts and where they start. Annotations of one run of sentences share one string until Arrow repeats it."""
    owner = _owners(prepared, kind)
    base = grid.bases[owner]
    starts, ends = _envelopes(prepared, kind, flat)
    if not len(owner):
        return _strings([]), _integers([])
    first = np.searchsorted(grid.starts, starts + base, "right") - 1
    last = np.minimum(np.searchsorted(grid.ends, ends + base, "left"), len(grid.ends) - 1)
    run_starts = np.minimum(grid.starts[first] - base, starts)
    run_ends = np.maximum(grid.ends[last] - base, ends)
    whole = (first == last) & (run_starts + base == grid.starts[first]) & (run_ends + base == grid.ends[last])
    several = np.flatnonzero(~whole)  # runs of more than one sentence, cut out one by one
    places = zip(
        owner[several].tolist(), run_starts[several].tolist(), run_ends[several].tolist(), strict=True
    )
    cut = [cast(str, prepared[number].text)[start:end] for number, start, end in places]
    which = first.copy()
    which[several] = len(grid.texts) + np.arange(len(several))
    contexts = pa.concat_arrays([grid.texts, _strings(cut)]).take(pa.array(which))
    return contexts, pa.array(run_starts.astype(np.int32))


def _owners(prepared: Sequence[Prepared], kind: str) -> Numbers:
    """For every annotation the number of its article in `prepared`."""
    return np.repeat(np.arange(len(prepared)), [len(item.records(kind)) for item in prepared])


def _row_ids(prepared: Sequence[Prepared], kind: str, ids: pa.Array) -> dict[str, pa.Array]:
    articles = _strings([item.id for item in prepared]).take(pa.array(_owners(prepared, kind)))
    return {"uid": pc.binary_join_element_wise(articles, ids, "/"), "article": articles}


def _claim_extras(prepared: Sequence[Prepared]) -> dict[str, pa.Array]:
    pairs = [(item, cast(Claim, record)) for item in prepared for record in item.records("claim")]
    return {
        "claimer_texts": pa.array(
            [[item.text_of(n) for n in r["claimers"]] for item, r in pairs], pa.list_(pa.string())
        ),
        "about_texts": pa.array(
            [[item.text_of(n) for n in r.get("about", [])] for item, r in pairs], pa.list_(pa.string())
        ),
    }


def _target_type(name: str) -> int:
    return TARGET_TYPES.index("claim" if name.startswith("c") else "entity")


def _stance_extras(prepared: Sequence[Prepared]) -> dict[str, pa.Array]:
    pairs = [(item, cast(Stance, record)) for item in prepared for record in item.records("stance")]
    return {
        "holder_texts": pa.array(
            [[item.text_of(n) for n in r["holders"]] for item, r in pairs], pa.list_(pa.string())
        ),
        "target_text": _strings([item.text_of(r["target"]) for item, r in pairs]),
        "target_type": pa.array([_target_type(r["target"]) for _, r in pairs], pa.int64()),
    }


# --- Tokens -------------------------------------------------------------------------------------------


def tag_tokens(starts: Numbers, ends: Numbers, names: Numbers, counts: Counter[str]) -> Numbers:
    """IOB2 tag ids of tokens: names, the longest first, none over another.

    `starts` and `ends` bound the tokens, ascending; `names` has a row a name: start, end, id of its B- tag (the
    I- tag is the next). Counts in `counts` the names tagged, those that lie inside or across another, and those
    whose bounds are no token's.
    """
    tags = np.zeros(len(starts), np.int64)
    if not len(names) or not len(starts):
        counts["ner_misfit"] += len(names)
        return tags
    first = np.searchsorted(starts, names[:, 0])
    behind = np.searchsorted(starts, names[:, 1])
    safe = np.minimum(first, len(starts) - 1)
    fits = (starts[safe] == names[:, 0]) & (behind > first) & (ends[behind - 1] == names[:, 1])
    counts["ner_misfit"] += int((~fits).sum())
    kept = np.stack([first, behind, names[:, 2]])[:, fits]
    kept = kept[:, np.lexsort((-kept[1], kept[0]))]
    apart = _stand_apart(kept[0], kept[1])
    counts["ner_tagged"] += int(apart.sum())
    low, high, tag = kept[:, apart]
    sizes = high - low
    tags[np.repeat(low - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())] = np.repeat(
        tag + 1, sizes
    )
    tags[low] = tag
    _tag_overlapping(tags, kept[:, ~apart], counts)
    return tags


def _stand_apart(first: Numbers, behind: Numbers) -> npt.NDArray[np.bool_]:
    """Which of the spans, in the order of their starts, share no token with another."""
    reach = np.maximum.accumulate(behind)
    after_all = np.concatenate([[True], first[1:] >= reach[:-1]]) if len(first) else np.ones(0, bool)
    return after_all & np.concatenate([after_all[1:], [True]]) if len(first) else after_all


def _tag_overlapping(tags: Numbers, names: Numbers, counts: Counter[str]) -> None:
    for low, high, tag in sorted(names.T.tolist(), key=lambda name: (name[0] - name[1], name[0])):
        if tags[low:high].any():
            counts["ner_nested"] += 1
            continue
        counts["ner_tagged"] += 1
        tags[low:high] = tag + 1
        tags[low] = tag


def _names(
    prepared: Sequence[Prepared], entities: Mapping[str, pa.Array], nominal: int, grid: Grid
) -> Numbers:
    """A row a name: start and end on the grid, and the id of its B- tag. `nominal` is the id of that form."""
    base = grid.bases[_owners(prepared, "entity")]
    starts, ends = entities["start"].to_numpy() + base, entities["end"].to_numpy() + base
    tags = 1 + 2 * entities["label"].to_numpy()  # O, then B- and I- of every label: see ner_tags
    return cast(Numbers, np.stack([starts, ends, tags], axis=1)[entities["form"].to_numpy() != nominal])


def _outside_credits(item: Prepared, words: list[str], starts: list[int]) -> tuple[list[str], list[int]]:
    """The tokens that stand in no credit line."""
    credits_ = [zone for zone in item.view.article["zones"] if zone["kind"] == "credit"]
    if not credits_:
        return words, starts
    kept = [(word, at) for word, at in zip(words, starts, strict=True) if not zone_of(credits_, at, at + 1)]
    return [word for word, _ in kept], [at for _, at in kept]


def _ner(
    prepared: Sequence[Prepared], names: Numbers, shape: Shape, grid: Grid, counts: Counter[str]
) -> pa.Table:
    """A row a sentence that has a token outside of credit lines. `names` are those to tag: see `_names`."""
    words: list[str] = []
    own_starts: list[int] = []
    sizes: list[int] = []
    for item in prepared:
        item_words, item_starts = _outside_credits(item, *tokens(cast(str, item.text)))
        words += item_words
        own_starts += item_starts
        sizes.append(len(item_words))
    starts = np.array(own_starts, np.int64)
    placed = starts + np.repeat(grid.bases, sizes)
    token_array = _strings(words)
    tags = tag_tokens(placed, placed + pc.utf8_length(token_array).to_numpy(), names, counts)
    behind = np.searchsorted(placed, grid.ends)
    sizes_of_rows = np.diff(behind, prepend=0)
    kept = sizes_of_rows > 0
    offsets = pa.array(np.concatenate([[0], behind[kept]]).astype(np.int32))
    rows = [row for row, keep in zip(_sentence_rows(prepared), kept.tolist(), strict=True) if keep]
    uids, articles, row_starts = zip(*rows, strict=True) if rows else ((), (), ())
    texts = grid.texts.filter(pa.array(kept))
    arrays = {
        "uid": _strings(uids), "article": _strings(articles), "start": _integers(row_starts), "text": texts,
        "tokens": pa.ListArray.from_arrays(offsets, token_array),
        "token_starts": pa.ListArray.from_arrays(offsets, pa.array(starts.astype(np.int32))),
        "ner_tags": pa.ListArray.from_arrays(offsets, pa.array(tags)),
    }  # fmt: skip
    return _table(arrays, shape)


def _sentence_rows(prepared: Sequence[Prepared]) -> Iterable[tuple[str, str, int]]:
    """Uid, article and start of every sentence."""
    for item in prepared:
        for number, start in enumerate(item.sentences.starts, start=1):
            yield f"{item.id}/n{number}", item.id, start


# --- Attribution and stance pairs ---------------------------------------------------------------------


def _attribution_rows(item: Prepared) -> Iterable[dict[str, Any]]:
    for claim in item.view.claims:
        if claim["claimers"] == [AUTHOR]:
            continue
        start, end = item.run(_spans(item, claim, ()))
        cue: Any = claim.get("cue") or {}
        for name in claim["claimers"]:
            claimer: Any = item.by_id.get(name, {})
            yield {
                "uid": f"{item.id}/{claim['id']}/{name}", "article": item.id,
                "sentence": cast(str, item.text)[start:end], "sentence_start": start,
                "claimer": item.text_of(name), "claimer_id": name,
                "claimer_start": claimer.get("start"), "claimer_end": claimer.get("end"),
                "cue": cue.get("text"), "cue_start": cue.get("start"), "cue_end": cue.get("end"),
                "content": claim.get("text"), "content_start": claim["start"], "content_end": claim["end"],
                "via": claim.get("via"), "mode": claim.get("mode"),
            }  # fmt: skip


def _stance_pair_rows(item: Prepared) -> Iterable[dict[str, Any]]:
    for stance in item.view.stances:
        start, end = item.run(_spans(item, stance, _roles(stance)))
        for name in stance["holders"]:
            yield {
                "uid": f"{item.id}/{stance['id']}/{name}", "article": item.id,
                "text": cast(str, item.text)[start:end], "text_start": start,
                "holder": item.text_of(name), "holder_id": name,
                "target": item.text_of(stance["target"]), "target_id": stance["target"],
                "target_type": TARGET_TYPES[_target_type(stance["target"])],
                "label": stance["label"], "basis": stance.get("basis"),
            }  # fmt: skip


def _rows(
    prepared: Sequence[Prepared], shape: Shape, rows_of: Callable[[Prepared], Iterable[dict[str, Any]]]
) -> pa.Table:
    rows = [row for item in prepared for row in rows_of(item)]
    plain = {
        name: pa.array(_plain(rows, name, feature), schema.arrow_type(feature))
        for name, feature in shape.columns.items()
    }
    return _table(plain, shape)


def _plain(rows: Sequence[dict[str, Any]], name: str, feature: Feature) -> list[Any]:
    """Like `_values`, but a name that begins with cue_ is a column of its own."""
    if isinstance(feature, dict) and feature.get("_type") == "ClassLabel":
        return _values(rows, name, feature)
    return [row[name] for row in rows]


# --- Tables -------------------------------------------------------------------------------------------


def _annotation_arrays(prepared: Sequence[Prepared], shape: Shape) -> dict[str, dict[str, pa.Array]]:
    """Per kind the flat arrays of all annotations; `shape` says which columns."""
    return {
        kind: _arrays([record for item in prepared for record in item.records(kind)], _columns(shape, kind))
        for kind in _KINDS
    }


def _columns(shape: Shape, kind: str) -> Features:
    return cast(Any, shape.columns[_PLURAL[kind]])[0]  # type: ignore[no-any-return]


def _nested(
    prepared: Sequence[Prepared], flat: Mapping[str, dict[str, pa.Array]], shape: Shape
) -> dict[str, Any]:
    """Per kind the list-of-structs column made of `flat`."""
    return {
        _PLURAL[kind]: _list_of_structs(
            flat[kind], [len(item.records(kind)) for item in prepared], _columns(shape, kind)
        )
        for kind in _KINDS
    }


def _hashes(prepared: Sequence[Prepared], kind: str, *, cue: bool) -> pa.Array:
    """Keyed hashes of the quotes, or of the cues'."""
    found = []
    for item in prepared:
        for record in item.records(kind):
            part = record.get("cue") if cue else record
            text = part and part.get("text")
            found.append(item.key.digest(text) if text is not None else part and part.get("quote_hmac"))
    return _strings(found)


def _without_words(
    prepared: Sequence[Prepared], flat: Mapping[str, dict[str, pa.Array]]
) -> dict[str, dict[str, pa.Array]]:
    """`flat` with a keyed hash in the place of every quote."""
    stripped: dict[str, dict[str, pa.Array]] = {}
    for kind, arrays in flat.items():
        stripped[kind] = {
            {"text": "quote_hmac", "cue_text": "cue_quote_hmac"}.get(name, name): (
                _hashes(prepared, kind, cue=name != "text") if name in ("text", "cue_text") else array
            )
            for name, array in arrays.items()
        }
    return stripped


def tables(
    documents: Sequence[Document], labels: Labels, counts: Counter[str], *, local: bool = False
) -> Tables:
    """All configurations of `documents`, which must have passed the check; those without a row are left out.

    A withheld article is in `standoff` alone, unless `local` and its text is at hand.
    `counts` takes what the card says of tokens.
    """
    shapes = shapes_of(labels)
    out: Tables = {}
    golds = [prepare(d, GOLD, with_text=_shows_text(d, local)) for d in documents if GOLD in d["layers"]]
    shown = [item for item in golds if item.text is not None]
    flat = _annotation_arrays(golds, shapes["articles"])
    if golds:
        out["standoff"] = _standoff(golds, flat, shapes["standoff"])
    if shown:
        shown_flat = flat if len(shown) == len(golds) else _annotation_arrays(shown, shapes["articles"])
        out |= _gold_tables(shown, shown_flat, shapes, counts)
    others = [
        prepare(d, name, with_text=True) for d in documents if _shows_text(d, local) for name in annotators(d)
    ]
    if others:
        out["annotators"] = _annotators(others, shapes["annotators"])
    return {config: table for config, table in out.items() if table.num_rows}


def _shows_text(document: Document, local: bool) -> bool:
    return document["text"] is not None and (local or document["article"]["rights"]["redistribute"])


def _guidelines(prepared: Sequence[Prepared]) -> pa.Array:
    return _strings([item.view.header["guidelines"] for item in prepared])


def _standoff(
    prepared: Sequence[Prepared], flat: Mapping[str, dict[str, pa.Array]], shape: Shape
) -> pa.Table:
    nested = _nested(prepared, _without_words(prepared, flat), shape)
    return _table({**_article_arrays(prepared, shape), "guidelines": _guidelines(prepared), **nested}, shape)


def _gold_tables(
    shown: Sequence[Prepared],
    flat: Mapping[str, dict[str, pa.Array]],
    shapes: dict[str, Shape],
    counts: Counter[str],
) -> Tables:
    nested = _nested(shown, flat, shapes["articles"])
    grid = Grid.of(shown)
    texts = _strings([item.text for item in shown])
    articles = {
        **_article_arrays(shown, shapes["articles"]),
        "text": texts,
        "guidelines": _guidelines(shown),
        **nested,
    }
    extras = {"entity": {}, "claim": _claim_extras(shown), "stance": _stance_extras(shown)}
    out: Tables = {"articles": _table(articles, shapes["articles"])}
    for kind in _KINDS:
        contexts, starts = _contexts(shown, kind, flat[kind], grid)
        arrays = {**_row_ids(shown, kind, flat[kind]["id"]), **flat[kind], **extras[kind],
                  "context": contexts, "context_start": starts}  # fmt: skip
        out[_PLURAL[kind]] = _table(arrays, shapes[_PLURAL[kind]])
    forms = cast(Any, shapes["entities"].columns["form"])["names"]
    names = _names(shown, flat["entity"], forms.index("nominal"), grid)
    out["ner"] = _ner(shown, names, shapes["ner"], grid, counts)
    out["attribution"] = _rows(shown, shapes["attribution"], _attribution_rows)
    out["stance_pairs"] = _rows(shown, shapes["stance_pairs"], _stance_pair_rows)
    return out


def _annotators(prepared: Sequence[Prepared], shape: Shape) -> pa.Table:
    nested = _nested(prepared, _annotation_arrays(prepared, shape), shape)
    arrays = {
        "uid": _strings([f"{item.id}/{item.view.name}" for item in prepared]),
        "article": _strings([item.id for item in prepared]),
        "annotator": _strings([item.view.name for item in prepared]),
        "guidelines": _guidelines(prepared),
        **nested,
    }
    return _table(arrays, shape)
