"""Rules for mentions that their words give away: dates, offices and titles, and names that open with a class word.

The boundaries are those of the guidelines, sections 2.2 and 2.3. A rule's confidence is how often it is right in training.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from tasrih.check.entities import zone_of
from tasrih.model import GOLD, Annotation, Document, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.cutting import Cut, cut
from tasrih.suggest.features import form
from tasrih.suggest.folded_text import fold
from tasrih.suggest.gazetteer import known_names, months, weekdays
from tasrih.suggest.spans import entity

# Start and end in code points, label, and the rule's name: a class word, or the kind of date.
Found: TypeAlias = tuple[int, int, str, str]

# --- Class words by label: what they open reaches over the words that say which ------------------------

_CLASS_WORDS = {
    "OCC": "رئيس رئيسة وزير وزيرة نائب نائبة مدير مديرة أمين أمينة زعيم زعيمة حاكم حاكمة محافظ والي سفير سفيرة مندوب مندوبة "
    "مبعوث مبعوثة مفوض مفوضة وكيل وكيلة قائد ناطق متحدث متحدثة مستشار مستشارة مدرب مدربة عمدة ملك ملكة أمير أميرة سلطان "
    "إمبراطور بابا نقيب عميد منسق منسقة قاضي مقرر مقررة",
    "ORG": "وزارة منظمة شركة حزب هيئة مجلس لجنة جمعية اتحاد حكومة نقابة رابطة مؤسسة مصرف بنك صندوق جامعة محكمة مستشفى بلدية "
    "برلمان مديرية مفوضية جيش قوات نادي منتخب تحالف ائتلاف معهد كلية مدرسة متحف سفارة قنصلية غرفة حركة جبهة كتلة دائرة مصلحة "
    "إدارة مكتب مركز ديوان نيابة شرطة حلف",
    "FAC": "مطار ميناء مرفأ ملعب استاد جسر سجن مسجد جامع كنيسة كاتدرائية ساحة ميدان شارع قصر سد معبر فندق محطة برج قلعة",
    "LAW": "قانون معاهدة اتفاقية اتفاق مرسوم دستور بروتوكول ميثاق إعلان لائحة",
    "EVENT": "حرب مؤتمر قمة كأس بطولة مونديال أولمبياد مهرجان معرض استفتاء دورة منتدى عملية حملة ثورة انتفاضة",
    "MEDIA": "صحيفة جريدة وكالة قناة مجلة إذاعة تلفزيون شبكة موقع",
    "LOC": "نهر بحر جبل محيط خليج جزيرة صحراء وادي بحيرة مضيق واحة",
    "GPE": "مدينة بلدة قرية محافظة ولاية جمهورية مملكة سلطنة إمارة دولة قضاء مقاطعة إقليم",
}  # fmt: skip
_ON_THE_EDGE = "السابق السابقة الحالي الحالية الجديد الجديدة المنتخب المنتخبة الراحل الراحلة المقبل المقبلة الماضي الماضية الأسبق"
# Nouns that go on towards the name: وزير خارجية فرنسا, رئيس مجلس النواب.
_LINKS = (
    "خارجية داخلية دفاع مالية صحة عدل نقل مجلس حزب هيئة لجنة جمعية اتحاد حكومة نقابة رابطة مؤسسة منظمة وزارة شركة بنك "
    "وزراء بلدية برلمان محكمة مفوضية غرفة جامعة عام أركان قسم إدارة مكتب مركز تحالف منطقة دولة جمهورية وفد شؤون حقوق"
)
_SPOKEN_FOR = "باسم"
_LONGEST = 7

# --- Dates ---------------------------------------------------------------------------------------------

_ORDINALS = "الأول الأولى الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر الحادي الثانية"
# Months whose name alone is another word too: صفر "zero", رجب a man, مارس "practised".
_ALSO_WORDS = frozenset(
    ["صفر", "رجب", "محرم", "مارس", "ماي", "اب", "اذار", "شعبان", "رمضان", "شوال", "مارت", "ابريل"]
) - {
    "اذار",
    "ابريل",
    "شوال",
}


def _one_of(words: Iterable[str]) -> str:
    folded = {fold(word).form for word in words}
    return (
        "(?:"
        + "|".join(re.escape(word) for word in sorted(folded, key=lambda word: (-len(word), word)))
        + ")"
    )


@cache
def _date_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of date and how each is written in folded text, the fullest first."""
    month = _one_of(months())
    plain = _one_of(month for month in months() if fold(month).form not in _ALSO_WORDS)
    day = _one_of([*weekdays(), "الاثنين"])
    ordinal = _one_of(_ORDINALS.split())
    months_ = rf"{month}(?:\s?/\s?{month}|\s\({month}\))?"
    year = r"(?:1[0-9]|20)[0-9]{2}(?![0-9.,٫٬]*[0-9])(?:\s?(?:م|هـ|ه)\b)?"
    number = r"(?<![0-9])[0-3]?[0-9](?![0-9])"
    numbers = rf"{number}(?:\s?(?:و|الي|-|–)\s?{number})?(?:\s{month}\sالي\s{number})?"
    opening, closing = r"(?:(?<=\b[وفبل])|\b)", r"(?:\b|(?<=\)))"
    named = rf"(?:يوم\s)?{day}(?:،?\s(?:{numbers}|{ordinal})\s(?:من\s)?(?:شهر\s)?{months_}(?:\s(?:من\s)?(?:عام\s|سنه\s)?{year})?)"
    dated = rf"(?:يوم\s)?(?:{numbers}|(?:{ordinal}|اول)(?:\sمن)?)\s(?:من\s)?(?:شهر\s)?{months_}(?:\s(?:عام\s|سنه\s)?{year})?"
    patterns = [
        ("weekday and date", named),
        ("date", dated),
        ("month and year", rf"(?:شهر\s)?{months_}\s(?:عام\s|سنه\s)?{year}"),
        ("two months", rf"(?:شهر\s)?{month}(?:\s?/\s?{month}|\s\({month}\))"),
        ("month", rf"شهر\s{month}|{plain}"),
        ("weekday", rf"(?:يوم\s)?{day}"),
        ("year", rf"(?:عام|سنه|العام)\s{year}"),
        (
            "number of a year",
            r"(?:19|20)[0-9]{2}(?![0-9.,٫٬]*[0-9])(?!\s?%|\sالف|\sمليون|\sشخص|\sدولار|\sيورو|\sكيلومتر)",
        ),
        ("century", rf"القرن\s{ordinal}(?:\sعشر|\sوالعشرين)?"),
    ]
    return tuple((kind, re.compile(rf"{opening}(?:{pattern}){closing}")) for kind, pattern in patterns)


