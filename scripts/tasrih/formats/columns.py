"""Files of a word a line with its tags in columns: how the CoNLL shared tasks and most Arabic corpora give entities.

A file is looked at before it is read: whether tabs or blanks part its columns, which of them holds words, which offsets and
which tags (those that are nearly all of the form O, B-PER, I-PER), and in which scheme. What is faulty in a line is mended
where it is plain what to do, and noted with its line. `conll` makes documents of this, `words_and_tags` lists to learn from.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from tasrih import store
from tasrih.formats.exchange import Note
from tasrih.model import Zone
from tasrih.store import Misuse
from tasrih.text.sentences import sentences
from tasrih.text.tokens import tokens

MAX_TAGGED = 512 * 1024 * 1024
MOST_COLUMNS = 100
OUTSIDE = "O"

Scheme: TypeAlias = Literal["iob1", "iob2", "bioes"]
Words: TypeAlias = list[tuple[str, str]]
Span: TypeAlias = tuple[int, int, str]  # first token, the token behind the last, label

_TAG = re.compile(r"O|[BIESLU]-\S+")
_PLACE = re.compile(r"(\d{1,10}):(\d{1,10})")
_WORD = re.compile(r"\S+")
_BLANKS = re.compile(r"[ \t]+")
DOCUMENT = "-DOCSTART-"
_ENOUGH = 0.9  # of the lines are to have a tag where tags are: corpora have slips
_SHOWN = 40
# The phrases of CoNLL-2000 and 2003: a column of these alone is of chunks, not of entities.
_CHUNKS = frozenset(("NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP"))


class Token(NamedTuple):
    """`Token(12, "تونس", ("B-LOC", "O"), (5, 9))`: line of the file, word, a tag a column, offsets where the file has them."""

    line: int
    word: str
    tags: tuple[str, ...]
    place: tuple[int, int] | None = None


@dataclass(slots=True)
class Part:
    """A document of a file: the line where it begins, what comments state of it, and its sentences."""

    line: int
    stated: dict[str, str] = field(default_factory=dict)
    sentences: list[list[Token]] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A file that was read. `bordered` says that it states where documents begin."""

    file: str
    parts: list[Part]
    width: int
    scheme: Scheme
    bordered: bool
    notes: list[Note] = field(default_factory=list)


# --- Which column is what -----------------------------------------------------------------------------


class Row(NamedTuple):
    """A line of the file by its number, cut into columns."""

    line: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns, counted from 0, hold the word, its tags and its offsets; `widths` are the numbers of columns seen."""

    word: int
    tags: tuple[int, ...]
    place: int | None
    widths: frozenset[int]


@lru_cache(maxsize=10_000)
def is_tag(value: str) -> bool:
    """Whether a value is of the form of a tag: O, B-PER, I-PER, E-, S-, L-, U-."""
    return _TAG.fullmatch(value) is not None


def _cut(lines: Sequence[str]) -> list[Row]:
    """The lines that are not empty. Tabs part columns where nearly all lines have one, else any blanks.

    Most lines of a corpus stand in it many times, so equal ones are kept once.
    """
    there = Counter(
        "\t" in line for line in lines if line.strip(" \t\r") and not line.startswith(("#", DOCUMENT))
    )
    tabbed = bool(there) and there[True] >= _ENOUGH * there.total()
    known: dict[str, tuple[str, ...]] = {}
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip(" \t\r"):
            if line not in known:
                known[line] = tuple(_columns(line.rstrip("\r"), tabbed))
            rows.append(Row(number, known[line]))
    return rows


def _columns(line: str, tabbed: bool) -> list[str]:
    if tabbed and "\t" in line:
        return [value.strip(" ") for value in line.rstrip("\t ").split("\t")]
    return _BLANKS.split(line.rstrip("\t "))


def _layout(rows: Sequence[Row], file: str, wanted: str, named: Sequence[str]) -> tuple[Layout, list[Note]]:
    """Which column is what: as the file's own header or the user says, else as their values look. Raises Misuse."""
    values = [row.columns for row in rows]
    most = max(map(len, values))
    if most > MOST_COLUMNS:
        line = next(row.line for row in rows if len(row.columns) == most)
        raise Misuse(
            f"{file}:{line}: {most:,} columns; a line is a word and its tags, at most {MOST_COLUMNS} columns"
        )
    by_name = _named(named)
    if wanted != "found":
        chosen = tuple(int(number) - 1 for number in wanted.split(","))
        if max(chosen) >= most or min(chosen) < 1:
            raise Misuse(
                f"{file}: tags are to be in column {wanted}, but its columns are 1 to {most}, the first of words"
            )
        return _with_word(values, chosen), []
    if by_name is not None and max((by_name.word, *by_name.tags)) < most:
        return by_name, []
    shares = {
        at: sum(len(row) > at and is_tag(row[at]) for row in values) / len(values) for at in range(1, most)
    }
    first = next((at for at in shares if shares[at] >= _ENOUGH), None)
    if first is None:
        raise Misuse(_no_tags(rows, file, shares))
    sound = [row for row in values if len(row) > first and is_tag(row[first])]
    found = [first, *(at for at in range(first + 1, most) if _all_tags(sound, at))]
    kept, notes = _without_chunks(values, found, file)
    return _with_word(values, tuple(kept)), notes


