"""Where a sentence reports what somebody says: the cue, and the word with which the content begins.

A `Report` is a pattern that fired, before anything is known of claimers or of the content's end. Patterns are tried word by
word, and each looks a bounded number of words ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tasrih.suggest.clauses import Sentence, Word, connective, is_predicate, is_preposition, opener, readings
from tasrih.suggest.inflection import Form
from tasrih.suggest.masdars import is_governed_masdar, is_masdar
from tasrih.suggest.mentions import Mentions, is_document, phrase_end, subject_behind
from tasrih.suggest.vocabulary import clause_words, reporting, reporting_nouns, table
from tasrih.text.tokens import known_words

_FURTHEST = 45  # words from a cue to what opens its content
_NEAR = 12  # words from a cue to a masdar or predicate behind its preposition
_NOUN_REACH = 5
_SHORTEST_QUOTATION = 4  # words of a quotation that no colon announces
NO_FORM = Form("", "phrase")


@dataclass(slots=True)
class Report:
    """A cue, words `cue_first` to `cue_behind`, whose content begins at word `begins`.

    `shift` are the code points of that word which are not content (the ب of بالتهرب). `quotation` is the pair of marks round
    the content where that is what it is, and `phrase` the words of an adverbial that has its content around it.
    """

    pattern: str
    lemma: str
    entry: Mapping[str, Any]
    form: Form
    cue_first: int
    cue_behind: int
    begins: int
    skipped: int = 0
    shift: int = 0
    quotation: tuple[int, int] | None = None
    phrase: tuple[int, int] | None = None
    passive: bool = False
    negated: bool = False
    opener_first: int = -1

    @property
    def is_finite(self) -> bool:
        """Whether the cue is the verb of a clause of its own."""
        return self.form.part in ("perfect", "imperfect")

    @property
    def is_adjunct(self) -> bool:
        """Whether the cue is a participle that hangs on another clause."""
        return self.form.part == "participle"


def reports(mentions: Mentions, sentence: Sentence) -> list[Report]:
    """The reports of a sentence in the order of their cues."""
    found: list[Report] = []
    at = 0
    words = sentence.words
    while at < len(words):
        report = next(_candidates(mentions, sentence, at), None)
        if report is not None:
            found.append(report)
        at = max(at + 1, report.cue_behind if report else 0)
    return found


def _candidates(mentions: Mentions, sentence: Sentence, at: int) -> Iterator[Report]:
    if mentions.around(sentence.words[at]) is not None:
        return
    yield from _adverbial(mentions, sentence, at)
    yield from _text_says(sentence, at)
    yield from _announced(sentence, at)
    yield from _verbal(mentions, sentence, at)
    yield from _nominal(sentence, at)


# --- Verbs and participles ----------------------------------------------------------------------------


def _verbal(mentions: Mentions, sentence: Sentence, at: int) -> Iterator[Report]:
    word = sentence.words[at]
    tagged = mentions.at(word)
    if tagged is not None and tagged["start"] == word.start:
        return
    for skipped, form in readings(word, reporting().forms):
        if form.part == "masdar":
            continue
        entry = reporting().entries[form.lemma]
        negated = _is_negated(sentence, at, skipped)
        if negated and form.lemma == "عد" and sentence.words[at - 1].letters.endswith("لم"):
            continue  # no longer: لم يعد
        if negated and not ("polarity" in entry or "certainty" in entry or form.lemma in _THOUGHT):
            continue
        if (
            form.part == "participle"
            and form.plural
            and not form.definite
            and not word.letters.endswith("ين")
        ):
            continue
        made = Report(
            "",
            form.lemma,
            entry,
            form,
            at,
            at + 1,
            -1,
            skipped=skipped,
            negated=negated,
            passive=_passive(word, form),
        )
        if form.part == "participle" and not _is_adjunct(sentence, at, form):
            continue
        if _opened(mentions, sentence, made):
            yield made


_THOUGHT = frozenset(("رأى", "اقتنع", "شعر", "أدرك", "عرف", "علم", "آمن", "وثق", "عد", "اعتبر"))


def _passive(word: Word, form: Form) -> bool:
    return form.passive or (word.passive and not form.pronoun)


def _is_negated(sentence: Sentence, at: int, skipped: int) -> bool:
    if not at or skipped or sentence.words[at].gap.strip():
        return False
    return sentence.words[at - 1].letters in clause_words("negation", "particles")


def _is_adjunct(sentence: Sentence, at: int, form: Form) -> bool:
    """Whether a participle is written as an adjunct is: مؤكداً، مؤكدة; without ending (مؤكد) it is a noun or predicate."""
    letters = sentence.words[at].letters
    if form.definite:
        return False
    base = reporting().entries[form.lemma]["participle"]
    return letters.removeprefix("و") not in (base, base.removesuffix("ي"))


def _opened(mentions: Mentions, sentence: Sentence, report: Report) -> bool:
    """Whether something opens a content behind a verbal cue; it is written into `report`."""
    last = _reach(sentence, report)
    for at in range(report.cue_behind, last):
        if _quoted(sentence, report, at) or _clause(sentence, report, at) or _relay(sentence, report, at):
            return True
        if at > report.cue_behind and _is_over(sentence, at, sentence.words[at]):
            last = at
            break
    without_clause = any(
        report.entry.get(key) and pattern(mentions, sentence, report, last)
        for key, pattern in _WITHOUT_CLAUSE
    )
    return without_clause or _postposed(sentence, report)


def _reach(sentence: Sentence, report: Report) -> int:
    return min(len(sentence.words), report.cue_behind + _FURTHEST)


def _is_over(sentence: Sentence, at: int, word: Word) -> bool:
    """Whether another clause begins at word `at`, so that nothing behind it is this cue's."""
    if word.comma and connective(sentence.words, at):
        return True
    for skipped, form in readings(word, reporting().forms):
        if form.part in ("perfect", "imperfect") and skipped:
            return True
        if form.part == "participle" and word.comma and _is_adjunct(sentence, at, form):
            return True
    return word.comma and word.letters[:1] in "وف" and is_predicate(word) and len(word.letters) > 3


