"""The Label Studio file format: configuration, tasks out, exports in, and everything that is refused."""

from __future__ import annotations

import itertools
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from label_studio_sdk.label_interface import LabelInterface

from tasrih import schema
from tasrih.formats import inline, label_studio
from tasrih.formats.label_studio import reading
from tasrih.formats.label_studio.config import ATTRIBUTES, ROLES, choices, is_right_to_left
from tasrih.formats.label_studio.offsets import Misfit, Span, place
from tasrih.model import Annotation, Document, Labels, text_order
from tasrih.store import Misuse
from tasrih.text.canonical import sha256

REAL = Path(__file__).parents[3] / "shared" / "real"
LABELS: Labels = {
    "entity": ["PER", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "DATE", "LAW", "PROD", "MEDIA"],
    "stance": ["support", "oppose", "neutral"],
    "topic": ["health"],
}
SAMPLE = """tasrih inline 1
=== text
😀 عاجل 🇹🇳👨‍👩‍👧: <s1 support><c1#cue>قالت</c1#cue></s1> <e1 ORG>وزارة <e2 NORP>الصحة</e2></e1> في بيان: <c1>إنَّ الحَمْلَةَ بَدَأَتْ <c3#1>في <e3 GPE>تونس</e3></c3#1></c1>، <c3#cue>بحسب</c3#cue> <e4 MEDIA>Reuters 24</e4>، <c3#2>و<e5 GPE>ليبيا</e5></c3#2>.
ويُذكر أن <c2>سعر 3 أدوية ارتفع 12%</c2>.
<c4>وصل الوفد مساء الثلاثاء</c4> و<s2 oppose>رفض</s2> <e6 EVENT>الإضراب</e6>. <s3 neutral>لم يعلق</s3> <e7 ORG><e8 GPE>دول الجوار</e8></e7>.
=== roles
e1 referent=ministry-of-health note="ملاحظة" by=ali
e5 form=nominal
e7 -form -wikidata
e8 members=e3,e5 -referent
c1 claimers=e4,e1 about=e3,e2 within=c4 mode=direct
c2 claimers=unnamed certainty=probable polarity=unknown -mode -about
c3 claimers=e4 within=c1 checkworthy=null via=document
c4 claimers=author -checkworthy -cue
s1 holders=e1,e4 target=c3 confidence=0.5 basis=action
s2 holders=author target=e6 basis=wording
s3 holders=unnamed target=e7 -basis
"""


def document(text: str, annotations: list[Annotation], identifier: str = "probe-01") -> Document:
    header = {
        "type": "layer", "article": identifier, "text_sha256": sha256(text), "annotator": "gold",
        "guidelines": "1.0", "created": "2026-11-24T09:00:00Z", "tool": "tasrih 0.1.0",
    }  # fmt: skip
    article = {"id": identifier, "title": "عنوان", "text_sha256": sha256(text), "language": "ar"}
    return cast(Document, {"article": article, "text": text, "layers": {"gold": [header, *annotations]}})


def sample() -> Document:
    parsed = inline.read(SAMPLE)
    return document(parsed.text, parsed.annotations)


def written(doc: Document, **options: Any) -> list[dict[str, Any]]:
    return list(label_studio.write([doc], LABELS, layer="gold", corpus_version="0.1.0", **options))


def exported(doc: Document) -> list[dict[str, Any]]:
    """Tasks as a server exports them: with numbers, users and what else it adds."""
    tasks = deepcopy(written(doc))
    for number, task in enumerate(tasks, start=1):
        task |= {"id": number, "drafts": [], "predictions": [], "meta": {}, "total_annotations": 1}
        for annotation in task.get("annotations", []):
            user = {"id": 1, "email": "a@example.com", "first_name": "", "last_name": ""}
            annotation |= {"id": 7, "completed_by": user, "was_cancelled": False, "lead_time": 1.5}
    return tasks


