"""How far a content reaches, what interrupts it, and where its polarity or certainty turns; and the author's own clauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasrih.suggest.clauses import (
    LONGEST_CONTENT,
    Sentence,
    Word,
    certainty,
    connective,
    is_negated,
    is_predicate,
    is_preposition,
    opener,
    readings,
    weakest,
)
from tasrih.suggest.mentions import SOURCES, Mentions
from tasrih.suggest.reports import Report
from tasrih.suggest.vocabulary import attitudes, clause_words, predicates

_CUE_AHEAD = 10  # words behind لكن within which a cue says that it opens a reporting clause
_CONTINUES = frozenset(("بل", "إذ", "حيث", "كذلك", "وكذلك"))
_SECOND_HALF = ("لكن", "لكنه", "لكنها", "لكنهم", "ولكن", "بل")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words `first` to `behind` of a content that agree in polarity and certainty; it begins at code point `start`."""

    first: int
    behind: int
    start: int
    polarity: str
    certainty: str


def by_cue(found: Sequence[Report]) -> dict[int, Report]:
    """The reports of a sentence by the word of their cue or phrase."""
    return {(report.phrase or (report.cue_first,))[0]: report for report in found}


def breaks(mentions: Mentions, sentence: Sentence, at: int, cues: Mapping[int, Report], behind: int) -> bool:
    """Whether the clause that runs up to word `at` ends before it, as another main clause or an adjunct that reports begins."""
    words = sentence.words
    word = words[at]
    report = cues.get(at)
    if report is not None and (report.is_adjunct or _is_coordinated_cue(report)):
        return True
    length = connective(words, at)
    if length and (word.comma or word.letters[0] == "و" or length == 2 or at == behind):
        return _opens_another(words, at, length, cues)
    if word.comma and word.letters in ("وقد", "وكان", "وكانت") and at + 1 < len(words):
        return word.letters != "وقد" or words[at + 1].letters[0] not in "يت" or len(words[at + 1].letters) < 4
    return _is_coordinated(mentions, sentence, at)


def _is_coordinated_cue(report: Report) -> bool:
    """Whether a reporting verb stands behind و or ف."""
    return report.is_finite and bool(report.skipped) and report.phrase is None


def _is_coordinated(mentions: Mentions, sentence: Sentence, at: int) -> bool:
    """Whether a perfect with و or ف opens another main clause: one of stance behind a comma, any with a subject of its own."""
    word = sentence.words[at]
    if word.letters[:1] not in "وف" or len(word.letters) < 4:
        return False
    if not any(skipped and form.part == "perfect" for skipped, form in readings(word, predicates())):
        return False
    explicit = _has_subject(mentions, sentence, at)
    shows_stance = any(
        skipped and form.part == "perfect" for skipped, form in readings(word, attitudes().forms)
    )
    return (word.comma or explicit) if shows_stance else (word.comma and explicit)


def _opens_another(words: Sequence[Word], at: int, length: int, cues: Mapping[int, Report]) -> bool:
    letters = words[at].letters
    if letters in _CONTINUES or letters.removeprefix("و") in _CONTINUES:
        return False
    if letters in _SECOND_HALF or (length == 2 and words[at].letters in ("على",)):
        behind = words[at + length] if at + length < len(words) else None
        if behind is not None and words[at].comma and _is_perfect(behind):
            return True
        near = [cues[k] for k in range(at, min(len(words), at + _CUE_AHEAD)) if k in cues]
        return any(report.is_finite and report.phrase is None for report in near)
    if letters == "كما":
        return words[at].comma
    return True


def _is_perfect(word: Word) -> bool:
    """Whether a word without a conjunction can be a perfect verb of stance: لكنه رفض."""
    return any(not skipped and form.part == "perfect" for skipped, form in readings(word, attitudes().forms))


