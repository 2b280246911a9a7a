"""Who holds a stance: the subject of its word, whom a pronoun or a participle means, what a noun's light verb has as subject."""

from __future__ import annotations

from collections.abc import Sequence

from tasrih.model import Entity
from tasrih.suggest.clauses import Sentence, Word, is_predicate, is_preposition, readings
from tasrih.suggest.masdars import is_masdar
from tasrih.suggest.mentions import (
    SOURCES,
    Mentions,
    Sought,
    is_attached,
    label_of,
    phrase_end,
    subject_behind,
)
from tasrih.suggest.stance_words import Attitude, light_before
from tasrih.suggest.subjects import clause_before, has_subject, subject_before
from tasrih.suggest.targets import OF_PERSONS, PERSONS, REACH, stands_before
from tasrih.suggest.vocabulary import attitudes, clause_words, light, reporting


def holders_of(mentions: Mentions, sentence: Sentence, attitude: Attitude) -> tuple[list[str], int]:
    """Who holds the stance, and the word behind them where they stand behind the anchor."""
    words = sentence.words
    at = attitude.at
    place = words[at].start
    form = attitude.form
    if attitude.pattern == "light":
        return _holders_of_noun(mentions, sentence, attitude), attitude.behind
    if form.part == "participle":
        if form.definite:
            described = _described(mentions, sentence, at)
            return ([described["id"]] if described else []), attitude.behind
        meant = mentions.antecedents(place, form.feminine, form.plural)
        return [entity["id"] for entity in meant], attitude.behind
    first = clause_before(mentions, sentence, at, attitude.skipped)
    before = subject_before(mentions, sentence, at, attitude.skipped, first, form)
    last = min(len(words), at + REACH)
    if not before or before[1] == "pronoun":
        sought = _subject(mentions, sentence, attitude, last)
        if sought is not None and sought.entities and not before:
            entities = sought.entities
            mentions.met(place, entities[0], form.feminine, form.plural, entities[1:])
            return [entity["id"] for entity in entities], sought.behind
    if before:
        return [entity["id"] for entity in before[0]], attitude.behind
    meant = mentions.antecedents(place, form.feminine, form.plural)
    return [entity["id"] for entity in meant], attitude.behind


def _subject(mentions: Mentions, sentence: Sentence, attitude: Attitude, last: int) -> Sought | None:
    """The subject behind the verb; where the verb has a direct object, the first of two noun phrases."""
    at = attitude.behind
    if has_subject(attitude.form):
        return None
    direct = attitude.entry["target"][:1] == [""] and not attitude.form.pronoun
    person = bool(attitude.entry.get("demand")) or attitude.form.lemma in PERSONS or direct
    beyond = _behind_target(mentions, sentence, attitude, last) if at < last else at
    if beyond > at:
        return subject_behind(mentions, sentence, beyond, last, tagged=not direct)
    found = subject_behind(mentions, sentence, at, last, tagged=person)
    if found is None and direct and at < last and mentions.at(sentence.words[at]) is None:
        found = subject_behind(mentions, sentence, at, last)
        if found is not None and _object_behind(mentions, sentence, found.behind, last) < 0:
            return None
    if found is None or not found.entities:
        return found
    agrees = len(found.entities) > 1 or mentions.may_be_subject(found.entities[0], attitude.form)
    if agrees and direct and found.entities[0]["label"] == "LAW":
        return _behind_object(mentions, sentence, found, last)
    stands = agrees and (not person or _is_no_object(mentions, sentence, attitude, found, last))
    return found if stands else None


def _is_no_object(
    mentions: Mentions, sentence: Sentence, attitude: Attitude, found: Sought, last: int
) -> bool:
    """Whether the noun phrase behind a verb of a direct object is its subject: it demands, is a person, or an object follows."""
    speaks = (
        found.entities[0]["label"] in ("PER", "OCC", "NORP", "MEDIA")
        and attitude.form.lemma not in OF_PERSONS
    )
    if attitude.entry.get("demand") or attitude.form.pronoun or speaks:
        return True
    behind = _object_behind(mentions, sentence, found.behind, last)
    burdened = attitude.entry.get("responsibility") and behind >= 0  # حمّلته المسؤولية: he is the object
    return behind >= 0 and not (burdened and "مسؤولية" in sentence.words[behind].letters)


