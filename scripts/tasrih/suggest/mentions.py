"""Mentions of an article as subjects and antecedents: who stands where a verb's subject stands, and whom a dropped one means.

Where nobody is tagged, the words of the noun phrase are proposed as a mention, so that a role can be filled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from tasrih.model import AUTHOR, Claim, Entity
from tasrih.suggest import Draft, fresh_ids
from tasrih.suggest.clauses import (
    Sentence,
    Word,
    is_predicate,
    is_preposition,
    opener,
    readings,
    trimmed,
)
from tasrih.suggest.inflection import Form
from tasrih.suggest.masdars import is_masdar
from tasrih.suggest.vocabulary import clause_words, heads, reporting, table
from tasrih.text.tokens import known_words

SOURCES = frozenset(
    {"PER", "ORG", "GPE", "OCC", "NORP", "MEDIA", "FAC", "LAW"}
)  # what may speak or take a side
_MOST_UNTAGGED = 2  # words of a title that nobody tagged, before the name
_LONGEST_PHRASE = 6  # words of a proposed mention
_LOOKED_BACK = 12  # subjects before a dropped one
_NEAR_SEVERAL = 200  # code points back to the subjects whom a verb in the plural means
_BEHIND_NOUN = 12  # code points between a noun for a claim and the claim's content: قول المجلس إن
_NEAR_CLAIM = 300  # code points back to the claim that a noun stands for
_LONGEST_NAME = 4  # words of a name that nobody tagged
_PROPOSED = 0.4  # the confidence of a mention proposed for a role
_PRONOUNS = ("ها", "هم", "هما", "هن", "ه", "نا", "ي")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who did what a clause tells, at code point `place`; `feminine` and `plural` as its verb has them."""

    place: int
    entity: Entity
    feminine: bool | None = None
    plural: bool = False
    others: Sequence[Entity] = ()  # who are joined to it by و


