"""Documents → the tables of a release, a batch at a time, column by column.

The columns of a configuration come from the schemas and the corpus's labels (`features`). An
annotation's columns are made once and serve the nested `articles` and the flat `entities`, `claims` and
`stances` alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasrih import schema
from tasrih.model import (
    AUTHOR,
    NOBODY,
    UNSPECIFIED,
    Article,
    Document,
    Labels,
    LayerView,
    annotators,
    layer_view,
)
from tasrih.release.statistics import gold_views
from tasrih.schema import Feature, class_label, value
from tasrih.store import put_quotes_back
from tasrih.text.batch import Flags, Numbers, TextBatch, Tokens
from tasrih.text.canonical import QuoteKey

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
    return _shapes(*_sets(labels))


def _sets(labels: Labels) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return tuple(labels["entity"]), tuple(labels["stance"]), tuple(labels["topic"])


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


def article_column(config: str) -> str:
    """The column of a configuration that says of which article a row is."""
    return "id" if config in ("articles", "standoff") else "article"


# --- Views of a document ------------------------------------------------------------------------------


@dataclass
class Prepared:
    """A layer of a document, made ready for the tables. `text` is None where it stays out of them."""

    view: LayerView
    text: str | None

    @cached_property
    def utf8(self) -> bytes:
        """The text, also where it stays out of the tables: it is the key of the hashes."""
        return cast(str, self.view.text).encode()

    @cached_property
    def key(self) -> QuoteKey:
        return QuoteKey(self.utf8)

    @property
    def id(self) -> str:
        return self.view.article["id"]


def prepare(view: LayerView, *, with_text: bool) -> Prepared:
    """A layer of a checked document. With a text at hand every quote is in words."""
    text = view.text
    if text is not None and with_text and [line for line in view.annotations if "quote_hmac" in line]:
        quoted = [put_quotes_back(line, text) for line in view.annotations]
        view = LayerView(view.name, view.article, text, view.header, quoted)
    return Prepared(view, text if with_text else None)


# --- Columns ------------------------------------------------------------------------------------------


def _stated_type(feature: Feature) -> pa.DataType:
    """As `arrow_type`, with labels by their names: how records state them."""
    if isinstance(feature, list):
        return pa.list_(_stated_type(feature[0]))
    if feature.get("_type") == "ClassLabel":
        return pa.string()
    if "_type" in feature:
        return schema.arrow_type(feature)
    return pa.struct([pa.field(name, _stated_type(child)) for name, child in feature.items()])


def _with_ids(stated: pa.Array, feature: Feature) -> pa.Array:
    """An array of `_stated_type` in the feature's own: labels as their ids, a list where there is none empty."""
    if isinstance(feature, list):
        return pa.ListArray.from_arrays(stated.offsets, _with_ids(stated.values, feature[0]))
    if feature.get("_type") == "ClassLabel":
        return _ids(stated, feature["names"])
    if "_type" in feature:
        return stated
    children = [
        _with_ids(array, child) for array, child in zip(stated.flatten(), feature.values(), strict=True)
    ]
    return pa.StructArray.from_arrays(children, list(feature))


def _ids(labels: pa.Array, names: Sequence[str]) -> pa.Array:
    """Ids of labels. What may be left out and is counts as `unspecified`."""
    stated = labels.fill_null(UNSPECIFIED) if labels.null_count else labels
    ids = pc.index_in(stated, _set_of(tuple(names)))
    if ids.null_count:
        raise KeyError(f"a label is none of {', '.join(names)}")
    return ids.cast(pa.int64())


@cache
def _set_of(names: tuple[str, ...]) -> pa.Array:
    return pa.array(names, pa.string())


_GROUPS = ("rights", "credits", "cue")


