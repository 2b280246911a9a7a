"""The page of an annotated article: nothing of the text is lost, everything of the annotations is shown."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from annotated_sample import LABELS, document, sample, withheld
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasrih.report import segments
from tasrih.report.page import page, style_hash
from tasrih.report.roles import direction
from tasrih.store import Misuse

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Reader(HTMLParser):
    """Collects what the tests ask for, and holds the page to well-formed nesting."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str]]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.article_text = ""
        self.all_text = ""
        self.style = ""
        self.cards: dict[str, str] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(tag == "style" for tag, _ in self.open):
            self.style += data
            return
        self.all_text += data
        if any(tag == "p" and attributes.get("class") == "text" for tag, attributes in self.open):
            self.article_text += data
        for tag, attributes in self.open:
            if tag == "li" and attributes.get("id", "").startswith("card-"):
                card = attributes["id"].removeprefix("card-")
                self.cards[card] = self.cards.get(card, "") + data

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.tags if tag == "a" and "href" in attributes]

    def sentence(self, card: str) -> str:
        return " ".join(self.cards[card].split())


def annotation_ids(complete: Any) -> list[str]:
    return [line["id"] for line in complete["layers"]["gold"][1:]]


# --- The text -----------------------------------------------------------------------------------------


def test_the_text_stands_in_the_page_unchanged() -> None:
    complete = sample()
    assert Reader(page(complete, "gold", LABELS)).article_text == complete["text"]


@st.composite
def annotated(draw: st.DrawFn) -> Any:
    """A text with any spans: nested, crossing, identical, and some that lie outside of it."""
    alphabet = st.sampled_from("اوسلمبتـًّ .«»\n <>&\"'{}%\r\tab1😀")
    text = draw(st.text(alphabet, min_size=1, max_size=60))
    place = st.tuples(st.integers(0, len(text) + 3), st.integers(1, 12)).map(
        lambda pair: (pair[0], sum(pair))
    )
    lines: list[Any] = []
    for number, (start, end) in enumerate(draw(st.lists(place, min_size=1, max_size=8)), start=1):
        label = draw(st.sampled_from([*LABELS["entity"], "OTHER"]))
        lines.append({"type": "entity", "id": f"e{number}", "label": label, "start": start, "end": end})
    for number, parts in enumerate(
        draw(st.lists(st.lists(place, min_size=1, max_size=3), max_size=5)), start=1
    ):
        claim = {
            "type": "claim",
            "id": f"c{number}",
            "start": min(parts)[0],
            "end": max(end for _, end in parts),
        }
        cue = draw(st.none() | place.map(lambda pair: {"start": pair[0], "end": pair[1]}))
        fragments = {"fragments": [list(part) for part in parts]} if len(parts) > 1 else {}
        lines.append({**claim, **fragments, "claimers": ["e1"], "cue": cue})
    for number, (start, end) in enumerate(draw(st.lists(place, max_size=4)), start=1):
        label = draw(st.sampled_from([*LABELS["stance"], "doubt"]))
        stance = {"type": "stance", "id": f"s{number}", "label": label, "start": start, "end": end}
        lines.append({**stance, "holders": ["e1"], "target": draw(st.sampled_from(["e1", "c1", "e99"]))})
    zones = [
        {"kind": draw(st.sampled_from(["heading", "credit"])), "start": start, "end": end}
        for start, end in draw(st.lists(place, max_size=2))
    ]
    return document(text, lines, zones)


@given(annotated())
@example(document("\n\n", [{"type": "entity", "id": "e1", "label": "PER", "start": 0, "end": 2}]))
@settings(deadline=None, max_examples=200)
def test_no_spans_lose_text_and_every_id_has_one_anchor(generated: Any) -> None:
    reader = Reader(page(generated, "gold", LABELS))
    assert reader.article_text == generated["text"]
    counts = Counter(reader.ids)
    assert [name for name, count in counts.items() if count > 1] == []
    assert set(annotation_ids(generated)) <= set(counts)
    assert {f"card-{name}" for name in annotation_ids(generated) if name[0] != "e"} <= set(counts)
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(counts)


@given(annotated())
@settings(deadline=None)
def test_segments_cover_a_stretch_without_a_gap_and_know_their_spans(generated: Any) -> None:
    from tasrih.model import layer_view

    text, spans = generated["text"], segments.layer_spans(layer_view(generated, "gold"))
    cut = segments.segments(0, len(text), spans)
    assert "".join(text[segment.start : segment.end] for segment in cut) == text
    for segment in cut:
        inside = {span for span in spans if span.start <= segment.start and segment.end <= span.end}
        assert set(segment.spans) == inside
        touching = {span for span in spans if span.start < segment.end and segment.start < span.end}
        assert touching == inside


