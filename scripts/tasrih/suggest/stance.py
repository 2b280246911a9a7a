"""Stances proposed by rules: which word shows that who is for or against what.

A word of stance governs its target, as an object or behind a preposition, and its subject holds the stance. What stands there
is a mention of the draft, or becomes a nominal one, as the guidelines let a nominal be annotated for a role (2.1). How much
a word is to be believed is counted in the training split, as for claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tasrih.model import GOLD, UNNAMED, Annotation, Document, Entity, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.attribution import clause_before, gold_draft, remember_subjects, subject_before
from tasrih.suggest.clauses import (
    Sentence,
    Word,
    connective,
    is_predicate,
    is_preposition,
    opener,
    prose,
    readings,
)
from tasrih.suggest.confidence import Confidence, Firing, counted
from tasrih.suggest.inflection import Form
from tasrih.suggest.masdars import is_masdar
from tasrih.suggest.mentions import SOURCES, Mentions, Sought, label_of, phrase_end, subject_behind
from tasrih.suggest.vocabulary import Entry, attitudes, clause_words, feelings, light, reporting
from tasrih.text.tokens import known_words

THRESHOLD = 0.5  # below this confidence nothing is proposed; chosen by leaving articles of training out
_REACH = 22  # words from an anchor to the preposition before its target
_COORDINATED = 12  # words from a target to a coordinated one
_LIGHT_BEFORE = 8  # words from a light verb to its noun
_HYPOTHETICAL = frozenset(("إذا", "لو", "هل", "ربما", "وإذا", "ولو"))
_SIDES = ("لمصلحة", "لصالح")
_PERSONS = frozenset(("شكر", "هنأ", "اتهم", "حمَّل", "لام", "بارك"))
_OF_PERSONS = _PERSONS | frozenset(("انتقد", "هاجم", "خالف", "دعم", "ساند"))  # persons are their objects too
_SIDED = frozenset(("أيد", "ساند", "خالف", "وافق"))
_NEAR_NOUN = 120  # code points back to a tagged mention that a pronoun may mean, before a noun is taken
_NEAR_HOLDER = 150  # code points back to the holder whom a pronoun may mean
_NO_TARGET = frozenset(
    (
        "ذلك",
        "هذا",
        "هذه",
        "تلك",
        "أن",
        "ألا",
        "أنه",
        "أنها",
        "ما",
        "من",
        "إن",
        "كل",
        "أي",
        "كيف",
        "متى",
        "لماذا",
        "نفسه",
        "التعليق",
    )
)


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


@dataclass(slots=True)
class Proposal:
    """A stance before it has an id, with what its confidence is counted by."""

    stance: dict[str, Any]
    pattern: str
    lemma: str


@dataclass(slots=True)
class Topics:
    """The targets and the last holder met so far, for pronouns and for what is left unsaid."""

    met: list[Entity] = field(default_factory=list)
    holder: Entity | None = None  # of the last stance


def make(corpus: Corpus) -> Suggest:
    """A suggester of stances whose confidence is that of the rules on the training gold."""
    return of_documents(training(corpus))


def of_documents(documents: Iterable[Document], threshold: float = THRESHOLD) -> Suggest:
    """A suggester of stances, its confidence counted on the gold of `documents`, which need text."""
    known = confidence([document for document in documents if document["text"] is not None])

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        return [of_draft(draft, known, threshold) for draft in drafts]

    return suggest


def of_draft(draft: Draft, known: Confidence, threshold: float = THRESHOLD) -> list[Annotation]:
    """The stances of a draft that are believed enough, and the mentions that they need, in text order."""
    mentions = Mentions.of(draft)
    found: list[dict[str, Any]] = []
    seen: set[Any] = set()
    for one in proposals(draft, mentions):
        share = known.share(one.pattern, one.lemma)
        key = (one.stance["start"], tuple(one.stance["holders"]), one.stance["target"])
        if share >= threshold and key not in seen:
            seen.add(key)
            found.append({**one.stance, "confidence": round(share, 2)})
    found.sort(key=lambda stance: (stance["start"], -stance["end"]))
    stances = [
        cast(Annotation, {"type": "stance", "id": name, **one})
        for name, one in zip(fresh_ids("s", draft), found, strict=False)
    ]
    used = {name for one in found for name in (*one["holders"], one["target"])}
    named = [entity for entity in mentions.proposed if entity["id"] in used]
    return sorted(
        [*named, *stances], key=lambda line: (line["start"], -line["end"], line["type"] != "entity")
    )


def confidence(documents: Sequence[Document]) -> Confidence:
    """How often each word of stance shows one in gold, given gold's mentions."""
    return counted(firing for document in documents for firing in firings(document, gold_draft(document)))