@dataclass(frozen=True, slots=True)
class Form:
    """How records state their columns. Those of an object in them have its name before theirs: rights.licence → rights_licence."""

    stated: pa.StructType
    grouped: Features

    @classmethod
    def of(cls, features: Mapping[str, Feature]) -> Form:
        grouped: Features = {}
        for name, feature in features.items():
            group, _, rest = name.partition("_")
            if group in _GROUPS:
                cast(Features, grouped.setdefault(group, {}))[rest] = feature
            else:
                grouped[name] = feature
        return cls(_stated_type(grouped), grouped)

    def columns(self, records: Sequence[Any]) -> dict[str, pa.Array]:
        """The columns of `records`, made in one step."""
        stated = pa.array(records, self.stated).flatten()
        columns: dict[str, pa.Array] = {}
        for (name, feature), array in zip(self.grouped.items(), stated, strict=True):
            if name in _GROUPS:
                inner = zip(cast(Features, feature).items(), array.flatten(), strict=True)
                columns |= {f"{name}_{rest}": _with_ids(child, part) for (rest, part), child in inner}
            else:
                columns[name] = _with_ids(array, feature)
        return columns


@cache
def _forms(entity: tuple[str, ...], stance: tuple[str, ...], topic: tuple[str, ...]) -> dict[str, Form]:
    """The form of an article, and of each kind of annotation with words and hashes."""
    shapes = _shapes(entity, stance, topic)
    columns = shapes["standoff"].columns
    article = {name: feature for name, feature in columns.items() if name not in _NOT_METADATA}
    annotations = {
        kind: {**_inner(shapes["articles"], kind), **_inner(shapes["standoff"], kind)} for kind in _KINDS
    }
    return {name: Form.of(features) for name, features in {"article": article, **annotations}.items()}


_NOT_METADATA = {"text", "guidelines", *_PLURAL.values()}


def _article_columns(prepared: Sequence[Prepared], form: Form) -> dict[str, pa.Array]:
    """The columns of metadata, and the guidelines."""
    columns = form.columns([item.view.article for item in prepared])
    return {**columns, "guidelines": _strings([item.view.header["guidelines"] for item in prepared])}


def _table(arrays: Mapping[str, Any], shape: Shape) -> pa.Table:
    return pa.table([arrays[name] for name in shape.columns], schema=shape.arrow)


def _strings(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.string())


def _integers(values: Numbers) -> pa.Array:
    return pa.array(values.astype(np.int32))


def _flags(values: pa.Array) -> Flags:
    return cast(Flags, values.to_numpy(zero_copy_only=False))


# --- Annotations --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Annotations:
    """All annotations of one kind: how many each article has, for each the number of its article, their columns."""

    counts: Numbers
    owners: Numbers
    columns: dict[str, pa.Array]
    records: Sequence[Any]

    @classmethod
    def of(cls, prepared: Sequence[Prepared], kind: str, form: Form) -> Annotations:
        of_articles = [getattr(item.view, _PLURAL[kind]) for item in prepared]
        records = list(chain.from_iterable(of_articles))
        return cls.counted(np.array(list(map(len, of_articles)), np.int64), form.columns(records), records)

    @classmethod
    def counted(
        cls, counts: Numbers, columns: dict[str, pa.Array], records: Sequence[Any] = ()
    ) -> Annotations:
        return cls(counts, np.repeat(np.arange(len(counts)), counts), columns, records)

    def of_articles(self, kept: Flags) -> Annotations:
        """Those of some of the articles."""
        mask = pa.array(kept[self.owners])
        return self.counted(
            self.counts[kept], {name: array.filter(mask) for name, array in self.columns.items()}
        )

    def nested(self, features: Mapping[str, Feature]) -> pa.Array:
        """A list of structs for each article."""
        offsets = pa.array(np.concatenate([[0], np.cumsum(self.counts)]).astype(np.int32))
        arrays = [self.columns[name] for name in features]
        return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(arrays, list(features)))

    def envelopes(self, roles: Iterable[Role] = ()) -> tuple[Numbers, Numbers]:
        """Starts and ends of what holds each with its cue and those that `roles` name."""
        starts, ends = (self.columns[name].to_numpy().astype(np.int64) for name in ("start", "end"))
        if "cue_start" in self.columns:
            cued = _flags(self.columns["cue_start"].is_valid())
            starts[cued] = np.minimum(starts[cued], self.columns["cue_start"].drop_null().to_numpy())
            ends[cued] = np.maximum(ends[cued], self.columns["cue_end"].drop_null().to_numpy())
        for role in roles:
            named = role.parents[~role.nobody]
            np.minimum.at(starts, named, role.starts.drop_null().to_numpy())
            np.maximum.at(ends, named, role.ends.drop_null().to_numpy())
        return starts, ends