def result_of(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = tasks[0]["annotations"][0]["result"]
    return items


def read_one(tasks: Any, labels: Labels = LABELS, **options: Any) -> label_studio.Annotated:
    data = json.dumps(tasks).encode()
    [result] = label_studio.read(data, labels, "export.json", **options).results
    return result


def refusal(data: Any, labels: Labels = LABELS, **options: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    with pytest.raises(Misuse) as caught:
        label_studio.read(raw, labels, "export.json", **options)
    assert str(caught.value).startswith("export.json: ")
    return str(caught.value)


def layer(doc: Document) -> tuple[Any, list[Any]]:
    header, *annotations = doc["layers"]["gold"]
    return header, sorted(cast(list[Annotation], annotations), key=text_order)


def item(tasks: list[dict[str, Any]], identifier: str, kind: str = "labels") -> dict[str, Any]:
    return next(i for i in result_of(tasks) if i.get("id") == identifier and i["type"] == kind)


def foreign(text: str, *regions: tuple[int, int, str | None, str]) -> list[dict[str, Any]]:
    result = []
    for number, (start, end, quote, label) in enumerate(regions):
        value = {"start": start, "end": end, "labels": [label]} | ({} if quote is None else {"text": quote})
        result.append(
            {"id": f"r{number}", "from_name": "ner", "to_name": "t", "type": "labels", "value": value}
        )
    return [
        {"id": 1, "data": {"text": text}, "annotations": [{"id": 3, "completed_by": 2, "result": result}]}
    ]


# --- The configuration --------------------------------------------------------------------------------


def test_config_is_valid_for_the_vendor() -> None:
    interface = LabelInterface(label_studio.config(LABELS, "ar"))
    interface.validate()
    assert set(
        interface.labels_by_control("entity") if hasattr(interface, "labels_by_control") else LABELS["entity"]
    )
    assert [tag.name for tag in interface.objects] == ["text"]


def test_config_offers_every_value_of_the_schema() -> None:
    tree = ElementTree.fromstring(label_studio.config(LABELS, "ar"))  # noqa: S314
    offered = {tag.get("name"): [choice.get("value") for choice in tag] for tag in tree.iter("Choices")}
    definitions = schema.load("annotation")["$defs"]
    for kind, attributes in ATTRIBUTES.items():
        for attribute in attributes:
            enum = definitions[kind]["properties"][attribute].get("enum", ["true", "false"])
            assert offered[attribute] == enum == list(choices(kind, attribute))
    assert offered["claimer-is"] == offered["holder-is"] == ["author", "unnamed"]
    assert [tag.get("value") for tag in tree.iter("Relation")] == list(ROLES)


def test_config_shows_choices_only_for_their_labels() -> None:
    tree = ElementTree.fromstring(label_studio.config(LABELS, "ar"))  # noqa: S314
    for tag in tree.iter("Choices"):
        assert (tag.get("perRegion"), tag.get("visibleWhen")) == ("true", "region-selected")
        assert tag.get("whenTagName") in ("entity", "claim", "stance")
    assert next(t for t in tree.iter("Choices") if t.get("name") == "via").get("whenLabelValue") == "content"


def test_config_survives_odd_labels() -> None:
    labels: Labels = {"entity": [f"L{n}" for n in range(60)], "stance": ['a"<&>'], "topic": []}
    LabelInterface(label_studio.config(labels, "ar")).validate()


@pytest.mark.parametrize(("language", "expected"), [
    ("ar", True), ("ar-EG", True), ("fa", True), ("he", True), ("ur_PK", True), ("az-Arab", True), ("ckb", True),
    ("en", False), ("fr-TN", False), ("ks-Deva", False), ("ku-Latn", False),
])  # fmt: skip
def test_direction(language: str, expected: bool) -> None:
    assert is_right_to_left(language) is expected
    assert ("direction: rtl" in label_studio.config(LABELS, language)) is expected


def _linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _lab(rgb: list[float]) -> tuple[float, float, float]:
    red, green, blue = rgb
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


SIGHTS = [  # Machado, Oliveira and Fernandes (2009), severity 1.0
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
]


def test_colours_stay_apart_for_colour_blind_readers() -> None:
    colours = re.findall(r'background="(#[0-9A-F]{6})"', label_studio.config(LABELS, "ar"))
    assert len(colours) == len(set(colours)) == 18
    for sight in SIGHTS:
        seen = []
        for colour in colours:
            rgb = _linear(colour)
            seen.append(
                _lab([min(1, max(0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in sight])
            )
        for one, other in itertools.combinations(seen, 2):
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 12
    for colour in colours:
        light = sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), _linear(colour), strict=True))
        assert 1.05 / (light + 0.05) >= 3
        assert (light + 0.05) / 0.05 >= 3


# --- Round trips --------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_predictions", [False, True])
def test_round_trip(as_predictions: bool) -> None:
    doc = sample()
    tasks = written(doc, as_predictions=as_predictions)
    got = read_one(tasks, texts={"probe-01": cast(str, doc["text"])}, predictions=as_predictions)
    assert (got.header, got.annotations, got.notes) == (*layer(doc), [])
    assert (got.article, got.layer, got.corpus_version, got.text) == (
        "probe-01",
        "gold",
        "0.1.0",
        doc["text"],
    )
    assert got.annotator == ("gold" if as_predictions else None)


def test_vendor_accepts_tasks() -> None:
    interface = LabelInterface(label_studio.config(LABELS, "ar"))
    [task] = written(sample())
    assert interface._validate_object(task["annotations"][0], return_errors=True) == []
    [task] = written(sample(), as_predictions=True)
    assert interface.validate_prediction(task["predictions"][0], return_errors=True) == []
    assert interface.validate_task({"data": task["data"]})


def test_region_ids_are_whole_for_the_editor() -> None:
    # The editor cuts ids at «#» and uses them as names of CSS classes.
    for entry in result_of(written(sample())):
        if "id" in entry:
            assert re.fullmatch(r"[a-z0-9-]+", entry["id"])


def test_server_fields_do_not_matter() -> None:
    doc = sample()
    got = read_one(exported(doc))
    assert (got.header, got.annotations) == layer(doc)
    assert (got.task, got.annotator, got.annotation) == ("1", "a@example.com", "7")


def test_bare_text() -> None:
    doc = sample()
    doc["layers"] = {}
    [task] = written(doc)
    assert "annotations" not in task
    assert label_studio.read([task], LABELS, "f").left_out == ["task #1, article probe-01: not annotated"]
    task["annotations"] = [{"result": []}]
    got = read_one([task])
    assert (got.header, got.annotations) == (None, [])


def test_keyed_hashes_go_out_as_words() -> None:
    doc = sample()
    whole = deepcopy(layer(doc)[1])
    for record in doc["layers"]["gold"][1:]:
        cast(Any, record).pop("text")
        cast(Any, record)["quote_hmac"] = "0" * 64
    assert read_one(written(doc)).annotations == whole


WORDS = [
    "😀",
    "👨‍👩‍👧",
    "🇹🇳",
    "قَالَتْ",
    "وزارة",
    "الصحة",
    "Reuters",
    "24",
    "٣",
    "\u200f",
    "ـ",
    "«",
    "12%",
    "a",
    "𝔸",
]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=3, max_size=25))
    spaces = draw(
        st.lists(st.sampled_from([" ", "", "\n", "  ", "\u00a0"]), min_size=len(words), max_size=len(words))
    )
    text = "".join(itertools.chain.from_iterable(zip(words, spaces, strict=True)))
    return document(text, draw(annotation_lists(text)))