def firings(document: Document, draft: Draft) -> Iterator[Firing]:
    """What the rules propose for an article with gold, and whether gold has a stance of that label there."""
    gold = layer_view(document, GOLD).stances
    for one in proposals(draft, Mentions.of(draft)):
        stance = one.stance
        right = any(
            theirs["start"] < stance["end"]
            and stance["start"] < theirs["end"]
            and theirs["label"] == stance["label"]
            for theirs in gold
        )
        yield Firing(one.pattern, one.lemma, right)


def proposals(draft: Draft, mentions: Mentions) -> list[Proposal]:
    """Everything that the rules find, believed or not."""
    topics = Topics()
    found: list[Proposal] = []
    for sentence in prose(draft.text, draft.zones):
        remember_subjects(mentions, sentence)
        mentions.read(sentence)
        for attitude in _attitudes(mentions, sentence):
            found += _stances(draft.text, mentions, sentence, attitude, topics)
    return found


# --- Words of stance ----------------------------------------------------------------------------------


def _attitudes(mentions: Mentions, sentence: Sentence) -> Iterator[Attitude]:
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
            if _light_before(sentence, at) < 0:
                continue
            entry = entries[form.lemma]
            return Attitude(at, at, at + 1, skipped, form, entry, entry["label"], "light")
    return None


def _noun_readings(word: Word, forms: Any) -> Iterator[tuple[int, Form]]:
    yield from readings(word, forms)
    if word.letters[:1] in "بل" and len(word.letters) > 4:
        for form in forms.get(word.letters[1:], ()):
            yield 1, form


def _light_before(sentence: Sentence, at: int) -> int:
    """The light verb that carries the noun at word `at`, or -1."""
    for before in range(at - 1, max(-1, at - _LIGHT_BEFORE), -1):
        if any(form.part != "masdar" for _, form in readings(sentence.words[before], light().forms)):
            return before
        if sentence.words[before].letters in ("أن", "إن", "أنه", "أنها"):
            return -1
    return -1


# --- Roles --------------------------------------------------------------------------------------------


def _stances(
    text: str, mentions: Mentions, sentence: Sentence, attitude: Attitude, topics: Topics
) -> Iterator[Proposal]:
    holders, behind = _holders(mentions, sentence, attitude)
    targets = _targets(mentions, sentence, attitude, behind, holders, topics)
    if not holders and targets:
        holders = [UNNAMED] if attitude.form.part == "perfect" and attitude.entry.get("elided") else []
    words = sentence.words
    start = words[attitude.first].behind(attitude.skipped if attitude.first == attitude.at else 0)
    if attitude.first != attitude.at and words[attitude.first].letters[0] in "وف":
        start = words[attitude.first].behind(1)
    end = words[attitude.behind - 1].end
    topics.holder = (mentions.named(holders[0]) if holders else None) or topics.holder
    for target in targets:
        topics.met.append(target)
        names = [name for name in holders if name != target["id"]]
        if not names:
            continue
        stance = {
            "label": attitude.label, "start": start, "end": end, "text": text[start:end], "holders": names,
            "target": target["id"], "basis": attitude.entry.get("basis", "stated"),
        }  # fmt: skip
        yield Proposal(stance, attitude.pattern, attitude.form.lemma)
    yield from _second_half(text, mentions, sentence, attitude, targets, (start, end))


