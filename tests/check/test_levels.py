"""What one fault silences, and what it does not; and that no document makes a check fall over."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from corpora import document, patched, settings_toml, write_corpus, write_document, write_example
from corpora import settings as corpus_settings
from samples import SNIPPETS, documents
from tasrih import shards, store
from tasrih.check import RULES, check_corpus, check_documents
from tasrih.check.fix import fix_corpus
from tasrih.check.rule import REMOVE
from tasrih.model import Finding
from test_schema import WRONG, broken

RICH = next(whole for whole in documents() if whole["article"]["id"].startswith("stances"))


def of_shard(*wholes: Any) -> list[Finding]:
    """Findings of documents as lines of a shard."""
    readings = [
        shards.read_line("shard.jsonl", number, orjson.dumps(whole))
        for number, whole in enumerate(wholes, start=1)
    ]
    return list(check_documents(readings, corpus_settings()))


def of_folder(root: Path, whole: Any) -> list[Finding]:
    write_corpus(root, [RICH])
    write_document(root, whole, RICH["article"]["id"])
    return list(check_corpus(root))


def test_the_rich_document_is_clean(tmp_path: Path) -> None:
    assert of_folder(tmp_path, RICH) == [] and of_shard(RICH) == []


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_broken_record_is_reported_once_and_silences_only_itself(name: str, tmp_path: Path) -> None:
    whole = next(whole for whole in documents() if whole["article"]["id"].startswith(name))
    write_corpus(tmp_path, [whole])
    for index in range(len(whole["layers"]["gold"])):
        for change in (
            {f"/layers/gold/{index}/colour": "red"},
            {f"/layers/gold/{index}/id": REMOVE} if index else {},
        ):
            if not change:
                continue
            changed = patched(whole, change)
            write_document(tmp_path, changed)
            [finding] = check_corpus(tmp_path)
            assert finding.code in ("L109", "E101", "C101", "S101") and finding.line == index + 1, str(
                finding
            )
            [finding] = of_shard(changed)
            assert finding.line == 1 and finding.pointer == f"/layers/gold/{index}"


def test_the_records_behind_a_broken_one_are_checked_and_found_where_they_are(tmp_path: Path) -> None:
    ids = [line.get("id") for line in RICH["layers"]["gold"]]
    third, last = ids.index("e2"), len(ids) - 1
    assert third < last
    changed = patched(RICH, {f"/layers/gold/{third}/colour": "red", f"/layers/gold/{last}/text": "كلمة أخرى"})
    code = f"{str(ids[last])[0].upper()}103"
    found = {(finding.code, finding.line, finding.pointer) for finding in of_folder(tmp_path, changed)}
    assert found == {("E101", third + 1, ""), (code, last + 1, "/text")}
    shard = {(finding.code, finding.pointer) for finding in of_shard(changed)}
    assert shard == {("E101", f"/layers/gold/{third}"), (code, f"/layers/gold/{last}/text")}


@pytest.mark.parametrize(
    "key",
    [
        "title",
        "author",
        "publisher",
        "date",
        "url",
        "countries",
        "invented",
        "sources",
        "topic",
        "credits",
        "source_sha256",
    ],
)
@pytest.mark.parametrize("value", [5, {}, ["x", 5], [[]], 1.5])
def test_a_broken_key_of_the_metadata_is_reported_once(key: str, value: Any, tmp_path: Path) -> None:
    if key == "credits" and value == {}:
        return
    changed = patched(RICH, {f"/article/{key}": value})
    for findings in (of_folder(tmp_path, changed), of_shard(changed)):
        assert {finding.code for finding in findings} == {"A101"}
        assert all(key in finding.pointer for finding in findings)


def test_a_line_that_cannot_be_read_silences_what_would_miss_it(tmp_path: Path) -> None:
    write_corpus(tmp_path, [RICH])
    path = tmp_path / "articles" / RICH["article"]["id"] / "gold.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    for index, line in enumerate(lines):
        path.write_bytes(b"".join([*lines[:index], line[:-3] + b"\n", *lines[index + 1 :]]))
        found = [(finding.code, finding.line) for finding in check_corpus(tmp_path)]
        assert found == [("L103", index + 1)], index


def test_an_offset_outside_is_reported_once(tmp_path: Path) -> None:
    last = len(RICH["layers"]["gold"]) - 1
    for findings in (
        of_folder(tmp_path, changed := patched(RICH, {f"/layers/gold/{last}/end": 9000})),
        of_shard(changed),
    ):
        assert len(findings) == 1 and findings[0].code[1:] == "102"


def test_all_findings_come_in_one_run(tmp_path: Path) -> None:
    """Ten articles, each with another fault, and two faults of the corpus."""
    faults: dict[str, Any] = {
        "T104": {"/article/text_sha256": "0" * 64, "/layers/gold/0/text_sha256": "0" * 64},
        "A101": {"/article/colour": "red"},
        "A103": {"/article/date": "2024-02-30"},
        "A106": {"/article/author": None},
        "L109": {"/layers/gold/0/guidelines": REMOVE},
        "L114": {"/layers/gold/0/annotator": "zaid"},
        "E101": {"/layers/gold/1/label": "BANK"},
        "E103": {"/layers/gold/1/text": "كلمة أخرى"},
        "E102": {"/layers/gold/1/end": 9000},
        "L120": {"/layers/gold/1/confidence": 0.5},
    }
    wholes = [
        patched(document("زار <e1 GPE>تونس</e1>.", f"a-{code.lower()}"), change)
        for code, change in faults.items()
    ]
    write_corpus(tmp_path, [document(f"سطر {number}.", f"b-{number}") for number in range(2)])
    for whole in wholes:
        write_document(tmp_path, whole)
    (tmp_path / "guidelines.md").unlink()
    codes = [finding.code for finding in check_corpus(tmp_path) if finding.code != "P102"]
    assert sorted(codes) == sorted([*faults, "R102"])
    # and all ten in one article
    one = document(
        "زار <e1 GPE>تونس</e1> و<e2 GPE>ليبيا </e2>و<e3 GPE>مصر</e3>. <c1>سطر</c1>.\n=== roles\nc1 claimers=e1",
        "one",
    )
    many = {
        "/article/colour": "red", "/article/date": "2024-02-30", "/article/author": " ", "/layers/gold/0/annotator": "zaid",
        "/layers/gold/1/label": "BANK", "/layers/gold/3/text": "كلمة", "/layers/gold/4/claimers": ["e1", "e7"], "/layers/gold/4/confidence": 1,
        "/article/url": "ftp://x", "/article/zones": [{"kind": "heading", "start": 3, "end": 900}], "/layers/gold/4/cue": {"start": 0, "end": 999, "text": "x"},
    }  # fmt: skip
    found = {finding.code for finding in of_shard(patched(one, many))}
    assert {
        "A101",
        "A103",
        "A106",
        "A108",
        "A104",
        "L114",
        "E101",
        "E103",
        "E104",
        "L117",
        "L120",
        "C102",
    } <= found


def test_a_file_among_the_layers_that_is_none_is_said(tmp_path: Path) -> None:
    write_corpus(tmp_path, [RICH])
    folder = tmp_path / "articles" / RICH["article"]["id"] / "layers"
    folder.mkdir()
    for name in ("gold.jsonl", "Ali.jsonl", "a b.jsonl", "notes.txt"):
        (folder / name).write_text("{}\n", "utf-8")
    findings = list(check_corpus(tmp_path))
    assert [finding.code for finding in findings] == ["L122"] * 4
    reading = store.read_document(store.open_corpus(tmp_path), RICH["article"]["id"])
    assert reading.document and list(reading.document["layers"]) == ["gold"]
    assert len(reading.document["layers"]["gold"]) == len(RICH["layers"]["gold"])


def test_selected_codes_alone_are_reported(tmp_path: Path) -> None:
    root = write_example(tmp_path, RULES["C112"].bad)
    assert [finding.code for finding in check_corpus(root, lambda code: code == "C112")] == ["C112"]


# --- Nothing makes it fall over -----------------------------------------------------------------------

HUGE = st.sampled_from([-1, 0, 1, 5, 10**6, 2**31, 2**63, 2**64, 10**25, 1.0, 5.0, 1e300, -0.0])


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A document after random changes: keys gone, wrong types, huge and odd offsets."""
    whole = draw(broken(draw(strategies.documents() | st.sampled_from(documents(7)))))
    lines: Any = whole.get("layers", {}).get("gold") if isinstance(whole.get("layers"), dict) else None
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict) and draw(st.integers(0, 3)) == 0:
            line[
                draw(
                    st.sampled_from(
                        ["start", "end", "id", "claimers", "target", "cue", "within", "fragments"]
                    )
                )
            ] = draw(HUGE | WRONG)
    if isinstance(whole.get("article"), dict) and draw(st.integers(0, 3)) == 0:
        whole["article"][
            draw(st.sampled_from(["length", "zones", "rights", "date", "url", "author", "id"]))
        ] = draw(HUGE | WRONG)
    return whole


