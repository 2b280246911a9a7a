"""Every rule fires on its bad example and is silent on its good one, which nothing else complains of either."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora import write_example
from tasrih.check import FAMILIES, RULES, check_corpus
from tasrih.check.explain import explained
from tasrih.check.rule import Rule

ON_CORPORA = [rule for rule in RULES.values() if rule.scope != "release"]


@pytest.mark.parametrize("rule", ON_CORPORA, ids=lambda rule: rule.code)
def test_fires_on_the_bad_example(rule: Rule, tmp_path: Path) -> None:
    findings = list(check_corpus(write_example(tmp_path, rule.bad)))
    fired = [finding for finding in findings if finding.code == rule.code]
    assert fired, [str(finding) for finding in findings]
    assert all(finding.severity == rule.severity for finding in fired)
    assert all(
        finding.line >= 1 and finding.message and finding.file.startswith(str(tmp_path)) for finding in fired
    )


@pytest.mark.parametrize("rule", ON_CORPORA, ids=lambda rule: rule.code)
def test_is_silent_on_the_good_example(rule: Rule, tmp_path: Path) -> None:
    findings = [str(finding) for finding in check_corpus(write_example(tmp_path, rule.good))]
    assert findings == []


def test_there_are_rules_of_every_family() -> None:
    assert {code[0] for code in RULES} == set(FAMILIES)
    assert len(RULES) >= 35


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_says_what_it_is(rule: Rule) -> None:
    assert rule.title and rule.mend and not rule.title.endswith(".")
    text = explained(rule)
    assert rule.title in text and rule.mend in text and "Bad:" in text and "Good:" in text