@given(annotated())
@settings(deadline=None)
def test_spans_that_overlap_never_share_a_lane(generated: Any) -> None:
    from tasrih.model import layer_view

    lanes = segments.lanes(segments.layer_spans(layer_view(generated, "gold")))
    for one in lanes:
        for other in lanes:
            if one != other and one.kind == other.kind and one.start < other.end and other.start < one.end:
                assert lanes[one] != lanes[other]


def test_paragraphs_are_lines_with_the_line_ends_behind_them() -> None:
    text = "\nأ\n\nب\nج"
    assert [text[start:end] for start, end in segments.paragraphs(text)] == ["\n", "أ\n\n", "ب\n", "ج"]


def test_a_tag_never_splits_a_word() -> None:
    text = "قال وأنه عاد"
    claim = {"type": "claim", "id": "c1", "start": 5, "end": 12, "text": text[5:12], "claimers": ["author"]}
    html = page(document(text, [claim]), "gold", LABELS)
    assert re.search(r'id="c1"[^>]*></a>و<span class="claim [^"]*">أنه عاد</span>', html)


def test_of_very_many_spans_over_one_word_all_have_an_anchor_and_few_are_nested() -> None:
    many = 300
    lines = [
        {"type": "entity", "id": f"e{n}", "label": "PER", "start": 0, "end": 4} for n in range(1, many + 1)
    ]
    made = document("سلام على من اتبع", lines)
    depth, deepest = 0, 0
    html = page(made, "gold", LABELS)
    for tag in re.findall(r"<(/?)(?:span|p)\b", html.split('<p class="text">')[1].split("</p>")[0]):
        depth += -1 if tag else 1
        deepest = max(depth, deepest)
    assert deepest <= segments.MOST_SPANS + 1
    reader = Reader(html)
    assert {line["id"] for line in lines} <= set(reader.ids) and reader.article_text == made["text"]


def test_spans_over_very_many_lines_are_bounded_too() -> None:
    text = "كلمة\n" * 200
    spans = [segments.Span("claim", 0, len(text), f"c{n}") for n in range(100)]
    spans.append(segments.Span("entity", 50, 54, "e1"))
    bounds = segments.paragraphs(text)
    here = segments.by_paragraph(bounds, spans)
    assert len(here[0]) == 100 and len(here[-1]) == 100  # where they begin and end, none may be lost
    assert {len(found) for found in here[1:-1]} == {segments.MOST_SPANS, segments.MOST_SPANS + 1}
    assert [start for (start, _), found in zip(bounds, here, strict=True) if spans[-1] in found] == [50]


def test_a_quote_that_is_longer_than_any_sentence_is_cut_outside_of_the_text() -> None:
    text = "كلمة " * 5000
    claim = {"type": "claim", "id": "c1", "start": 0, "end": len(text) - 1, "claimers": ["author"]}
    reader = Reader(page(document(text, [claim]), "gold", LABELS))
    assert reader.article_text == text and 1000 < len(reader.cards["c1"]) < 3000
    assert "…" in reader.cards["c1"]


def test_marks_of_direction_are_shown_and_the_text_is_unchanged() -> None:
    text = "قال \u202eسعيد\u202c نعم"
    made = document(text, [{"type": "entity", "id": "e1", "label": "PER", "start": 4, "end": 11}])
    html = page(made, "gold", LABELS)
    assert Reader(html).article_text == text
    assert html.count('data-mark="RLO">\u202e</bdi>') == html.count("\u202e") == 2


# --- Safety -------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> & \"'><img src=x onerror=alert(1)> </style> {{ 7*7 }} &lt;b&gt;"


def test_hostile_text_is_text() -> None:
    entity = {
        "type": "entity",
        "id": "e1",
        "label": HOSTILE,
        "start": 0,
        "end": 40,
        "referent": HOSTILE,
        "wikidata": HOSTILE,
    }
    claim = {
        "type": "claim",
        "id": "c1",
        "start": 0,
        "end": len(HOSTILE),
        "claimers": [HOSTILE],
        "via": HOSTILE,
        "note": HOSTILE,
    }
    stance = {
        "type": "stance",
        "id": "s1",
        "label": HOSTILE,
        "start": 3,
        "end": 9,
        "holders": [HOSTILE],
        "target": "c1",
        "by": HOSTILE,
    }
    metadata = {"title": HOSTILE, "publisher": HOSTILE, "url": "javascript:alert(1)"}
    hostile = document(HOSTILE, [entity, claim, stance], **metadata)
    hostile["layers"]["gold"][0]["note"] = HOSTILE  # type: ignore[typeddict-unknown-key]
    reader = Reader(page(hostile, "gold", LABELS))
    assert reader.article_text == HOSTILE
    assert not {tag for tag, _ in reader.tags} & {"script", "img"}
    assert not any(
        name.startswith("on") or name == "style" for _, attributes in reader.tags for name in attributes
    )
    assert not any(link.startswith("javascript") for link in reader.links)
    assert "7*7" in reader.all_text