@st.composite
def annotation_lists(draw: st.DrawFn, text: str) -> list[Annotation]:
    def span() -> dict[str, Any]:
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        return {"start": start, "end": end, "text": text[start:end]}

    def maybe(**options: st.SearchStrategy[Any]) -> dict[str, Any]:
        return cast(dict[str, Any], draw(st.fixed_dictionaries({}, optional=options)))

    def enum(kind: str, key: str) -> st.SearchStrategy[str]:
        return st.sampled_from(schema.load("annotation")["$defs"][kind]["properties"][key]["enum"])

    beside = {"confidence": st.floats(0, 1), "by": st.just("ali"), "note": st.just("ملاحظة 😀")}
    numbers = st.lists(st.integers(1, 400), unique=True, max_size=5)
    entities = [f"e{n}" for n in draw(numbers)]
    claims = [f"c{n}" for n in draw(numbers)]
    mentions = st.lists(st.sampled_from(entities), unique=True) if entities else st.just([])
    nobody = st.sampled_from([["author"], ["unnamed"]])
    sources = (
        st.one_of(nobody, st.lists(st.sampled_from(entities), min_size=1, unique=True))
        if entities
        else nobody
    )
    records: list[Any] = []
    for name in entities:
        slug = st.sampled_from([None, "a-b"])
        extra = maybe(form=enum("entity", "form"), referent=slug, wikidata=st.sampled_from([None, "Q1"]),
                      members=mentions.map(lambda ids, name=name: [i for i in ids if i != name]), **beside)  # fmt: skip
        records.append(
            {"type": "entity", "id": name, "label": draw(st.sampled_from(LABELS["entity"]))} | span() | extra
        )
    for name in claims:
        others = [other for other in claims if other != name]
        extra = maybe(via=enum("claim", "via"), mode=enum("claim", "mode"), polarity=enum("claim", "polarity"),
                      certainty=enum("claim", "certainty"), checkworthy=st.sampled_from([True, False, None]),
                      about=mentions, within=st.sampled_from([None, *others]),
                      cue=st.booleans().map(lambda there: span() if there else None), **beside)  # fmt: skip
        records.append({"type": "claim", "id": name, "claimers": draw(sources)} | span() | extra)
        cuts = draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=6, unique=True))
        if draw(st.booleans()):
            cuts = sorted(cuts)[: len(cuts) // 2 * 2]
            place = {"start": cuts[0], "end": cuts[-1], "text": text[cuts[0] : cuts[-1]]}
            records[-1] |= place | {
                "fragments": [list(pair) for pair in zip(cuts[::2], cuts[1::2], strict=True)]
            }
    targets = entities + claims
    for number in draw(numbers) if targets else []:
        roles = {"holders": draw(sources), "target": draw(st.sampled_from(targets))}
        label = draw(st.sampled_from(LABELS["stance"]))
        extra = maybe(basis=enum("stance", "basis"), **beside)
        records.append({"type": "stance", "id": f"s{number}", "label": label} | span() | roles | extra)
    return records


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(documents(), st.booleans())
def test_round_trip_of_any_document(doc: Document, as_predictions: bool) -> None:
    tasks = written(doc, as_predictions=as_predictions)
    got = read_one(tasks, predictions=as_predictions)
    assert (got.header, got.annotations, got.notes) == (*layer(doc), [])
    interface = LabelInterface(label_studio.config(LABELS, "ar"))
    entry = tasks[0]["predictions" if as_predictions else "annotations"][0]
    assert interface.validate_prediction(entry, return_errors=True) == []


# --- On the way out -----------------------------------------------------------------------------------


def test_write_refuses_a_withheld_text() -> None:
    doc = sample()
    doc["text"] = None
    with pytest.raises(Misuse, match="hydrate"):
        written(doc)


@pytest.mark.parametrize(("change", "message"), [
    ({"text": "غير ذلك"}, "the text there «وزارة الصحة»"),
    ({"label": "THING"}, "THING"),
    ({"members": ["e99"]}, "its member is «e99»"),
    ({"start": 5000, "end": 5001}, "5000..5001"),
    ({"form": 3}, "/form"),
    ({"id": "e2"}, "twice"),
])  # fmt: skip
def test_write_refuses_what_would_be_shown_wrongly(change: dict[str, Any], message: str) -> None:
    doc = sample()
    record = next(line for line in doc["layers"]["gold"] if cast(Any, line).get("id") == "e1")
    cast(Any, record).update(change)
    with pytest.raises(Misuse) as caught:
        written(doc)
    assert message in str(caught.value)
    assert str(caught.value).startswith("probe-01/gold")


def test_write_refuses_another_text() -> None:
    doc = sample()
    doc["text"] = "نص آخر"
    with pytest.raises(Misuse, match="hash"):
        written(doc)


# --- What an annotator changed ------------------------------------------------------------------------


def test_new_regions_are_numbered_on() -> None:
    doc = sample()
    tasks = exported(doc)
    text = cast(str, doc["text"])
    at = text.index("الوفد")
    value = {"start": at, "end": at + 5, "text": "الوفد"}
    claim = {"start": at - 4, "end": at + 5, "text": text[at - 4 : at + 5]}
    result_of(tasks).extend([
        {"id": "xK3_aB9-cd", "from_name": "entity", "to_name": "text", "type": "labels", "origin": "manual",
         "value": value | {"labels": ["ORG"]}, "meta": {"text": ["انظر هنا"]}},
        {"id": "claimX", "from_name": "claim", "to_name": "text", "type": "labels", "value": claim | {"labels": ["content"]}},
        {"id": "claimX", "from_name": "polarity", "to_name": "text", "type": "choices", "value": claim | {"choices": ["negated"]}},
        {"type": "relation", "from_id": "claimX", "to_id": "xK3_aB9-cd", "direction": "right", "labels": ["claimer", "about"]},
    ])  # fmt: skip
    got = read_one(tasks)
    by_id = {annotation["id"]: annotation for annotation in got.annotations}
    assert by_id["e9"] == {
        "type": "entity", "id": "e9", "label": "ORG", **value, "form": "name", "referent": None,
        "wikidata": None, "note": "انظر هنا",
    }  # fmt: skip
    assert by_id["c5"] == {
        "type": "claim", "id": "c5", **claim, "claimers": ["e9"], "via": "mention", "cue": None,
        "mode": "indirect", "polarity": "negated", "certainty": "certain", "checkworthy": True,
        "about": ["e9"], "within": None,
    }  # fmt: skip
    assert "e9: no form chosen, «name» taken" in got.notes
    assert "c5: no certainty chosen, «certain» taken" in got.notes
    assert [a for a in got.annotations if a["id"] not in ("e9", "c5")] == layer(doc)[1]


def test_deleted_regions_stay_deleted() -> None:
    tasks = exported(sample())
    items = result_of(tasks)
    items[:] = [i for i in items if i.get("id") != "s3" and i.get("from_id") != "s3"]
    got = read_one(tasks)
    assert "s3" not in {annotation["id"] for annotation in got.annotations}
    assert got.notes == ["deleted since the push: s3"]


def test_the_number_of_a_deleted_region_is_not_used_again() -> None:
    tasks = exported(sample())
    for entry in result_of(tasks):
        for key in ("id", "from_id", "to_id"):
            if entry.get(key) == "s3":
                entry[key] = "drawn-anew"
    assert "s4" in {annotation["id"] for annotation in read_one(tasks).annotations}


def test_a_choice_that_was_taken_back_is_unspecified() -> None:
    tasks = exported(sample())
    items = result_of(tasks)
    items[:] = [i for i in items if not (i.get("id") == "c1" and i["type"] == "choices")]
    claim: Any = next(a for a in read_one(tasks).annotations if a["id"] == "c1")
    assert [claim[key] for key in ("via", "mode", "polarity", "certainty")] == ["unspecified"] * 4
    assert claim["checkworthy"] is None


def test_relabelled_and_moved_regions_keep_what_they_do_not_show() -> None:
    doc = sample()
    tasks = exported(doc)
    item(tasks, "e1")["value"] |= {
        "labels": ["GPE"],
        "end": item(tasks, "e1")["value"]["start"] + 5,
        "text": "وزارة",
    }
    entity: Any = next(a for a in read_one(tasks).annotations if a["id"] == "e1")
    assert (entity["label"], entity["text"], entity["note"]) == ("GPE", "وزارة", "ملاحظة")
    assert entity["referent"] == "ministry-of-health"


def test_a_cue_may_be_shared() -> None:
    tasks = exported(sample())
    arrow = {"type": "relation", "from_id": "c2", "to_id": "c1-cue", "direction": "right", "labels": ["cue"]}
    result_of(tasks).append(arrow)
    claims: Any = {a["id"]: a for a in read_one(tasks).annotations}
    assert claims["c2"]["cue"] == claims["c1"]["cue"]


def test_a_fragment_made_content_becomes_a_claim_of_its_own() -> None:
    tasks = exported(sample())
    items = result_of(tasks)
    items[:] = [i for i in items if i.get("labels") != ["part-of"]]
    item(tasks, "c3-2")["value"]["labels"] = ["content"]
    nobody = item(tasks, "c3-2") | {"from_name": "claimer-is", "type": "choices"}
    nobody["value"] = {"choices": ["unnamed"]}
    items.append(nobody)
    claims: Any = {a["id"]: a for a in read_one(tasks).annotations}
    assert "fragments" not in claims["c3"]
    assert (claims["c5"]["text"], claims["c5"]["claimers"]) == ("وليبيا", ["unnamed"])


def test_arrows_at_fragments_are_meant_for_the_claim() -> None:
    tasks = exported(sample())
    for entry in result_of(tasks):
        if entry.get("labels") == ["target"] and entry["from_id"] == "s1":
            entry["to_id"] = "c3-2"
    assert read_one(tasks).annotations == layer(sample())[1]


def turned(entry: dict[str, Any], direction: str) -> None:
    entry["from_id"], entry["to_id"] = entry["to_id"], entry["from_id"]
    entry["direction"] = direction


@pytest.mark.parametrize(("role", "direction", "noted"), [
    ("claimer", "left", False), ("claimer", "right", True), ("claimer", "bi", True), ("cue", "right", True),
    ("part-of", "right", True), ("target", "left", False), ("within", "left", False), ("member", "left", False),
])  # fmt: skip
def test_directions(role: str, direction: str, noted: bool) -> None:
    tasks = exported(sample())
    for entry in result_of(tasks):
        if entry.get("labels") == [role]:
            turned(entry, direction)
    got = read_one(tasks)
    assert got.annotations == layer(sample())[1]
    assert any("turned round" in note for note in got.notes) is noted


@pytest.mark.parametrize("role", ["within", "member"])
def test_a_role_between_equals_needs_a_direction(role: str) -> None:
    tasks = exported(sample())
    next(i for i in result_of(tasks) if i.get("labels") == [role])["direction"] = "bi"
    assert "points both ways" in refusal(tasks)


# --- Offsets ------------------------------------------------------------------------------------------


def shifted(tasks: list[dict[str, Any]], source: str, unit: str) -> list[dict[str, Any]]:
    """`tasks` with the offsets that a tool would give that counts `unit` in `source`."""
    text = tasks[0]["data"]["text"]
    places = []
    for index in range(len(text) + 1):
        head = text[:index] if "\r" not in source else text[:index].replace("\n", "\r\n")
        places.append(len(head.encode("utf-16-le")) // 2 if unit == "utf16" else len(head))
    for entry in result_of(tasks):
        if "value" in entry:
            value = entry["value"]
            value |= {"start": places[value["start"]], "end": places[value["end"]]}
    return tasks


@pytest.mark.parametrize(("source", "unit", "name"), [
    ("", "utf16", "UTF-16 units"), ("\r", "codepoint", "code points, a line end as two"),
    ("\r", "utf16", "UTF-16 units, a line end as two"),
])  # fmt: skip
def test_the_unit_is_found(source: str, unit: str, name: str) -> None:
    got = read_one(shifted(exported(sample()), source, unit))
    assert got.annotations == layer(sample())[1]
    assert got.notes == [f"offsets were {name}; they are converted to code points"]


def test_foreign_texts_become_canonical() -> None:
    text = "\ufeff😀 قال\r\nعلي في تونس\rاليوم"
    places = [(text.index(word), text.index(word) + len(word), word, "PER") for word in ("علي", "اليوم")]
    got = read_one(foreign(text, *places))
    assert got.text == "😀 قال\nعلي في تونس\nاليوم"
    assert [a["text"] for a in got.annotations] == ["علي", "اليوم"]
    assert [got.text[a["start"] : a["end"]] for a in got.annotations] == ["علي", "اليوم"]
    assert any("canonical" in note for note in got.notes)


def test_line_ends_that_a_browser_counted_as_one() -> None:
    text = "واحد\r\nاثنان\r\nثلاثة"
    got = read_one(foreign(text, (11, 16, "ثلاثة", "PER")))
    assert [(a["start"], a["text"]) for a in got.annotations] == [(11, "ثلاثة")]


def test_white_space_alone_is_a_note() -> None:
    got = read_one(foreign("قال علي\nابن أحمد", (4, 16, "عليابن أحمد", "PER")))
    assert got.annotations[0].get("text") == "علي\nابن أحمد"
    assert "white space" in got.notes[0]


def test_an_end_past_the_text_is_clipped_where_the_quote_proves_it() -> None:
    got = read_one(foreign("قال علي", (4, 9, "علي", "PER")))
    assert (got.annotations[0]["end"], "clipped" in got.notes[0]) == (7, True)
    assert "past the end" in refusal(foreign("قال علي", (4, 9, "علياء", "PER")))
    assert "past the end" in refusal(foreign("قال علي", (4, 9, None, "PER")))


def test_both_readings_are_shown() -> None:
    message = refusal(foreign("😀 قال علي", (3, 6, "علي", "PER")))
    assert "code points give «ال »" in message
    assert "UTF-16 units give «قال»" in message
    assert "the quote stands at code points 6..9 alone" in message


def test_an_offset_inside_a_surrogate_pair_is_refused() -> None:
    message = refusal(foreign("قال 😀 علي", (5, 8, "علي", "PER")))
    assert "utf16 offset 5 is inside the character at code point 4" in message


def test_one_unit_for_the_whole_document() -> None:
    text = "😀 علي و خالد"
    message = refusal(foreign(text, (2, 5, "علي", "PER"), (9, 13, "خالد", "PER")))
    assert "region r1 «خالد» says «خالد» at 9..13; code points give «الد»" in message
    assert "UTF-16 units give its quote, but then others do not fit" in message


def test_without_quotes_doubt_is_refused() -> None:
    got = read_one(foreign("قال علي\nنعم", (4, 7, None, "PER")))
    assert got.annotations[0].get("text") == "علي"
    assert "no quote" in got.notes[0]
    assert "nobody can tell" in refusal(foreign("😀 قال علي", (2, 5, None, "PER")))


@given(
    st.text(alphabet="ab \n\r😀ه", min_size=1),
    st.integers(-3, 30),
    st.integers(-3, 30),
    st.text(alphabet="ab 😀ه\n"),
)
def test_a_placed_span_is_what_it_quotes(source: str, start: int, end: int, quote: str) -> None:
    assume(source.strip())
    try:
        [fit], _ = place(source, [Span("r", start, end, quote)])
    except Misfit:
        return
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(text[fit.start : fit.end].split()) == "".join(quote.split())


# --- What is left out or refused ----------------------------------------------------------------------


def test_skipped_annotations_and_drafts_are_listed() -> None:
    tasks = exported(sample())
    annotation = tasks[0]["annotations"][0]
    tasks[0]["annotations"] = [annotation, annotation | {"id": 8, "was_cancelled": True}]
    tasks[0]["drafts"] = [{"id": 2, "user": "b@example.com", "result": []}]
    export = label_studio.read(json.dumps(tasks).encode(), LABELS, "f")
    assert [result.annotation for result in export.results] == ["7"]
    assert export.left_out == [
        "task 1, article probe-01: a draft by b@example.com was never submitted",
        "task 1, article probe-01: annotation 8 by a@example.com was skipped",
    ]


def test_several_annotators_of_one_task() -> None:
    tasks = exported(sample())
    annotation = tasks[0]["annotations"][0]
    tasks[0]["annotations"].append(annotation | {"id": 8, "completed_by": 5})
    results = label_studio.read(tasks, LABELS, "f").results
    assert [(r.article, r.annotator, r.annotation) for r in results] == [
        ("probe-01", "a@example.com", "7"),
        ("probe-01", "5", "8"),
    ]
    tasks[0]["annotations"].append(annotation)
    assert "stands twice" in refusal(tasks)


def test_another_text_is_refused() -> None:
    tasks = exported(sample())
    assert "at code point 0: the article has «نص" in refusal(tasks, texts={"probe-01": "نص آخر"})
    assert "no such article" in refusal(tasks, texts={})
    tasks[0]["data"]["text"] += "."
    assert "not the one that was pushed" in refusal(tasks)


def test_unknown_labels_are_named() -> None:
    message = refusal(foreign("علي في تونس", (0, 3, "علي", "Person"), (7, 11, "تونس", "City")))
    assert "unknown labels «City», «Person»; append them to [labels] entity in corpus.toml" in message


@pytest.mark.parametrize(("change", "message"), [
    (lambda r: r.append(r[0] | {"from_name": "claim", "value": r[0]["value"] | {"labels": ["cue"]}}), "make it two regions"),
    (lambda r: r[0]["value"].update(labels=["ORG", "PER"]), "2 labels"),
    (lambda r: r[0].update(from_name="other"), "none of entity, claim, stance"),
    (lambda r: r.append({"id": "z", "type": "textarea", "from_name": "t", "value": {}}), "textarea «t» is no control"),
    (lambda r: r.append({"type": "relation", "from_id": "s1", "to_id": "e1", "direction": "right"}), "no label"),
    (lambda r: r.append({"type": "relation", "from_id": "s1", "to_id": "e1", "labels": ["likes"]}), "«likes»"),
    (lambda r: r.append({"type": "relation", "from_id": "e1", "to_id": "e2", "labels": ["cue"]}), "goes from a claim"),
    (lambda r: r.append({"type": "relation", "from_id": "s1", "to_id": "e6", "labels": ["target"]}), "2 × «target»"),
    (lambda r: r.append({"type": "relation", "from_id": "c2", "to_id": "e1", "labels": ["claimer"]}), "keep one of the two"),
    (lambda r: r.append({"type": "relation", "from_id": "c1", "to_id": "c3-cue", "labels": ["cue"]}), "2 cues"),
    (lambda r: r.append({"type": "relation", "from_id": "c3-2", "to_id": "c1", "labels": ["part-of"]}), "part of two claims"),
    (lambda r: r.remove(next(i for i in r if i.get("labels") == ["cue"])), "the cue of no claim"),
    (lambda r: r.remove(next(i for i in r if i.get("labels") == ["part-of"])), "part of no claim"),
    (lambda r: r.remove(next(i for i in r if i.get("labels") == ["target"])), "no target"),
    (lambda r: r.remove(next(i for i in r if i.get("from_name") == "claimer-is")), "no claimer"),
    (lambda r: r.append({"id": "c1", "type": "choices", "from_name": "via", "value": {"choices": ["fax"]}}), "«fax»"),
    (lambda r: r.append({"id": "c1", "type": "choices", "from_name": "via", "value": {"choices": ["none"]}}), "two values"),
    (lambda r: r.append({"id": "zz", "type": "choices", "from_name": "via", "value": {"choices": ["none"]}}), "no region"),
    (lambda r: r[0]["value"].update(start="/div[1]/p[1]/text()[1]"), "no region of a <Text>"),
])  # fmt: skip
def test_refused_annotations(change: Any, message: str) -> None:
    tasks = exported(sample())
    change(result_of(tasks))
    said = refusal(tasks)
    assert message in said
    assert "task 1, article probe-01, annotation 7 by a@example.com" in said


def test_a_choice_that_lost_its_meaning_is_noted() -> None:
    tasks = exported(sample())
    result_of(tasks).append(
        {"id": "e1", "type": "choices", "from_name": "via", "value": {"choices": ["none"]}}
    )
    got = read_one(tasks)
    assert got.annotations == layer(sample())[1]
    assert "via=none says nothing of a entity and is left out" in got.notes[0]


def test_a_relation_to_a_region_that_is_gone_is_noted() -> None:
    tasks = exported(sample())
    result_of(tasks).append({"type": "relation", "from_id": "c1", "to_id": "gone", "labels": ["about"]})
    assert "a region is gone" in read_one(tasks).notes[0]


@pytest.mark.parametrize(("data", "message"), [
    (b'"id","text"\n1,"x"\n', "a table (CSV or TSV)"),
    (b"id\ttext\n1\tx\n", "a table (CSV or TSV)"),
    (b"PK\x03\x04 \x00", "a zip archive"),
    (b"<View></View>", "XML"),
    (b"", "no JSON"),
    (b"nothing", "no JSON"),
    (b'[{"a": 1, "a": 2}]', "twice"),
    (b'["\\ud83d"]', "no JSON"),
    (b"[" * 100000, "no JSON"),
    (b"\xff\xfe[", "no JSON"),
    (b"{}", "no task"),
    (b"3", "not a list"),
    (b"[3]", "not an object"),
    (b'[{"id": 1, "text": "x", "annotator": 1, "annotation_id": 2, "ner": []}]', "JSON-MIN, which loses relations"),
    (b'[{"id": 1, "data": {"image": "x.png"}, "annotations": []}]', "no «text» (it has image)"),
    (b'[{"id": 1, "data": {"text": " "}, "annotations": []}]', "empty"),
    (b'[{"id": 1, "data": {"text": "x"}, "annotations": [7]}]', "the number 7"),
    (b'[{"data": {"text": "x"}, "predictions": [{"result": []}]}]', "predictions alone"),
])  # fmt: skip
def test_files_that_are_no_export(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_the_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_EXPORT", 100)
    assert "the bound is 100" in refusal(exported(sample()))


def test_what_is_no_json_is_refused_when_parsed() -> None:
    for value in ([{"data": {"text": "\ud83d"}}], [{1, 2}], [{"data": 1 << 80}]):
        with pytest.raises(Misuse):
            label_studio.read(cast(Any, value), LABELS, "client")


def test_refusals_are_gathered() -> None:
    good, bad = exported(sample())[0], foreign("علي", (0, 3, "عمر", "PER"))[0]
    message = refusal([bad | {"id": n} for n in range(30)] + [good])
    assert message.count("export.json: task") == 20
    assert message.endswith("… and 10 more")


def test_foreign_leftovers_are_noted() -> None:
    tasks = foreign("قال علي", (4, 7, "علي", "PER"))
    result_of(tasks).extend([
        {"type": "relation", "from_id": "r0", "to_id": "r0", "direction": "right"},
        {"id": "q", "type": "choices", "from_name": "mood", "value": {"choices": ["good"]}},
    ])  # fmt: skip
    got = read_one(tasks)
    assert (got.article, got.header, got.annotator) == (None, None, "2")
    assert got.notes[-1].endswith("1 × choices «mood», 1 × relation with no label")


# --- Any shape at all ---------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["e1", "c1", "c3-1", "content", "PER", "relation", "choices", "labels", "bi"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text", "labels", "result", "x"]), inner),
    max_leaves=6,
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path] + [found for key, child in children for found in paths(child, (*path, key))]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_mutation_is_read_or_refused(data: st.DataObject) -> None:
    tasks: Any = exported(sample())
    predictions = data.draw(st.booleans())
    if predictions:
        tasks[0]["predictions"] = [tasks[0]["annotations"][0] | {"model_version": "m"}]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in paths(tasks) if path] or [()]))
        if not path:
            continue
        parent = tasks
        for key in path[:-1]:
            parent = parent[key]
        action = data.draw(st.sampled_from(["replace", "delete", "duplicate"]))
        if action == "replace":
            parent[path[-1]] = data.draw(JSON)
        elif action == "delete":
            del parent[path[-1]]
        elif isinstance(parent, list):
            parent.append(deepcopy(parent[path[-1]]))
    try:
        export = label_studio.read(tasks, LABELS, "f", predictions=predictions)
    except Misuse as error:
        assert str(error).startswith("f: ")
        return
    verdict = schema.verdict("annotation", LABELS)
    for result in export.results:
        assert len({annotation["id"] for annotation in result.annotations}) == len(result.annotations)
        for annotation in result.annotations:
            assert verdict.is_valid(annotation)
            assert annotation.get("text") == result.text[annotation["start"] : annotation["end"]]


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        label_studio.read(json.dumps(value).encode(), LABELS, "f")
    except Misuse as error:
        assert str(error).startswith("f: ")


