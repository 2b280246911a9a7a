"""An invented article with every kind of annotation, for the tests of the reports."""

from typing import Any

from tasrih.formats import inline
from tasrih.model import Document, Labels
from tasrih.text.canonical import sha256

LABELS: Labels = {
    "entity": ["PER", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "DATE", "LAW", "PROD", "MEDIA"],
    "stance": ["support", "oppose", "neutral"],
    "topic": ["local"],
}

INLINE = """tasrih inline 1
=== text
<c1#cue>أعلنت</c1#cue> <e1 ORG>وزارة الأشغال العامة</e1> في <e2 GPE>جمهورية سردانة</e2> أن <c1><e4 FAC>جسر السلمى</e4> سيُغلق ثلاثة أشهر</c1>.
«<c3#1><e17 FAC>الجسر</e17> آمن تماماً</c3#1>»، <c3#cue>قالت</c3#cue> <e6 OCC>وزيرة الأشغال</e6> <e7 PER>نادية الخطار</e7>، «<c3#2>ولن يُهدم حجر واحد منه</c3#2>». و<c4#cue>أضافت</c4#cue> أن <c4><e8 ORG>شركة مدار <e9 NORP>السردانية</e9></e8> قد تُنهي العمل قبل الشتاء</c4>.

اعتراض في <e10 GPE>وادي الريحان</e10>

و<s1 oppose>رفض</s1> <e11 ORG>مجلس بلدية <e12 GPE>وادي الريحان</e12></e11> <e13 EVENT>قرار الإغلاق</e13>. ورأى أن <c6><e20 PER>مهندسي البلدية</e20> <c7#cue>قالوا</c7#cue> إن «<c7>الأعمدة سليمة</c7>»</c6>.
<e16 ORG>نقابة الصيادين</e16> <s3 oppose><s4 neutral>تتبادل</s3></s4> هي و<e18 ORG>المجلس</e18> <s2 support>المديح</s2>. و<c9#cue>يُذكر</c9#cue> أن <c9>الجسر شُيّد <e22 DATE>عام 1931</e22></c9>، <c10>وهو أقدم جسور سردانة</c10>.

المصدر: وكالة سردانة للأنباء
=== roles
e1 referent=works-ministry
e2 wikidata=Q1234 referent=sardana
e4 referent=salma-bridge
e17 form=nominal referent=salma-bridge
e6 referent=nadia
e7 referent=nadia note="للمراجعة"
e11 members=e20,e18
c1 claimers=e1 about=e4,e2
c3 claimers=e7 mode=direct about=e17
c4 claimers=e7 via=dropped certainty=possible checkworthy=false
c6 claimers=e11 via=pronoun -cue polarity=negated
c7 claimers=e20 within=c6 certainty=unknown by=rima confidence=0.82
c9 claimers=unnamed
c10 claimers=author
s1 holders=e11 target=e13 basis=action
s2 holders=e16 target=c7
s3 holders=e16,e20 target=e18 basis=wording
s4 holders=author target=c6 basis=formula
"""


def document(
    text: str, annotations: list[Any], zones: list[Any] | None = None, layer: str = "gold", **metadata: Any
) -> Document:
    """A document with one layer."""
    digest = sha256(text)
    header: Any = {
        "type": "layer",
        "article": "sample",
        "text_sha256": digest,
        "annotator": layer,
        "guidelines": "1.0",
    }
    article: Any = {
        "id": "sample", "language": "ar", "event": "sample", "topic": "local", "origin": "written",
        "author": "the tests", "rights": {"licence": "CC-BY-4.0", "redistribute": True},
        "text_sha256": digest, "length": len(text), "zones": zones or [], **metadata,
    }  # fmt: skip
    return {"article": article, "text": text, "layers": {layer: [header, *annotations]}}


def sample(**metadata: Any) -> Document:
    """The invented article."""
    read = inline.read(INLINE)
    zones = [_zone("heading", read.text, "اعتراض في"), _zone("credit", read.text, "المصدر")]
    return document(read.text, list(read.annotations), zones, title="خلاف على جسر السلمى", **metadata)


def _zone(kind: str, text: str, first: str) -> dict[str, Any]:
    start = text.index(first)
    end = text.find("\n", start)
    return {"kind": kind, "start": start, "end": end if end >= 0 else len(text)}


def withheld(complete: Document) -> Document:
    """`complete` as the repository holds it where the text may not be redistributed."""
    layers: Any = {
        name: [lines[0], *(_without_words(line) for line in lines[1:])]
        for name, lines in complete["layers"].items()
    }
    article: Any = {
        **complete["article"],
        "rights": {"licence": "all rights reserved", "redistribute": False},
    }
    article.pop("title", None)
    return {"article": article, "text": None, "layers": layers}


def _without_words(line: Any) -> Any:
    stripped = {key: value for key, value in line.items() if key not in ("text", "note")} | {
        "quote_hmac": "0" * 64
    }
    if stripped.get("cue"):
        stripped["cue"] = _without_words(stripped["cue"])
    return stripped