@dataclass(slots=True)
class Role:
    """What the annotations of one kind name in one role: `parents` are the numbers of those that name.

    `nobody` tells the author and the unnamed, who stand for themselves and nowhere.
    """

    parents: Numbers
    names: pa.Array
    nobody: Flags
    starts: pa.Array
    ends: pa.Array
    words: pa.Array

    def rows(self, kept: Flags) -> Role:
        """Some of them."""
        mask = pa.array(kept)
        arrays = (array.filter(mask) for array in (self.names, self.starts, self.ends, self.words))
        names, starts, ends, words = arrays
        return Role(self.parents[kept], names, self.nobody[kept], starts, ends, words)


_ROLES = {"entity": ("members",), "claim": ("claimers", "about"), "stance": ("holders", "target")}


@dataclass
class Mentions:
    """The entities and claims of all articles, to be found by the number of their article and their id."""

    found: Sequence[Annotations]

    @cached_property
    def _keys(self) -> pa.Array:
        return pa.concat_arrays([_keys(one.owners, one.columns["id"]) for one in self.found])

    def _column(self, name: str) -> pa.Array:
        return pa.concat_arrays([one.columns[name] for one in self.found])

    def role(self, annotations: Annotations, name: str) -> Role:
        """What `annotations` name in a role. Raises KeyError where it is not there."""
        names = annotations.columns[name]
        parents = np.arange(len(names))
        if pa.types.is_list(names.type):
            parents, names = np.repeat(parents, names.value_lengths().to_numpy()), names.flatten()
        if not len(names):
            nothing = pa.array([], pa.int32())
            return Role(parents, names, np.zeros(0, bool), nothing, nothing, names)
        nobody = pc.is_in(names, pa.array(NOBODY))
        at = pc.index_in(_keys(annotations.owners[parents], names), self._keys)
        if at.null_count != nobody.true_count:
            raise KeyError(f"an annotation that stands in {name} is missing")
        starts, ends, texts = (self._column(one).take(at) for one in ("start", "end", "text"))
        return Role(parents, names, _flags(nobody), starts, ends, pc.if_else(nobody, names, texts))


