"""Sentences as words, and where in them clauses, quotations and contents begin and end.

Nothing here knows of claims: it is the surface of a sentence, read by the words of clauses.toml. Every search goes a
bounded number of words, so that a text of one endless sentence takes linear time.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from tasrih.check.claims import inside_quotation
from tasrih.check.entities import zone_of
from tasrih.check.spans import proper_edges
from tasrih.model import Zone
from tasrih.suggest.inflection import Form
from tasrih.suggest.vocabulary import Forms, clause_words, predicates, table
from tasrih.text.quotes import CLOSING, enclosed
from tasrih.text.sentences import sentences
from tasrih.text.tokens import MARKS, bare

_WORD = re.compile(rf"\w[\w{MARKS}\u0640]*")
_DAMMA = "ُ"
_TANWIN = "ً"
_CONJUNCTIONS = "وف"
LONGEST_CONTENT = 90  # words; longer sentences of news are rare, and endless ones are no news
# Code points
_LONGEST_QUOTATION = 3_000
_LONGEST_LINE = 10_000
_LONGEST_SENTENCE = 3_000
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters or digits: code points `start` to `end`, its letters without harakat, and what stands before it."""

    start: int
    end: int
    letters: str
    gap: str
    raw: str = ""
    passive: bool = False  # whether its harakat say so: أُعلن، يُذكر
    tanwin: bool = False  # whether an accusative's tanwin is written: مؤكداً

    def behind(self, letters: int) -> int:
        """The code point behind the first `letters` letters of the word, their harakat included."""
        at = 0
        for _ in range(letters):
            at += 1
            while at < len(self.raw) and not bare(self.raw[at]):
                at += 1
        return self.start + at

    @property
    def comma(self) -> bool:
        """Whether a comma, semicolon or dash stands before it."""
        return any(mark in self.gap for mark in "،,؛;–—") or " - " in self.gap


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of one sentence, and the quotations that begin in it: the opening mark and its partner."""

    start: int
    end: int
    words: Sequence[Word]
    quotations: Sequence[tuple[int, int]] = field(default_factory=tuple)
    paragraph: int = 0

    def at(self, place: int) -> int:
        """The index of the first word that begins at or behind code point `place`."""
        return bisect_left(self.words, place, key=lambda word: word.start)

    def quotation(self, word: Word) -> tuple[int, int] | None:
        """The quotation that opens in the gap before `word`."""
        found = bisect_left(self.quotations, (word.start - len(word.gap), 0))
        if found < len(self.quotations) and self.quotations[found][0] < word.start:
            return self.quotations[found]
        return None


def prose(text: str, zones: Sequence[Zone]) -> list[Sentence]:
    """The sentences of `text` outside of headings and credit lines."""
    quoted = quotations(text)
    found = []
    line = text.find("\n")
    paragraph = 0
    for start, end in bounded(text, sentences(text)):
        while 0 <= line < start:
            paragraph += 1
            line = text.find("\n", line + 1)
        if zone_of(list(zones), start, end):
            continue
        first = bisect_left(quoted, (start, 0))
        last = bisect_left(quoted, (end, 0))
        found.append(Sentence(start, end, words_of(text, start, end), quoted[first:last], paragraph))
    return found


def bounded(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, those that no writer means for one sentence cut at a space, so that time grows with the text and no faster."""
    for start, end in spans:
        begins = start
        while end - begins > _LONGEST_SENTENCE:
            space = text.rfind(" ", begins + 1, begins + _LONGEST_SENTENCE)
            cut = space if space > 0 else begins + _LONGEST_SENTENCE
            yield begins, cut
            begins = cut
        yield begins, end


def words_of(text: str, start: int, end: int) -> list[Word]:
    """The words of a stretch of text."""
    words = []
    behind = start
    for match in _WORD.finditer(text, start, end):
        raw = match.group()
        letters = bare(raw)
        if letters:
            gap = text[behind : match.start()]
            words.append(
                Word(match.start(), match.end(), letters, gap, raw, _is_passive(raw), _TANWIN in raw)
            )
        behind = match.end()
    return words


def _is_passive(raw: str) -> bool:
    """Whether a damma stands on the first letter of the verb, with or without a conjunction before it."""
    at = raw.find(_DAMMA, 0, 5)
    return at == 1 or (at == 2 and raw[0] in _CONJUNCTIONS + "س")


def quotations(text: str) -> list[tuple[int, int]]:
    """Pairs of quotation marks, the outer ones, in text order: both on one line, neither too far from the other."""
    found = []
    opened: tuple[int, str] | None = None
    for match in re.finditer('[«»“”"\n]', text):
        mark, at = match.group(), match.start()
        if opened and (mark == "\n" or at - opened[0] > _LONGEST_QUOTATION):
            opened = None
        if opened and mark == CLOSING[opened[1]]:
            found.append((opened[0], at))
            opened = None
        elif not opened and mark in CLOSING:
            opened = at, mark
    return found


@cache
def _stems(letters: str) -> tuple[tuple[int, str], ...]:
    """The word with and without a conjunction: how many letters are left out, and the rest."""
    if len(letters) > _SHORTEST_STEM and letters[0] in _CONJUNCTIONS:
        return ((1, letters[1:]), (0, letters))
    return ((0, letters),)


def readings(word: Word, forms: Forms) -> Iterator[tuple[int, Form]]:
    """What `word` can be by `forms`: how many letters of it are a conjunction, and the form of the rest."""
    for skipped, rest in _stems(word.letters) if len(word.letters) < 20 else ():
        for form in forms.get(rest, ()):
            if not (word.tanwin and form.part in ("perfect", "imperfect")):
                yield skipped, form


