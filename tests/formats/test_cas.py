"""UIMA CAS: what another program makes of our files, and what we make of others'."""

from __future__ import annotations

import io
import json
import re
import warnings
from itertools import pairwise
from typing import Any

import cassis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import SETTINGS
from tasrih.formats import cas, inline
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Foreign, Imported, Note, Reading, as_document
from tasrih.formats.losses import essence
from tasrih.model import Document
from tasrih.store import Misuse
from tasrih.text.canonical import sha256

CAS = FORMATS["cas"]
READING = Reading(SETTINGS["labels"])
EXAMPLE = """tasrih inline 1
article: example
annotator: gold
guidelines: 1.0
=== text
😀 <c1#cue>قالت</c1#cue> <e1 ORG>وزارة 🇹🇳 الصحة</e1> إن <c1#1>الحملة</c1#1>، حسب <e2 PER>علي</e2>، <c1#2>بدأت</c1#2> و<s1 support>تؤيدها</s1>.
=== roles
e1 form=name referent=ministry wikidata=Q7 note="two lines"
c1 claimers=e1,e2 via=mention mode=indirect polarity=affirmed certainty=certain checkworthy=true about=e2
s1 holders=e1 target=c1 basis=stated confidence=0.25
"""


def document(source: str = EXAMPLE, **article: Any) -> Document:
    parsed = inline.read(source, "example")
    digest = sha256(parsed.text)
    made: Any = {
        "id": "example", "title": "عنوان", "language": "ar", "event": "e", "topic": "local", "origin": "written",
        "rights": {"licence": "CC0-1.0", "redistribute": True}, "text_sha256": digest, "length": len(parsed.text),
        "zones": [],
    }  # fmt: skip
    header: Any = {
        "type": "layer", "article": "example", "text_sha256": digest, "annotator": "gold", "guidelines": "1.0",
    }  # fmt: skip
    return {"article": made | article, "text": parsed.text, "layers": {"gold": [header, *parsed.annotations]}}


def written(one: Document, serialisation: str = "xmi") -> dict[str, bytes]:
    return dict(CAS.write([one], SETTINGS, "gold", serialisation=serialisation))


def read(content: bytes, name: str = "example.xmi") -> Imported:
    return CAS.read([(name, content)], READING)


def only(imported: Imported) -> Foreign:
    assert len(imported.documents) == 1
    return imported.documents[0]


def assert_comes_back(one: Document, content: bytes, name: str) -> None:
    imported = read(content, name)
    assert imported.notes == []
    assert essence(as_document(only(imported), SETTINGS, {})) == essence(one)


# --- What others make of our files --------------------------------------------------------------------


def loaded(files: dict[str, bytes], serialisation: str) -> cassis.Cas:
    """What dkpro-cassis makes of a file, every type of which the type system beside it must have."""
    if serialisation == "json":
        return cassis.load_cas_from_json(io.BytesIO(files["example.json"]))
    types = cassis.load_typesystem(io.BytesIO(files["TypeSystem.xml"]))
    return cassis.load_cas_from_xmi(io.BytesIO(files["example.xmi"]), types)


@pytest.mark.parametrize("serialisation", ["xmi", "json"])
def test_another_program_reads_words_labels_and_roles(serialisation: str) -> None:
    one = document()
    found = loaded(written(one, serialisation), serialisation)
    assert found.sofa_string == one["text"]
    named = {each.identifier: each for each in found.select("webanno.custom.Entity")}
    assert {name: (each.value, each.get_covered_text()) for name, each in named.items()} == {
        "e1": ("ORG", "وزارة 🇹🇳 الصحة"),
        "e2": ("PER", "علي"),
    }
    (claim,) = found.select("webanno.custom.Claim")
    assert [(link.role, link.target.identifier) for link in claim.claimers.elements] == [
        ("claimer", "e1"),
        ("claimer", "e2"),
    ]
    assert [link.target.get_covered_text() for link in claim.cue.elements] == ["قالت"]
    assert claim.get_covered_text() == "الحملة"
    assert [link.target.get_covered_text() for link in claim.fragments.elements] == ["بدأت"]
    (stance,) = found.select("webanno.custom.Stance")
    assert [link.target for link in stance.target.elements] == [claim]
    (metadata,) = found.select(cas.DOCUMENT)
    assert (metadata.documentId, metadata.documentTitle, metadata.language) == ("example", "عنوان", "ar")