# --- Real exports -------------------------------------------------------------------------------------


def real(folder: str, name: str) -> bytes:
    found = sorted((REAL / folder).rglob(name)) if (REAL / folder).is_dir() else []
    if not found:
        pytest.skip(f"the real exports are not here: {REAL / folder} has no {name}")
    return found[0].read_bytes()


@pytest.mark.parametrize(("name", "message"), [
    ("csv_test.json", "no span over the text, only 1 × rectanglelabels «label»"),
    ("csv_test2.json", "no «text»"),
    ("csv_test2_result.csv", "a table (CSV or TSV)"),
    ("csv_test_colliding_keys.json", "no span over the text, only 1 × choices «text»"),
    ("csv_test_colliding_keys_mixed.json", "no span over the text"),
    ("csv_test_history.json", "only 1 × choices «sentiment»"),
    ("chat_data.json", "no «text» (it has input_chat, scenario_prompt)"),
    ("data.json", "no «text» (it has image)"),
    ("data_repeater.json", "no «text» (it has images)"),
    ("label_config.xml", "XML"),
    ("label_config_repeater.json", "no task of Label Studio"),
])  # fmt: skip
def test_real_files_that_hold_nothing_for_tasrih(name: str, message: str) -> None:
    assert message in refusal(real("label_studio_sdk", name))


def test_real_predictions() -> None:
    raw = real("label_studio_kiji", "sample_predictions.json")
    labels: Labels = {"entity": ["Person", "Pronoun", "Email"], "stance": [], "topic": []}
    assert "predictions alone" in refusal(raw)
    assert "unknown labels «Email», «Person», «Pronoun»" in refusal(raw, predictions=True)
    assert "the quote stands at code points 62..84 alone" in refusal(raw, labels, predictions=True)
    tasks = json.loads(raw)
    wrong = next(i for i in tasks[0]["predictions"][0]["result"] if i.get("id") == "ent-5")
    wrong["value"] |= {"start": 62, "end": 84}
    got = read_one(tasks, labels, predictions=True)
    assert [(a["id"], cast(Any, a)["label"], a.get("text")) for a in got.annotations] == [
        ("e1", "Person", "John Smith"), ("e2", "Person", "Mary"), ("e3", "Pronoun", "He"),
        ("e4", "Pronoun", "her"), ("e5", "Email", "john.smith@example.com"),
    ]  # fmt: skip
    assert got.notes[-1] == "left out, for Tasrih has no place for it: 2 × relation with no label"
