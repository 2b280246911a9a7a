"""Words that show a stance, where they stand in a sentence, and as what: a verb, a participle, a noun that a verb carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tasrih.suggest.clauses import Sentence, Word, readings
from tasrih.suggest.inflection import Form
from tasrih.suggest.mentions import Mentions
from tasrih.suggest.vocabulary import Entry, attitudes, feelings, light

_LIGHT_BEFORE = 8  # words from a light verb to its noun
_HYPOTHETICAL = frozenset(("إذا", "لو", "هل", "ربما", "وإذا", "ولو"))


@dataclass(slots=True)
class Attitude:
    """A word that shows a stance, word `at` of a sentence; `first` is its anchor's first word and `behind` that behind it."""

    at: int
    first: int
    behind: int
    skipped: int
    form: Form
    entry: Entry
    label: str
    pattern: str
    against: bool = False


def attitudes_in(mentions: Mentions, sentence: Sentence) -> Iterator[Attitude]:
    for at, word in enumerate(sentence.words):
        entity = mentions.at(word)
        if (entity is not None and entity["start"] == word.start) or mentions.around(word) is not None:
            continue
        attitude = _nominal(sentence, at) or _verbal(sentence, at)
        if attitude is not None and not _is_hypothetical(sentence, at):
            yield attitude


def _is_hypothetical(sentence: Sentence, at: int) -> bool:
    """Whether إذا, هل or قد with an imperfect makes a stance unreal (4.1)."""
    words = sentence.words
    before = [word.letters for word in words[max(0, at - 4) : at]]
    if any(letters in _HYPOTHETICAL for letters in before):
        return True
    return (
        bool(before)
        and before[-1] in ("قد", "وقد")
        and words[at].letters[0] in "يت"
        and len(words[at].letters) > 3
    )


def _verbal(sentence: Sentence, at: int) -> Attitude | None:
    words = sentence.words
    for skipped, form in readings(words[at], attitudes().forms):
        if form.part == "masdar" or words[at].passive or form.passive:
            continue
        entry = attitudes().entries[form.lemma]
        if form.part == "participle" and not _is_adjunct(words[at], skipped, form, entry):
            continue
        label, first = entry["label"], at
        negated = (
            at > 0
            and not skipped
            and words[at - 1].letters.removeprefix("و").removeprefix("ف") in ("لا", "لم", "لن")
        )
        if negated:
            if label != "support":
                return None
            label, first = "oppose", at - 1
        pattern = "definite" if form.definite else form.part
        return Attitude(at, first, at + 1, 0 if negated else skipped, form, entry, label, pattern)
    return None


def _is_adjunct(word: Word, skipped: int, form: Form, entry: Entry) -> bool:
    """Whether a participle is an adjunct (رافضاً), has ال (الرافضة) or stands before its complement (معارضو)."""
    letters = word.letters[skipped:]
    base = entry["participle"]
    if form.definite:
        return True
    if form.feminine and not form.plural and not (word.comma or word.tanwin or skipped):
        return False
    return letters not in (base, base.removesuffix("ي")) and not (
        letters.endswith(("ات", "ان")) or letters == base + "ون"
    )


def _nominal(sentence: Sentence, at: int) -> Attitude | None:
    """A noun of stance behind a light verb, or one with its holder's pronoun: أعربت عن دعمها، اعتراضه على."""
    words = sentence.words
    for forms, entries in ((attitudes().forms, attitudes().entries), (feelings().forms, feelings().entries)):
        for skipped, form in _noun_readings(words[at], forms):
            conjunction = skipped and words[at].letters[0] in "وف"
            if form.part != "masdar" or form.definite or conjunction:
                continue
            if light_before(sentence, at) < 0:
                continue
            entry = entries[form.lemma]
            return Attitude(at, at, at + 1, skipped, form, entry, entry["label"], "light")
    return None


def _noun_readings(word: Word, forms: Any) -> Iterator[tuple[int, Form]]:
    yield from readings(word, forms)
    if word.letters[:1] in "بل" and len(word.letters) > 4:
        for form in forms.get(word.letters[1:], ()):
            yield 1, form


def light_before(sentence: Sentence, at: int) -> int:
    """The light verb that carries the noun at word `at`, or -1."""
    for before in range(at - 1, max(-1, at - _LIGHT_BEFORE), -1):
        if any(form.part != "masdar" for _, form in readings(sentence.words[before], light().forms)):
            return before
        if sentence.words[before].letters in ("أن", "إن", "أنه", "أنها"):
            return -1
    return -1