@pytest.mark.parametrize("serialisation", ["xmi", "json"])
def test_sentences_and_tokens_are_there_and_do_not_overlap(serialisation: str) -> None:
    found = loaded(written(document(), serialisation), serialisation)
    tokens = [(token.begin, token.end) for token in found.select(cas.TOKEN)]
    assert all(end <= start for (_, end), (start, _) in pairwise(tokens))
    (sentence,) = found.select(cas.SENTENCE)
    assert sentence.begin <= tokens[0][0] and tokens[-1][1] <= sentence.end


@pytest.mark.parametrize("serialisation", ["xmi", "json"])
def test_what_another_program_writes_again_is_the_same(serialisation: str) -> None:
    one = document()
    found = loaded(written(one, serialisation), serialisation)
    again = found.to_json() if serialisation == "json" else found.to_xmi()
    assert_comes_back(one, again.encode(), f"example.{serialisation}")


@pytest.mark.parametrize("serialisation", ["xmi", "json"])
def test_both_serialisations_come_back(serialisation: str) -> None:
    one = document()
    assert_comes_back(
        one, written(one, serialisation)[f"example.{serialisation}"], f"example.{serialisation}"
    )


def test_a_new_annotation_of_another_program_is_numbered() -> None:
    found = loaded(written(document()), "xmi")
    entity = found.typesystem.get_type("webanno.custom.Entity")
    found.add(entity(begin=0, end=1, value="PROD"))
    lines = only(read(found.to_xmi().encode())).layers["gold"]
    assert [(line["id"], line["text"]) for line in lines if line["type"] == "entity"] == [
        ("e1", "😀"),
        ("e2", "وزارة 🇹🇳 الصحة"),
        ("e3", "علي"),
    ]
    claim = next(line for line in lines if line["type"] == "claim")
    assert (claim["claimers"], claim["about"]) == (["e2", "e3"], ["e3"])


# INCEpTION tells the layers of a type system by these rules (its class TypeSystemAnalysis): a span layer is a direct
# subtype of Annotation whose features are primitive or slots; a slot is an array of links, a link a direct subtype of TOP
# with a string `role` and a `target` that is no primitive, and nothing else.
def layer_names() -> set[str]:
    types = cassis.load_typesystem(io.BytesIO(written(document())["layers.xml"]))
    layers = set()
    for one in types.get_types():
        if one.supertype.name == "uima.tcas.Annotation" and one.name != "uima.tcas.DocumentAnnotation":
            assert all(
                is_slot(types, feature) or feature.rangeType.name == cas.STRING for feature in one.features
            )
            layers.add(one.name)
    return layers


def is_slot(types: cassis.TypeSystem, feature: Any) -> bool:
    if feature.rangeType.name != cas.FS_ARRAY:
        return False
    link = types.get_type(feature.elementType.name)
    ranges = {each.name: each.rangeType.name for each in link.features}
    return (
        link.supertype.name == "uima.cas.TOP"
        and set(ranges) == {"role", "target"}
        and ranges["role"] == cas.STRING
        and (ranges["target"].startswith("webanno.custom.") or ranges["target"] == cas.ANNOTATION)
    )


def test_the_layers_are_layers_by_the_rules_of_inception() -> None:
    assert layer_names() == {*cas.TYPES.values(), cas.FRAGMENT}


