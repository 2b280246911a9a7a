"""What a stance is about: the object of its word, what stands behind the preposition that it governs, or what a pronoun means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tasrih.model import Claim, Entity
from tasrih.suggest.clauses import Sentence, Word, connective, is_predicate, is_preposition, opener, readings
from tasrih.suggest.masdars import is_masdar
from tasrih.suggest.mentions import Mentions, label_of, phrase_end
from tasrih.suggest.stance_words import Attitude
from tasrih.suggest.vocabulary import claim_nouns, clause_words, reporting

REACH = 22  # words from an anchor to the preposition before its target
_COORDINATED = 12  # words from a target to a coordinated one
_SIDES = ("لمصلحة", "لصالح")
PERSONS = frozenset(("شكر", "هنأ", "اتهم", "حمَّل", "لام", "بارك"))
OF_PERSONS = PERSONS | frozenset(("انتقد", "هاجم", "خالف", "دعم", "ساند"))  # persons are their objects too
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
class Topics:
    """The targets and the last holder met so far, for pronouns and for what is left unsaid."""

    met: list[Entity] = field(default_factory=list)
    holder: Entity | None = None  # of the last stance
    demanded: bool = False  # whether that asked for something or proposed it


def targets_of(
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
    last = min(len(words), attitude.behind + REACH)
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


def claim_meant(mentions: Mentions, target: Entity) -> Claim | None:
    """The claim that a nominal stands for, where it is definite and its noun one for what is said: الاتهام، هذا التفسير، قول المجلس."""
    words = target.get("text", "").split()
    if words[:1] and words[0] in _DEMONSTRATIVES:
        del words[0]
    if target.get("form") != "nominal" or not words:
        return None
    if words[0] == "ما":
        return mentions.claim_told(target["start"], target["end"])
    base = words[0].removeprefix("ال")
    definite = base != words[0]
    for pronoun in ("ها", "هم", "ه"):
        if not definite and base.endswith(pronoun) and len(base) > len(pronoun) + 2:
            base = base.removesuffix(pronoun)
            base = base[:-1] + "ة" if base.endswith("ت") and base not in claim_nouns() else base
            definite = True
    if base not in claim_nouns():
        return None
    told = mentions.claim_told(target["start"], target["end"])
    if told is not None and told["start"] >= target["end"]:
        return told
    return told if definite and len(words) == 1 else None


_DEMONSTRATIVES = ("هذا", "هذه", "تلك", "هذين", "هاتين")


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
                target = _last_topic(mentions, topics, words[at].start, letters[2:])
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
    at = _behind_adjuncts(mentions, words, at, last, attitude.entry.get("between"))
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
    if attitude.entry.get("direct") and (
        any(opener(words, k, "أن") for k in range(first, min(last, first + 8)))
        or any(_acknowledges(words, k) for k in (first, behind) if k < last)
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
    found = _phrase(mentions, sentence, at, 0, last, person=attitude.form.lemma in PERSONS)
    return (
        [one for one in mentions.coordinated(found[0], sentence) if one["label"] == found[0]["label"]]
        if found
        else []
    )


def _acknowledges(words: Sequence[Word], at: int) -> bool:
    """أقر بالخطأ, not أقر بالإجماع."""
    return stands_before(words, at, "ب") is not None and not words[at].letters.startswith(_MANNER)


_MANNER = ("بالإجماع", "بإجماع", "بأغلبية", "بالأغلبية", "بغالبية", "بأكثر", "بأصوات", "بتأييد", "بموافقة")


def _behind_adjuncts(
    mentions: Mentions, words: Sequence[Word], at: int, last: int, between: str | None = None
) -> int:
    """The word behind adverbs and phrases that say when, where and how, from word `at`: في بيانها، قبل ثلاثة أيام، بالإجماع."""
    for _ in range(_MOST_ADJUNCTS):
        if at >= last or words[at].comma or mentions.around(words[at]) is not None:
            return at
        letters = words[at].letters
        if letters in _ADVERBS:
            at += 1
        elif letters in _ADJUNCTS or letters == between or letters.startswith(_MANNER):
            at = phrase_end(mentions, words, min(at + (not letters.startswith(_MANNER)), last - 1), last)
            while letters == between and at < last and _joins(mentions, words[at]):
                at = phrase_end(mentions, words, at, last)
        else:
            return at
    return at


def _joins(mentions: Mentions, word: Word) -> bool:
    """Whether و before a mention or a definite noun joins it to what stands before."""
    if word.letters[0] != "و" or word.gap.strip():
        return False
    entity = mentions.at(word)
    return word.letters.startswith("وال") or (entity is not None and entity["start"] == word.behind(1))


_MOST_ADJUNCTS = 3
_ADVERBS = frozenset(
    ("أيضا", "كذلك", "فورا", "علنا", "معا", "آخرون", "بدوره", "بدورها", "بدورهم", "أمس", "بشدة", "رسميا", "مرارا", "مجددا", "سابقا", "لاحقا",
     "مساء", "صباح", "ظهر", "اليوم", "يوم", "أخيرا", "صراحة", "بقوة")
)  # fmt: skip
_ADJUNCTS = frozenset(
    ("على", "في", "قبل", "بعد", "منذ", "خلال", "أمام", "لدى", "عبر", "عقب", "إثر", "قبيل", "عند", "مع")
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
        begins = stands_before(words, at, before)
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


def stands_before(words: Sequence[Word], at: int, before: str) -> tuple[int, int] | None:
    """Where the noun behind the preposition begins: its word, and how many letters of that word are the preposition."""
    letters = words[at].letters
    if letters == before and at + 1 < len(words):
        return at + 1, 0
    if letters == before + "ما" and before == "ب":
        return at, 1
    if letters in _IN_TURN:
        return None
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


_IN_TURN = ("بدوره", "بدورها", "بدورهم", "بدورهما")
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
    """What somebody said, or what he calls it: ما قاله، بما سمّاه روح المحارب."""
    words = sentence.words
    if at + 2 < last and words[at + 1].letters.startswith(_NAMING):
        return _phrase(mentions, sentence, at + 2, 0, last)
    if at + 1 < last and any(form.pronoun for _, form in readings(words[at + 1], reporting().forms)):
        told = mentions.propose(words[at].behind(words[at].letters != "ما"), words[at + 1].end, label="EVENT")
        return [told] if told and claim_meant(mentions, told) else []
    return []


_NAMING = ("سما", "سمته", "سموه", "يسم", "تسم", "وصف", "اعتبر", "تعتبر", "يعتبر", "عد", "تعد", "يعد", "أسم")


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
    sided = attitude.form.lemma in _SIDED and topics.demanded
    if (
        not (sided or attitude.form.lemma in PERSONS)
        or entity is None
        or not 0 <= before - entity["end"] < _NEAR_HOLDER
    ):
        return None
    return entity if mentions.may_be_meant(entity, _FEMININE.get(attitude.form.pronoun)) else None


def _meant(mentions: Mentions, topics: Topics, before: int, pronoun: str, lemma: str) -> Entity | None:
    """What an attached pronoun means: of the last targets and the acts, texts and things before the nearest that agrees."""
    feminine = _FEMININE.get(pronoun)
    labels = _THINGS | frozenset(("PER", "ORG", "GPE")) if lemma in OF_PERSONS | _SIDED else _THINGS
    last = [target for target in topics.met[-3:] if target["end"] <= before]
    near = [entity for entity in mentions.back_from(before) if entity["label"] in labels]
    found = max(
        (one for one in (*last, *near) if mentions.may_be_meant(one, feminine)),
        key=lambda one: one["end"] + (_TARGET_AGAIN if one in last else 0),
        default=None,
    )
    if found is None or before - found["end"] > _NEAR_NOUN:
        found = mentions.noun_before(before, feminine) or found
    return found and mentions.nearest(found, before)


_FEMININE = {"ه": False, "ها": True}
_THINGS = frozenset(("EVENT", "LAW", "PROD"))
_TARGET_AGAIN = 60  # code points that a target is the nearer for having been one


def _last_topic(mentions: Mentions, topics: Topics, before: int, pronoun: str = "") -> Entity | None:
    """What was voted on or agreed to: the last target before, if `pronoun` may mean it."""
    feminine = _FEMININE.get(pronoun)
    for target in reversed(topics.met[-2:]):
        if target["end"] <= before and mentions.may_be_meant(target, feminine):
            return mentions.nearest(target, before)
    near = (entity for entity in mentions.back_from(before) if entity["label"] in ("LAW", "EVENT"))
    tagged = next((entity for entity in near if mentions.may_be_meant(entity, feminine)), None)
    return tagged or mentions.noun_before(before, feminine)