def _keys(owners: Numbers, ids: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(pa.array(owners).cast(pa.string()), ids, "/")


def _digests(prepared: Sequence[Prepared], counts: Numbers, quotes: Sequence[str | None]) -> pa.Array:
    """Keyed hashes of quotes, of which each article has so many; null for what has no words."""
    found: list[str | None] = []
    for item, count in zip(prepared, counts.tolist(), strict=True):
        own = quotes[len(found) : len(found) + count]
        found += item.key.digests(own) if any(own) else own
    return _strings(found)


def _hashed(prepared: Sequence[Prepared], annotations: Annotations) -> Annotations:
    """`annotations` with a keyed hash for every quote."""
    parts = {"quote_hmac": annotations.records}
    if "cue_quote_hmac" in annotations.columns:
        parts["cue_quote_hmac"] = [record.get("cue") or {} for record in annotations.records]
    columns = dict(annotations.columns)
    for name, of in parts.items():
        made = _digests(prepared, annotations.counts, [part.get("text") for part in of])
        columns[name] = pc.coalesce(made, columns[name]) if made.null_count else made
    return replace(annotations, columns=columns)


# --- Rows of one annotation ---------------------------------------------------------------------------


@dataclass(slots=True)
class Grid:
    """The texts of a batch laid end to end, so that one search places all spans of the batch at once.

    `starts` and `ends` bound all sentences there, whose words are `texts`; `first` has the number of the first sentence
    of each text, and how many there are.
    """

    batch: TextBatch
    starts: Numbers
    ends: Numbers
    texts: pa.Array
    first: Numbers

    @classmethod
    def of(cls, shown: Sequence[Prepared]) -> Grid:
        batch = TextBatch.of([cast(str, item.text) for item in shown], [item.utf8 for item in shown])
        starts, ends = batch.sentences()
        return cls(batch, starts, ends, batch.cut(starts, ends), np.searchsorted(starts, batch.bases))

    def owners(self) -> Numbers:
        """For every sentence the number of its text."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def runs(self, owners: Numbers, starts: Numbers, ends: Numbers) -> tuple[pa.Array, pa.Array]:
        """The smallest runs of sentences that hold [start, end) of a text, and where in it they begin.

        See `sentence_run`.
        """
        if not len(owners):
            return _strings([]), _integers(starts)
        base = self.batch.bases[owners]
        begin, behind = starts + base, ends + base
        first = np.searchsorted(self.starts, begin, "right") - 1
        last = np.searchsorted(self.ends, behind, "left")
        after, before = first >= self.first[owners], last < self.first[owners + 1]
        begin = np.where(after, self.starts[first], begin)
        behind = np.where(before, self.ends[np.minimum(last, len(self.ends) - 1)], behind)
        several = np.flatnonzero(~(after & before & (first == last)))  # these are no sentence that is there
        first[several] = len(self.texts) + np.arange(len(several))
        cut = self.batch.cut_any(begin[several], behind[several])
        texts = pa.concat_arrays([self.texts, cut]).take(pa.array(first))
        return texts, _integers(begin - base)


def _target_types(ids: pa.Array) -> pa.Array:
    names = pc.if_else(pc.starts_with(ids, "c"), "claim", "entity")
    return pc.index_in(names, pa.array(TARGET_TYPES)).cast(pa.int64())


def _words_of_roles(annotations: Annotations, roles: Mapping[str, Role]) -> dict[str, pa.Array]:
    """Columns with the words of what is named in each role, as lists where they are."""
    columns: dict[str, pa.Array] = {}
    for name, role in roles.items():
        if name == "target":
            target_types = _target_types(annotations.columns[name])
            columns |= {"target_text": role.words, "target_type": target_types}
        else:
            offsets = annotations.columns[name].offsets
            column = f"{name.removesuffix('s')}_texts"
            columns[column] = pa.ListArray.from_arrays(offsets, role.words)
    return columns


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


def _stand_apart(first: Numbers, behind: Numbers) -> Flags:
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


def _outside_credits(tokens: Tokens, prepared: Sequence[Prepared], grid: Grid) -> Tokens:
    """The tokens that stand in no credit line."""
    credits_ = [
        (zone["start"] + base, zone["end"] + base)
        for item, base in zip(prepared, grid.batch.bases.tolist(), strict=False)
        for zone in item.view.article["zones"]
        if zone["kind"] == "credit"
    ]
    if not credits_:
        return tokens
    starts, ends = np.sort(np.array(credits_), axis=0).T
    begun = np.searchsorted(starts, tokens.starts, "right")
    kept = begun == np.searchsorted(ends, tokens.starts, "right")
    return Tokens(tokens.words.filter(pa.array(kept)), tokens.starts[kept], tokens.ends[kept])


def _names(entities: Annotations, nominal: int, grid: Grid) -> Numbers:
    """A row a name: start and end on the grid, and the id of its B- tag. `nominal` is the id of that form."""
    base = grid.batch.bases[entities.owners]
    starts, ends, labels, forms = (
        entities.columns[name].to_numpy() for name in ("start", "end", "label", "form")
    )
    tags = 1 + 2 * labels  # O, then B- and I- of every label: see ner_tags
    return cast(Numbers, np.stack([starts + base, ends + base, tags], axis=1)[forms != nominal])


def _ner(
    prepared: Sequence[Prepared], names: Numbers, shape: Shape, grid: Grid, counts: Counter[str]
) -> pa.Table:
    """A row a sentence that has a token outside of credit lines. `names` are those to tag: see `_names`."""
    tokens = _outside_credits(grid.batch.tokens(), prepared, grid)
    tags = tag_tokens(tokens.starts, tokens.ends, names, counts)
    behind = np.searchsorted(tokens.starts, grid.ends)
    rows = np.flatnonzero(np.diff(behind, prepend=0))
    offsets = pa.array(np.concatenate([[0], behind[rows]]).astype(np.int32))
    owners = grid.owners()[rows]
    bases = grid.batch.bases[owners]
    sizes = np.diff(behind[rows], prepend=0)
    articles = _strings([item.id for item in prepared]).take(pa.array(owners))
    numbers = pa.array(rows - grid.first[owners] + 1).cast(pa.string())
    arrays = {
        "uid": pc.binary_join_element_wise(articles, numbers, "/n"), "article": articles,
        "start": _integers(grid.starts[rows] - bases), "text": grid.texts.take(pa.array(rows)),
        "tokens": pa.ListArray.from_arrays(offsets, tokens.words),
        "token_starts": pa.ListArray.from_arrays(offsets, _integers(tokens.starts - np.repeat(bases, sizes))),
        "ner_tags": pa.ListArray.from_arrays(offsets, pa.array(tags)),
    }  # fmt: skip
    return _table(arrays, shape)


# --- Attribution and stance pairs ---------------------------------------------------------------------


def _pairs(rows: Mapping[str, pa.Array], role: Role) -> tuple[dict[str, pa.Array], pa.Array]:
    """The columns of what names somebody, once for each whom it names, and the uids of these pairs."""
    parents = pa.array(role.parents)
    columns = {name: array.take(parents) for name, array in rows.items()}
    return columns, pc.binary_join_element_wise(columns["uid"], role.names, "/")


def _attribution(
    rows: Mapping[str, pa.Array], claims: Annotations, claimers: Role, grid: Grid, shape: Shape
) -> pa.Table:
    """A row a claimer of a claim, unless it is the author alone."""
    alone = claims.columns["claimers"].value_lengths().to_numpy()[claimers.parents] == 1
    claimers = claimers.rows(~(alone & _flags(pc.equal(claimers.names, AUTHOR))))
    sentences, starts = grid.runs(claims.owners, *claims.envelopes())
    wanted = {name: rows[name] for name in ("uid", "article", *_OF_CLAIMS.values())}
    columns, uids = _pairs({**wanted, "sentence": sentences, "sentence_start": starts}, claimers)
    arrays = {
        **columns, **{name: columns[own] for name, own in _OF_CLAIMS.items()}, "uid": uids,
        "claimer": claimers.words, "claimer_id": claimers.names,
        "claimer_start": claimers.starts, "claimer_end": claimers.ends,
    }  # fmt: skip
    return _table(arrays, shape)


# Columns of `attribution` that `claims` has, most under another name.
_OF_CLAIMS = {
    "cue": "cue_text", "cue_start": "cue_start", "cue_end": "cue_end",
    "content": "text", "content_start": "start", "content_end": "end", "via": "via", "mode": "mode",
}  # fmt: skip


def _stance_pairs(rows: Mapping[str, pa.Array], holders: Role, shape: Shape) -> pa.Table:
    """A row a holder of a stance."""
    columns, uids = _pairs(rows, holders)
    arrays = {
        **columns, "uid": uids, "text": columns["context"], "text_start": columns["context_start"],
        "holder": holders.words, "holder_id": holders.names,
        "target": columns["target_text"], "target_id": columns["target"],
    }  # fmt: skip
    return _table(arrays, shape)


# --- Tables -------------------------------------------------------------------------------------------


def _inner(shape: Shape, kind: str) -> Features:
    """The columns of a kind of annotation where they are nested."""
    return cast(Any, shape.columns[_PLURAL[kind]])[0]  # type: ignore[no-any-return]


def _annotations(prepared: Sequence[Prepared], forms: Mapping[str, Form]) -> dict[str, Annotations]:
    return {kind: Annotations.of(prepared, kind, forms[kind]) for kind in _KINDS}


def _nested(annotations: Mapping[str, Annotations], shape: Shape) -> dict[str, pa.Array]:
    return {_PLURAL[kind]: annotations[kind].nested(_inner(shape, kind)) for kind in _KINDS}


def tables(
    documents: Sequence[Document],
    labels: Labels,
    counts: Counter[str],
    *,
    local: bool = False,
    golds: Sequence[LayerView] | None = None,
) -> Tables:
    """All configurations of `documents`, which must have passed the check; those without a row are left out.

    A withheld article is in `standoff` alone, unless `local` and its text is at hand.
    `counts` takes what the card says of tokens. `golds` are the views of all gold layers, where they are made already.
    """
    shapes, forms = shapes_of(labels), _forms(*_sets(labels))
    out: Tables = {}
    if golds is None:
        golds = gold_views(documents)
    prepared = [prepare(view, with_text=_shows_text(view.text, view.article, local)) for view in golds]
    if prepared:
        out |= _gold_tables(prepared, shapes, forms, counts)
    others = [
        prepare(layer_view(d, name), with_text=True)
        for d in documents
        if _shows_text(d["text"], d["article"], local)
        for name in annotators(d)
    ]
    if others:
        out["annotators"] = _annotators(others, shapes["annotators"], forms)
    return {config: table for config, table in out.items() if table.num_rows}


def _shows_text(text: str | None, article: Article, local: bool) -> bool:
    return text is not None and (local or article["rights"]["redistribute"])


def _gold_tables(
    prepared: Sequence[Prepared],
    shapes: dict[str, Shape],
    forms: Mapping[str, Form],
    counts: Counter[str],
) -> Tables:
    """`standoff` of all articles, and the other tables of those whose text is shown."""
    annotations = _annotations(prepared, forms)
    articles = _article_columns(prepared, forms["article"])
    hashed = {kind: _hashed(prepared, annotations[kind]) for kind in _KINDS}
    standoff = _table({**articles, **_nested(hashed, shapes["standoff"])}, shapes["standoff"])
    kept = np.array([item.text is not None for item in prepared])
    if not kept.all():
        prepared = [item for item in prepared if item.text is not None]
        annotations = {kind: annotations[kind].of_articles(kept) for kind in _KINDS}
        articles = {name: array.filter(pa.array(kept)) for name, array in articles.items()}
    shown = _tables_with_text(prepared, articles, annotations, shapes, counts) if prepared else {}
    return {"standoff": standoff, **shown}


def _tables_with_text(
    shown: Sequence[Prepared],
    articles: Mapping[str, pa.Array],
    annotations: Mapping[str, Annotations],
    shapes: dict[str, Shape],
    counts: Counter[str],
) -> Tables:
    grid = Grid.of(shown)
    columns = {**articles, "text": grid.batch.column(), **_nested(annotations, shapes["articles"])}
    out: Tables = {"articles": _table(columns, shapes["articles"])}
    mentions = Mentions([annotations["entity"], annotations["claim"]])
    roles = {kind: {name: mentions.role(annotations[kind], name) for name in _ROLES[kind]} for kind in _KINDS}
    rows = {kind: _rows(annotations[kind], roles[kind], articles["id"], grid) for kind in _KINDS}
    out |= {_PLURAL[kind]: _table(rows[kind], shapes[_PLURAL[kind]]) for kind in _KINDS}
    forms = cast(Any, shapes["entities"].columns["form"])["names"]
    names = _names(annotations["entity"], forms.index("nominal"), grid)
    out["ner"] = _ner(shown, names, shapes["ner"], grid, counts)
    out["attribution"] = _attribution(
        rows["claim"], annotations["claim"], roles["claim"]["claimers"], grid, shapes["attribution"]
    )
    out["stance_pairs"] = _stance_pairs(rows["stance"], roles["stance"]["holders"], shapes["stance_pairs"])
    return out


def _rows(
    annotations: Annotations, roles: Mapping[str, Role], articles: pa.Array, grid: Grid
) -> dict[str, pa.Array]:
    """The columns of a table of one row an annotation."""
    owners = articles.take(pa.array(annotations.owners))
    contexts, starts = grid.runs(annotations.owners, *annotations.envelopes(roles.values()))
    return {
        "uid": pc.binary_join_element_wise(owners, annotations.columns["id"], "/"),
        "article": owners,
        **annotations.columns,
        **_words_of_roles(annotations, roles),
        "context": contexts,
        "context_start": starts,
    }


def _annotators(prepared: Sequence[Prepared], shape: Shape, forms: Mapping[str, Form]) -> pa.Table:
    arrays = {
        "uid": _strings([f"{item.id}/{item.view.name}" for item in prepared]),
        "article": _strings([item.id for item in prepared]),
        "annotator": _strings([item.view.name for item in prepared]),
        "guidelines": _strings([item.view.header["guidelines"] for item in prepared]),
        **_nested(_annotations(prepared, forms), shape),
    }
    return _table(arrays, shape)