def _has_subject(mentions: Mentions, sentence: Sentence, at: int) -> bool:
    """Whether a subject of its own stands right behind the verb at word `at`."""
    if at + 1 >= len(sentence.words):
        return False
    word = sentence.words[at + 1]
    entity = mentions.at(word)
    if entity is not None:
        return entity["label"] in SOURCES and entity["start"] == word.start
    return word.letters.startswith("ال") and word.letters not in ("الذي", "التي")


def content_behind(mentions: Mentions, sentence: Sentence, report: Report, cues: Mapping[int, Report]) -> int:
    """The word behind the content of `report` that no quotation bounds."""
    words = sentence.words
    last = min(len(words), report.begins + LONGEST_CONTENT)
    at = report.begins + 1
    while at < last:
        if breaks(mentions, sentence, at, cues, report.begins):
            return at
        short = report.pattern in (
            "second",
            "predicate",
            "masdar",
            "responsibility",
            "in",
        ) or report.entry.get("predicate")
        if short and _ends_short(sentence, at):
            return at
        at += 1
    return last


def _ends_short(sentence: Sentence, at: int) -> bool:
    """Whether a content without a verb of its own ends before word `at`: at a comma with another clause behind it."""
    word = sentence.words[at]
    return word.comma and word.letters[:1] in "وف" and is_predicate(word) and len(word.letters) > 3


def pieces(sentence: Sentence, report: Report, first: int, behind: int) -> list[Piece]:
    """The content, split where a coordinated clause has another polarity or certainty (3.4)."""
    words = sentence.words
    cuts = [(first, words[first].behind(report.shift))]
    for at in range(first + 1, behind):
        cut = _second_clause(words, at, report)
        if cut is not None and cut[0] < behind:
            cuts.append(cut)
    found: list[Piece] = []
    for number, (begins, start) in enumerate(cuts):
        ends = cuts[number + 1][0] if number + 1 < len(cuts) else behind
        ends = _without_opener(words, begins, ends, number + 1 < len(cuts))
        inside = words[begins:ends]
        polarity, how_sure = _judged(report, inside)
        if found and (found[-1].polarity, found[-1].certainty) == (polarity, how_sure):
            found[-1] = Piece(found[-1].first, ends, found[-1].start, polarity, how_sure)
        else:
            found.append(Piece(begins, ends, start, polarity, how_sure))
    return found


def _without_opener(words: Sequence[Word], begins: int, ends: int, more: bool) -> int:
    """The piece's end without the words that open the next one: وأن، لكنه."""
    while more and ends - 1 > begins and (
        words[ends - 1].letters in _SECOND_HALF or any(opener(words, ends - 1, kind) for kind in ("إن", "أن"))
    ):  # fmt: skip
        ends -= 1
    return ends


def _second_clause(words: Sequence[Word], at: int, report: Report) -> tuple[int, int] | None:
    """Where a coordinated clause of the content begins, if one does at word `at`: its first word and code point."""
    letters = words[at].letters
    behind = at + 1
    if behind < len(words) and letters[0] == "و" and (opener(words, at, "أن") or opener(words, at, "إن")):
        return behind, words[behind].start
    if behind < len(words) and letters in _SECOND_HALF:
        return behind, words[behind].start
    if letters in ("ولن", "ولم", "وليس", "وليست") or (
        letters == "ولا" and behind < len(words) and is_predicate(words[behind])
    ):
        return at, words[at].behind(1)
    if letters == "وقد" and behind < len(words) and words[behind].letters[0] in "يت":
        return at, words[at].behind(1)
    return None


def _judged(report: Report, inside: Sequence[Word]) -> tuple[str, str]:
    """Polarity and certainty of a piece by the marks on the cue and in the content (3.8, 3.9)."""
    entry = report.entry
    how_sure = weakest(entry.get("certainty", "certain"), certainty(inside))
    if report.pattern == "whether":
        return "unknown", "unknown"
    denies = entry.get("polarity") == "negated"
    if report.negated and denies:
        if report.lemma == "استبعد":
            return "affirmed", "possible"
        return ("affirmed", how_sure) if report.lemma == "أنكر" else ("unknown", "unknown")
    count = int(denies) + int(report.negated) + int(is_negated(inside))
    return ("negated" if count % 2 else "affirmed"), how_sure