def test_a_hostile_id_stays_out_of_the_style() -> None:
    entity = {"type": "entity", "id": "e1}</style><script>", "label": "PER", "start": 0, "end": 2}
    reader = Reader(page(document("سلام", [entity]), "gold", LABELS))
    assert "script" not in reader.style
    assert "script" not in {tag for tag, _ in reader.tags}


def test_the_policy_allows_the_one_style_block_and_nothing_else() -> None:
    reader = Reader(page(sample(), "gold", LABELS))
    policy = next(a["content"] for tag, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert (
        policy
        == f"default-src 'none'; style-src '{style_hash(reader.style)}'; base-uri 'none'; form-action 'none'"
    )
    assert [tag for tag, _ in reader.tags].count("style") == 1
    assert not any("style" in attributes or "src" in attributes for _, attributes in reader.tags)


# --- What is shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize("complete", [sample(), withheld(sample())], ids=["complete", "withheld"])
def test_every_annotation_has_one_anchor_and_every_link_leads_somewhere(complete: Any) -> None:
    reader = Reader(page(complete, "gold", LABELS))
    counts = Counter(reader.ids)
    assert max(counts.values()) == 1
    assert set(annotation_ids(complete)) <= set(counts)
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(counts)


def test_a_claim_reads_like_a_sentence() -> None:
    reader = Reader(page(sample(), "gold", LABELS))
    assert reader.sentence("c1") == (
        "c1 وزارة الأشغال العامة أعلنت ← جسر السلمى سيُغلق ثلاثة أشهر "
        "via mention indirect affirmed certain check-worthy about جسر السلمى جمهورية سردانة"
    )
    assert "الجسر آمن تماماً … ولن يُهدم حجر واحد منه" in reader.sentence("c3")
    assert "via dropped indirect affirmed possible not check-worthy" in reader.sentence("c4")
    assert "negated" in reader.sentence("c6")
    assert "within c6" in reader.sentence("c7")
    assert "certainty unknown" in reader.sentence("c7")
    assert "confidence 0.82 by rima" in reader.sentence("c7")
    assert reader.sentence("c9").startswith("c9 nobody named يُذكر ←")
    assert reader.sentence("c10").startswith("c10 the article itself ←")


def test_a_stance_reads_like_a_sentence() -> None:
    reader = Reader(page(sample(), "gold", LABELS))
    assert reader.sentence("s1") == "s1 مجلس بلدية وادي الريحان ▼ oppose ← قرار الإغلاق shown by رفض action"
    assert reader.sentence("s2") == "s2 نقابة الصيادين ▲ support ← c7 الأعمدة سليمة shown by المديح stated"
    assert "نقابة الصيادين مهندسي البلدية ▼ oppose ← المجلس" in reader.sentence("s3")
    assert "the article itself ● neutral ←" in reader.sentence("s4")


def test_mentions_of_one_referent_share_a_row() -> None:
    html = page(sample(), "gold", LABELS)
    row = next(row for row in html.split("<tr>") if 'id="row-e4"' in row)
    assert "salma-bridge" in row
    assert 'id="row-e17"' in row
    assert 'href="#c1"' in row
    assert 'href="https://www.wikidata.org/wiki/Q1234"' in html
    members = next(part for part in html.split("<li ") if part.startswith('id="row-e11"'))
    assert 'href="#e20"' in members
    assert 'href="#e18"' in members
    assert "للمراجعة" in Reader(html).all_text


def test_zones_are_set_apart() -> None:
    html = page(sample(), "gold", LABELS)
    assert '<p class="text" data-zone="heading">' in html
    assert '<p class="text" data-zone="credit">' in html


def test_without_the_text_the_page_says_so_and_lists_offsets() -> None:
    complete = sample()
    stripped = withheld(complete)
    reader = Reader(page(stripped, "gold", LABELS))
    words = " ".join(reader.all_text.split())
    assert "The text is withheld." in words
    assert reader.article_text == ""
    for line in stripped["layers"]["gold"][1:]:
        assert f"{line['start']}–{line['end']}" in words  # type: ignore[typeddict-item]
    assert "ORG [6–26]" in words
    for word in ("السلمى", "أعلنت", "نقابة"):
        assert word not in words


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("en", "ltr"),
        ("ku", "ltr"),
    ],
)
def test_direction_follows_the_language(language: str, expected: str) -> None:
    assert direction(language) == expected
    html = page(sample(language=language), "gold", LABELS)
    assert f'<html lang="{language}" dir="{expected}">' in html
    assert ("←" in html) == (expected == "rtl")


def test_a_title_may_be_given() -> None:
    assert "<title>عنوان</title>" in page(sample(), "gold", LABELS, title="عنوان")


def test_a_layer_that_is_not_there_is_misuse() -> None:
    with pytest.raises(Misuse, match="no layer «rima»; layers: gold"):
        page(sample(), "rima", LABELS)