@dataclass(slots=True)
class Mentions:
    """The mentions of a draft in text order, those proposed on the way, and the subjects met so far.

    `contents` are the spans of what was reported, ascending: whom a content tells of is not who goes on speaking behind it.
    """

    draft: Draft
    tagged: list[Entity] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    proposed: list[Entity] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    contents: list[tuple[int, int]] = field(default_factory=list)
    said: list[Claim] = field(default_factory=list)
    genders: dict[str, bool] = field(default_factory=dict)
    _spans: dict[tuple[int, int], Entity] = field(default_factory=dict)
    _groups: dict[str, list[Entity]] = field(default_factory=dict)
    _by_id: dict[str, Entity] = field(default_factory=dict)
    _tagged_ids: frozenset[str] = frozenset()
    _ids: Iterator[str] = field(default_factory=lambda: iter(()))

    @classmethod
    def of(cls, draft: Draft) -> Mentions:
        """The mentions of `draft`, the outermost of those that begin alike first."""
        found = [line for line in draft.annotations if line["type"] == "entity"]
        found.sort(key=lambda entity: (entity["start"], -entity["end"]))
        made = cls(draft, found, [entity["start"] for entity in found])
        said = [
            line for line in draft.annotations if line["type"] == "claim" and line["claimers"] != [AUTHOR]
        ]
        made.said = sorted(said, key=lambda claim: (claim["start"], claim["end"]))
        made.contents = [(claim["start"], claim["end"]) for claim in made.said]
        made._ids = fresh_ids("e", draft)
        made._spans = {(entity["start"], entity["end"]): entity for entity in found}
        made._tagged_ids = frozenset(entity["id"] for entity in found)
        made._by_id = {entity["id"]: entity for entity in found}
        for entity in found:
            made._groups.setdefault(_group(entity), []).append(entity)
        return made

    def named(self, identifier: str) -> Entity | None:
        """The mention of that id, tagged or proposed."""
        return self._by_id.get(identifier)

    def is_proposed(self, entity: Entity) -> bool:
        """Whether a mention is none of the draft's."""
        return entity["id"] not in self._tagged_ids

    def starting(self, start: int, end: int) -> list[Entity]:
        """The mentions that begin in [start, end)."""
        return self.tagged[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def at(self, word: Word) -> Entity | None:
        """The outermost mention that begins at `word`, or behind a proclitic of it."""
        found = self.starting(word.start, word.end)
        return found[0] if found else None

    def around(self, word: Word) -> Entity | None:
        """A mention that holds `word` and began before it."""
        last = bisect_right(self.starts, word.start)
        return next(
            (one for one in reversed(self.tagged[max(0, last - 6) : last]) if one["end"] >= word.end), None
        )

    def after_title(self, entity: Entity, sentence: Sentence) -> Entity:
        """The person whom a title or description before names: PER before OCC (3.5)."""
        for _ in range(3):
            if entity["label"] not in ("OCC", "NORP", "ORG") and entity.get("form") != "nominal":
                break
            if _is_of_several(entity):
                break
            person = self._named_behind(entity, sentence)
            if person is None:
                break
            entity = person
        return entity

    def _named_behind(self, title: Entity, sentence: Sentence) -> Entity | None:
        """The person or further title right behind a title, or behind a prepositional phrase that belongs to it."""
        text = self.draft.text
        for one in self.starting(title["end"], min(title["end"] + _LONGEST_TITLE, sentence.end)):
            if one["label"] not in ("PER", "OCC") or one.get("form") == "nominal":
                continue
            between = text[title["end"] : one["start"]]
            if between.strip() in _HONORIFICS:
                return one if title["label"] != "ORG" or one["label"] == "PER" else None
            words = between.split()
            if title["label"] == "ORG" or one["label"] != "PER" or not words or words[0] not in _OF_A_TITLE:
                continue
            if any(mark in between for mark in "،,؛;:.\n") or words[-1] in clause_words(
                "prepositions", "words"
            ):
                continue
            if between[-1:] in ' «"“' and not any(word in clause_words("openers", "أن") for word in words):
                return one
        return None

    def coordinated(self, entity: Entity, sentence: Sentence) -> list[Entity]:
        """`entity` and those joined to it by و."""
        found = [entity]
        text = self.draft.text
        for _ in range(8):
            last = found[-1]
            behind = next(
                (
                    one
                    for one in self.starting(last["end"], min(last["end"] + 4, sentence.end))
                    if text[last["end"] : one["start"]].strip(' "«»“”') == "و" and one["label"] in SOURCES
                ),
                None,
            )
            if behind is None:
                break
            found.append(self.after_title(behind, sentence))
        return found

    def propose(self, start: int, end: int, *, label: str = "", form: str = "nominal") -> Entity | None:
        """A mention of [start, end), which is there already or is proposed now; None where nothing is left of it."""
        span = trimmed(self.draft.text, start, end)
        if span is None or any(character in self.draft.text[span[0] : span[1]] for character in "\n"):
            return None
        if span in self._spans:
            return self._spans[span]
        words = self.draft.text[slice(*span)]
        entity: Entity = {
            "type": "entity", "id": next(self._ids), "label": label or label_of(words), "form": form, "start": span[0],
            "end": span[1], "text": words, "referent": None, "wikidata": None, "confidence": _PROPOSED,
        }  # fmt: skip
        self.proposed.append(entity)
        self._by_id[entity["id"]] = entity
        self._spans[span] = entity
        return entity

    def claim_told(self, start: int, end: int) -> Claim | None:
        """What a noun at [start, end) stands for: the claim whose content opens right behind it, else the last one before it."""
        first = bisect_left(self.said, end, key=lambda claim: claim["start"])
        between = self.draft.text[end : self.said[first]["start"]] if first < len(self.said) else "."
        if len(between) < _BEHIND_NOUN and not any(mark in between for mark in "،,؛.:"):
            return self.said[first]
        before = [claim for claim in self.said[max(0, first - _LOOKED_BACK) : first] if claim["end"] <= start]
        last = max(before, key=lambda claim: claim["end"], default=None)
        return last if last is not None and start - last["end"] < _NEAR_CLAIM else None

    def nearest(self, entity: Entity, before: int) -> Entity:
        """The last mention of the same thing before code point `before`, a name or title beside its person aside."""
        same = [one for one in self._groups.get(_group(entity), ()) if one["end"] <= before]
        if not same or entity["end"] > before:
            return entity
        last = same[-1]
        if last["label"] == "OCC" and entity["label"] == "PER":
            persons = [one for one in same if one["label"] == "PER" and one["start"] <= last["end"] + 3]
            beside = [one for one in persons if one["start"] >= last["end"]]
            return beside[0] if beside else last
        if len(same) > 1 and same[-2]["label"] == "PER" and last["label"] == "OCC":
            return same[-2]
        return last

    def read(self, sentence: Sentence) -> None:
        """Keeps the sentence, and the one before it, to seek nouns in that nobody tagged."""
        self.sentences = [*self.sentences[-1:], sentence]

    def noun_before(self, place: int, feminine: bool | None) -> Entity | None:
        """The last definite noun before code point `place` that is a text's or an act's and agrees, as a nominal that is proposed."""
        for sentence in reversed(self.sentences):
            words = sentence.words
            for at in range(min(sentence.at(place), len(words)) - 1, max(-1, len(words) - 60), -1):
                letters = words[at].letters
                shift = 1 if letters[:1] in "بوفل" and letters[1:3] == "ال" else 0
                base = letters[shift:]
                if not base.startswith("ال") or words[at].end > place or self.around(words[at]) is not None:
                    continue
                if not (label_of(base) == "LAW" or is_masdar(base[2:]) or base in _ACTS):
                    continue
                if feminine is None or base.endswith("ة") == feminine:
                    return self.propose(
                        words[at].behind(shift),
                        words[at].end,
                        label=label_of(base) if label_of(base) == "LAW" else "EVENT",
                    )
        return None

    def met(
        self,
        place: int,
        entity: Entity,
        feminine: bool | None = None,
        plural: bool = False,
        others: Sequence[Entity] = (),
    ) -> None:
        """Remembers who was a clause's subject."""
        subject = Subject(place, entity, feminine, plural, others)
        insort(self.subjects, subject, key=lambda subject: subject.place)
        if feminine is not None and not plural:
            self.genders.setdefault(_group(entity), feminine)

    def antecedents(self, before: int, feminine: bool | None, plural: bool = False) -> list[Entity]:
        """Whom a dropped or attached pronoun means; one in the plural the last subjects that were several, if there are any."""
        for subject in self._subjects_before(before) if plural else ():
            if before - subject.place > _NEAR_SEVERAL:
                break
            if subject.others or _is_of_several(subject.entity) or subject.entity["label"] == "NORP":
                return [self.nearest(one, before) for one in (subject.entity, *subject.others)]
        one = self.antecedent(before, feminine)
        return [one] if one else []

    def _subjects_before(self, before: int) -> Iterator[Subject]:
        """The subjects before code point `before`, the nearest first, a bounded number; none of what somebody else told."""
        met = bisect_left(self.subjects, before, key=lambda subject: subject.place)
        for subject in reversed(self.subjects[max(0, met - _LOOKED_BACK) : met]):
            if subject.entity["end"] <= before and not self._is_told_of(subject.place, before):
                yield subject

    def antecedent(self, before: int, feminine: bool | None) -> Entity | None:
        """Whom a dropped or attached pronoun before code point `before` means: the last subject that agrees with it.

        Without one the last mention that could be one; None where nothing stands before.
        """
        for subject in self._subjects_before(before):
            if self.may_be_meant(subject.entity, feminine):
                return self.nearest(subject.entity, before)
        for entity in self.back_from(before):
            if entity["label"] in ("PER", "ORG", "GPE", "OCC") and self.may_be_meant(entity, feminine):
                return entity
        return None

    def _is_told_of(self, place: int, before: int) -> bool:
        """Whether `place` lies in a content that ends before code point `before`."""
        last = bisect_left(self.contents, (before, 0))
        near = self.contents[max(0, last - _LOOKED_BACK) : last]
        return any(start <= place < end <= before for start, end in near)

    def back_from(self, place: int) -> Iterator[Entity]:
        """The mentions that end before code point `place`, the nearest first, a bounded number of them."""
        last = bisect_left(self.starts, place)
        return (
            one for one in reversed(self.tagged[max(0, last - _LOOKED_BACK) : last]) if one["end"] <= place
        )

    def gender(self, entity: Entity) -> bool | None:
        """Whether a mention is feminine, by the verbs that it was the subject of, else by its words; None where neither says."""
        return self.genders.get(_group(entity), is_feminine(entity))

    def may_be_subject(self, entity: Entity, form: Form) -> bool:
        """Whether a mention behind a verb agrees with it: in طالب أسمرة بالرحيل Asmara is not who demands."""
        known = self.gender(entity)
        return form.feminine is None or known is None or known == form.feminine or entity["label"] == "NORP"

    def may_be_meant(self, entity: Entity, feminine: bool | None) -> bool:
        """Whether a pronoun or verb of that gender may mean it."""
        known = self.gender(entity)
        return feminine is None or known is None or known == feminine


_LONGEST_TITLE = 60  # code points between a title and its person
_OF_A_TITLE = frozenset(("في", "باسم", "لدى", "لشؤون", "السابق", "السابقة", "المنتخب", "على"))
_HONORIFICS = frozenset(
    ("", '"', "«", "“", "السيد", "السيدة", "الدكتور", "الدكتورة", "د.", "الشيخ", "الأمير", "القس", "الأب", "الجنرال", "النائب", "النائبة",
     "السابق", "السابقة", "الأسبق", "آنذاك", "الراحل", "المحامي", "المحامية", "الأستاذ", "الجديد", "الجديدة", "الحالي", "يومها")
)  # fmt: skip


def _group(entity: Entity) -> str:
    return entity.get("referent") or f" {entity.get('text', entity['id'])}"


def _is_of_several(entity: Entity) -> bool:
    """Whether a nominal is of two or more people, so that it is no title of one: الوزيران، ثمانية أعضاء."""
    words = entity.get("text", "").split()
    if not words or entity.get("form") != "nominal":
        return False
    return is_several(words) or words[0].endswith(("ون", "ان", "ين"))


def is_feminine(entity: Entity) -> bool | None:
    """The grammatical gender of a mention by its words; None where they do not say."""
    words = entity.get("text", "").split()
    first = words[0] if words else ""
    if not first or entity["label"] == "DATE":
        return None
    if first in clause_words("gender", "feminine") or first in clause_words("gender", "masculine"):
        return first in clause_words("gender", "feminine")
    if entity["label"] == "PER" and entity.get("form") != "nominal":
        return True if first.endswith("ة") else None
    return _gender_of_noun(entity["label"], words)


def _gender_of_noun(label: str, words: Sequence[str]) -> bool | None:
    """The gender of a noun phrase; None of people in the plural, whose verb is singular before them, and of numerals."""
    first = words[0]
    base = first.removeprefix("ال")
    several = label in ("PER", "OCC") and base.endswith(("ات", "اء", "ون", "ين", "ان"))
    if several or is_several(words):
        return None
    if base.endswith(("ة", "ات")) or first.removesuffix("ها").endswith("ت"):
        return True
    described = (
        len(words) > 1 and words[1].startswith("ال") and words[1].endswith("ة")
    )  # the Nations, or a council of the city
    known = base in heads() or base in clause_words("masdars", "words")
    return False if known and not described else None


def is_several(words: Sequence[str]) -> bool:
    """Whether a noun phrase is of several by its first word: a numeral or a broken plural."""
    base = words[0].removeprefix("ال")
    return (
        base.isdigit()
        or base in clause_words("numerals", "words")
        or base in clause_words("gender", "plural")
    )


def label_of(words: str) -> str:
    """The label of a noun phrase by its first words; people where nothing is known of them."""
    for word in words.split()[:3]:
        bases = [word.removeprefix("ال")]
        bases += [
            word.removesuffix(pronoun)
            for pronoun in _PRONOUNS
            if word.endswith(pronoun) and len(word) > len(pronoun) + 2
        ]
        bases += [base[:-1] + "ة" for base in bases if base.endswith("ت")]
        for base in bases:
            if base in heads():
                return heads()[base]
    return "PER"


# --- Noun phrases -------------------------------------------------------------------------------------


def phrase_end(mentions: Mentions, words: Sequence[Word], first: int, last: int) -> int:
    """The word behind the noun phrase that begins at word `first`: its iḍāfa and adjectives, up to `last`."""
    at = first + 1
    definite = _is_definite(words[first])
    start = mentions.at(words[first])
    if start is not None:
        while at < last and words[at].start < start["end"]:
            at += 1
        return at
    while at < last and at - first < _LONGEST_PHRASE:
        word = words[at]
        if (
            word.gap.strip()
            or is_preposition(word)
            or _ends_phrase(word)
            or opener(words, at, "أن")
            or opener(words, at, "إن")
        ):
            break
        entity = mentions.at(word)
        if entity is not None and entity["start"] == word.start and not definite:
            while at < last and words[at].start < entity["end"]:
                at += 1
            return at
        if word.letters[:1] in "وفبلك" and not _is_definite(word) and mentions.at(word) is not None:
            break
        now = _is_definite(word)
        if definite and not now:
            break
        if is_predicate(word) and not now:
            break
        if now and word.letters.startswith(("وال", "بال", "لل", "كال", "فال")):
            break
        definite = now
        at += 1
    return at


def _is_definite(word: Word) -> bool:
    letters = word.letters
    return letters.startswith(("ال", "وال", "بال", "لل", "كال", "فال"))


def _ends_phrase(word: Word) -> bool:
    letters = word.letters
    return (
        letters in clause_words("prepositions", "adverbs")
        or letters in clause_words("prepositions", "relatives")
        or letters
        in (
            "لا",
            "لم",
            "لن",
            "قد",
            "كي",
            "لكن",
            "أو",
            "ثم",
            "بل",
            "إلا",
            "سوى",
            "لأن",
            "لأنه",
            "لأنها",
            "إذا",
            "كما",
        )
        or (letters[:1] in "وف" and len(letters) > 3 and is_predicate(word))
    )


@dataclass(frozen=True, slots=True)
class Sought:
    """A subject that was found: the mentions, and the word behind them."""

    entities: Sequence[Entity]
    behind: int
    document: bool = False


def subject_behind(
    mentions: Mentions, sentence: Sentence, at: int, last: int, *, tagged: bool = False
) -> Sought | None:
    """The subject that follows the verb before word `at`, up to word `last`: a mention, or a noun phrase that becomes one.

    With `tagged` alone what is a mention already.
    """
    words = sentence.words
    while at < last and words[at].letters in _passed_over() and mentions.at(words[at]) is None:
        at += 1
    if at >= last or words[at].comma:
        return None
    if is_document(words[at]) and mentions.at(words[at]) is None:
        return None if tagged else issuer(mentions, sentence, at, last)
    for skipped in range(_MOST_UNTAGGED + 1):
        here = at + skipped
        if here >= last or (skipped and words[here].gap.strip(' "«“')):
            break
        entity = mentions.at(words[here])
        if entity is not None and entity["label"] in SOURCES and entity["start"] == words[here].start:
            if skipped and entity["label"] != "PER" and not words[here].gap.strip():
                break
            person = mentions.after_title(entity, sentence)
            if person["label"] == "OCC" and not tagged and not _is_of_several(person):
                named = untagged_name(mentions, sentence, sentence.at(person["end"]), last, "OCC")
                if named is not None:
                    return named
            return _with_others(mentions, sentence, person, last)
        if entity is not None and not skipped:
            return None
        if not _may_be_title(words[here]):
            break
    return None if tagged else _proposed_subject(mentions, sentence, at, last)


@cache
def _passed_over() -> frozenset[str]:
    """Words that may stand between a verb and its subject: adverbs, and prepositions with a pronoun."""
    bases = ("علي", "إلي", "ب", "ل", "عن", "من", "في", "مع", "ضد")
    return clause_words("prepositions", "adverbs") | {
        base + pronoun for base in bases for pronoun in ("ه", "ها", "هم", "هما")
    }


def _may_be_title(word: Word) -> bool:
    return (
        not is_preposition(word)
        and not is_attached(word.letters)
        and not _ends_phrase(word)
        and word.letters not in clause_words("openers", "إن")
    )


def _with_others(mentions: Mentions, sentence: Sentence, entity: Entity, last: int) -> Sought:
    entities = mentions.coordinated(entity, sentence)
    return Sought(entities, min(last, sentence.at(entities[-1]["end"])))


def _proposed_subject(mentions: Mentions, sentence: Sentence, at: int, last: int) -> Sought | None:
    """A noun phrase as the subject, where nobody is tagged; the name behind a title, and the one in marks behind a class word."""
    words = sentence.words
    if not _may_be_subject(words, at):
        return None
    behind = phrase_end(mentions, words, at, last)
    named = untagged_name(mentions, sentence, behind, last, label_of(words[at].letters))
    if named is not None:
        return named
    form = "nominal" if _is_common(words[at:behind]) else "name"
    entity = mentions.propose(words[at].start, words[behind - 1].end, form=form)
    return Sought([entity], behind) if entity else None


def _may_be_subject(words: Sequence[Word], at: int) -> bool:
    """Whether word `at` may open a subject: no preposition, particle, verb or participle that hangs on one."""
    word = words[at]
    letters = word.letters
    if (
        is_preposition(word) or _ends_phrase(word) or word.gap.strip(' "«“') or len(letters) < 3 or is_predicate(word)
        or letters in ("غير", "المرة")
        or any(opener(words, at, kind) for kind in ("إن", "أن", "هل")) or word.tanwin
        or any(form.part == "participle" and not form.definite for _, form in readings(word, reporting().forms))
    ):  # fmt: skip
        return False
    rest = letters[1:]
    joined = (
        letters[0] in "وف" and letters not in known_words() and (rest in known_words() or is_attached(rest))
    )
    return not (joined or is_attached(letters))


_ACTS = frozenset(
    (
        "الخطوة",
        "الفكرة",
        "المبادرة",
        "النتيجة",
        "الخطة",
        "العرض",
        "المشروع",
        "الموقف",
        "الإجراء",
        "الطلب",
        "النص",
        "التهمة",
    )
)
_WITH_LAM = (
    "لجن",
    "لاعب",
    "لقاء",
    "لبنان",
    "ليبي",
    "لندن",
    "لغة",
    "ليلى",
    "لوي",
    "لور",
    "لول",
    "لائح",
    "لواء",
    "لوس",
)


def is_attached(letters: str) -> bool:
    """Whether a word begins with a preposition: لصحيفة, not لجنة."""
    if letters[:1] not in "بلك" or len(letters) < 4:
        return False
    if letters[1:3] == "ال" or letters.startswith("لل"):
        return True
    if letters[0] == "ل":
        return not letters.startswith(_WITH_LAM)
    return letters not in known_words()


def untagged_name(mentions: Mentions, sentence: Sentence, at: int, last: int, label: str) -> Sought | None:
    """A name at word `at` that nobody tagged, behind a title or class word of `label`: the words in marks, or two words and more.

    What stands behind must end it: a comma, a preposition or what opens the content.
    """
    words = sentence.words
    if at >= len(words):
        return None
    pair = sentence.quotation(words[at])
    if pair is not None and label in ("ORG", "MEDIA"):
        behind = sentence.at(pair[1])
        entity = (
            mentions.propose(pair[0] + 1, pair[1], label=label, form="name")
            if behind - at <= _LONGEST_NAME
            else None
        )
        return Sought([entity], behind) if entity else None
    if label in ("ORG", "MEDIA", "GPE", "LAW"):
        return None
    behind = at
    while behind < min(last, at + _LONGEST_NAME) and _is_name_like(words, behind, behind == at):
        behind += 1
    ended = (
        behind >= last or words[behind].comma or is_preposition(words[behind]) or opener(words, behind, "أن") or opener(words, behind, "إن")
        or words[behind].letters[0] in "بل"
    )  # fmt: skip
    if behind - at < 2 or not ended:
        return None
    entity = mentions.propose(words[at].start, words[behind - 1].end, label="PER", form="name")
    return Sought([entity], behind) if entity else None


def _is_name_like(words: Sequence[Word], at: int, first: bool) -> bool:
    """Whether a word may be one of a person's names: no marks before it, no function word, no ending of a common noun."""
    word = words[at]
    letters = word.letters
    if word.gap.strip() or word.tanwin or is_preposition(word) or _ends_phrase(word) or is_masdar(letters):
        return False
    if any(opener(words, at, kind) for kind in ("إن", "أن", "هل")) or letters[:1].isdigit():
        return False
    if first and (letters.startswith("ال") or len(letters) < 2 or letters.startswith(_NO_NAME)):
        return False
    return not letters.startswith(("بال", "لل", "وال")) and not any(
        form.part == "participle" for _, form in readings(word, reporting().forms)
    )


_NO_NAME = ("لمصلحة", "لصالح", "بأغلبية", "بالإجماع", "بإجماع", "بسبب", "بشأن", "لكن", "بعد")


def _is_common(words: Sequence[Word]) -> bool:
    """Whether a phrase looks like a common noun, not like a name that nobody tagged."""
    first = words[0].letters
    if (
        first in heads()
        or label_of(first) != "PER"
        or first.startswith("ال")
        or first.endswith(("ون", "ين", "ات", "ة", "ان"))
    ):
        return True
    return any(word.letters.startswith("ال") for word in words[1:]) or len(words) > 3 or first[:1].isdigit()


def is_document(word: Word) -> bool:
    """Whether the word is one for a text or data: بيان، التقرير."""
    return _base(word.letters) in documents()


@cache
def documents() -> frozenset[str]:
    """Words for texts and data."""
    return frozenset(table("reporting")["documents"]["words"])


def _base(letters: str) -> str:
    """A noun without ال and pronoun."""
    base = letters.removeprefix("ال")
    if base in documents():
        return base
    for pronoun in ("ها", "هم", "هما", "ه"):
        if base.endswith(pronoun):
            rest = base.removesuffix(pronoun)
            return rest[:-1] + "ة" if rest.endswith("ت") and rest[:-1] + "ة" in documents() else rest
    return base


def issuer(mentions: Mentions, sentence: Sentence, at: int, last: int) -> Sought:
    """Who issued the document whose word is at `at`: a mention in the same noun phrase, else the subject before (3.6)."""
    words = sentence.words
    for here in range(at + 1, min(last, at + 8)):
        word = words[here]
        if word.comma or word.letters in clause_words("prepositions", "relatives"):
            break
        entity = mentions.at(word)
        if entity is not None and entity["label"] in SOURCES and entity["label"] != "LAW":
            return Sought([mentions.after_title(entity, sentence)], sentence.at(entity["end"]), document=True)
    entity = mentions.antecedent(words[at].start, None)
    return Sought([entity] if entity else [], at + 1, document=True)