# --- The author's clauses -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Main clauses of the author's, words `first` to `behind`, beginning at code point `start`."""

    first: int
    behind: int
    start: int


_SHORTEST_RUN = 3


def runs(
    mentions: Mentions, sentence: Sentence, covered: Sequence[tuple[int, int]], text: str
) -> Iterator[Run]:
    """The author's clauses between the `covered` ones, each run of clauses with one subject and polarity apart (3.2)."""
    if text[sentence.end - 1 : sentence.end] in "؟?":
        return
    at = 0
    for first, behind in [*sorted(covered), (len(sentence.words), len(sentence.words))]:
        if first > at:
            yield from _split(mentions, sentence, at, first)
        at = max(at, behind)


def _split(mentions: Mentions, sentence: Sentence, first: int, behind: int) -> Iterator[Run]:
    words = sentence.words
    begins = first
    for at in range(first + 1, behind):
        if _new_clause(mentions, sentence, at, begins):
            yield from _run(mentions, words, begins, at)
            begins = at
    yield from _run(mentions, words, begins, behind)


def _new_clause(mentions: Mentions, sentence: Sentence, at: int, begins: int) -> bool:
    """Whether a main clause with a subject or polarity of its own begins at word `at`."""
    words = sentence.words
    word = words[at]
    length = connective(words, at)
    if (
        length
        and (word.comma or word.letters[0] == "و")
        and word.letters not in ("كذلك", "إذ", "حيث", "بل", "كما")
    ):
        return at - begins > 1 and (word.letters != "ثم" or _has_subject(mentions, sentence, at + 1))
    if word.letters[:1] not in "وف" or len(word.letters) < 3 or at - begins < 2:
        return False
    if not any(skipped for skipped, _ in readings(word, predicates())):
        return word.letters in ("ولم", "ولن", "ولا", "وليس", "فلم", "وهو", "وهي", "وهم", "وقد") and word.comma
    return word.comma or _has_subject(mentions, sentence, at)


def _run(mentions: Mentions, words: Sequence[Word], first: int, behind: int) -> Iterator[Run]:
    while first < behind and (length := connective(words, first)):
        first += length
    if behind - first < _SHORTEST_RUN and not any(is_predicate(word) for word in words[first:behind]):
        return
    if first < behind:
        yield Run(first, behind, words[first].behind(conjunction(mentions, words[first])))


def conjunction(mentions: Mentions, word: Word) -> int:
    """How many letters of `word` are a conjunction that opens a clause: the و of وزار, not that of وزير."""
    letters = word.letters
    if letters[:1] not in "وف" or len(letters) < 3:
        return 0
    entity = mentions.at(word)
    if entity is not None:
        return entity["start"] - word.start if entity["start"] - word.start <= 1 else 0
    found: Any = {skipped for skipped, _ in readings(word, predicates())}
    rest = letters[1:]
    known = (
        rest in clause_words("prepositions", "words") or rest in clause_words("prepositions", "adverbs")
        or rest in clause_words("negation", "particles") or rest in ("قد", "ما", "هو", "هي", "هم", "هذا", "هذه", "ذلك", "من", "إن", "كل", "أن")
    )  # fmt: skip
    return int(1 in found or known or rest.startswith(("ال", "لل", "بال")))


def starts_nominal(mentions: Mentions, sentence: Sentence, first: int, at: int) -> bool:
    """Whether the clause from word `first` opens with its subject, the verb at `at` behind it."""
    word = sentence.words[first]
    if first >= at or is_preposition(word) or word.letters[1:] in clause_words("prepositions", "words"):
        return False
    return not (is_predicate(word) and mentions.at(word) is None)