def test_the_whole_type_system_has_the_layers_as_they_are_alone() -> None:
    files = written(document())
    whole, alone = (
        cassis.load_typesystem(io.BytesIO(files[name])) for name in ("TypeSystem.xml", "layers.xml")
    )
    for name in layer_names():
        assert [str(each) for each in whole.get_type(name).features] == [
            str(each) for each in alone.get_type(name).features
        ]


# --- Offsets and characters ---------------------------------------------------------------------------


def test_offsets_are_of_utf_16() -> None:
    xmi = written(document("tasrih inline 1\n=== text\n😀 <e1 GPE>تونس</e1>\n=== roles\n"))[
        "example.xmi"
    ].decode()
    assert re.search(r'custom:Entity [^>]*begin="3" end="7"', xmi)


def test_an_offset_inside_a_character_is_refused() -> None:
    xmi = written(document("tasrih inline 1\n=== text\n😀 <e1 GPE>تونس</e1>\n=== roles\n"))["example.xmi"]
    wrong = re.sub(rb'(custom:Entity [^>]*begin=)"3"', rb'\1"1"', xmi)
    with pytest.raises(
        Misuse, match=r"example.xmi: Entity \d+: utf16 offset 1 is inside .* UTF-16 units, and these do not"
    ):
        read(wrong)


@pytest.mark.parametrize("serialisation", ["xmi", "json"])
def test_characters_that_xml_has_not_come_back(serialisation: str) -> None:
    text = "a\x01😀\x0b\ufffe b\ufffd\r\t\x85\u2028"
    one = document()
    one["text"], digest = text, sha256(text)
    one["article"] |= {"text_sha256": digest, "length": len(text), "title": "\x02"}  # type: ignore[typeddict-item]
    entity: Any = {
        "type": "entity",
        "id": "e1",
        "label": "PER",
        "start": 1,
        "end": 4,
        "text": text[1:4],
        "note": "\x00\uffff\n",
    }
    header: Any = one["layers"]["gold"][0] | {"text_sha256": digest, "note": "\x1b[1m"}
    one["layers"]["gold"] = [header, entity]
    assert_comes_back(
        one, written(one, serialisation)[f"example.{serialisation}"], f"example.{serialisation}"
    )


def test_a_note_that_was_changed_is_taken_as_it_was_changed() -> None:
    one = document()
    one["layers"]["gold"][1] |= {"note": "\x00before"}  # type: ignore[typeddict-item]
    xmi = written(one)["example.xmi"].replace('note="\ufffdbefore'.encode(), b'note="after')
    assert only(read(xmi)).layers["gold"][0]["note"] == "after"


# --- What we make of others' files --------------------------------------------------------------------

FOREIGN = """<?xml version="1.1" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:tcas="http:///uima/tcas.ecore"
  xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" xmlns:custom="http:///webanno/custom.ecore"
  xmlns:pos="http:///de/tudarmstadt/ukp/dkpro/core/api/lexmorph/type/pos.ecore"
  xmlns:metadata="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore" xmi:version="2.0">
  <cas:NULL xmi:id="0"/>
  <metadata:DocumentMetaData xmi:id="2" sofa="1" begin="0" end="31" language="en" documentTitle="Page 1.txt" documentId="anna"/>
  <ner:NamedEntity xmi:id="3" sofa="1" begin="3" end="6" value="PER" identifier="http://www.wikidata.org/entity/Q42"/>
  <ner:Location xmi:id="4" sofa="1" begin="17" end="22"/>
  <ner:NamedEntity xmi:id="5" sofa="1" begin="0" end="2" value="PER"/>
  <pos:POS xmi:id="6" sofa="1" begin="3" end="6" PosValue="NNP"/>
  <pos:POS xmi:id="7" sofa="1" begin="7" end="11" PosValue="VBD"/>
  <custom:Claim xmi:id="8" sofa="1" begin="12" end="28" claimers="20" about="21" mode="indirect"/>
  <cas:FSArray xmi:id="20" elements="22"/>
  <custom:ClaimClaimersLink xmi:id="21" role="about" target="99"/>
  <custom:ClaimClaimersLink xmi:id="22" role="claimer" target="3"/>
  <custom:ClaimClaimersLink xmi:id="23" role="claimer"/>
  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="😀 Ali said rain&#9;Paris&#10;falls.MORE"/>
  <cas:View sofa="1" members="2 3 4 6 7 8"/>
</xmi:XMI>
"""