def _second_half(
    text: str,
    mentions: Mentions,
    sentence: Sentence,
    attitude: Attitude,
    targets: Sequence[Entity],
    anchor: tuple[int, int],
) -> Iterator[Proposal]:
    """The half of a coordination that leaves the verb out: تدعم تونس الخطة والمغرب القرار."""
    if len(targets) != 1 or attitude.form.part not in ("perfect", "imperfect"):
        return
    words = sentence.words
    at = sentence.at(targets[0]["end"])
    if at + 1 >= len(words):
        return
    other = mentions.at(words[at])
    if (
        other is None
        or other["start"] != words[at].start + 1
        or words[at].letters[0] != "و"
        or other["label"] not in SOURCES - {"LAW"}
    ):
        return
    behind = sentence.at(other["end"])
    if behind >= len(words) or words[behind].gap.strip():
        return
    target = mentions.at(words[behind])
    if target is None or target["start"] != words[behind].start or target["label"] == "PER":
        return
    stance = {
        "label": attitude.label, "start": anchor[0], "end": anchor[1], "text": text[slice(*anchor)], "holders": [other["id"]],
        "target": target["id"], "basis": attitude.entry.get("basis", "stated"),
    }  # fmt: skip
    yield Proposal(stance, "second half", attitude.form.lemma)


def _holders(mentions: Mentions, sentence: Sentence, attitude: Attitude) -> tuple[list[str], int]:
    """Who holds the stance, and the word behind them where they stand behind the anchor."""
    words = sentence.words
    at = attitude.at
    place = words[at].start
    form = attitude.form
    if attitude.pattern == "light":
        return _holders_of_noun(mentions, sentence, attitude), attitude.behind
    if form.part == "participle":
        if form.definite:
            entity = _described(mentions, sentence, at)
        else:
            entity = mentions.antecedent(place, form.feminine, form.plural)
        return ([entity["id"]] if entity else []), attitude.behind
    first = clause_before(mentions, sentence, at, attitude.skipped)
    before = subject_before(mentions, sentence, at, attitude.skipped, first, form)
    last = min(len(words), at + _REACH)
    if not before or before[1] == "pronoun":
        sought = _subject(mentions, sentence, attitude, last)
        if sought is not None and sought.entities and not before:
            entities = sought.entities
            mentions.met(place, entities[0], form.feminine, form.plural)
            return [entity["id"] for entity in entities], sought.behind
    if before:
        return [entity["id"] for entity in before[0]], attitude.behind
    antecedent = mentions.antecedent(place, form.feminine, form.plural)
    return ([antecedent["id"]] if antecedent else []), attitude.behind


def _subject(mentions: Mentions, sentence: Sentence, attitude: Attitude, last: int) -> Sought | None:
    """The subject behind the verb; where the verb has a direct object, the first of two noun phrases."""
    at = attitude.behind
    direct = attitude.entry["target"][:1] == [""] and not attitude.form.pronoun
    person = bool(attitude.entry.get("demand")) or attitude.form.lemma in _PERSONS or direct
    beyond = _behind_target(mentions, sentence, attitude, last) if at < last else at
    if beyond > at:
        return subject_behind(mentions, sentence, beyond, last, tagged=not direct)
    found = subject_behind(mentions, sentence, at, last, tagged=person)
    if found is None and direct and at < last and mentions.at(sentence.words[at]) is None:
        found = subject_behind(mentions, sentence, at, last)
        if found is not None and not _object_follows(mentions, sentence, found.behind, last):
            return None
    if found is None or not found.entities:
        return found
    if not mentions.may_be_subject(found.entities[0], attitude.form) and len(found.entities) == 1:
        return None
    if direct and found.entities[0]["label"] == "LAW":
        return _behind_object(mentions, sentence, found, last)
    return found if not person or _is_no_object(mentions, sentence, attitude, found, last) else None


def _is_no_object(
    mentions: Mentions, sentence: Sentence, attitude: Attitude, found: Sought, last: int
) -> bool:
    """Whether the noun phrase behind a verb of a direct object is its subject: it demands, is a person, or an object follows."""
    speaks = (
        found.entities[0]["label"] in ("PER", "OCC", "NORP", "MEDIA")
        and attitude.form.lemma not in _OF_PERSONS
    )
    return bool(
        attitude.entry.get("demand")
        or attitude.form.pronoun
        or speaks
        or _object_follows(mentions, sentence, found.behind, last)
    )


