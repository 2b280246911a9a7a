"""CoNLL: a token a line with offsets and tags, an empty line between sentences. `columns` knows how such files look.

What is written is read by tools that take CoNLL-U Plus (tabs, `# global.columns`), with `columns=bare` by those that take a
word and its tags. A file holds no white space: what is read is held against the corpus's text where it has the article, put
back by offsets where there are any, and else has a blank between words and a line a sentence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast

from tasrih.formats import columns
from tasrih.formats.columns import Part, Scheme, Span, Table, Token
from tasrih.formats.exchange import (
    File,
    Foreign,
    Imported,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    decoded,
    quoted,
    text_of,
)
from tasrih.model import Annotation, Document, Entity, Settings
from tasrih.store import Misuse
from tasrih.text.canonical import sha256

MOST_SENTENCES = 1000  # of an article that a file without documents gives, where the user does not say
_MOST_BLANK = 10_000  # code points between two tokens
_MOST_BLANKS = 10_000_000  # between all tokens of a document
_SHOWN = 40
_DOCSTART = f"{columns.DOCUMENT} -X- O O"  # exactly so in CoNLL-2003, and what spaCy looks for


# --- Writing ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Written:
    """A document cut into tokens: its comments, where blocks begin, and its entities by column."""

    comments: list[str]
    words: list[str]
    starts: list[int]
    blocks: list[int]
    columns: list[list[Span]]


def write(documents: Iterable[Document], settings: Settings, layer: str, **options: str) -> Iterator[File]:
    """One file of all documents; `options` are those of the table."""
    made = [_written(document, layer, options) for document in documents]
    width = max((len(one.columns) for one in made), default=1) or 1
    offsets = options["columns"] == "offsets"
    separator = "\t" if offsets else " "
    names = ["FORM", *(["TASRIH:OFFSETS"] if offsets else []), *_names(width)]
    comments = options["columns"] != "bare"
    lines = [f"# global.columns = {' '.join(names)}"] if comments else []
    for one in made:
        lines += one.comments if comments else [_DOCSTART, ""]
        lines += _lines(one, width, cast(Scheme, options["scheme"]), offsets, separator)
    yield "", "\n".join([*lines, ""]).encode()


def _names(width: int) -> list[str]:
    return ["TASRIH:NER"] if width == 1 else [f"TASRIH:{level}:NER" for level in range(1, width + 1)]


def _written(document: Document, layer: str, options: Mapping[str, str]) -> _Written:
    article, text = document["article"], text_of(document)
    words, starts = columns.CUTS[options["tokens"]](text)
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    found: list[tuple[Span, int]] = []
    for line in annotations_of(document, layer):
        if line["type"] != "entity" or (options["names"] == "names" and line.get("form") == "nominal"):
            continue
        first, behind = bisect_right(ends, line["start"]), bisect_left(starts, line["end"])
        if first < behind:
            found.append(((first, behind, line["label"]), int(line["id"][1:])))
    found.sort(key=lambda one: (one[0][0], -one[0][1], one[1]))  # text order, as it is after widening
    ordered = [span for span, _ in found]
    levels = _levels(ordered) if options["overlap"] == "layered" else [_apart(ordered, options["overlap"])]
    comments = [f"# newdoc id = {article['id']}", f"# text_sha256 = {sha256(text)}"]
    if layer in document["layers"]:
        header = cast(dict[str, Any], document["layers"][layer][0])
        comments.append(f"# annotator = {header.get('annotator', layer)}")
    spans = [(first, behind) for level in levels for first, behind, _ in level]
    blocks = columns.block_starts(text, article["zones"], starts, spans)
    return _Written(comments, words, starts, blocks, levels)


def _apart(found: Sequence[Span], overlap: str) -> list[Span]:
    """Entities none of which is over another: of those that are, the ones with the most tokens, or the fewest."""
    sign = -1 if overlap == "outermost" else 1
    taken: set[int] = set()
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (sign * (span[1] - span[0]), span[0])):
        places = range(span[0], span[1])
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
    return kept


def _levels(found: Sequence[Span]) -> list[list[Span]]:
    """Entities by column: the outermost in the first, each deeper than all that hold it, none over another of its column."""
    levels: list[list[Span]] = []
    for span in found:
        # Of a column only its last entity can hold one that begins no earlier.
        holding = [
            at for at, level in enumerate(levels) if level[-1][0] <= span[0] and span[1] <= level[-1][1]
        ]
        at = max(holding, default=-1) + 1
        while at < len(levels) and levels[at][-1][1] > span[0]:
            at += 1
        if at == len(levels):
            levels.append([])
        levels[at].append(span)
    return levels


def _lines(one: _Written, width: int, scheme: Scheme, offsets: bool, separator: str) -> Iterator[str]:
    begins = {0, *one.blocks}
    tags = [columns.tagged(len(one.words), level, scheme, begins) for level in one.columns]
    tags += [[columns.OUTSIDE] * len(one.words)] * (width - len(tags))
    for at, (word, start) in enumerate(zip(one.words, one.starts, strict=True)):
        if at and at in begins:
            yield ""
        place = [f"{start}:{start + len(word)}"] if offsets else []
        yield separator.join([word, *place, *(column[at] for column in tags)])
    yield ""


# --- Reading ------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """An entity of a file: code points into the text, label, column counted from 0, line."""

    start: int
    end: int
    label: str
    column: int
    line: int


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The documents of files. Of several files one that is not in columns is left out with a note. Raises Misuse."""
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    given = sorted(files)
    faults: list[Misuse] = []
    for name, content in given:
        try:
            table = columns.parsed(decoded(name, content), name, reading.options.get("tags", "found"))
        except Misuse as error:
            faults.append(error)
            imported.notes.append(Note("dropped", name, f"it is not in columns: {error}"))
            continue
        _take(table, labels, reading, imported)
    if len(faults) == len(given):
        raise faults[0] if faults else Misuse("there are no files to read")
    labels.refuse_unknown("the files" if len(given) > 1 else given[0][0])
    return imported


