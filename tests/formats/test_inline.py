"""The inline format: what is written is read back, what is read is written back, and what is wrong has a line."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import strategies
from corpora import document, patched
from samples import documents
from tasrih.formats import inline
from tasrih.model import Document, text_order
from tasrih.store import Misuse

CASES = sorted((Path(__file__).parent / "cases" / "inline").glob("*.inline"))
HEAD = "tasrih inline 1\narticle: example\nannotator: gold\n=== text\n"


def as_document(parsed: inline.Inline) -> Document:
    """The document that a file says, with the header as it stands there."""
    made = document("x")
    made["text"] = parsed.text
    header: Any = {"type": "layer", **parsed.header}
    made["layers"] = {"gold": [header, *parsed.annotations]}
    return made


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case_is_written_as_it_was_read(path: Path) -> None:
    data = path.read_bytes().decode()
    parsed = inline.read(data, str(path))
    assert inline.write(as_document(parsed)) == data
    for annotation in parsed.annotations:
        assert parsed.text[annotation["start"] : annotation["end"]] == annotation.get("text")


def test_there_are_cases() -> None:
    assert len(CASES) >= 19


@given(document=strategies.documents())
@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
def test_what_is_written_is_read_back(document: Document) -> None:
    before = deepcopy(document)
    data = inline.write(document)
    assert document == before
    parsed = inline.read(data)
    assert parsed.text == document["text"]
    assert inline.first_difference(document["text"] or "", parsed.text) == ""
    header = inline.header_for(document, parsed, "gold", "9.9", "other", "2030-01-01T00:00:00Z")
    assert [header, *parsed.annotations] == document["layers"]["gold"]
    assert inline.write(as_document(parsed)) == data


@pytest.mark.parametrize("whole", documents(7), ids=lambda whole: whole["article"]["id"])
def test_samples_come_back(whole: Document) -> None:
    parsed = inline.read(inline.write(whole))
    assert parsed.annotations == sorted(whole["layers"]["gold"][1:], key=text_order)  # type: ignore[type-var, arg-type]


def test_an_article_without_the_layer_is_bare_text() -> None:
    whole = document("a \\< b \\\\ c")
    data = inline.write(whole, "zaid")
    assert data == "tasrih inline 1\narticle: example\nannotator: zaid\n=== text\na \\< b \\\\ c\n=== roles\n"
    assert inline.read(data).text == "a < b \\ c"


def test_a_header_that_is_silent_is_completed() -> None:
    whole = document("نص")
    header = inline.header_for(
        whole, inline.read(f"{HEAD}نص\n=== roles\n"), "zaid", "1.0", "tasrih 0", "2026-01-01T00:00:00Z"
    )
    assert header == {
        "type": "layer", "article": "example", "text_sha256": whole["article"]["text_sha256"], "annotator": "zaid",
        "guidelines": "1.0", "created": "2026-01-01T00:00:00Z", "tool": "tasrih 0",
    }  # fmt: skip


# --- What cannot be written ---------------------------------------------------------------------------

SPOKEN = document(
    "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1>: «<c1#1>الحملة</c1#1>» و«<c1#2>بدأت</c1#2>».\n=== roles\nc1 claimers=e1"
)


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"/text": None}, "its text is withheld; run «tasrih hydrate FILE»"),
        ({"/layers/gold/1/end": 900}, "e1 is empty or past the end: the text has 30 code points"),
        ({"/layers/gold/1/end": 5}, "e1 is empty or past the end"),
        ({"/layers/gold/1/start": 6}, "e1 says «الهيئة», the text there says «لهيئة»"),
        ({"/layers/gold/1/text": "كلمة"}, "e1 says «كلمة»"),
        ({"/layers/gold/2/cue/text": "كلمة"}, "c1 says «كلمة»"),
        ({"/layers/gold/2/cue/end": 900}, "c1 is empty or past the end"),
        ({"/layers/gold/2/fragments": [[14, 20], [20, 900]]}, "c1 is empty or past the end"),
        (
            {"/layers/gold/2/fragments": [[15, 20], [24, 28]]},
            "c1: start and end are not those of its fragments",
        ),
        (
            {"/layers/gold/2": {**SPOKEN["layers"]["gold"][1], "start": 20, "end": 21, "text": " "}},
            "«e1» stands twice",
        ),
    ],
)
def test_what_tags_cannot_show_is_refused(patch: dict[str, Any], message: str) -> None:
    with pytest.raises(Misuse, match="example: ") as caught:
        inline.write(patched(SPOKEN, patch))
    assert message in str(caught.value)


# --- What cannot be read ------------------------------------------------------------------------------

NAMED = "<e1 ORG>الهيئة</e1>"
BAD = {
    "nothing": ("", 1, "not an inline file"),
    "another format": ("{}\n", 1, "not an inline file"),
    "no text": ("tasrih inline 1\narticle: x\n=== roles\n", 1, "not an inline file"),
    "no roles": (f"{HEAD}نص\n", 1, "not an inline file"),
    "line ends of Windows": (f"{HEAD}نص\n=== roles\n".replace("\n", "\r\n"), 1, "not an inline file"),
    "unknown header": ("tasrih inline 1\ncolour: red\n=== text\nنص\n=== roles\n", 2, "«colour: red» is no header line"),
    "header without a value": ("tasrih inline 1\narticle\n=== text\nنص\n=== roles\n", 2, "«article» is no header line"),
    "header twice": ("tasrih inline 1\nby: a\nby: b\n=== text\nنص\n=== roles\n", 3, "stands twice"),
    "header that is no string": ('tasrih inline 1\nby: "a\n=== text\nنص\n=== roles\n', 2, "is not a value"),
    "a bare <": (f"{HEAD}سطر\na < b\n=== roles\n", 6, "«< b» is no tag; in the text write \\< and \\\\"),
    "a bare backslash": (f"{HEAD}a \\ b\n=== roles\n", 5, "is no tag"),
    "a tag of another kind": (f"{HEAD}<x1 ORG>نص</x1>\n=== roles\n", 5, "is no tag"),
    "an id from zero": (f"{HEAD}<e0 ORG>نص</e0>\n=== roles\n", 5, "is no tag"),
    "never closed": (f"{HEAD}سطر\n<e1 ORG>نص\n=== roles\n", 6, "<e1> is never closed"),
    "never opened": (f"{HEAD}سطر\nنص</e1>\n=== roles\n", 6, "</e1> closes nothing that is open"),
    "closed by another": (f"{HEAD}<e1 ORG>نص</e2>\n=== roles\n", 5, "</e2> closes nothing"),
    "twice": (f"{HEAD}{NAMED}\n{NAMED}\n=== roles\n", 6, "<e1> stands twice"),
    "twice at once": (f"{HEAD}<e1 ORG><e1 ORG>نص</e1></e1>\n=== roles\n", 5, "<e1> stands twice"),
    "empty": (f"{HEAD}<e1 ORG></e1>\n=== roles\n", 5, "<e1> holds no text"),
    "entity without a label": (f"{HEAD}<e1>نص</e1>\n=== roles\n", 5, "<e1> needs a label: <e1 LABEL>"),
    "claim with a label": (f"{HEAD}<c1 ORG>نص</c1>\n=== roles\n", 5, "<c1 ORG>: a claim has no label"),
    "cue of an entity": (f"{HEAD}<e1#cue>نص</e1#cue>\n=== roles\n", 5, "only a claim has a cue or fragments"),
    "fragment of a stance": (f"{HEAD}<s1#1 support>نص</s1#1>\n=== roles\n", 5, "only a claim has a cue or fragments"),
    "roles without a tag": (f"{HEAD}نص\n=== roles\n\ne7 form=name\n", 8, "«e7» has roles but no tag in the text"),
    "roles of nothing": (f"{HEAD}نص\n=== roles\nform=name\n", 7, "«form=name» is no id"),
    "roles twice": (f"{HEAD}{NAMED}\n=== roles\ne1 form=name\ne1 by=x\n", 8, "«e1» is no id, or has two lines of roles"),
    "unknown role": (f"{HEAD}{NAMED}\n=== roles\ne1 colour=red\n", 7, "e1: «colour=red»: a entity takes key=value with form"),
    "role of another kind": (f"{HEAD}{NAMED}\n=== roles\ne1 claimers=e1\n", 7, "e1: «claimers=e1»"),
    "role twice": (f"{HEAD}{NAMED}\n=== roles\ne1 form=name form=name\n", 7, "e1: «form=name»"),
    "role given and left out": (f"{HEAD}{NAMED}\n=== roles\ne1 -form form=name\n", 7, "e1: «form=name»"),
    "role without a value": (f"{HEAD}{NAMED}\n=== roles\ne1 form\n", 7, "e1: «form»"),
    "quote not closed": (f'{HEAD}{NAMED}\n=== roles\ne1 note="a b\n', 7, "e1: «note="),
    "value that is none": (f'{HEAD}{NAMED}\n=== roles\ne1 note="\\x"\n', 7, "is not a value"),
    "number that is none": (f"{HEAD}{NAMED}\n=== roles\ne1 confidence=high\n", 7, "«high» is not a value"),
    "claim without claimers": (f"{HEAD}سطر\n<c1>نص</c1>\n=== roles\n", 6, "c1: needs a roles line with claimers="),
    "claim with no claimers": (f"{HEAD}<c1>نص</c1>\n=== roles\nc1 claimers=\n", 7, "c1: needs a roles line with claimers="),
    "stance without holders": (f"{HEAD}<s1 support>نص</s1>\n=== roles\ns1 target=e1\n", 7, "s1: needs a roles line with holders=… and target=…"),
    "cue without a claim": (f"{HEAD}<c1#cue>نص</c1#cue>\n=== roles\nc1 claimers=author\n", 7, "c1: needs either <c1> or fragments"),
    "one fragment": (f"{HEAD}<c1#1>نص</c1#1>\n=== roles\nc1 claimers=author\n", 7, "c1: needs either <c1> or fragments"),
    "fragments with a gap": (f"{HEAD}<c1#1>نص</c1#1> <c1#3>نص</c1#3>\n=== roles\nc1 claimers=author\n", 7, "without a gap"),
    "span and fragments": (f"{HEAD}<c1>نص</c1> <c1#1>نص</c1#1> <c1#2>نص</c1#2>\n=== roles\nc1 claimers=author\n", 7, "needs either"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "line", "message"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_with_file_and_line(data: str, line: int, message: str) -> None:
    with pytest.raises(Misuse) as caught:
        inline.read(data, "folder/a.inline")
    assert str(caught.value).startswith(f"folder/a.inline:{line}: ")
    assert message in str(caught.value)


@given(text=strategies.texts(max_pieces=30))
@settings(deadline=None, max_examples=200)
def test_any_file_is_read_or_refused(text: str) -> None:
    for data in (
        text,
        HEAD + text + "\n=== roles\n",
        f"{HEAD}{NAMED}\n=== roles\ne1 {text}\n",
        f"tasrih inline 1\n{text}\n=== text\n\n=== roles\n",
    ):
        try:
            inline.read(data, "a.inline")
        except Misuse as error:
            assert str(error).startswith("a.inline:")


@pytest.mark.parametrize(
    ("found", "message"),
    [("abc", ""), ("abd", "at code point 2: the article has «c», the file «d»"), ("ab", "at code point 2: the article has «c», the file «»"),
     ("abc\n", "at code point 3: the article has «», the file «\\n»")],
)  # fmt: skip
def test_says_where_texts_part(found: str, message: str) -> None:
    assert inline.first_difference("abc", found) == message