def assert_findings(findings: list[Finding]) -> None:
    for finding in findings:
        assert finding.code in RULES and finding.line >= 1 and finding.message
        assert len(str(finding).splitlines()) == 1


def as_json(whole: Any) -> bytes:
    """What a decoder makes of numbers past 64 bits and lone NULs is its own business, so they go through text."""
    return json.dumps(whole, ensure_ascii=False).encode()


@given(whole=mutated())
@settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))
def test_no_shard_line_makes_it_raise(whole: Any) -> None:
    assert_findings(
        list(check_documents([shards.read_line("s.jsonl", 1, as_json(whole))], corpus_settings()))
    )


@given(whole=mutated())
@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
def test_no_folder_makes_check_or_fix_raise(whole: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "corpus.toml").write_text(settings_toml(), "utf-8")
        article = root / "articles" / "example"
        (article / "layers").mkdir(parents=True)
        for name in ("article", "text"):
            if name in whole:
                text = (
                    whole["text"]
                    if name == "text" and isinstance(whole["text"], str)
                    else json.dumps(whole[name])
                )
                (article / {"article": "article.json", "text": "text.txt"}[name]).write_bytes(text.encode())
        layers = whole.get("layers")
        for name, lines in layers.items() if isinstance(layers, dict) else ():
            path = article / "gold.jsonl" if name == "gold" else article / "layers" / f"{len(name)}.jsonl"
            path.write_bytes(
                b"".join(as_json(line) + b"\n" for line in (lines if isinstance(lines, list) else [lines]))
            )
        assert_findings(list(check_corpus(root)))
        fix_corpus(store.open_corpus(root))
        assert_findings(list(check_corpus(root)))