def test_a_foreign_file_gives_what_it_has() -> None:
    labels = Reading(SETTINGS["labels"], mapping={"Location": "LOC"})
    imported = CAS.read([("annotation/anna.xmi", FOREIGN.encode())], labels)
    found = only(imported)
    assert (found.name, found.metadata, found.text[:9]) == ("Page 1.txt", {"language": "en"}, "😀 Ali sai")
    assert [
        (line["id"], line.get("label"), line.get("text"), line.get("wikidata"), line.get("claimers"))
        for line in found.layers[""]
    ] == [
        ("e1", "PER", "Ali", "Q42", None),
        ("c1", None, "rain\tParis\nfalls", None, ["e1"]),
        ("e2", "LOC", "Paris", None, None),
    ]


def test_each_thing_that_is_left_out_is_noted() -> None:
    labels = Reading(SETTINGS["labels"], mapping={"Location": "LOC"})
    notes = CAS.read([("a.xmi", FOREIGN.encode())], labels).notes
    assert notes == [
        Note("dropped", "a.xmi", "NamedEntity 5: no view lists it, as if it had been deleted"),
        Note("dropped", "a.xmi", "Claim 8: its about 99 is no annotation that was read"),
        Note("dropped", "a.xmi", "2 × type de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS"),
    ]


def test_labels_that_the_corpus_does_not_have_are_refused() -> None:
    with pytest.raises(Misuse, match="«Location» 1 ×"):
        read(FOREIGN.encode())


def test_a_second_text_is_noted() -> None:
    second = '<cas:Sofa xmi:id="30" sofaNum="2" sofaID="other" sofaString="x"/><custom:Entity xmi:id="31" sofa="30" begin="0" end="1" value="PER"/></xmi:XMI>'
    xmi = (
        written(document())["example.xmi"]
        .decode()
        .replace("</xmi:XMI>", second.replace("30", "9930").replace("31", "9931"))
    )
    assert [note.what for note in read(xmi.encode()).notes] == [
        "view «other»: one text alone is read",
        "Entity 9931: it marks another text",
    ]