def _clause(sentence: Sentence, report: Report, at: int) -> bool:
    words = sentence.words
    for kind in report.entry.get("opens", ()):
        length = opener(words, at, kind)
        if length and at + length < len(words) and not words[at].letters.startswith("وإ"):
            if at == report.cue_behind and words[at].letters[0] == "و":
                return False
            if words[at].letters == "ألا" and kind == "أن":
                length = 0  # its negation belongs to the content
            report.pattern, report.begins, report.opener_first = "clause", at + length, at
            if kind == "هل":
                report.pattern = "whether"
            return True
    return False


def _relay(sentence: Sentence, report: Report, at: int) -> bool:
    """نقلت الصحيفة عن الوزير قوله إن: what the newspaper says is what he said (3.4)."""
    words = sentence.words
    said = any(
        form.lemma == "قال" and form.part == "masdar" and form.pronoun
        for _, form in readings(words[at], reporting().forms)
    )
    if not (report.entry.get("relay") and said and at + 1 < len(words) and opener(words, at + 1, "إن")):
        return False
    report.pattern, report.begins = "relay", at
    return True


def _quoted(sentence: Sentence, report: Report, at: int) -> bool:
    """A quotation, or a colon and what stands behind it."""
    word = sentence.words[at]
    colon = ":" in word.gap
    pair = sentence.quotation(word)
    if not report.entry.get("quotes", True) or not (colon or pair):
        return False
    if pair is not None:
        inside = sentence.at(pair[1]) - at
        if (
            not colon
            and (inside < _SHORTEST_QUOTATION or pair[1] > sentence.end)
            and not _long(sentence, pair)
        ):
            return False
        report.pattern, report.quotation = "quotation", pair
    else:
        report.pattern = "colon"
    report.begins = at
    return True


def _long(sentence: Sentence, pair: tuple[int, int]) -> bool:
    return pair[1] > sentence.end