def dates(text: str) -> Iterator[Found]:
    """The dates of a text: full ones, months, weekdays and numbered years."""
    folded = fold(text)
    found: list[Found] = []
    taken = bytearray(len(folded.form))
    for kind, pattern in _date_patterns():
        for match in pattern.finditer(folded.form):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append((*folded.span(start, end), "DATE", kind))
    yield from sorted(found)


# --- Class words ----------------------------------------------------------------------------------------


@cache
def _class_words() -> dict[str, str]:
    words: dict[str, str] = {}
    for label, listed in _CLASS_WORDS.items():
        for word in map(form, listed.split()):
            words.setdefault(word, label)
            words.setdefault(f"ال{word}", label)
    words[form("الناطق")] = words[form("المتحدث")] = words[form("الأمين")] = "OCC"
    return words


_EDGE_WORDS = frozenset(map(form, _ON_THE_EDGE.split()))
_LINK_WORDS = frozenset(map(form, _LINKS.split()))


def class_words(text: Cut) -> Iterator[Found]:
    """What opens with a class word, up to the last word that says which."""
    words = [form(word) for word in text.words]
    for first, behind in text.sentences:
        at = first
        while at < behind:
            label = _class_words().get(words[at])
            end = _reach(words, at, behind) if label else at
            if label and end > at + 1:
                yield *text.span(at, end), label, words[at]
            at += 1


def _reach(words: Sequence[str], at: int, last: int) -> int:
    """Behind the complement of the class word at `at`: definite words, link nouns with what they lead to, a known place."""
    end = at + 1
    behind = at + 1
    while behind < last and behind - at < _LONGEST:
        word = words[behind]
        if word in _EDGE_WORDS:
            break
        if (
            word == "و"
            and behind + 1 < last
            and words[behind + 1].startswith("ال")
            and end == behind
            and end > at + 1
        ):
            behind += 1
            continue
        if word.startswith("ال") and len(word) > 3:
            end = behind = behind + 1
        elif (
            word in _LINK_WORDS
            or word == _SPOKEN_FOR
            or (word == "ب" and words[behind + 1 : behind + 2] == ["اسم"])
        ):
            behind += 1
        elif (known := known_names().get(word)) and known.label in ("GPE", "LOC") and known.source != "town":
            return behind + 1
        else:
            break
    return end


# --- The suggester --------------------------------------------------------------------------------------


def rules(text: str) -> list[Found]:
    """Everything that a rule finds in a text, in text order."""
    return sorted({*dates(text), *class_words(cut(text))})


def make(corpus: Corpus) -> Suggest:
    """A suggester by rules. The training gold says how far each may be trusted."""
    return of_documents(training(corpus))


_LEAST = 0.4  # what is right less often is not proposed
_DOUBT = 2  # a rule that training says nothing of is taken to be right once in so many times


def of_documents(documents: Sequence[Document]) -> Suggest:
    """A suggester by rules, each as sure as it is right in the gold of `documents`."""
    found: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for document in documents:
        gold = {(one["start"], one["end"], one["label"]) for one in layer_view(document, GOLD).entities}
        for start, end, label, rule in rules(document["text"] or ""):
            found[label, rule] += 1
            right[label, rule] += (start, end, label) in gold

    def sure(label: str, rule: str) -> float:
        return (right[label, rule] + 1) / (found[label, rule] + _DOUBT)

    def of_draft(draft: Draft) -> Iterator[Annotation]:
        unread = [zone for zone in draft.zones if zone["kind"] == "credit"]
        ids = fresh_ids("e", draft)
        for start, end, label, rule in rules(draft.text):
            if sure(label, rule) >= _LEAST and not zone_of(unread, start, end):
                yield entity(next(ids), draft.text, (start, end), label, sure(label, rule))

    return lambda drafts: [list(of_draft(draft)) for draft in drafts]