def _behind_target(mentions: Mentions, sentence: Sentence, attitude: Attitude, last: int) -> int:
    """The word behind a target that stands before the subject: رحّبت بالاتفاق مصر، أيّد الاقتراح خمسة أعضاء; else the verb's own."""
    words = sentence.words
    at = attitude.behind
    for before in attitude.entry["target"]:
        begins = (
            stands_before(words, at, "ضد" if words[at].letters == "ضد" else before) if before else (at, 0)
        )
        if begins is None or (not before and not _is_act(mentions, words, at)):
            continue
        behind = phrase_end(mentions, words, begins[0], last)
        while (
            behind < last
            and words[behind].letters in clause_words("prepositions", "adverbs")
            and not words[behind].gap.strip()
        ):
            behind += 1
        entity = mentions.at(words[behind]) if behind < last and not words[behind].gap.strip() else None
        follows = (
            entity is not None
            and entity["start"] == words[behind].start
            and entity["label"] in SOURCES - {"LAW"}
        )
        counted_ = behind < last and words[behind].letters in _counters() and not words[behind].gap.strip()
        if follows or counted_:
            return behind
    return at


def _counters() -> frozenset[str]:
    """What may open a subject that counts: خمسة أعضاء، أغلبية النواب."""
    return clause_words("numerals", "words") | clause_words("numerals", "members")


def _is_act(mentions: Mentions, words: Sequence[Word], at: int) -> bool:
    """Whether a noun is one that is supported or opposed and does not act itself: القرار، الاقتراح."""
    entity = mentions.at(words[at])
    if entity is not None:
        return entity["label"] in ("LAW", "EVENT", "PROD") and entity["start"] == words[at].start
    letters = words[at].letters
    return letters.startswith("ال") and (label_of(letters) == "LAW" or is_masdar(letters[2:]))


def _object_behind(mentions: Mentions, sentence: Sentence, at: int, last: int) -> int:
    """The word of a second noun phrase, at word `at` or behind an apposition there, or -1; the one before it is the subject then."""
    words = sentence.words
    if at < last and words[at].comma:
        closing = next((k for k in range(at + 1, min(last, at + 14)) if words[k].comma), last)
        at = closing
        if at < last and any(form.part == "participle" for _, form in readings(words[at], attitudes().forms)):
            return -1
    if at >= last or is_preposition(words[at]) or (words[at].letters[0] in "وف" and is_predicate(words[at])):
        return -1
    letters = words[at].letters
    if letters in clause_words("openers", "أن") or mentions.at(words[at]) is not None:
        return at
    attached = is_attached(letters) or (letters[0] in "بل" and is_masdar(letters[1:]))
    hangs = any(form.part == "participle" for _, form in readings(words[at], reporting().forms))
    return -1 if attached or hangs else at


def _behind_object(mentions: Mentions, sentence: Sentence, first: Sought, last: int) -> Sought | None:
    """The subject that stands behind the object: رفضت النصَّ بوليفيا."""
    found = subject_behind(mentions, sentence, first.behind, last, tagged=True)
    return found if found is not None and found.entities and found.entities[0]["label"] != "LAW" else None


def _holders_of_noun(mentions: Mentions, sentence: Sentence, attitude: Attitude) -> list[str]:
    words = sentence.words
    verb = light_before(sentence, attitude.at)
    skipped, form = next(
        (skipped, form) for skipped, form in readings(words[verb], light().forms) if form.part != "masdar"
    )
    if form.part != "participle":
        found = subject_behind(mentions, sentence, verb + 1, attitude.at, tagged=True)
        if found is not None and found.entities:
            return [entity["id"] for entity in found.entities]
        first = clause_before(mentions, sentence, verb, skipped)
        before = subject_before(mentions, sentence, verb, skipped, first, form)
        if before:
            return [entity["id"] for entity in before[0]]
    return [entity["id"] for entity in mentions.antecedents(words[verb].start, form.feminine, form.plural)]


def _described(mentions: Mentions, sentence: Sentence, at: int) -> Entity | None:
    """The mention that a participle with ال describes: the last one before it in its sentence."""
    place = sentence.words[at].start
    near = [one for one in mentions.starting(max(sentence.start, place - 50), place) if one["end"] <= place]
    sources = [one for one in near if one["label"] in SOURCES - {"LAW"}]
    return sources[-1] if sources else None