def _postposed(sentence: Sentence, report: Report) -> bool:
    """«…»، قالت الوزيرة: the quotation that closes right before the verb."""
    word = sentence.words[report.cue_first]
    if report.form.part != "perfect" or report.skipped or not report.entry.get("quotes", True):
        return False
    closing = next((place for place, mark in enumerate(word.gap) if mark in '»”"'), None)
    if closing is None or not word.comma:
        return False
    place = word.start - len(word.gap) + closing
    pair = next((pair for pair in sentence.quotations if pair[1] == place), None)
    if pair is None:
        return False
    report.pattern, report.quotation, report.begins = "postposed", pair, sentence.at(pair[0])
    return True


def _predicate(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> bool:
    """وصفه بالتسرع، وصفه بـ«التسرع»: the predicate behind ب."""
    for at in range(report.cue_behind, min(last, report.cue_behind + _NEAR)):
        word = sentence.words[at]
        pair = sentence.quotation(word)
        if word.letters == "ب" and at + 1 < len(sentence.words):
            report.pattern, report.begins = "predicate", at + 1
            report.quotation = sentence.quotation(sentence.words[at + 1])
            return True
        if pair is not None and (at > report.cue_behind or report.form.pronoun):
            report.pattern, report.begins, report.quotation = "predicate", at, pair
            return True
        if _has_preposition(word, "ب"):
            report.pattern, report.begins, report.shift = "predicate", at, 1
            return True
    return False


def _has_preposition(word: Word, letter: str) -> bool:
    """Whether ب is attached to a noun: not بعد, بين and other words that begin so."""
    letters = word.letters
    if letters[0] != letter or len(letters) < 4 or is_preposition(word) or is_masdar(letters):
        return False
    if letters in clause_words("prepositions", "like_attached"):
        return False
    return (
        letters[1:3] == "ال"
        or letters[1:] in known_words()
        or is_masdar(letters[1:])
        or letters not in known_words()
    )


def _responsibility(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> bool:
    for at in range(report.cue_behind, min(last, report.cue_behind + _NEAR)):
        if sentence.words[at].letters in ("المسؤولية", "مسؤولية", "تبعات", "وزر", "مسؤوليته", "مسؤوليتها"):
            report.pattern, report.begins = "responsibility", at
            return True
    return False


def _in_something(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> bool:
    """رأى في الاتفاق إنجازاً: from behind في to the end of the predicate; رأى فيه المدير إنجازاً: the predicate."""
    words = sentence.words
    sought = subject_behind(mentions, sentence, report.cue_behind, last)
    first = sought.behind if sought else report.cue_behind
    if sought and first < last and words[first].comma:  # an apposition to the subject
        first = next((k for k in range(first + 1, min(last, first + 14)) if words[k].comma), first)
    with_pronoun = report.cue_behind < last and words[report.cue_behind].letters in ("فيه", "فيها", "فيهم")
    if (
        with_pronoun
        and sought
        and first < last
        and any(_is_accusative(word) for word in words[first : first + 10])
    ):
        report.pattern, report.begins = "in", first
        return True
    for at in range(first, min(last, first + 3)):
        letters = words[at].letters
        if letters in ("في", "فيه", "فيها", "فيهم"):
            if not any(_is_accusative(word) for word in words[at + 1 : at + 14]):
                return False
            pointing = (
                letters == "في" and words[at + 1 : at + 2] and words[at + 1].letters in ("ذلك", "هذا", "هذه")
            )
            report.pattern, report.begins = "in", at + (2 if pointing else 1)
            return report.begins < len(words)
    return False


def _is_accusative(word: Word) -> bool:
    letters = word.letters
    return (letters.endswith("ا") and len(letters) > 3) or (
        letters.endswith(("ة", "ء")) and not letters.startswith("ال")
    )


def _second_object(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> bool:
    """اعتبر الحوارَ ضرورياً: both objects; the predicate alone behind a pronoun or ذلك."""
    words = sentence.words
    second = report.entry["second"]
    form = report.form
    first = report.cue_behind
    unfit = (second == "pronoun" and not form.pronoun) or (second == "imperfect" and form.part != "imperfect")
    if unfit or first >= len(words):
        return False
    if words[first].letters in ("ذلك", "إياه", "إياها", "إياهم", "هذا") and words[first + 1 : first + 2]:
        after = first + 1
        if words[first].letters == "هذا" and words[after].letters.startswith("ال"):
            after = first
        report.pattern, report.begins = "second", after
        return True
    if form.part == "participle" and not form.pronoun and words[first].comma:
        return False
    sought = subject_behind(mentions, sentence, first, last) if form.part != "participle" else None
    at = sought.behind if sought else first
    if sought and at < last and words[at].comma:  # an apposition to the subject
        at = next((k for k in range(at + 1, min(last, at + 14)) if words[k].comma), at)
    if (
        at >= last
        or (is_preposition(words[at]) and not form.pronoun)
        or words[at].letters in clause_words("prepositions", "relatives")
    ):
        return False
    enough = any(_is_accusative(word) for word in words[at : at + 12])
    if not enough or (
        report.lemma in ("عد", "حسب") and not form.pronoun and form.part != "imperfect" and not sought
    ):
        return False
    report.pattern, report.begins = "second", at
    return True


def _masdar_content(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> bool:
    """أعلنت الشركة إغلاق المصنع، تعهد بإغلاقه، حذر من إغلاقه."""
    words = sentence.words
    for before in report.entry["masdars"]:
        if before == "":
            if _direct_masdar(mentions, sentence, report, last):
                return True
            continue
        for at in range(report.cue_behind, min(last, report.cue_behind + _NEAR + 4)):
            word = words[at]
            if opener(words, at, "أن") or opener(words, at, "إن"):
                return False
            attached = before == "ب" and _has_preposition(word, "ب") and is_governed_masdar(word.letters[1:])
            separate = word.letters == before and at + 1 < len(words)
            if before == "ب" and word.letters == "ب" and at + 1 < len(words):
                separate = True
            if attached or (separate and (before == "ب" or is_masdar(words[at + 1].letters))):
                report.pattern, report.begins, report.shift = "masdar", at + int(separate), int(attached)
                return True
    return False


def _direct_masdar(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> bool:
    words = sentence.words
    first = report.cue_behind
    if first >= last:
        return False
    if is_masdar(words[first].letters) and mentions.at(words[first]) is None:
        report.pattern, report.begins = "masdar", first
        return True
    if report.form.part == "participle":
        return False
    sought = subject_behind(mentions, sentence, first, last)
    at = sought.behind if sought else first
    steps = 0
    while at < last and steps < 10 and not is_masdar(words[at].letters):
        if not (words[at].comma or is_preposition(words[at]) or steps):
            return False
        at += 1
        steps += 1
    if at < last and at > first and is_masdar(words[at].letters) and not is_preposition(words[at - 1]):
        report.pattern, report.begins = "masdar", at
        return True
    return False


# What may be a content without a word that opens one, by the key of the lexicon that allows it.
_WITHOUT_CLAUSE = (
    ("predicate", _predicate),
    ("responsibility", _responsibility),
    ("in", _in_something),
    ("second", _second_object),
    ("masdars", _masdar_content),
)


# --- Phrases ------------------------------------------------------------------------------------------


@cache
def _phrases() -> Sequence[Sequence[str]]:
    phrases = [phrase.split() for phrase in table("reporting")["adverbs"]["phrases"]]
    return sorted(phrases, key=len, reverse=True)


@cache
def _before_verbs() -> Sequence[Sequence[str]]:
    phrases = [phrase.split() for phrase in table("reporting")["adverbs"]["before_verbs"]]
    return sorted(phrases, key=len, reverse=True)


def _adverbial(mentions: Mentions, sentence: Sentence, at: int) -> Iterator[Report]:
    """بحسب الوزارة، في رأيه، على حد قولها، كما ذكرت الوكالة."""
    words = sentence.words
    for phrase in _before_verbs():
        behind = _stands(words, at, phrase)
        if behind and behind < len(words):
            for _, form in readings(words[behind], reporting().forms):
                if form.part in ("perfect", "imperfect"):
                    first = behind if phrase == ["كما"] else at
                    passive = _passive(words[behind], form) or (
                        form.part == "imperfect" and _ends(words, behind + 1)
                    )
                    report = Report(
                        "adverb",
                        form.lemma,
                        reporting().entries[form.lemma],
                        form,
                        first,
                        behind + 1,
                        -1,
                        passive=passive,
                    )
                    report.phrase = (at, _phrase_behind(mentions, sentence, at, behind + 1))
                    report.skipped = _skipped(words[at], phrase[0])
                    yield report
                    return
    for phrase in _phrases():
        behind = _stands(words, at, phrase)
        if not behind:
            continue
        pronoun = _pronoun(words[behind - 1].letters, phrase[-1]) if phrase[-1] != "ل" else ""
        if not pronoun and behind >= len(words):
            continue
        report = Report("adverb", " ".join(phrase), {}, Form("", "phrase", pronoun=pronoun), at, behind, -1)
        if phrase[-1] == "ل":
            report.cue_behind = behind - 1
        report.skipped = _skipped(words[at], phrase[0])
        if not pronoun and opener(words, behind, "أن"):
            continue
        opens = next(
            (k for k in range(behind, min(len(words), behind + _NOUN_REACH)) if opener(words, k, "أن")), None
        )
        if (
            opens
            and not pronoun
            and "رأي" in phrase[-1]
            and not any(word.comma for word in words[behind : opens + 1])
        ):
            report.pattern, report.begins, report.opener_first = "noun", opens + 1, opens
            yield report
            return
        if behind < len(words) and opener(words, behind, "أن"):
            report.pattern, report.begins, report.opener_first = "noun", behind + 1, behind
            yield report
            return
        report.phrase = (
            at,
            behind if pronoun else _phrase_behind(mentions, sentence, at, behind - (phrase[-1] == "ل")),
        )
        yield report
        return


def _ends(words: Sequence[Word], at: int) -> bool:
    return at >= len(words) or bool(words[at].gap.strip())


def _skipped(word: Word, first: str) -> int:
    return 1 if word.letters != first and word.letters[1:].startswith(first) else 0


def _stands(words: Sequence[Word], at: int, phrase: Sequence[str]) -> int:
    """The word behind `phrase` where it stands at `at`, its last word perhaps with a pronoun; 0 where it does not."""
    if at + len(phrase) > len(words):
        return 0
    for place, wanted in enumerate(phrase):
        word = words[at + place]
        letters = word.letters
        if place == 0 and letters[:1] in "وف" and letters[1:].startswith(wanted):
            letters = letters[1:]
        if place and word.gap.strip():
            return 0
        last = place == len(phrase) - 1
        if wanted == "ل" and last and place:
            return at + place + 1 if letters.startswith("ل") else 0
        if letters != wanted and not (last and _pronoun(letters, wanted)):
            return 0
    return at + len(phrase)


def _pronoun(letters: str, noun: str) -> str:
    """The pronoun on `noun`, or nothing."""
    for skipped in ("", "و", "ف"):
        rest = letters.removeprefix(skipped + noun)
        if rest != letters and rest in ("ه", "ها", "هم", "هما", "هن", "ي", "نا"):
            return rest
    return ""


def _phrase_behind(mentions: Mentions, sentence: Sentence, first: int, at: int) -> int:
    """The word behind an adverbial that begins at `first` and whose source begins at `at`: up to the next comma, if it is near."""
    words = sentence.words
    if at >= len(words):
        return len(words)
    closing = next(
        (k for k in range(at + 1, min(len(words), at + 16)) if words[k].comma or ")" in words[k].gap), None
    )
    opened = (
        first == 0
        or words[first].comma
        or "(" in words[first].gap
        or bool(_skipped(words[first], words[first].letters[1:]))
    )
    if closing is None:
        return phrase_end(mentions, words, at, len(words)) if len(words) - at > 8 else len(words)
    if not opened:
        return min(closing, phrase_end(mentions, words, at, len(words)) + 4)
    return closing


def _text_says(sentence: Sentence, at: int) -> Iterator[Report]:
    """جاء في البيان أن، ورد في التقرير أن."""
    words = sentence.words
    word = words[at]
    for skipped in (0, 1):
        letters = word.letters[skipped:] if skipped == 0 or word.letters[0] in "وف" else ""
        if (
            letters not in ("جاء", "ورد", "جاءت", "يرد", "سيرد")
            or at + 2 >= len(words)
            or words[at + 1].letters not in ("في", "ضمن")
        ):
            continue
        for place in range(
            at + 2, min(len(words), at + 25)
        ):  # at the earliest behind the document, or behind فيه
            if opener(words, place, "أن") and place + 1 < len(words):
                form = Form("جاء", "perfect", feminine=False)
                report = Report(
                    "document", "جاء", {}, form, at, at + 1, place + 1, skipped=skipped, opener_first=place
                )
                yield report
                return
            if ":" in words[place].gap:
                form = Form("جاء", "perfect", feminine=False)
                report = Report("document", "جاء", {}, form, at, at + 1, place, skipped=skipped)
                report.quotation = sentence.quotation(words[place])
                yield report
                return
            if place > at + 2 and _is_over(sentence, place, words[place]):
                break


def _announced(sentence: Sentence, at: int) -> Iterator[Report]:
    """تم الإعلان عن، جرى التأكيد أن; and الجدير بالذكر أن, which name nobody."""
    words = sentence.words
    letters = words[at].letters
    if (
        letters.removeprefix("و") in ("جدير", "الجدير")
        and at + 2 < len(words)
        and words[at + 1].letters == "بالذكر"
    ):
        if opener(words, at + 2, "أن"):
            yield Report(
                "clause",
                "جدير",
                {},
                NO_FORM,
                at,
                at + 2,
                at + 3,
                skipped=int(letters[0] == "و"),
                passive=True,
                opener_first=at + 2,
            )
        return
    if letters.removeprefix("و") not in ("تم", "يتم", "جرى") or at + 2 >= len(words):
        return
    for _, form in readings(words[at + 1], reporting().forms):
        if form.part == "masdar" and form.definite:
            begins = at + 2 + (words[at + 2].letters in ("عن", "على"))
            if begins < len(words) and opener(words, begins, "أن"):
                begins += 1
            if begins < len(words):
                yield Report(
                    "clause",
                    "تم",
                    {},
                    Form("تم", "perfect"),
                    at,
                    at + 2,
                    begins,
                    skipped=int(letters[0] == "و"),
                    passive=True,
                )
            return


def _nominal(sentence: Sentence, at: int) -> Iterator[Report]:
    """مزاعم الشركة أن، السؤال هل، في اعتقاده أن: a noun that reports, with its clause close behind."""
    words = sentence.words
    word = words[at]
    for forms, entries in (
        (reporting_nouns().forms, reporting_nouns().entries),
        (reporting().forms, reporting().entries),
    ):
        for skipped, form in _noun_readings(word, forms):
            if form.part != "masdar":
                continue
            entry = entries[form.lemma]
            for place in range(at + 1, min(len(words), at + 1 + _NOUN_REACH)):
                kinds = ["إن"] if form.lemma in ("قول", "قال", "سؤال") else ["أن"]
                kinds += ["هل"] if form.lemma in ("سؤال", "سأل", "تساءل") else []
                if any(opener(words, place, kind) for kind in kinds) and place + 1 < len(words):
                    if words[place].letters[0] == "و":
                        break
                    length = max(opener(words, place, kind) for kind in kinds)
                    made = Report(
                        "noun",
                        form.lemma,
                        entry,
                        form,
                        at,
                        at + 1,
                        place + length,
                        skipped=skipped,
                        opener_first=place,
                    )
                    yield made
                    return
                pair = sentence.quotation(words[place])
                if pair is not None and form.lemma in ("قول", "قال") and place == at + 1:
                    yield Report(
                        "noun", form.lemma, entry, form, at, at + 1, place, skipped=skipped, quotation=pair
                    )
                    return
                if words[place].comma or is_predicate(words[place]):
                    break


def _noun_readings(word: Word, forms: Mapping[str, Sequence[Form]]) -> Iterator[tuple[int, Form]]:
    yield from readings(word, forms)
    if word.letters[:1] in "بلك" and len(word.letters) > 4:
        for form in forms.get(word.letters[1:], ()):
            yield 1, form


def document_of(sentence: Sentence, report: Report) -> int:
    """The word of the document that speaks in جاء في البيان; -1 where there is none."""
    for at in range(report.cue_behind, min(report.begins, report.cue_behind + 6)):
        if is_document(sentence.words[at]):
            return at
    return -1