def _take(table: Table, labels: LabelReader, reading: Reading, imported: Imported) -> None:
    imported.notes += table.notes
    parts = table.parts if table.bordered else _articles(table, reading, imported)
    stem = table.file.rsplit(".", 1)[0] or "document"
    for number, part in enumerate(parts, start=1):
        stated = part.stated.get("id")
        name = stated or (stem if len(parts) == 1 else f"{stem}-{number:0{len(str(len(parts)))}}")
        text, places = _text(part, reading.texts.get(stated or ""), name, table.file, imported)
        found = list(_entities(part, table, places, imported))
        imported.counts.update(
            sentences=len(part.sentences), tokens=sum(map(len, part.sentences)), entities=len(found)
        )
        if nested := sum(one.column > 0 for one in found):
            imported.counts["nested entities"] += nested
        lines = list(_ours(found, labels, text, table.file, imported))
        imported.documents.append(Foreign(name, text, {part.stated.get("annotator", ""): lines}))


def _articles(table: Table, reading: Reading, imported: Imported) -> list[Part]:
    """A file without documents as articles of so many sentences each."""
    every = [sentence for part in table.parts for sentence in part.sentences]
    wanted = reading.options.get("sentences", "file")
    size = MOST_SENTENCES if wanted == "file" else int(wanted)
    if len(every) <= size:
        return table.parts
    parts = []
    waiting = iter(every)
    while some := list(islice(waiting, size)):
        parts.append(Part(some[0][0].line, {}, some))
    imported.notes.append(
        Note(
            "note",
            table.file,
            f"it does not say where documents begin: {len(every):,} sentences become {len(parts):,} articles of {size:,}; "
            "--option sentences=N makes others",
        )
    )
    return parts


Places = list[list[tuple[int, int]]]


def _text(part: Part, ours: str | None, name: str, file: str, imported: Imported) -> tuple[str, Places]:
    """The text of a document and where in it the tokens of its sentences stand. Raises Misuse."""
    stated = part.stated.get("text_sha256")
    if ours is not None:
        if stated and stated != sha256(ours):
            raise Misuse(
                f"{file}:{part.line}: it was made of another text than the article «{name}» has; bring it in as a new article "
                "(--create) and move its annotations, or leave out its line `# text_sha256`, so that words are looked for"
            )
        return ours, _aligned(part, ours, name, file)
    if all(token.place for sentence in part.sentences for token in sentence):
        text, places = _by_offsets(part, file)
        if stated != sha256(text):
            imported.notes.append(
                Note(
                    "note",
                    f"{file}:{part.line}",
                    "the text is put together by offsets; other white space than blanks is lost",
                )
            )
        return text, places
    return _one_blank_between(part)