def _behind_target(mentions: Mentions, sentence: Sentence, attitude: Attitude, last: int) -> int:
    """The word behind a target that stands before the subject: رحّبت بالاتفاق مصر، أيّد الاقتراح خمسة أعضاء; else the verb's own."""
    words = sentence.words
    at = attitude.behind
    for before in attitude.entry["target"]:
        begins = (
            _stands_before(words, at, "ضد" if words[at].letters == "ضد" else before) if before else (at, 0)
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
        counted_ = behind < last and words[behind].letters in _NUMERALS and not words[behind].gap.strip()
        if follows or counted_:
            return behind
    return at


_NUMERALS = frozenset(
    [
        "اثنان",
        "ثلاثة",
        "أربعة",
        "خمسة",
        "ستة",
        "سبعة",
        "ثمانية",
        "تسعة",
        "عشرة",
        "ثلاث",
        "أربع",
        "خمس",
        "ست",
        "سبع",
        "ثماني",
        "تسع",
        "عشر",
        "عشرون",
        "نواب",
        "أعضاء",
        "أغلبية",
        "غالبية",
    ]
)


def _is_act(mentions: Mentions, words: Sequence[Word], at: int) -> bool:
    """Whether a noun is one that is supported or opposed and does not act itself: القرار، الاقتراح."""
    entity = mentions.at(words[at])
    if entity is not None:
        return entity["label"] in ("LAW", "EVENT", "PROD") and entity["start"] == words[at].start
    letters = words[at].letters
    return letters.startswith("ال") and (label_of(letters) == "LAW" or is_masdar(letters[2:]))


def _object_follows(mentions: Mentions, sentence: Sentence, at: int, last: int) -> bool:
    """Whether a second noun phrase stands at word `at`, so that the one before it is the subject; an apposition is passed over."""
    words = sentence.words
    if at < last and words[at].comma:
        closing = next((k for k in range(at + 1, min(last, at + 14)) if words[k].comma), last)
        at = closing
        if at < last and any(form.part == "participle" for _, form in readings(words[at], attitudes().forms)):
            return False
    if at >= last or is_preposition(words[at]) or (words[at].letters[0] in "وف" and is_predicate(words[at])):
        return False
    letters = words[at].letters
    if letters in clause_words("openers", "أن") or mentions.at(words[at]) is not None:
        return True
    attached = letters[0] in "بل" and (
        letters[1:3] in ("ال", "لل") or is_masdar(letters[1:]) or letters not in known_words()
    )
    return not attached and not any(
        form.part == "participle" for _, form in readings(words[at], reporting().forms)
    )


def _behind_object(mentions: Mentions, sentence: Sentence, first: Sought, last: int) -> Sought | None:
    """The subject that stands behind the object: رفضت النصَّ بوليفيا."""
    found = subject_behind(mentions, sentence, first.behind, last, tagged=True)
    return found if found is not None and found.entities and found.entities[0]["label"] != "LAW" else None


def _holders_of_noun(mentions: Mentions, sentence: Sentence, attitude: Attitude) -> list[str]:
    words = sentence.words
    verb = _light_before(sentence, attitude.at)
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
    entity = mentions.antecedent(words[verb].start, form.feminine, form.plural)
    return [entity["id"]] if entity else []


def _described(mentions: Mentions, sentence: Sentence, at: int) -> Entity | None:
    """The mention that a participle with ال describes: the last one before it in its sentence."""
    place = sentence.words[at].start
    near = [one for one in mentions.starting(max(sentence.start, place - 50), place) if one["end"] <= place]
    sources = [one for one in near if one["label"] in SOURCES - {"LAW"}]
    return sources[-1] if sources else None


def _targets(
    mentions: Mentions,
    sentence: Sentence,
    attitude: Attitude,
    behind: int,
    holders: Sequence[str],
    topics: Topics,
) -> list[Entity]:
    """The targets that the word governs; a pronoun or what is left unsaid leads back to the last one that fits (4.2)."""
    words = sentence.words
    entry = attitude.entry
    last = min(len(words), attitude.behind + _REACH)
    if attitude.form.lemma == "صوت":
        return _voted(mentions, sentence, attitude, last, topics)
    if attitude.form.pronoun and attitude.pattern != "light" and not entry.get("demand"):
        place = words[attitude.at].start
        target = _person_meant(mentions, attitude, topics, place)
        target = target or _meant(mentions, topics, place, attitude.form.pronoun, attitude.form.lemma)
        return [target] if target and "" in entry["target"] else []
    for before in entry["target"]:
        if before == "ل" and "" in entry["target"] and attitude.form.part in ("perfect", "imperfect"):
            continue
        if before == "":
            found = _direct(mentions, sentence, attitude, behind, last, holders)
        else:
            found = _behind_preposition(mentions, sentence, attitude, before, last, topics)
        if found:
            return found
    if entry.get("elided") and not any(opener(words, at, "أن") for at in range(attitude.behind, last)):
        target = _last_topic(mentions, topics, words[attitude.at].start)
        return [target] if target else []
    return []


def _voted(
    mentions: Mentions, sentence: Sentence, attitude: Attitude, last: int, topics: Topics
) -> list[Entity]:
    """صوّت ضد القرار، صوّت لمصلحته: the word that gives the side decides, and ضد belongs to the anchor."""
    words = sentence.words
    for at in range(attitude.behind, last):
        letters = words[at].letters
        if at > attitude.behind and _is_over(words, at):
            break
        if mentions.around(words[at]) is not None:
            continue
        if letters == "ضد" or (letters.startswith("ضد") and letters[2:] in ("ه", "ها", "هم")):
            attitude.label = "oppose"
            attitude.behind = at + 1 if at == attitude.at + 1 else attitude.behind
            if letters != "ضد":
                target = _last_topic(mentions, topics, words[at].start)
                return [target] if target else []
            return _phrase(mentions, sentence, at + 1, 0, last)
        if letters in (*_SIDES, "مع", "على"):
            return _phrase(mentions, sentence, at + 1, 0, last)
        near = (
            letters[0] == "ل" and len(letters) > 3 and at <= attitude.behind + 6 and not connective(words, at)
        )
        if near and (mentions.at(words[at]) is not None or letters.startswith("لل")):
            return _phrase(mentions, sentence, at, 1, last)
    target = _last_topic(mentions, topics, words[attitude.at].start)
    return [target] if target else []


def _is_over(words: Sequence[Word], at: int) -> bool:
    """Whether another clause begins at word `at`."""
    word = words[at]
    if connective(words, at) and word.comma:
        return True
    return len(word.letters) > 3 and word.letters[0] in "وف" and is_predicate(word)


def _direct(
    mentions: Mentions, sentence: Sentence, attitude: Attitude, behind: int, last: int, holders: Sequence[str]
) -> list[Entity]:
    """The direct object: behind the subject, or right behind the verb."""
    words = sentence.words
    first = attitude.behind
    near = mentions.at(words[first]) if first < last else None
    at = (
        first
        if near is not None and near["id"] not in holders and near["label"] in ("LAW", "EVENT")
        else behind
    )
    while at < last and words[at].letters in (
        "أيضا",
        "كذلك",
        "فورا",
        "علنا",
        "معا",
        "آخرون",
        "بدوره",
        "بدورها",
        "على",
        "أمس",
    ):
        if words[at].letters == "على":
            at = phrase_end(mentions, words, min(at + 1, last - 1), last)
        else:
            at += 1
    if at < last and words[at].comma and at == behind and attitude.form.part in ("perfect", "imperfect"):
        closing = next(
            (k for k in range(at + 1, min(last, at + 12)) if words[k].comma), None
        )  # an apposition
        at = closing if closing is not None and not is_preposition(words[closing]) else last
        if at < last and words[at].letters[0] in "وف" and is_predicate(words[at]):
            return []
    if at >= last or (words[at].comma and at == first):
        return []
    if attitude.pattern == "light" and attitude.form.pronoun and words[at].letters.startswith("ال"):
        return []  # an adjective of the noun
    if attitude.entry.get("direct") and any(
        opener(words, k, "أن") or _stands_before(words, k, "ب") for k in range(first, min(last, first + 8))
    ):
        return []
    near = mentions.at(words[at])
    if (
        near is not None
        and near["label"] == "NORP"
        and at + 1 < last
        and mentions.at(words[at + 1]) is not None
    ):
        at += 1  # an adjective of the subject
    found = _phrase(mentions, sentence, at, 0, last, person=attitude.form.lemma in _PERSONS)
    return (
        [one for one in mentions.coordinated(found[0], sentence) if one["label"] == found[0]["label"]]
        if found
        else []
    )


def _behind_preposition(
    mentions: Mentions, sentence: Sentence, attitude: Attitude, before: str, last: int, topics: Topics
) -> list[Entity]:
    words = sentence.words
    for at in range(attitude.behind, last):
        word = words[at]
        if at > attitude.behind and _is_over(words, at):
            break
        if mentions.around(word) is not None:
            continue
        pronoun = _pronoun_on(word.letters, before)
        if pronoun:
            target = _meant(mentions, topics, word.start, pronoun, attitude.form.lemma)
            return [target] if target else []
        begins = _stands_before(words, at, before)
        if begins is None:
            continue
        if attitude.entry.get("anchor") and len(before) > 1:
            attitude.behind = at + 1 if at == attitude.behind else attitude.behind
        place, shift = begins
        found = _phrase(mentions, sentence, place, shift, last)
        if found:
            return found + _more(mentions, sentence, found[-1], before, last)
        return []
    return []


def _stands_before(words: Sequence[Word], at: int, before: str) -> tuple[int, int] | None:
    """Where the noun behind the preposition begins: its word, and how many letters of that word are the preposition."""
    letters = words[at].letters
    if letters == before and at + 1 < len(words):
        return at + 1, 0
    if len(before) == 1 and len(letters) > 3 and letters[0] == before and not is_preposition(words[at]):
        if before == "ل" and letters.startswith("لل"):
            return at, 1
        if (
            letters[1:3] == "ال"
            or letters[1:] in _governed()
            or is_masdar(letters[1:])
            or not letters.startswith(_NO_PREFIX)
        ):
            return at, 1
    return None


_NO_PREFIX = (
    "بعد", "بين", "بعض", "بلاد", "بيان", "بدور", "بحسب", "بسبب", "بشأن", "بفضل", "بداي", "برنامج", "برلمان", "بلدي", "بلدة", "بنك", "بعث", "باسم",
    "بلغ", "بحث", "بات", "بدأ", "لكن", "لجن", "لأن", "لقاء", "ليس", "لاعب", "لديه", "لبنان", "ليبيا", "لندن", "لائحة", "بريطان", "باريس", "بغداد",
    "بيروت", "بروكسل", "برلين", "بولندا", "بكين", "بوتين", "بايدن", "بوليفيا", "البرازيل",
)  # fmt: skip


def _governed() -> frozenset[str]:
    return clause_words("masdars", "words")


def _pronoun_on(letters: str, before: str) -> str:
    base = {
        "على": "علي",
        "إلى": "إلي",
        "من": "من",
        "عن": "عن",
        "ب": "ب",
        "ل": "ل",
        "في": "في",
        "مع": "مع",
        "ضد": "ضد",
    }.get(before)
    if base is None or not letters.startswith(base):
        return ""
    rest = letters.removeprefix(base)
    return rest if rest in ("ه", "ها", "هم", "هما") else ""


def _more(mentions: Mentions, sentence: Sentence, target: Entity, before: str, last: int) -> list[Entity]:
    """Coordinated targets that repeat the preposition: بسنّ قانون وبإنشاء أسطول."""
    words = sentence.words
    first = sentence.at(target["end"])
    for at in range(first, min(last, first + _COORDINATED)):
        letters = words[at].letters
        if _is_over(words, at):
            break
        if len(before) > 1 and letters == "و" + before and at + 1 < last:
            return _phrase(mentions, sentence, at + 1, 0, last)
        if len(before) == 1 and letters.startswith("و" + before) and len(letters) > 4:
            return _phrase(mentions, sentence, at, 2, last)
        if at == first and letters[0] == "و" and is_masdar(letters[1:]):
            return _phrase(mentions, sentence, at, 1, last)
    return []


def _phrase(
    mentions: Mentions, sentence: Sentence, at: int, shift: int, last: int, *, person: bool = False
) -> list[Entity]:
    """The noun phrase at word `at`, `shift` letters of it left out, as a target: a mention there, or a nominal that is proposed."""
    words = sentence.words
    if at >= last:
        return []
    word = words[at]
    letters = word.letters[shift:]
    if letters == "ما" or letters in _NO_TARGET:
        return (_named if letters == "ما" else _completed)(mentions, sentence, at, last)
    entity = mentions.at(word)
    if entity is not None and entity["start"] - word.start <= max(2, shift):
        return [mentions.after_title(entity, sentence)] if entity["label"] != "DATE" else []
    hangs = any(
        form.part == "participle" and not form.definite for _, form in readings(word, reporting().forms)
    )
    particle = (
        is_preposition(word) or opener(words, at, "أن") or letters in clause_words("prepositions", "adverbs")
    )
    if hangs or particle or len(letters) < 2:
        return []
    behind = phrase_end(mentions, words, at, last)
    start = word.behind(shift)
    label = label_of(mentions.draft.text[start : words[behind - 1].end])
    if is_masdar(letters) or (label == "PER" and not person):
        label = "EVENT"
    proposed = mentions.propose(start, words[behind - 1].end, label=label)
    return [proposed] if proposed else []


def _named(mentions: Mentions, sentence: Sentence, at: int, last: int) -> list[Entity]:
    """What somebody calls it: بما سمّاه روح المحارب."""
    words = sentence.words
    if at + 2 >= last or not words[at + 1].letters.startswith(_NAMING):
        return []
    return _phrase(mentions, sentence, at + 2, 0, last)


_NAMING = ("سما", "سمته", "سموه", "يسم", "تسم", "وصف", "اعتبر", "عد", "أسم")


def _completed(mentions: Mentions, sentence: Sentence, at: int, last: int) -> list[Entity]:
    """هذا القرار, and the noun that completes an empty verb: بأن يتم وقف القتال."""
    words = sentence.words
    if at + 1 >= last:
        return []
    if words[at].letters.lstrip("بل") in ("هذا", "هذه", "تلك", "كل", "أي"):
        entity = mentions.at(words[at + 1])
        if entity is not None:
            return [entity]
        if words[at + 1].letters.startswith("ال") or words[at].letters.lstrip("بل") in ("كل", "أي"):
            behind = phrase_end(mentions, words, at + 1, last)
            shift = int(words[at].letters[0] in "بل" and words[at].letters not in ("بل",))
            proposed = mentions.propose(words[at].behind(shift), words[behind - 1].end, label="")
            return [proposed] if proposed else []
    return []


def _person_meant(mentions: Mentions, attitude: Attitude, topics: Topics, before: int) -> Entity | None:
    """The holder of the last stance where the word is said of persons too: طالب فلان بالرحيل، وأيّده آخرون."""
    entity = topics.holder
    if (
        attitude.form.lemma not in _PERSONS | _SIDED
        or entity is None
        or not 0 <= before - entity["end"] < _NEAR_HOLDER
    ):
        return None
    feminine = {"ه": False, "ها": True}.get(attitude.form.pronoun)
    known = mentions.gender(entity)
    return entity if known is None or feminine is None or known == feminine else None


def _meant(mentions: Mentions, topics: Topics, before: int, pronoun: str, lemma: str) -> Entity | None:
    """What an attached pronoun means: of the last targets and the acts, texts and things before the nearest that agrees."""
    feminine = {"ه": False, "ها": True}.get(pronoun)
    labels = _THINGS | frozenset(("PER", "ORG", "GPE")) if lemma in _OF_PERSONS | _SIDED else _THINGS
    last = [target for target in topics.met[-3:] if target["end"] <= before]
    near = [entity for entity in mentions.back_from(before) if entity["label"] in labels]
    found = max(
        (one for one in (*last, *near) if feminine is None or mentions.gender(one) in (None, feminine)),
        key=lambda one: one["end"] + (_TARGET_AGAIN if one in last else 0),
        default=None,
    )
    if found is None or before - found["end"] > _NEAR_NOUN:
        found = mentions.noun_before(before, feminine) or found
    return found and mentions.nearest(found, before)


_THINGS = frozenset(("EVENT", "LAW", "PROD"))
_TARGET_AGAIN = 60  # code points that a target is the nearer for having been one


def _last_topic(mentions: Mentions, topics: Topics, before: int) -> Entity | None:
    """What was voted on or agreed to: the last target before."""
    for target in reversed(topics.met[-2:]):
        if target["end"] <= before:
            return mentions.nearest(target, before)
    tagged = next(
        (entity for entity in mentions.back_from(before) if entity["label"] in ("LAW", "EVENT")), None
    )
    return tagged or mentions.noun_before(before, None)