REFUSED = {
    "laughs": (
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xmi:XMI xmlns:xmi="http://www.omg.org/XMI">&b;</xmi:XMI>',
        "take out its DOCTYPE",
    ),
    "external": (
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><xmi:XMI xmlns:xmi="http://www.omg.org/XMI">&a;</xmi:XMI>',
        "take out its DOCTYPE",
    ),
    "unended": (FOREIGN[:900], "it is no XML: .*export it again"),
    "empty": ("", "it is no XML"),
    "html": ("<html/>", "its root is html"),
    "deep": ('<x:XMI xmlns:x="http://www.omg.org/XMI">' + "<a>" * 100_000, "nested too deeply"),
    "no-text": ('<x:XMI xmlns:x="http://www.omg.org/XMI"/>', "has no text"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_cas_is_refused(name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(Misuse, match=f"(?s)^a.xmi: .*{message}"):
        read(content.encode(), "a.xmi")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "no list %FEATURE_STRUCTURES"),
        ("{", "it is no JSON"),
        ('{"a": 1, "a": 2}', "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"%FEATURE_STRUCTURES": []}', "has no text"),
    ],
)
def test_json_that_is_no_cas_is_refused(content: str, message: str) -> None:
    with pytest.raises(Misuse, match=f"^a.json: .*{message}"):
        read(content.encode(), "a.json")


def test_type_systems_alone_are_refused() -> None:
    with pytest.raises(Misuse, match="no CAS is among the files"):
        read(written(document())["TypeSystem.xml"], "TypeSystem.xml")


def test_an_array_that_is_named_again_and_again_is_refused() -> None:
    sofa = {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaID": "_InitialView", "sofaString": "a"}
    array = {"%ID": 2, "%TYPE": "uima.cas.FSArray", "%ELEMENTS": [1] * 3000}
    claims = [
        {"%ID": n, "%TYPE": "webanno.custom.Claim", "@sofa": 1, "begin": 0, "end": 1, "@about": 2}
        for n in range(3, 3003)
    ]
    with pytest.raises(Misuse, match="again and again"):
        read(json.dumps({"%FEATURE_STRUCTURES": [sofa, array, *claims]}).encode(), "a.json")


def test_typed_arrays_and_views_without_members_are_read() -> None:
    """As the Java library writes JSON: an array has the type of its elements; not every view lists its members."""
    structures = [
        {
            "%ID": 1,
            "%TYPE": "uima.cas.Sofa",
            "sofaNum": 1,
            "sofaID": "_InitialView",
            "sofaString": "😀 Ali says it",
        },
        {"%ID": 2, "%TYPE": "webanno.custom.Entity", "@sofa": 1, "begin": 3, "end": 6, "value": "PER"},
        {"%ID": 3, "%TYPE": "webanno.custom.Claim", "@sofa": 1, "begin": 12, "end": 14, "@claimers": 4},
        {"%ID": 4, "%TYPE": "webanno.custom.ClaimClaimersLink[]", "%ELEMENTS": [5]},
        {"%ID": 5, "%TYPE": "webanno.custom.ClaimClaimersLink", "role": "claimer", "@target": 2},
    ]
    whole = {"%FEATURE_STRUCTURES": structures, "%VIEWS": {"_InitialView": {"%SOFA": 1}}}
    imported = read(json.dumps(whole).encode(), "a.json")
    claim: Any = only(imported).layers[""][1]
    assert (claim["text"], claim["claimers"]) == ("it", ["e1"])
    assert imported.notes == []


def test_names_of_a_file_are_never_run() -> None:
    """dkpro-cassis makes code of the names of features, for which it is not given those of a file."""
    cas_json = json.loads(written(document(), "json")["example.json"])
    cas_json["%TYPES"]["a.B"] = {
        "%NAME": "a.B",
        "%SUPER_TYPE": "uima.tcas.Annotation",
        "x=print(1/0)": {"%RANGE": "uima.cas.String"},
    }
    cas_json["%FEATURE_STRUCTURES"].append({"%ID": 9999, "%TYPE": "a.B", "x=print(1/0)": "y"})
    notes = read(json.dumps(cas_json).encode(), "example.json").notes
    assert [note.what for note in notes] == ["1 × type a.B"]


# --- Anything at all ----------------------------------------------------------------------------------

XMI_BYTES = written(document())["example.xmi"]
JSON_VALUE = json.loads(written(document(), "json")["example.json"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def assert_read_or_refused(content: bytes, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            assert isinstance(read(content, name), Imported)
        except Misuse as error:
            assert str(error)


@given(st.binary(max_size=200), st.sampled_from(["a.xmi", "a.xml", "a.json", "", "a"]))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    assert_read_or_refused(content, name)


@given(st.integers(0, len(XMI_BYTES) - 1), st.integers(0, 40), st.binary(max_size=12))
@settings(deadline=None, max_examples=150)
def test_a_damaged_xmi_is_read_or_refused(at: int, length: int, instead: bytes) -> None:
    assert_read_or_refused(XMI_BYTES[:at] + instead + XMI_BYTES[at + length :], "a.xmi")


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_values_of_any_type_are_read_or_refused(data: st.DataObject) -> None:
    whole = json.loads(json.dumps(JSON_VALUE))
    place: Any = (
        whole if data.draw(st.booleans()) else data.draw(st.sampled_from(whole["%FEATURE_STRUCTURES"]))
    )
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(VALUES)
    assert_read_or_refused(json.dumps(whole).encode("utf-8", "surrogatepass"), "a.json")