def _aligned(part: Part, text: str, name: str, file: str) -> Places:
    """Where tokens stand in the corpus's text, with white space alone between them; offsets that fit are taken first."""
    places: Places = []
    at = 0
    for sentence in part.sentences:
        places.append([])
        for token in sentence:
            if token.place and text[slice(*token.place)] == token.word and token.place[0] >= at:
                at = token.place[0]
            while at < len(text) and text[at].isspace() and not text.startswith(token.word, at):
                at += 1
            if not text.startswith(token.word, at):
                raise Misuse(
                    f"{file}:{token.line}: «{token.word[:_SHOWN]}» is not what stands at {at} of the article «{name}»: "
                    f"«{text[at : at + _SHOWN]}»; the file is of another text"
                )
            places[-1].append((at, at + len(token.word)))
            at += len(token.word)
    return places


def _by_offsets(part: Part, file: str) -> tuple[str, Places]:
    """A text with every token at its offset, blanks between them and a line end before a sentence where there is room."""
    pieces: list[str] = []
    places: Places = []
    at = blanks = 0
    for number, sentence in enumerate(part.sentences):
        places.append([])
        for index, token in enumerate(sentence):
            start, end = cast(tuple[int, int], token.place)
            blanks += max(0, start - at)
            if (
                start < at
                or end - start != len(token.word)
                or start - at > _MOST_BLANK
                or blanks > _MOST_BLANKS
            ):
                raise Misuse(
                    f"{file}:{token.line}: «{token.word[:_SHOWN]}» cannot stand at {start}:{end}: offsets are code points, in text "
                    f"order, and the token before ends at {at}; leave that column out to have words with a blank between them"
                )
            gap = " " * (start - at)
            pieces += [gap[:-1] + "\n" if gap and number and not index else gap, token.word]
            places[-1].append((start, end))
            at = end
    return "".join([*pieces, "\n"]), places


def _one_blank_between(part: Part) -> tuple[str, Places]:
    """A text of words with a blank between them, a line a sentence."""
    places: Places = []
    at = 0
    for sentence in part.sentences:
        places.append([])
        for token in sentence:
            places[-1].append((at, at + len(token.word)))
            at += len(token.word) + 1
    return "".join(" ".join(token.word for token in sentence) + "\n" for sentence in part.sentences), places


def _entities(part: Part, table: Table, places: Places, imported: Imported) -> Iterator[Found]:
    for sentence, where in zip(part.sentences, places, strict=True):
        for column in range(table.width):
            spans, mended = columns.spans([token.tags[column] for token in sentence], table.scheme)
            imported.notes += [
                Note("repaired", f"{table.file}:{sentence[at].line}", what) for at, what in mended
            ]
            for first, behind, label in spans:
                yield Found(where[first][0], where[behind - 1][1], label, column, sentence[first].line)


def _ours(
    found: Iterable[Found], labels: LabelReader, text: str, file: str, imported: Imported
) -> Iterator[Annotation]:
    """The entities with our labels, numbered in text order; a note for each that is left out."""
    number = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.column)):
        label = labels.named(one.label, "entity")
        quote = quoted(text, one.start, one.end)
        if label is None:
            said = f"{one.label} «{quote['text'][:_SHOWN]}»"
            imported.notes.append(Note("dropped", f"{file}:{one.line}", said))
            continue
        number += 1
        yield cast(Entity, {"type": "entity", "id": f"e{number}", "label": label, **quote})


# --- Counting -----------------------------------------------------------------------------------------


def counted(documents: Iterable[Foreign]) -> Counter[str]:
    """Sentences, tokens and entities of documents whose text is a line a sentence and a blank between tokens, counted anew.

    A nested entity is one that lies inside another, or on the very words of one.
    """
    counts: Counter[str] = Counter()
    for document in documents:
        lines = document.text.splitlines()
        spans = [(line["start"], line["end"]) for layer in document.layers.values() for line in layer]
        counts.update(
            sentences=len(lines), tokens=sum(len(line.split(" ")) for line in lines), entities=len(spans)
        )
        if nested := _nested(spans):
            counts["nested entities"] += nested
    return counts


def _nested(spans: Iterable[tuple[int, int]]) -> int:
    reach, found = 0, 0
    for _, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        found += end <= reach
        reach = max(reach, end)
    return found


__all__ = ["MOST_SENTENCES", "Token", "counted", "read", "write"]
