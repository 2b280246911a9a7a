"""The subjects of clauses: where a verb's clause begins, who opens it, and who is met on the way, to be meant by a verb that drops its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

from tasrih.model import Entity
from tasrih.suggest.clauses import Sentence, Word, connective, is_preposition, opener, readings
from tasrih.suggest.contents import breaks, starts_nominal
from tasrih.suggest.inflection import Form
from tasrih.suggest.mentions import SOURCES, Mentions, subject_behind
from tasrih.suggest.reports import Report
from tasrih.suggest.vocabulary import attitudes, clause_words, heads, predicates, reporting

_BACK = 30  # words from a verb to where its clause may begin


def has_subject(form: Form) -> bool:
    """Whether a verb has its subject in its ending, so that none stands behind it: طالبا، دعوا، يرفضون.

    Before its subject an Arabic verb is singular.
    """
    return form.plural and form.part in ("perfect", "imperfect")


def clause_before(
    mentions: Mentions,
    sentence: Sentence,
    at: int,
    skipped: int,
    floor: int = 0,
    cues: Mapping[int, Report] = MappingProxyType({}),
) -> int:
    """The word with which the clause of the verb at word `at` begins, not before word `floor`; `skipped` letters are و or ف."""
    floor = min(floor, at)
    if skipped:
        return _topic(sentence, at, floor) if sentence.words[at].letters[0] == "ف" else at
    words = sentence.words
    for first in range(at, max(floor, at - _BACK), -1):
        if first < at and breaks(mentions, sentence, first, cues, -1):
            return first
        if opener(words, first - 1, "أن") or (
            opener(words, first - 1, "إن") and words[first - 1].letters[0] != "و"
        ):
            return first
    return max(floor, at - _BACK)


def _topic(sentence: Sentence, at: int, floor: int) -> int:
    """The أما that the ف of the verb at word `at` answers, or the verb itself."""
    before = range(at - 1, max(floor, at - _BACK) - 1, -1)
    return next((first for first in before if sentence.words[first].letters in ("أما", "وأما", "فأما")), at)


def subject_before(
    mentions: Mentions, sentence: Sentence, at: int, skipped: int, first: int, form: Form
) -> tuple[Sequence[Entity], str] | None:
    """The subject that opens the clause from word `first` of the verb at word `at`, and whether it is a mention or pronoun.

    الشركة تنفي، أما الوزير فقال، لكنه أكد، وهو يرى، الذي قال.
    """
    words = sentence.words
    for before in (at - 1, at - 2):
        if before >= 0 and words[before].letters in ("الذي", "التي", "الذين"):
            return _head_of_relative(mentions, sentence, before)
    if skipped and first == at:
        return None
    if has_subject(form) and (several := _several_before(mentions, sentence, at)):
        return several, "mention"
    length = connective(words, first) if first < at else 0
    pronoun = _pronoun_before(words, first, at, length)
    first += length
    if pronoun and at - first < 5:
        meant = mentions.antecedents(words[first].start, form.feminine, form.plural)
        return (meant, "pronoun") if meant else None
    while first < at and words[first].letters.removeprefix("و") in (*_AUXILIARIES, "إن", "أن"):
        first += 1
    if not starts_nominal(mentions, sentence, first, at):
        return None
    tagged = _tagged_before(mentions, sentence, first, at)
    return (tagged, "mention") if tagged else _untagged_before(mentions, sentence, first, at, bool(length))


def _tagged_before(mentions: Mentions, sentence: Sentence, first: int, at: int) -> list[Entity]:
    """The mentions, with those coordinated, that begin within three words of a clause and end before its verb."""
    words = sentence.words
    for here in range(first, min(at, first + 3)):
        entity = mentions.at(words[here])
        if entity is not None and entity["label"] in SOURCES and entity["end"] <= words[at].start:
            person = mentions.after_title(entity, sentence)
            if person["end"] <= words[at].start:
                return [
                    one for one in mentions.coordinated(person, sentence) if one["end"] <= words[at].start
                ]
    return []


_AUXILIARIES = (
    "كان", "كانت", "قد", "فقد", "لقد", "ما", "زال", "زالت", "يزال", "تزال", "لا", "لم", "لن", "يزل", "تزل", "بات", "باتت", "ظل", "ظلت", "سوف",
)  # fmt: skip


def _several_before(mentions: Mentions, sentence: Sentence, at: int) -> Sequence[Entity]:
    """Who stand right before a verb in the plural, particles aside: الباعة لا يقبلون، 46 صوتوا."""
    words = sentence.words
    while at > 0 and words[at].letters in _AUXILIARIES and not words[at].gap.strip():
        at -= 1
    at_end = words[at - 1].end if at else 0
    near = [one for one in mentions.back_from(words[at].start) if one["label"] in SOURCES]
    tagged = [one for one in near if one["end"] == at_end and one["start"] >= sentence.start]
    if not at or words[at].gap.strip():
        return []
    if tagged:
        return [min(tagged, key=lambda one: one["start"])]
    first = at - 1
    while first > 0 and words[first].letters.startswith("ال") and not words[first].gap.strip():
        if not (words[first - 1].letters.startswith(("ال", "وال")) or _is_head(words[first - 1])):
            break
        first -= 1
    letters = words[first].letters
    shift = int(letters[:1] in "وف" and not _is_head(words[first]))
    base = letters[shift:]
    if not (base.isdigit() or base.startswith("ال") or _is_head(words[first])):
        return []
    found = mentions.propose(words[first].behind(shift), words[at - 1].end)
    return [found] if found else []


def _is_head(word: Word) -> bool:
    """Whether a noun of people or bodies stands here without ال: سكان المدينة."""
    return word.letters in heads() or word.letters in clause_words("gender", "plural")


def _untagged_before(
    mentions: Mentions, sentence: Sentence, first: int, at: int, topic: bool
) -> tuple[Sequence[Entity], str] | None:
    """The noun phrase that opens a clause, where nobody is tagged: behind أما and لكن, or right before its verb."""
    words = sentence.words
    if any(mentions.at(word) is not None for word in words[first:at]) or words[first].letters[:1] in "وف":
        return None
    behind = next((k for k in range(first + 1, at) if words[k].comma), at)
    if not (topic or at - first <= 4) or behind - first > 5:
        return None
    sought = subject_behind(mentions, sentence, first, behind)
    if sought is None or not sought.entities or sought.document:
        return None
    reaches = sought.behind == at or (sought.behind == at - 1 and words[sought.behind].letters == "قد")
    return (sought.entities, "mention") if topic or reaches else None


def _pronoun_before(words: Sequence[Word], first: int, at: int, length: int) -> bool:
    """Whether the subject of the verb at word `at` is a pronoun: on the connective of `length` words, on أن, or on its own."""
    if length and words[first + length - 1].letters in clause_words("connectives", "pronominal"):
        return True
    behind = first + length
    if (
        behind < at
        and at - behind < 4
        and words[behind].letters.removeprefix("و") in ("هو", "هي", "هم", "إنه", "إنها")
    ):
        return True
    return bool(first and not length and words[first - 1].letters.lstrip("وب") in _OPENERS_WITH_PRONOUN)


_OPENERS_WITH_PRONOUN = frozenset(("أنه", "أنها", "أنهم", "إنه", "إنها", "إنهم"))


def _head_of_relative(mentions: Mentions, sentence: Sentence, at: int) -> tuple[Sequence[Entity], str] | None:
    """What الذي refers to: the mention that ends right before it."""
    place = sentence.words[at].start
    near = [one for one in mentions.starting(max(sentence.start, place - 60), place) if one["end"] <= place]
    return ([near[-1]], "mention") if near else None


def subject_of_run(mentions: Mentions, sentence: Sentence, first: int, behind: int) -> Sequence[Entity]:
    """The tagged subject of a clause: a mention that opens it or the first behind its verb."""
    words = sentence.words
    for here in range(first, min(behind, first + 8)):
        entity = mentions.at(words[here])
        before = words[here - 1] if here > first else None
        if entity is None or entity["label"] == "DATE" or entity["end"] > words[behind - 1].end:
            continue
        attached = entity["start"] - words[here].start
        preposed = before is not None and before.letters in clause_words("prepositions", "words")
        if preposed or (attached and words[here].letters[0] in "بلك"):
            continue
        person = mentions.after_title(entity, sentence)
        if person["label"] in SOURCES:
            return mentions.coordinated(person, sentence)
        return []
    return []


# --- Subjects that are remembered ----------------------------------------------------------------------


def remember_subjects(mentions: Mentions, sentence: Sentence) -> None:
    """Meets the subjects of the clauses of a sentence, so that what is dropped later can be sought among them.

    A clause is looked for at the sentence's start, behind connectives and where a verb has و or ف; phrases before its verb
    are passed over.
    """
    words = sentence.words
    seeking = True
    for at, word in enumerate(words):
        verbs = [form for skipped, form in readings(word, predicates()) if seeking or skipped or word.comma]
        seeking = seeking or bool(connective(words, at)) or word.letters in _CLAUSES_BEHIND
        entity = mentions.at(word)
        if verbs and entity is None:
            _meet_behind(mentions, sentence, at, verbs[0])
            seeking = False
        elif (seeking or word.comma) and _may_be_verb(mentions, words, at):
            first, *others = _joined(mentions, sentence, cast(Entity, mentions.at(words[at + 1])))
            feminine = True if word.letters.endswith("ت") else None
            mentions.met(word.start, first, feminine, others=others)
            seeking = False
        elif (
            seeking and entity is not None and entity["label"] in SOURCES and _opens_clause(words, at, entity)
        ):
            first, *others = _joined(mentions, sentence, entity)
            mentions.met(entity["start"], first, others=others)
            seeking = False


def _joined(mentions: Mentions, sentence: Sentence, entity: Entity) -> list[Entity]:
    return mentions.coordinated(mentions.after_title(entity, sentence), sentence)


def _meet_behind(mentions: Mentions, sentence: Sentence, at: int, form: Form) -> None:
    """Meets the subject behind the verb at word `at`, if there is one; a verb of persons may have one that nobody tagged."""
    tagged = not (form.lemma in reporting().entries or form.lemma in attitudes().entries)
    last = at + 1 if has_subject(form) else min(len(sentence.words), at + 8)
    found = subject_behind(mentions, sentence, at + 1, last, tagged=tagged)
    if found is not None and found.entities and mentions.may_be_subject(found.entities[0], form):
        entry = reporting().entries.get(form.lemma, {})
        sure = bool(entry.get("opens")) and not any(entry.get(key) for key in _WITH_OBJECT)
        feminine = form.feminine if sure else None
        mentions.met(sentence.words[at].start, found.entities[0], feminine, form.plural, found.entities[1:])


_WITH_OBJECT = ("object", "predicate", "responsibility")  # what stands behind the verb may be its object


def _opens_clause(words: Sequence[Word], at: int, entity: Entity) -> bool:
    """Whether a mention at word `at` stands where a subject does, not behind a preposition."""
    if entity["start"] - words[at].start > 1 or (
        entity["start"] > words[at].start and words[at].letters[0] in "بلك"
    ):
        return False
    return at == 0 or (
        not is_preposition(words[at - 1])
        and words[at - 1].letters.removeprefix("و") not in clause_words("prepositions", "words")
    )


_CLAUSES_BEHIND = frozenset(("أن", "إن", "بأن", "حين", "الذي", "التي", "الذين", "حيث", "وإن", "وأن"))


def _may_be_verb(mentions: Mentions, words: Sequence[Word], at: int) -> bool:
    """Whether an unknown word that opens a clause may be its verb: somebody stands right behind it."""
    if at + 1 >= len(words) or words[at + 1].gap.strip() or mentions.at(words[at]) is not None:
        return False
    behind = mentions.at(words[at + 1])
    letters = words[at].letters
    return (
        behind is not None and behind["label"] in SOURCES and behind["start"] == words[at + 1].start and len(letters) > 2
        and not is_preposition(words[at]) and not letters.startswith(("ال", "وال")) and not letters.endswith(("ة", "ات"))
    )  # fmt: skip