@given(
    raw=st.binary(max_size=60)
    | st.sampled_from(
        [
            b"[" * 5000,
            b'{"article":' * 3000,
            b'{"article": {}}',
            b'{"article": {}, "text": null, "layers": {}}',
        ]
    )
)
@settings(deadline=None, max_examples=100)
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    findings = list(check_documents([shards.read_line("s.jsonl", 1, raw)], corpus_settings()))
    assert findings
    assert_findings(findings)


@pytest.mark.parametrize("levels", [100, 300, 900, 5000, 200_000])
def test_deep_nesting_is_a_finding(levels: int, tmp_path: Path) -> None:
    changed = patched(RICH, {"/layers/gold/1/note": "DEEP"})
    nested = b"[" * levels + b"1" + b"]" * levels
    raw = orjson.dumps(changed).replace(b'"DEEP"', nested)
    findings = list(check_documents([shards.read_line("s.jsonl", 1, raw)], corpus_settings()))
    assert [finding.code[1:] for finding in findings] in (["101"], ["103"])
    assert [finding.code for finding in of_folder(tmp_path, changed)] == []
    path = tmp_path / "articles" / RICH["article"]["id"] / "gold.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"DEEP"', nested))
    assert [(finding.code[1:], finding.line) for finding in check_corpus(tmp_path)] in (
        [("101", 2)],
        [("103", 2)],
    )


def test_a_doubt_about_an_annotators_layer_is_a_note(tmp_path: Path) -> None:
    """Layers are not mended once the agreement is known; only gold is held to warnings."""
    snippet = "<s1 oppose>يرفض <e1 EVENT>الإضراب</e1></s1> <e2 ORG>النقابة</e2>.\n=== roles\ns1 holders=e2 target=e1"
    for name, severity in (("gold", "warning"), ("reader-a", "note")):
        whole = document(snippet, f"by-{name}", layer=name)
        found = {finding.code: finding.severity for finding in of_folder(tmp_path, whole)}
        assert found["S111"] == severity