def _named(names: Sequence[str]) -> Layout | None:
    """The layout that `# global.columns` gives, as we write it; None where it names no word or no tag."""
    tags = tuple(at for at, name in enumerate(names) if name.upper().endswith("NER"))
    if "FORM" not in names or not tags:
        return None
    place = next((at for at, name in enumerate(names) if name.upper().endswith("OFFSETS")), None)
    return Layout(names.index("FORM"), tags, place, frozenset((len(names),)))


def _all_tags(values: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column has nearly nothing but tags, in the lines that reach so far: those of nested entities are short."""
    there = [row[at] for row in values if len(row) > at]
    return bool(there) and sum(map(is_tag, there)) >= _ENOUGH * len(there)


def _no_tags(rows: Sequence[Row], file: str, shares: dict[int, float]) -> str:
    best = max(shares, key=lambda at: shares[at], default=1)
    bad = next((row for row in rows if len(row.columns) <= best or not is_tag(row.columns[best])), rows[0])
    return f"{file}:{bad.line}: a line is a word and its tag (O, B-PER, I-PER), as «تونس B-LOC»"


def _without_chunks(
    values: Sequence[Sequence[str]], found: list[int], file: str
) -> tuple[list[int], list[Note]]:
    chunks = [at for at in found if (labels := _labels(values, at)) and labels <= _CHUNKS]
    if not chunks or len(chunks) == len(found):
        return found, []
    said = ", ".join(str(at + 1) for at in chunks)
    return [at for at in found if at not in chunks], [
        Note("note", file, f"column {said} has chunks and is not read")
    ]


def _labels(values: Sequence[Sequence[str]], at: int) -> set[str]:
    return {row[at][2:] for row in values if len(row) > at and row[at] != OUTSIDE and is_tag(row[at])}


def _with_word(values: Sequence[Sequence[str]], tags: tuple[int, ...]) -> Layout:
    usual = Counter(map(len, values)).most_common(1)[0][0]
    others = [at for at in range(1, usual) if at not in tags]
    place = next(
        (at for at in others if all(_PLACE.fullmatch(row[at]) for row in values if len(row) > at)), None
    )
    numbered = all(row[0].isascii() and row[0].isdigit() for row in values)
    words = [at for at in others if at != place]
    word = words[0] if numbered and words and words[0] == 1 else 0
    return Layout(word, tags, place, frozenset(map(len, values)))


# --- Reading ------------------------------------------------------------------------------------------


def parsed(text: str, file: str, wanted: str = "found") -> Table:
    """The documents, sentences and tokens of a file's text, with a note for everything that was mended or left out.

    `wanted` is "found", or the columns of tags counted from 1, as "4" or "2,3". Raises Misuse where the file is none of
    this form.
    """
    rows = _cut(text.split("\n"))
    sure = [row for row in rows if not row.columns[0].startswith(("#", DOCUMENT))]
    if not (sure or rows):
        raise Misuse(f"{file}: there is no word in it")
    layout, notes = _layout(sure or rows, file, wanted, _global_columns(rows[0]))
    reader = _Reader(file, layout, notes)
    for row in rows:
        reader.take(row)
    return reader.table()


def _global_columns(row: Row) -> list[str]:
    match = re.fullmatch(r"# ?global\.columns = (.*)", " ".join(row.columns))
    return match[1].split() if match else []


class _Reader:
    """Takes lines one by one and keeps documents and notes."""

    def __init__(self, file: str, layout: Layout, notes: list[Note]) -> None:
        self._file = file
        self._layout = layout
        self._notes = notes
        self._parts = [Part(1)]
        self._bordered = False
        self._open = False
        self._line = 0
        self._comments = 0
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}  # tags of tokens, each kept once

    def take(self, row: Row) -> None:
        if row.line != self._line + 1:
            self._open = False
        self._line = row.line
        if row.columns[0] == DOCUMENT:
            self._begin(row.line)
        elif row.columns[0].startswith("#") and not self._is_token(row):
            self._comment(row)
        elif (token := self._token(row)) is not None:
            if not self._open:
                self._parts[-1].sentences.append([])
                self._open = True
            self._parts[-1].sentences[-1].append(token)

    def table(self) -> Table:
        for part in self._parts:
            if part.stated.get("id") and not part.sentences:
                self._note("dropped", part.line, f"the document «{part.stated['id']}» has no words")
        parts = [part for part in self._parts if part.sentences]
        if not parts:
            raise Misuse(f"{self._file}: there is no word in it")
        if self._comments:
            self._notes.append(
                Note("note", self._file, f"comment lines that are not read: {self._comments:,}")
            )
        width = len(self._layout.tags)
        return Table(self._file, parts, width, _scheme(parts, width), self._bordered, self._notes)

    def _note(self, kind: Literal["dropped", "repaired", "note"], line: int, what: str) -> None:
        self._notes.append(Note(kind, f"{self._file}:{line}", what))

    def _begin(self, number: int) -> None:
        self._bordered = True
        self._open = False
        self._parts.append(Part(number))

    def _is_token(self, row: Row) -> bool:
        """Whether a line that begins with # is a word all the same, as «# O» and «#وسم B-LOC» are."""
        tags = [row.columns[at] for at in self._layout.tags if at < len(row.columns)]
        return len(row.columns) in self._layout.widths and bool(tags) and all(map(is_tag, tags))

    def _comment(self, row: Row) -> None:
        key, _, value = (part.strip() for part in " ".join(row.columns).lstrip("#").partition("="))
        if key.split() in (["newdoc"], ["newdoc", "id"]):
            self._begin(row.line)
            self._parts[-1].stated["id"] = value
        elif key in ("text_sha256", "annotator"):
            self._parts[-1].stated[key] = value
        elif key != "global.columns":
            self._comments += 1

    def _token(self, row: Row) -> Token | None:
        columns: Sequence[str] = row.columns
        layout = self._layout
        first = layout.tags[0]
        if first == 1 and len(columns) > 2 and not is_tag(columns[1]) and is_tag(columns[-1]):
            columns = self._joined(row)
        word = columns[layout.word] if len(columns) > layout.word else ""
        if not word.strip():
            self._note("dropped", row.line, "a line without a word")
            return None
        if len(columns) <= first:
            self._note("repaired", row.line, f"«{word[:_SHOWN]}» has no tag; taken as O")
        tags = tuple(self._tag(columns[at], row.line) if at < len(columns) else OUTSIDE for at in layout.tags)
        match = (
            _PLACE.fullmatch(columns[layout.place]) if layout.place and layout.place < len(columns) else None
        )
        tags = self._known.setdefault(tags, tags)
        return Token(row.line, word, tags, (int(match[1]), int(match[2])) if match else None)

    def _joined(self, row: Row) -> list[str]:
        """The columns of a line whose word has blanks in it."""
        at = next(at for at in range(len(row.columns) - 1, -1, -1) if not is_tag(row.columns[at])) + 1
        word = " ".join(row.columns[:at]).strip()
        self._note("repaired", row.line, f"«{word[:_SHOWN]}» has a blank in it; taken as one word")
        return [word, *row.columns[at:]]

    def _tag(self, value: str, line: int) -> str:
        if not is_tag(value):
            self._note("repaired", line, f"«{value[:_SHOWN]}» is no tag; taken as O")
            return OUTSIDE
        kind, label = value[0], value[2:].lstrip("-")
        if value == OUTSIDE or value[2:] == label:
            return value
        mended = f"{kind}-{label}" if label else OUTSIDE
        self._note("repaired", line, f"«{value[:_SHOWN]}» taken as {mended[:_SHOWN]}")
        return mended


# --- Tags and spans -----------------------------------------------------------------------------------


def _scheme(parts: Sequence[Part], width: int) -> Scheme:
    """The scheme of all columns: IOB1 where entities begin with I- and B- stands behind the same label alone."""
    fresh: Counter[str] = Counter()
    for part in parts:
        for sentence in part.sentences:
            for column in range(width):
                before = ""
                for token in sentence:
                    kind, _, label = token.tags[column].partition("-")
                    if label != before or kind not in ("I", OUTSIDE):
                        fresh[kind if label != before or kind in "ESLU" else "again"] += 1
                    before = label
    if any(fresh[kind] for kind in "ESLU"):
        return "bioes"
    return "iob1" if fresh["I"] and not fresh["B"] else "iob2"


def spans(tags: Sequence[str], scheme: Scheme) -> tuple[list[Span], list[tuple[int, str]]]:
    """The entities of a sentence's tags in one column, and what was mended: the token's place and what is wrong with its tag.

    As conlleval does it: an inner tag behind O or behind another label begins an entity, and what is open ends with it.
    """
    found: list[Span] = []
    mended: list[tuple[int, str]] = []
    first, label = 0, ""
    for at, tag in enumerate((*tags, OUTSIDE)):
        kind, _, name = tag.partition("-")
        if label and (kind in "OBSU" or name != label):
            found.append((first, at, label))
            if scheme == "bioes":
                mended.append((at - 1, f"«{tags[at - 1]}»: an entity that no E- or S- ends; it ends here"))
            label = ""
        if kind == OUTSIDE:
            continue
        if not label:
            first, label = at, name
            if kind in "IEL" and scheme != "iob1":
                before = tags[at - 1] if at else "the beginning of a sentence"
                mended.append((at, f"«{tag}» behind {before}: taken as the beginning of an entity"))
        if kind in "ESLU":
            found.append((first, at + 1, label))
            label = ""
    return found, mended


def tagged(count: int, found: Iterable[Span], scheme: Scheme, begins: Collection[int] = (0,)) -> list[str]:
    """The tags of `count` tokens with these entities, none of which is over another; `begins` are where sentences do."""
    tags = [OUTSIDE] * count
    for first, behind, label in sorted(found):
        tags[first:behind] = [f"I-{label}"] * (behind - first)
        if scheme == "bioes":
            tags[behind - 1] = f"E-{label}"
            tags[first] = f"{'B' if behind - first > 1 else 'S'}-{label}"
        elif scheme == "iob2" or (first not in begins and tags[first - 1][2:] == label):
            tags[first] = f"B-{label}"
    return tags


def words(text: str) -> tuple[list[str], list[int]]:
    """The words of a text, parted by white space alone, and the code point at which each begins."""
    found = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    return [word for word, _ in found], [start for _, start in found]


CUTS: dict[str, Callable[[str], tuple[list[str], list[int]]]] = {"tokens": tokens, "words": words}


def block_starts(
    text: str, zones: Iterable[Zone], starts: Sequence[int], inside: Iterable[tuple[int, int]]
) -> list[int]:
    """The tokens that begin a sentence, a heading or a credit line; none inside of an entity, whose tags may not be parted.

    `starts` are the tokens' code points, `inside` the entities' [first, behind) in tokens.
    """
    bounds = [start for start, _ in sentences(text)]
    bounds += [bound for zone in zones for bound in (zone["start"], zone["end"])]
    begin = {at for bound in bounds if (at := bisect_left(starts, bound)) < len(starts)} | {0}
    return sorted(begin.difference(*(range(first + 1, behind) for first, behind in inside)))


# --- Words to learn from ------------------------------------------------------------------------------


def words_and_tags(path: Path, *, strict: bool = True) -> list[Words]:
    """The sentences of a file, each of words with their tags in IOB2; of nested ones the outermost.

    Raises Misuse where the file cannot be read, is not UTF-8 or not of this form; unless not `strict`, also for any line
    that is not a word and its tag.
    """
    table = parsed(store.read_text_file(path, MAX_TAGGED), str(path))
    faults = [note for note in table.notes if note.kind != "note"]
    if strict and faults:
        raise Misuse(
            f"{faults[0].where}: a line is a word and its tag (O, B-PER, I-PER), as «تونس B-LOC»; here: {faults[0].what}"
        )
    return [list(_words(sentence, table.scheme)) for part in table.parts for sentence in part.sentences]


def _words(sentence: Sequence[Token], scheme: Scheme) -> Iterator[tuple[str, str]]:
    found, _ = spans([token.tags[0] for token in sentence], scheme)
    for token, tag in zip(sentence, tagged(len(sentence), found, "iob2"), strict=True):
        yield token.word, tag
