"""Documents that between them have every kind of annotation, for tests."""

from __future__ import annotations

from corpora import document
from tasrih.model import Document

SNIPPETS = {
    "plain": "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت في <e2 GPE>تونس</e2></c1>. <c2>المطر غزير</c2>.\n"
    "=== roles\ne1 referent=ministry wikidata=Q1\nc1 claimers=e1 about=e2\nc2 claimers=author checkworthy=false",
    "interrupted": "«<c1#1>الحملة</c1#1>»، <c1#cue>قال</c1#cue> <e1 PER>سعيد <e2 GPE>الوافي</e2></e1>، «<c1#2>بدأت</c1#2>».\n"
    "=== roles\nc1 claimers=e1 mode=direct",
    "nested": "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1><e2 ORG>البلدية</e2> <c2#cue>نفت</c2#cue> أن <c2>الماء ملوث</c2></c1>.\n"
    "=== roles\nc1 claimers=e1\nc2 claimers=e2 within=c1 polarity=negated certainty=probable",
    "stances": "<s1 support>تؤيد</s1> <e1 ORG>النقابة</e1> <e2 EVENT>الإضراب</e2>، و<s2 oppose>رفض</s2> <e3 PER>مراد</e3> <c1#cue>قولها</c1#cue> إن <c1>الأجور تأخرت</c1>. "
    "<s3 neutral>يقف على الحياد</s3> من ذلك <e4 ORG>المجلس</e4>.\n=== roles\ne2 form=nominal\nc1 claimers=e1 via=pronoun\n"
    "s1 holders=e1 target=e2\ns2 holders=e3 target=c1\ns3 holders=e4 target=e2 basis=wording",
    "emoji": "😀 زار <e1 PER>سعيد 👨‍👩‍👧</e1> <e2 FAC>ميناء الرمال</e2> في <e3 DATE>تموز/ يوليو ٢٠٢٤</e3>.",
    "unnamed": "<c1#cue>يُذكَر</c1#cue> أن <c1>السد قديم</c1>. و<c2#cue>ذكر</c2#cue> <e1 MEDIA>راديو الميناء</e1> أن <c2>الموج قد يعلو</c2>.\n"
    "=== roles\nc1 claimers=unnamed\nc2 claimers=e1 certainty=possible",
    "members": "<e1 NORP>الدول</e1> (<e2 GPE>مصر</e2> و<e3 GPE>تونس</e3>) <s1 support>صوتت لصالح</s1> <e4 LAW>القرار 5</e4>.\n"
    "=== roles\ne1 members=e2,e3\ns1 holders=e1,e2 target=e4 basis=action",
}


def documents(count: int = 14) -> list[Document]:
    """Valid documents of different events, enough of them to fill every split."""
    names = list(SNIPPETS)
    made = []
    for number in range(count):
        name = names[number % len(names)]
        snippet, _, roles = SNIPPETS[name].partition("\n=== roles\n")
        unlike = " ".join(f"فقرة{number}{word}" for word in "ابتثجحخ")
        made.append(document(f"{snippet}\n{unlike}.\n=== roles\n{roles}", f"{name}-{number:02d}"))
    return made