def opener(words: Sequence[Word], at: int, kind: str) -> int:
    """How many words from `at` open a clause of `kind`: «إن», «أن» or «هل»; 0 where none does."""
    letters = words[at].letters
    bases = (letters, letters[1:]) if letters[:1] == "و" else (letters,)
    if kind == "هل" and letters == "ما" and at + 1 < len(words) and words[at + 1].letters == "إذا":
        return 2
    if kind == "هل" and letters in ("إذا", "إن"):
        return 0
    return int(any(base in clause_words("openers", kind) for base in bases))


def connective(words: Sequence[Word], at: int) -> int:
    """How many words from `at` are a connective that a main clause begins behind: لكن، غير أن، أما."""
    if at >= len(words):
        return 0
    letters = words[at].letters
    if at + 1 < len(words):
        pair = (letters, words[at + 1].letters)
        if pair in _pairs():
            return 2
    return int(letters in clause_words("connectives", "single"))


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    return frozenset((first, second) for first, second in table("clauses")["connectives"]["pairs"])


def is_preposition(word: Word) -> bool:
    """Whether a word of its own opens a prepositional phrase, or is one with a pronoun."""
    return word.letters in clause_words("prepositions", "words")


def is_predicate(word: Word) -> bool:
    """Whether the word can be a finite verb, its conjunction aside."""
    return any(True for _ in readings(word, predicates()))


def is_imperfect(word: Word) -> bool:
    """Whether the word looks like an imperfect: قد يُغلق, not قد توقفت."""
    letters = word.letters
    if letters[:1] not in "يت" or len(letters) < 3:
        return False
    return letters[0] == "ي" or not (
        letters.endswith("ت") or any(form.part == "perfect" for _, form in readings(word, predicates()))
    )


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space and marks at its edges; None where nothing is left."""
    while start < end and unicodedata.combining(text[start]):
        start += 1
    first, last = proper_edges(text, start, end) or (start, end)
    if text[first : first + 1] and unicodedata.combining(text[first]):
        return trimmed(text, first + 1, end)
    if first >= last or not any(character.isalnum() for character in text[first:last]):
        return None
    return first, last


def is_direct(text: str, start: int, end: int) -> bool:
    """Whether [start, end) stands in quotation marks, alone or among other sentences; in an endless line only alone."""
    line = text.rfind("\n", max(0, start - _LONGEST_LINE), start) + 1
    if not line and start > _LONGEST_LINE:
        return enclosed(text, start, end)
    behind = text.find("\n", end, end + _LONGEST_LINE)
    near = text[line : behind if behind >= 0 else end + _LONGEST_LINE]
    return inside_quotation(near, start - line, end - line)


# --- Polarity and certainty ---------------------------------------------------------------------------

_RANK = ("certain", "probable", "possible", "unknown")
_SCANNED = 14  # words of a content in which the main predicate's negation is sought
_HEDGES_SCANNED = 40


def weakest(*values: str) -> str:
    """The weakest of several certainties (3.9)."""
    return max(values, key=_RANK.index)


def is_negated(words: Sequence[Word]) -> bool:
    """Whether the main predicate of a content is negated: the first negation before any clause that depends on it (3.8)."""
    for at, word in enumerate(words[:_SCANNED]):
        letters = word.letters
        if at and letters in clause_words("prepositions", "relatives"):
            return False
        if at and (
            letters.startswith("لأن")
            or letters in ("أن", "حتى", "كي", "إذا", "لو", "لكن", "بل", "أنه", "أنها")
        ):
            return False
        if letters in clause_words("negation", "heads"):
            return at == 0
        if letters in clause_words("negation", "particles"):
            return not _is_no_negation(words, at)
        if letters == "غير" and at + 1 < len(words) and words[at + 1].letters not in ("أن", "أنه", "أنها"):
            return True
    return False


def _is_no_negation(words: Sequence[Word], at: int) -> bool:
    """لا يزال، ليس فقط، لم … إلا and the like."""
    behind = [word.letters for word in words[at + 1 : at + 9]]
    if not behind:
        return False
    if behind[0] in clause_words("negation", "lasting") or behind[0] in ("فقط", "بد", "مجرد"):
        return True
    return any(letters in clause_words("negation", "exceptions") for letters in behind)


def certainty(words: Sequence[Word]) -> str:
    """How far a content is committed to, by its own marks."""
    found = "certain"
    for at, word in enumerate(words[:_HEDGES_SCANNED]):
        letters = word.letters
        before = words[at - 1].letters if at else ""
        behind = words[at + 1].letters if at + 1 < len(words) else ""
        if letters in clause_words("certainty", "unknown"):
            if before not in ("حتى", "ما"):
                return "unknown"
        elif letters == "ما" and behind in ("لم", "دام", "دامت"):
            return "unknown"
        if at > _SCANNED:
            continue
        hedged = (
            letters in clause_words("certainty", "possible")
            and letters != "وقد"
            and before not in ("لا", "ولا", "لم")
        )
        if hedged or (letters in ("قد", "وقد") and at + 1 < len(words) and is_imperfect(words[at + 1])):
            found = weakest(found, "possible")
        elif letters in clause_words("certainty", "probable"):
            found = weakest(found, "probable")
    return found


def is_opinion(words: Sequence[Word]) -> bool:
    """Whether a content is opinion, need or duty, by its words (3.10); a figure in it makes it checkable."""
    if any(word.letters[:1].isdigit() for word in words):
        return False
    return any(word.letters in clause_words("opinion", "words") for word in words[:_SCANNED])
