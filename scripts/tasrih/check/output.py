"""Findings as text, JSON, SARIF 2.1.0 and GitHub annotations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from tasrih import __version__
from tasrih.check.rule import FAMILIES, RULES
from tasrih.check.tally import Tally
from tasrih.model import Finding

_SARIF_LEVEL = {"error": "error", "warning": "warning", "note": "note"}
_GITHUB_LEVEL = {"error": "error", "warning": "warning", "note": "notice"}


def as_text(findings: Sequence[Finding]) -> str:
    """One line a finding, and a line that counts them."""
    counts: Counter[str] = Counter(finding.severity for finding in findings)
    words = [
        f"{counts[severity]} {severity}{'s' if counts[severity] != 1 else ''}"
        for severity in _SARIF_LEVEL
        if counts[severity]
    ]
    return "\n".join([*map(str, findings), ", ".join(words) or "no findings"])


def as_summary(tally: Tally) -> str:
    """A line a rule with how often it was broken, its first findings under it, and a line that counts them all."""
    lines = []
    for (code, severity), count in sorted(
        tally.counts.items(), key=lambda item: (list(_SARIF_LEVEL).index(item[0][1]), -item[1], item[0][0])
    ):
        lines.append(f"{code} {severity}, {count:,} times: {RULES[code].title}")
        lines += [f"  {finding}" for finding in tally.first[code] if finding.severity == severity]
    words = [
        f"{number:,} {severity}{'s' if number != 1 else ''}"
        for severity in _SARIF_LEVEL
        if (number := sum(n for (_, of), n in tally.counts.items() if of == severity))
    ]
    return "\n".join([*lines, ", ".join(words) or "no findings"])


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON array of findings, each as schemas/finding.schema.json says."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)


def as_github(findings: Sequence[Finding]) -> str:
    """Workflow commands that GitHub shows beside the changed lines."""
    lines = []
    for finding in findings:
        message = _github_escape(f"{finding.message}; {finding.hint}" if finding.hint else finding.message)
        file = _github_escape(finding.file).replace(",", "%2C").replace(":", "%3A")
        lines.append(
            f"::{_GITHUB_LEVEL[finding.severity]} file={file},line={finding.line},title={finding.code}::{message}"
        )
    return "\n".join(lines)


def _github_escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def as_sarif(findings: Sequence[Finding]) -> str:
    """A SARIF 2.1.0 log with every rule and every finding."""
    codes = sorted(RULES)
    log = {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "tasrih",
                        "semanticVersion": __version__,
                        "rules": [_sarif_rule(code) for code in codes],
                    }
                },
                "results": [_sarif_result(finding, codes.index(finding.code)) for finding in findings],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _sarif_rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.help}".strip()},
        "help": {"text": f"To mend it: {rule.mend}."},
        "defaultConfiguration": {"level": _SARIF_LEVEL[rule.severity]},
        "properties": {"family": FAMILIES[code[0]]},
    }


def _sarif_result(finding: Finding, index: int) -> dict[str, Any]:
    from urllib.parse import quote

    where: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(PurePath(finding.file).as_posix())},
            "region": {"startLine": finding.line},
        }
    }
    if finding.pointer:
        where["logicalLocations"] = [{"fullyQualifiedName": finding.pointer}]
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _SARIF_LEVEL[finding.severity],
        "message": {"text": f"{finding.message}; {finding.hint}" if finding.hint else finding.message},
        "locations": [where],
    }
