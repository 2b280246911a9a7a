"""Claims by rules: a sentence a construction, with what it gives and what it does not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

import corpora
from corpora import document
from strategies import texts
from tasrih import shards, store
from tasrih.check import check_documents
from tasrih.model import Annotation, Document, Zone, text_order
from tasrih.suggest import Draft, attribution, chained, stance
from tasrih.suggest.confidence import Confidence
from tasrih.suggest.proposals import gold_draft
from tasrih.text.canonical import sha256

QUICK = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
ROOT = Path(__file__).parents[2]
UNTAUGHT = Confidence()
Said = tuple[str, str, str, str]  # claimers, via, cue, content


def claims(snippet: str, **wanted: str) -> list[Any]:
    """The claims proposed for a snippet with tagged mentions, with `said`: who, how, by which word, what."""
    whole = document(snippet)
    draft = gold_draft(whole)
    text = draft.text
    lines: list[Any] = [*draft.annotations, *attribution.of_draft(draft, UNTAUGHT)]
    words = {line["id"]: line["text"] for line in lines if line["type"] == "entity"}
    found = []
    for line in lines:
        if line["type"] == "claim":
            parts = line.get("fragments") or [[line["start"], line["end"]]]
            content = " … ".join(text[start:end] for start, end in parts)
            who = " ".join(words.get(name, name) for name in line["claimers"])
            found.append({**line, "said": (who, line["via"], (line["cue"] or {}).get("text", ""), content)})
    return found


def said(snippet: str) -> list[Said]:
    return [claim["said"] for claim in claims(snippet)]


# --- Patterns, firing and silent ----------------------------------------------------------------------

CASES: dict[str, tuple[str, list[Said]]] = {
    "verb and subject": (
        "قالت <e1 ORG>هيئة الموانئ</e1> إن الرصيف جاهز.", [("هيئة الموانئ", "mention", "قالت", "الرصيف جاهز")],
    ),
    "a conjunction stays out of the cue": (
        "وقالت <e1 ORG>هيئة الموانئ</e1> إن الرصيف جاهز.", [("هيئة الموانئ", "mention", "قالت", "الرصيف جاهز")],
    ),
    "subject and verb": (
        "<e1 ORG>هيئة الموانئ</e1> تنفي أن تكون الرافعة معطلة.", [("هيئة الموانئ", "mention", "تنفي", "تكون الرافعة معطلة")],
    ),
    "a topic": (
        "أما <e1 PER>سلمى الجدي</e1> فرأت أن الموسم ضعيف.", [("سلمى الجدي", "mention", "رأت", "الموسم ضعيف")],
    ),
    "PER before OCC": (
        "أكد <e1 OCC>مدير الميناء</e1> <e2 PER>ناصر الفلاح</e2> أن الرصيف جاهز.", [("ناصر الفلاح", "mention", "أكد", "الرصيف جاهز")],
    ),
    "two claimers": (
        "قال <e1 PER>ناصر الفلاح</e1> و<e2 PER>سلمى الجدي</e2> إن الرصيف جاهز.",
        [("ناصر الفلاح سلمى الجدي", "mention", "قال", "الرصيف جاهز")],
    ),
    "a dropped subject": (
        "حضر <e1 PER>ناصر الفلاح</e1> الافتتاح. وأضاف أن الرصيف جاهز.",
        [("author", "none", "", "حضر ناصر الفلاح الافتتاح"), ("ناصر الفلاح", "dropped", "أضاف", "الرصيف جاهز")],
    ),
    "a dropped subject agrees": (
        "زار <e1 PER>ناصر الفلاح</e1> الرصيف. وقالت <e2 ORG>هيئة الموانئ</e2> إن العمل بطيء. ونفى أن يكون الرصيف مهملاً.",
        [
            ("author", "none", "", "زار ناصر الفلاح الرصيف"), ("هيئة الموانئ", "mention", "قالت", "العمل بطيء"),
            ("ناصر الفلاح", "dropped", "نفى", "يكون الرصيف مهملاً"),
        ],
    ),
    "a pronoun on the connective": (
        "رحل <e1 PER>ناصر الفلاح</e1> باكراً، لكنه أكد أن الرصيف جاهز.",
        [("author", "none", "", "رحل ناصر الفلاح باكراً"), ("ناصر الفلاح", "pronoun", "أكد", "الرصيف جاهز")],
    ),
    "a participle hangs on the author's clause": (
        "زار <e1 PER>ناصر الفلاح</e1> الرصيف مؤكداً أن العمل انتهى.",
        [
            ("author", "none", "", "زار ناصر الفلاح الرصيف مؤكداً أن العمل انتهى"),
            ("ناصر الفلاح", "dropped", "مؤكداً", "العمل انتهى"),
        ],
    ),
    "a participle ends the content before it": (
        "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف جاهز، مضيفاً أن الرافعة وصلت.",
        [("ناصر الفلاح", "mention", "قال", "الرصيف جاهز"), ("ناصر الفلاح", "dropped", "مضيفاً", "الرافعة وصلت")],
    ),
    "a passive has nobody": ("ذُكر أن الرصيف مغلق.", [("unnamed", "none", "ذُكر", "الرصيف مغلق")]),
    "an impersonal imperfect has nobody": ("يعتقد أن الرصيف مغلق.", [("unnamed", "none", "يعتقد", "الرصيف مغلق")]),
    "تم with a noun of speech": ("تم الإعلان عن إغلاق الرصيف.", [("unnamed", "none", "تم الإعلان", "إغلاق الرصيف")]),
    "تم with another noun is the author's": ("تم تبادل الهدايا أمس.", [("author", "none", "", "تم تبادل الهدايا أمس")]),
    "a masdar": ("أعلنت <e1 ORG>هيئة الموانئ</e1> إغلاق الرصيف.", [("هيئة الموانئ", "mention", "أعلنت", "إغلاق الرصيف")]),
    "a masdar behind ب": (
        "تعهدت <e1 ORG>هيئة الموانئ</e1> بإصلاح الرافعة.", [("هيئة الموانئ", "mention", "تعهدت", "إصلاح الرافعة")],
    ),
    "an object is no masdar": (
        "أعلنت <e1 ORG>هيئة الموانئ</e1> الخبر.", [("author", "none", "", "أعلنت هيئة الموانئ الخبر")],
    ),
    "a whether-clause": ("تساءلت <e1 PER>سلمى الجدي</e1> هل أغلق الرصيف.", [("سلمى الجدي", "mention", "تساءلت", "أغلق الرصيف")]),
    "two objects": (
        "اعتبرت <e1 PER>سلمى الجدي</e1> القرار متسرعاً.", [("سلمى الجدي", "mention", "اعتبرت", "القرار متسرعاً")],
    ),
    "a predicate behind بأنه": (
        "وصفت <e1 PER>سلمى الجدي</e1> القرار بأنه متسرع.", [("سلمى الجدي", "mention", "وصفت", "متسرع")],
    ),
    "رأى في": (
        "رأت <e1 PER>سلمى الجدي</e1> في الاتفاق إنجازاً كبيراً.", [("سلمى الجدي", "mention", "رأت", "الاتفاق إنجازاً كبيراً")],
    ),
    "an accusation": (
        "اتهم <e1 PER>ناصر الفلاح</e1> <e2 ORG>الشركة</e2> بالتهرب من الرسوم.",
        [("ناصر الفلاح", "mention", "اتهم", "التهرب من الرسوم")],
    ),
    "by a source, before": (
        "وبحسب <e1 ORG>هيئة الموانئ</e1>، يستقبل الرصيف ألف سفينة.",
        [("هيئة الموانئ", "mention", "بحسب", "يستقبل الرصيف ألف سفينة")],
    ),
    "by a source, between": (
        "الرصيف، بحسب <e1 ORG>هيئة الموانئ</e1>، جاهز منذ عامين.",
        [("هيئة الموانئ", "mention", "بحسب", "الرصيف … جاهز منذ عامين")],
    ),
    "كما with a verb": (
        "أغلق الرصيف أمس، كما ذكرت <e1 MEDIA>إذاعة المرسى</e1>.", [("إذاعة المرسى", "mention", "ذكرت", "أغلق الرصيف أمس")],
    ),
    "in somebody's opinion": (
        "في رأي <e1 PER>سلمى الجدي</e1> أن الرصيف قديم.", [("سلمى الجدي", "mention", "في رأي", "الرصيف قديم")],
    ),
    "a document": (
        "جاء في بيان <e1 ORG>هيئة الموانئ</e1> أن الرصيف جاهز.", [("هيئة الموانئ", "document", "جاء", "الرصيف جاهز")],
    ),
    "a document without issuer": ("أظهر التقرير أن الرصيف متآكل.", [("unnamed", "none", "أظهر", "الرصيف متآكل")]),
    "a relay": (
        "نقلت <e1 MEDIA>إذاعة المرسى</e1> عن <e2 PER>سلمى الجدي</e2> أن الرصيف جاهز.",
        [("سلمى الجدي", "mention", "نقلت", "الرصيف جاهز")],
    ),
    "a relay with قوله": (
        "نقلت <e1 MEDIA>إذاعة المرسى</e1> عن <e2 PER>سلمى الجدي</e2> قولها إن الرصيف جاهز.",
        [("إذاعة المرسى", "mention", "نقلت", "قولها إن الرصيف جاهز"), ("سلمى الجدي", "pronoun", "قولها", "الرصيف جاهز")],
    ),
    "a quotation behind a colon": (
        "قال <e1 PER>ناصر الفلاح</e1>: «الرصيف جاهز».", [("ناصر الفلاح", "mention", "قال", "الرصيف جاهز")],
    ),
    "a quotation of two sentences, and what stands behind it": (
        'قال <e1 PER>ناصر الفلاح</e1>: "الرصيف جاهز. لن نغلقه". ثم غادر القاعة.',
        [
            ("ناصر الفلاح", "mention", "قال", "الرصيف جاهز"), ("ناصر الفلاح", "mention", "قال", "لن نغلقه"),
            ("author", "none", "", "غادر القاعة"),
        ],
    ),
    "a quotation before its verb": (
        "«الرصيف جاهز تماماً»، قالت <e1 PER>سلمى الجدي</e1>.", [("سلمى الجدي", "mention", "قالت", "الرصيف جاهز تماماً")],
    ),
    "a colon alone": ("وأضافت <e1 PER>سلمى الجدي</e1>: الرصيف جاهز.", [("سلمى الجدي", "mention", "أضافت", "الرصيف جاهز")]),
    "a quotation without a reporting word": (
        "بدا <e1 PER>ناصر الفلاح</e1> متفائلاً: «سننتهي قريباً».",
        [("author", "none", "", "بدا ناصر الفلاح متفائلاً"), ("ناصر الفلاح", "mention", "", "سننتهي قريباً")],
    ),
    "a nested report": (
        "قالت <e1 ORG>هيئة الموانئ</e1> إن <e2 ORG>الشركة</e2> أكدت أن الرصيف جاهز.",
        [("هيئة الموانئ", "mention", "قالت", "الشركة أكدت أن الرصيف جاهز"), ("الشركة", "mention", "أكدت", "الرصيف جاهز")],
    ),
    "a negated report is none": (
        "لم يقل <e1 PER>ناصر الفلاح</e1> إن الرصيف جاهز.", [("author", "none", "", "لم يقل ناصر الفلاح إن الرصيف جاهز")],
    ),
    "a demand is none": (
        "طالبت <e1 ORG>النقابة</e1> بإقالة المدير.", [("author", "none", "", "طالبت النقابة بإقالة المدير")],
    ),
    "a question is none": ("كيف أغلق الرصيف؟", []),
    "clauses of several subjects are several": (
        "وصل <e1 PER>ناصر الفلاح</e1> صباحاً، وغادرت <e2 PER>سلمى الجدي</e2> مساءً.",
        [("author", "none", "", "وصل ناصر الفلاح صباحاً"), ("author", "none", "", "غادرت سلمى الجدي مساءً")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_construction(name: str) -> None:
    snippet, wanted = CASES[name]
    assert said(snippet) == wanted


VALUES = {
    "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف جاهز.": [("affirmed", "certain")],
    "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف ليس جاهزاً.": [("negated", "certain")],
    "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف جاهز ولن يغلق.": [
        ("affirmed", "certain"),
        ("negated", "certain"),
    ],
    "نفى <e1 PER>ناصر الفلاح</e1> أن يكون الرصيف مغلقاً.": [("negated", "certain")],
    "نفى <e1 PER>ناصر الفلاح</e1> أن تكون الهيئة لم تدفع.": [("affirmed", "certain")],
    "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف لا يزال مغلقاً.": [("affirmed", "certain")],
    "لا يعتقد <e1 PER>ناصر الفلاح</e1> أن الرصيف جاهز.": [("negated", "probable")],
    "لم ينف <e1 PER>ناصر الفلاح</e1> أن الرصيف مغلق.": [("unknown", "unknown")],
    "تساءل <e1 PER>ناصر الفلاح</e1> هل أغلق الرصيف.": [("unknown", "unknown")],
    "حذر <e1 PER>ناصر الفلاح</e1> من أن الرصيف ينهار.": [("affirmed", "possible")],
    "رجح <e1 PER>ناصر الفلاح</e1> أن الرصيف مغلق.": [("affirmed", "probable")],
    "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف قد يغلق.": [("affirmed", "possible")],
    "قال <e1 PER>ناصر الفلاح</e1> إن الهيئة قد توقفت.": [("affirmed", "certain")],
    "قال <e1 PER>ناصر الفلاح</e1> إن الرصيف سيغلق إذا ارتفع الماء.": [("affirmed", "unknown")],
}


@pytest.mark.parametrize("snippet", VALUES)
def test_polarity_and_certainty_are_read_off_cue_and_content(snippet: str) -> None:
    assert [(claim["polarity"], claim["certainty"]) for claim in claims(snippet)] == VALUES[snippet]


def test_mode_is_direct_where_marks_stand_round_the_whole() -> None:
    snippets = [
        "قال <e1 PER>ناصر</e1>: «الرصيف جاهز».",
        "قال <e1 PER>ناصر</e1> إن الرصيف «جاهز».",
        "أغلق الرصيف.",
    ]
    assert [claims(snippet)[0]["mode"] for snippet in snippets] == ["direct", "indirect", "unattributed"]


def test_duty_and_the_unknown_are_not_checkworthy_and_figures_are() -> None:
    worth = {
        "قال <e1 PER>ناصر</e1> إن الخسائر بلغت مليوناً.": True,
        "قال <e1 PER>ناصر</e1> إن الحوار ضروري.": False,
        "تساءل <e1 PER>ناصر</e1> هل أغلق الرصيف.": False,
        "نص <e1 LAW>القرار</e1> على أن يغلق الرصيف.": False,
    }
    assert {snippet: claims(snippet)[0]["checkworthy"] for snippet in worth} == worth


def test_a_claim_knows_what_it_lies_within() -> None:
    outer, inner = claims("قالت <e1 ORG>الهيئة</e1> إن <e2 ORG>الشركة</e2> أكدت أن الرصيف جاهز.")
    assert (outer["within"], inner["within"], outer["about"]) == (None, outer["id"], ["e2"])


def test_a_claimer_whom_nobody_tagged_is_proposed() -> None:
    draft = Draft("قالت مصادر في المدينة إن الجسر أغلق. وقال الوزير إن السبب مجهول.")
    found: list[Any] = attribution.of_draft(draft, UNTAUGHT)
    entities = {
        one["id"]: (one["label"], one["form"], one["text"]) for one in found if one["type"] == "entity"
    }
    assert [entities[one["claimers"][0]] for one in found if one["type"] == "claim"] == [
        ("PER", "nominal", "مصادر"), ("OCC", "nominal", "الوزير"),
    ]  # fmt: skip


def test_headings_and_credits_have_no_claims() -> None:
    text = "قال ناصر إن الجسر أغلق\nقال ناصر إن الرصيف أغلق.\nقال ناصر إن النفق أغلق"
    lines = [place for place in range(len(text)) if text.startswith("قال", place)]
    zones: list[Zone] = [
        {"kind": "heading", "start": lines[0], "end": lines[1] - 1}, {"kind": "credit", "start": lines[2], "end": len(text)},
    ]  # fmt: skip
    found = attribution.of_draft(Draft(text, zones), UNTAUGHT)
    assert [text[one["start"] : one["end"]] for one in found if one["type"] == "claim"] == ["الرصيف أغلق"]


def test_ids_are_new_and_confidence_is_that_of_training() -> None:
    right = document(
        "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1>الرصيف جاهز</c1>.\n=== roles\nc1 claimers=e1",
        "right",
    )
    wrong = document("أعلنت <e1 ORG>الهيئة</e1> إغلاق الرصيف.", "wrong")
    suggest = attribution.of_documents([right, wrong, wrong, wrong, wrong], threshold=0.0)
    given = document(
        "قالت <e7 ORG>الهيئة</e7> إن <c3>الماء عذب</c3>. أعلنت <e9 ORG>الشركة</e9> إغلاق المصنع.\n=== roles\nc3 claimers=e7"
    )
    ((said_, masdar),) = suggest([Draft(str(given["text"]), annotations=given["layers"]["gold"][1:])])  # type: ignore[arg-type]
    assert (said_["id"], masdar["id"]) == ("c4", "c5")
    assert said_["confidence"] > 0.6 > masdar["confidence"]
    ((only,),) = attribution.of_documents([right, *[wrong] * 9])(
        [Draft(str(given["text"]), annotations=given["layers"]["gold"][1:])]
    )  # type: ignore[arg-type]
    assert only["id"] == "c4"


# --- Any text -----------------------------------------------------------------------------------------

SUGGEST = chained([attribution.of_documents([]), stance.of_documents([])])


def findings(text: str, zones: list[Zone], entities: list[Any]) -> list[str]:
    """The errors of `tasrih check` in a layer of what is proposed for `text`."""
    (new,) = SUGGEST([Draft(text, zones, annotations=entities)])
    whole: Any = document("x")
    whole["text"] = text
    whole["article"] |= {"length": len(text), "text_sha256": sha256(text), "zones": zones}
    header = {**whole["layers"]["gold"][0], "annotator": "rules", "text_sha256": sha256(text)}
    lines: list[Annotation] = [*entities, *new]
    whole["layers"] = {"rules": [header, *sorted(lines, key=text_order)]}
    reading = shards.read_line("shard.jsonl", 1, orjson.dumps(whole))
    return [str(one) for one in check_documents([reading], corpora.settings()) if one.severity == "error"]


AWKWARD = {
    "one word": "قال",
    "no Arabic": 'He said: "the bridge is closed" and left.',
    "punctuation": '،.؛:«»"“”()!؟…',
    "broken quotes": 'قال «ناصر: إن الجسر» أغلق". وأضافت “هيئة الموانئ: «إن الرصيف جاهز',
    "all harakat": "قَالَ الوَزِيرُ إِنَّ الجِسْرَ آمِنٌ، وَرَفَضَتِ النِّقَابَةُ القَرَارَ.",
    "tatweel and emoji": "قــال 😀 الوزير إنّ الجســر «آمن» 👨‍👩‍👧",
    "cues alone": "قال وقال فقال قائلاً إن أن بأن رفض ورفضت رافضاً وأن",
    "line ends": "قال ناصر:\n«الجسر\nآمن»\n\nوأضاف\n",
}


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_text_gives_a_valid_layer(name: str) -> None:
    assert findings(AWKWARD[name], [], []) == []


def test_no_text_gives_nothing() -> None:
    assert SUGGEST([Draft("")]) == [[]]


@given(texts(max_pieces=30))
@QUICK
def test_any_text_gives_a_valid_layer(text: str) -> None:
    assert findings(text, [], []) == []


def test_every_article_of_the_corpus_gets_a_valid_layer() -> None:
    corpus = store.open_corpus(ROOT / "corpus")
    documents: list[Document] = [
        reading.document
        for reading in store.read_gold(corpus, local_texts=False)
        if reading.document is not None
    ]
    whole = [one for one in documents if one["text"] is not None]
    assert whole
    for one in whole:
        entities = list(gold_draft(one).annotations)
        assert findings(str(one["text"]), one["article"]["zones"], entities) == []


@pytest.mark.parametrize(
    "piece",
    ["قال الوزير إن الجسر آمن، ورفضت النقابة القرار. ", "قال ", "قال أن ", "رفض القرار ", '"قال ', "«", "و"],
)
def test_time_grows_with_the_length_of_the_text(piece: str) -> None:
    """Four times the text takes about four times as long; were it quadratic, sixteen times."""

    def seconds(length: int) -> float:
        started = time.process_time()
        SUGGEST([Draft(piece * (length // len(piece)))])
        return time.process_time() - started

    seconds(1_000)
    assert seconds(40_000) < 10 * max(seconds(10_000), 0.02)
