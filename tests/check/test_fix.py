"""`check --fix`: it mends what it says, mends it once, and touches nothing else."""

from __future__ import annotations

import json
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from corpora import SETTINGS, document, patched, write_corpus, write_document, write_example
from samples import documents
from tasrih import store
from tasrih.check import RULES, check_corpus
from tasrih.check.fix import fix_corpus
from tasrih.check.rule import Rule
from tasrih.check.spans import proper_edges
from tasrih.model import Document

FIXABLE = [rule for rule in RULES.values() if rule.fixable]


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def codes(root: Path) -> list[str]:
    return [finding.code for finding in check_corpus(root)]


def fixed(root: Path) -> list[str]:
    """Names of the files that were mended; a second run mends nothing."""
    written = fix_corpus(store.open_corpus(root))
    after = snapshot(root)
    assert fix_corpus(store.open_corpus(root)) == []
    assert snapshot(root) == after
    return [str(Path(file).relative_to(root)) for file in written]


def gold(root: Path, name: str = "example") -> list[Any]:
    return [json.loads(line) for line in (root / "articles" / name / "gold.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.code)
def test_mends_the_bad_example_once(rule: Rule, tmp_path: Path) -> None:
    root = write_example(tmp_path, rule.bad)
    if rule.code == "L119":  # the quotes of a withheld text need the text
        text = document(rule.bad.inline)["text"] or ""
        article = json.loads((root / "articles" / "example" / "article.json").read_text("utf-8"))
        store.write_atomic(
            store.local_text_path(store.open_corpus(root), article["text_sha256"]), text.encode()
        )
    assert rule.code in codes(root)
    assert fixed(root)
    assert rule.code not in codes(root)
    assert [finding for finding in check_corpus(root) if finding.severity == "error"] == []


def test_says_which_rules_it_mends() -> None:
    assert {rule.code for rule in FIXABLE} == {"E104", "C104", "S104", "E107", "C111", "L118", "L119", "P102"}


def test_changes_nothing_in_a_clean_corpus(tmp_path: Path) -> None:
    write_corpus(tmp_path, documents())
    assert codes(tmp_path) == []
    fixed(tmp_path)
    for name in (whole["article"]["id"] for whole in documents()):
        expected = next(whole for whole in documents() if whole["article"]["id"] == name)
        assert gold(tmp_path, name) == expected["layers"]["gold"]
    before = snapshot(tmp_path)
    assert fixed(tmp_path) == [] and snapshot(tmp_path) == before


BROKEN = {
    "a line that is no JSON": b'{"type": "entity"',
    "a line that is not UTF-8": b'{"type": "entity", "note": "\xff"}',
    "a NUL": b"\0",
    "an empty line": b"",
    "a record of another shape": b'{"type": "entity", "id": "e9"}',
    "an offset as a fraction": '{"type": "entity", "id": "e9", "label": "ORG", "start": 0.0, "end": 1, "text": "ن"}'.encode(),
    "a second header": b'{"type": "layer"}',
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_layer_that_cannot_be_read_whole_is_not_touched(line: bytes, tmp_path: Path) -> None:
    root = write_example(tmp_path, RULES["L118"].bad)
    path = root / "articles" / "example" / "gold.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")
    before = snapshot(root)
    assert fixed(root) == []
    assert snapshot(root) == before


def test_a_withheld_layer_without_its_text_is_not_touched(tmp_path: Path) -> None:
    root = write_example(tmp_path, RULES["L119"].bad)
    before = snapshot(root)
    assert fixed(root) == [] and snapshot(root) == before


def test_a_copied_folder_does_not_write_over_its_original(tmp_path: Path) -> None:
    """Its article.json still names the original: what is mended is the copy's own layer."""
    whole = document("زار سعيد <e1 GPE>تونس</e1>.", "first")
    root = tmp_path / "corpus"
    write_corpus(root, [whole])
    copy = patched(document("زار سعيد <e1 GPE>تونس.</e1>", "first"), {})
    write_document(root, copy, "second")
    before = (root / "articles" / "first" / "gold.jsonl").read_bytes()
    fix_corpus(store.open_corpus(root))
    assert json.loads(before.splitlines()[1]) == gold(root, "first")[1]
    assert gold(root, "second")[1]["text"] == "تونس"
    assert gold(root, "first")[1]["text"] == "تونس"


@pytest.mark.parametrize("extra", [{"note": "كلمة ذات معنيين"}, {"referent": "x"}, {"form": "nominal"}])
def test_a_double_that_says_more_is_left_to_a_person(extra: dict[str, Any], tmp_path: Path) -> None:
    whole = document("<e1 ORG><e2 ORG>الهيئة</e2></e1> هنا.")
    whole["layers"]["gold"][2] |= extra  # type: ignore[operator]
    write_corpus(tmp_path, [whole])
    fixed(tmp_path)
    assert len(gold(tmp_path)) == 3


def test_of_doubles_the_one_in_use_stays(tmp_path: Path) -> None:
    whole = document(
        "<e1 ORG><e2 ORG>الهيئة</e2></e1> <s1 support>تؤيد</s1> <e3 EVENT>المؤتمر</e3>.\n=== roles\ns1 holders=e2 target=e3"
    )
    write_corpus(tmp_path, [whole])
    fixed(tmp_path)
    assert [line["id"] for line in gold(tmp_path)[1:]] == ["e2", "s1", "e3"]
    assert codes(tmp_path) == []


@pytest.mark.parametrize("end", [10**4, 2**63])
def test_a_span_that_ends_past_the_text_is_left_to_a_person(end: int, tmp_path: Path) -> None:
    whole: Any = document(
        "<e1 ORG>وزارة الصحة</e1> و<s1 support>تؤيد الحملة</s1>\n=== roles\ns1 holders=author target=e1"
    )
    whole["layers"]["gold"][-1]["end"] = end
    root = write_corpus(tmp_path, [whole]).root
    fixed(root)
    assert gold(root)[-1]["end"] == end and "S102" in codes(root)


def test_edges_that_hide_edges_are_trimmed_at_once(tmp_path: Path) -> None:
    write_corpus(tmp_path, [document("قال <e1 ORG>« الهيئة. » </e1>و<e2 ORG>الهيئة </e2>هنا.")])
    fixed(tmp_path)
    assert [line["text"] for line in gold(tmp_path)[1:]] == ["الهيئة", "الهيئة"]


@given(text=strategies.texts(), data=st.data())
@settings(deadline=None, max_examples=150)
def test_trimming_is_done_once_and_inside(text: str, data: st.DataObject) -> None:
    start, end = data.draw(strategies.spans(len(text)))
    span = proper_edges(text, start, end)
    if span is not None:
        assert start <= span[0] < span[1] <= len(text) and span != (start, end)
        assert proper_edges(text, *span) is None


@pytest.mark.parametrize(
    "lines",
    [
        '{"article": "example", "event": "example-event"}\n',
        '{"article": "example", "event": "example-event", "split": "dev"}\n',
        '{"article": "example", "event": "example-event", "split": "test"}\n' * 2,
        '{"article": "example", "event": "example-event", "split": "test"}\n{"article"\n',
        '{"event": "x", "split": "test"}\n',
        "[]\n",
    ],
)
def test_splits_that_are_broken_are_not_rewritten(lines: str, tmp_path: Path) -> None:
    write_corpus(tmp_path, documents(3))
    (tmp_path / "splits.jsonl").write_text(lines, "utf-8")
    assert "splits.jsonl" not in fixed(tmp_path)
    assert (tmp_path / "splits.jsonl").read_text("utf-8") == lines


def test_frozen_lines_stay_to_the_letter(tmp_path: Path) -> None:
    write_corpus(tmp_path, documents(6))
    before = (tmp_path / "splits.jsonl").read_text("utf-8").splitlines()
    for whole in documents(9)[6:]:
        write_document(tmp_path, whole)
    assert "splits.jsonl" in fixed(tmp_path)
    after = (tmp_path / "splits.jsonl").read_text("utf-8").splitlines()
    assert set(before) < set(after) and len(after) == 9


@pytest.mark.parametrize(
    "change", [{"id": 5}, {"id": {}}, {"event": 5}, {"topic": "weather"}, {"id": "other"}, {"rights": None}]
)
def test_an_article_that_is_none_gets_no_split(change: dict[str, Any], tmp_path: Path) -> None:
    write_corpus(tmp_path, documents(2))
    broken: Any = document("زار سعيد تونس.", "broken")
    broken["article"] |= change
    write_document(tmp_path, broken, "broken")
    before = (tmp_path / "splits.jsonl").read_bytes()
    fix_corpus(store.open_corpus(tmp_path))
    assert (tmp_path / "splits.jsonl").read_bytes() == before


@given(document=strategies.documents())
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_loses_nothing_and_is_done_once(document: Document) -> None:
    before = deepcopy(document)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_corpus(root, [document], {"labels.topic": SETTINGS["labels"]["topic"]})
        fixed(root)
        after = {line["id"]: line for line in gold(root)[1:]}
        assert not {"L118", "C111"} & set(codes(root))
    for line in before["layers"]["gold"][1:]:
        mended: Any = after.get(line["id"])  # type: ignore[typeddict-item]
        if mended is None:
            assert line["type"] == "entity"
            continue
        for key, value in line.items():
            if key not in ("start", "end", "text", "within", "cue"):
                assert mended[key] == value
