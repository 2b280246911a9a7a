"""Predictions files: every fault is found where it stands, and layers go there and back."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpora
from corpora import document
from samples import SNIPPETS, documents
from strategies import documents as any_documents
from tasrih import schema
from tasrih.check import RULES
from tasrih.check.predictions import READABLE
from tasrih.formats import predictions
from tasrih.formats.predictions import Predictions
from tasrih.model import GOLD, Document
from tasrih.store import MAX_LINE, Misuse

CASES = Path(__file__).parent / "cases" / "predictions"
KNOWN = {name: document(SNIPPETS[name], name) for name in ("plain", "stances")}
LABELS: Any = corpora.SETTINGS["labels"]
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def read(path: Path, known: Any = None, elsewhere: frozenset[str] = frozenset()) -> Predictions:
    return predictions.read(path, corpora.settings(), known or KNOWN, elsewhere)


def reread(path: Path, lines: list[bytes], known: Any = None) -> Predictions:
    path.write_bytes(b"".join(lines))
    return read(path, known)


# Where each fault stands: line, and pointer into it.
WHERE = {
    "R301_no_text_hash": (2, ""), "R301_another_key": (1, ""), "R301_annotations_no_list": (1, "/annotations"),
    "R302_unknown_article": (2, "/article"), "R303_second_line": (3, "/article"), "R304_another_text": (2, "/text_sha256"),
    "R305_another_system": (2, "/system"), "E101_unknown_label": (1, "/annotations/0/label"),
    "E101_offset_as_words": (1, "/annotations/0/start"), "E101_offset_as_fraction": (1, "/annotations/0/start"),
    "E101_keyed_hash": (1, "/annotations/0"), "C101_unknown_mode": (1, "/annotations/1/mode"),
    "S101_no_target": (2, "/annotations/0"), "L110_header": (1, "/annotations/0/type"), "L110_no_type": (1, "/annotations/0"),
    "E102_past_the_end": (1, "/annotations/0/end"), "E102_empty_span": (1, "/annotations/0/end"),
    "C102_cue_past_the_end": (1, "/annotations/1/cue/end"), "S102_past_the_end": (2, "/annotations/0/end"),
    "E103_other_words": (1, "/annotations/0/text"), "C103_other_cue": (1, "/annotations/1/cue/text"),
    "S103_other_words": (2, "/annotations/0/text"), "C105_author_beside_another": (1, "/annotations/1/claimers"),
    "C112_fragments_that_do_not_rise": (1, "/annotations/1/fragments"), "S105_holder_twice": (2, "/annotations/0/holders"),
    "L116_id_twice": (1, "/annotations/2/id"), "L117_dangling_claimer": (1, "/annotations/1/claimers"),
    "L117_dangling_target": (2, "/annotations/0/target"), "L101_not_utf_8": (2, ""), "L102_nul": (2, ""),
    "L103_not_json": (2, ""), "L103_not_an_object": (2, ""), "L103_key_twice": (2, ""), "L103_deep_nesting": (2, ""),
    "L103_lone_surrogate": (2, ""), "L104_empty_line": (2, ""), "L105_empty": (1, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(WHERE))
def test_a_fault_is_found_where_it_stands(name: str) -> None:
    path = CASES / f"{name}.jsonl"
    found, *others = read(path).findings
    # An id that stands twice is missing elsewhere; nothing else has more than one finding.
    assert [one.code for one in others] == (["L117"] if name == "L116_id_twice" else [])
    assert (found.code, found.file, found.line, found.pointer) == (name[:4], str(path), *WHERE[name])
    assert found.message and found.hint
    assert "\n" not in str(found)


def test_there_is_a_case_of_every_rule_that_holds_for_predictions() -> None:
    assert {path.stem for path in CASES.iterdir()} == {*WHERE, "clean"}
    offsets = {"E102", "C102", "S102"}
    of_files = {code for code in RULES if code.startswith("R30")}
    assert {*READABLE, *offsets, *of_files} <= {name[:4] for name in WHERE}


def test_a_clean_file_is_read_whole() -> None:
    found = read(CASES / "clean.jsonl")
    assert (found.system, found.findings, found.skipped) == ("tagger-1", [], 0)
    assert {name: sorted(one["id"] for one in lines) for name, lines in found.annotations.items()} == {
        name: sorted(line["id"] for line in known["layers"][GOLD][1:])  # type: ignore[typeddict-item]
        for name, known in KNOWN.items()
    }


def test_articles_of_the_gold_that_are_not_scored_are_passed_over_and_counted() -> None:
    only = {"plain": KNOWN["plain"]}
    found = read(CASES / "clean.jsonl", only, frozenset({"stances"}))
    assert (list(found.annotations), found.findings, found.skipped) == (["plain"], [], 1)
    (unknown,) = read(CASES / "clean.jsonl", only).findings
    assert unknown.code == "R302"


def test_words_need_not_be_repeated_and_are_there_once_read(tmp_path: Path) -> None:
    line = json.loads((CASES / "clean.jsonl").read_text("utf-8").splitlines()[0])
    for one in line["annotations"]:
        del one["text"]
        if one.get("cue"):
            del one["cue"]["text"]
    found = reread(tmp_path / "p.jsonl", [json.dumps(line).encode() + b"\n"])
    assert found.findings == []
    text = str(KNOWN["plain"]["text"])
    for read_one in found.annotations["plain"]:
        spans: list[Any] = [read_one, *([read_one["cue"]] if read_one.get("cue") else [])]  # type: ignore[typeddict-item]
        assert all(span["text"] == text[span["start"] : span["end"]] for span in spans)


def test_a_line_past_the_bound_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as stream:
        stream.write((CASES / "clean.jsonl").read_bytes())
        stream.write(b'{"article": "')
        for _ in range(100):
            stream.write(b"x" * 1024 * 1024)
        stream.write(b'"}\n')
    tracemalloc.start()
    found = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(one.code, one.line) for one in found.findings] == [("L106", 3)]
    assert len(found.annotations) == 2
    assert peak < 5 * MAX_LINE < 100 * 1024 * 1024


def test_what_is_wrong_everywhere_is_not_told_of_everywhere(tmp_path: Path) -> None:
    line = json.loads((CASES / "clean.jsonl").read_text("utf-8").splitlines()[0])
    line["annotations"] = [{"type": "entity", "id": "x"}] * 500
    found = reread(tmp_path / "p.jsonl", [json.dumps(line).encode() + b"\n"])
    assert len(found.findings) == 100


@pytest.mark.parametrize("depth", [50, 500, 900, 1020])
def test_nesting_is_a_finding_at_any_depth(depth: int, tmp_path: Path) -> None:
    line = b'{"article": ' + b"[" * depth + b"]" * depth + b"}\n"
    found = reread(tmp_path / "p.jsonl", [line])
    assert found.findings and found.annotations == {}


@given(st.binary(max_size=80))
@QUICK
def test_any_bytes_are_findings_and_never_a_traceback(tmp_path_factory: Any, data: bytes) -> None:
    found = reread(tmp_path_factory.getbasetemp() / "any.jsonl", [data])
    assert found.findings and found.annotations == {}


@given(st.data())
@QUICK
def test_any_value_in_any_place_is_read_or_found(tmp_path_factory: Any, data: st.DataObject) -> None:
    line = json.loads((CASES / "clean.jsonl").read_text("utf-8").splitlines()[0])
    part: Any = line
    for _ in range(data.draw(st.integers(0, 3))):
        keys = (
            list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
        )
        children = [key for key in keys if isinstance(part[key], (dict, list)) and part[key]]
        if not children:
            break
        part = part[data.draw(st.sampled_from(children))]
    key = data.draw(st.sampled_from(list(part) if isinstance(part, dict) else list(range(len(part)))))
    part[key] = data.draw(
        st.none() | st.booleans() | st.integers(-3, 2**70) | st.floats(allow_nan=False) | st.text(max_size=4)
        | st.lists(st.integers(), max_size=2) | st.sampled_from(["e1", "e2", "c1", "author", "ORG"])
    )  # fmt: skip
    found = reread(tmp_path_factory.getbasetemp() / "value.jsonl", [json.dumps(line).encode() + b"\n"])
    assert bool(found.findings) != bool(found.annotations)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"nowhere\.jsonl"):
        read(tmp_path / "nowhere.jsonl")


# --- There and back -----------------------------------------------------------------------------------


def plain(lines: Any) -> list[Any]:
    """Annotations as predictions hold them."""
    return [{key: value for key, value in line.items() if key not in ("by", "note")} for line in lines]


@given(any_documents())
@QUICK
def test_a_layer_goes_there_and_back(tmp_path_factory: Any, whole: Document) -> None:
    lines = list(predictions.write([whole], GOLD, "tagger-1"))
    verdict = schema.verdict("predictions", LABELS)
    assert verdict.is_valid(json.loads(lines[0]))
    found = reread(tmp_path_factory.getbasetemp() / "back.jsonl", lines, {"example": whole})
    codes = {one.code for one in found.findings}
    # Documents of this strategy may have roles that lead nowhere, which nothing else in them is wrong with.
    assert codes <= {"L117"}
    if not codes:
        assert found.annotations == {"example": plain(whole["layers"][GOLD][1:])}


def test_all_samples_go_there_and_back(tmp_path: Path) -> None:
    known = {one["article"]["id"]: one for one in documents()}
    found = reread(tmp_path / "p.jsonl", list(predictions.write(list(known.values()), GOLD, "gold")), known)
    assert found.findings == []
    assert found.annotations == {name: plain(one["layers"][GOLD][1:]) for name, one in known.items()}


def test_a_withheld_article_and_one_without_the_layer_are_not_written() -> None:
    withheld: Any = {**KNOWN["plain"], "text": None}
    assert list(predictions.write([withheld, KNOWN["stances"]], "reader-a", "x")) == []
    assert list(predictions.write([withheld], GOLD, "x")) == []
