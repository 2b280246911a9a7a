"""Findings of very many articles: how many there are of every rule, and the first few of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tasrih.model import Finding

SHOWN = 3


@dataclass(slots=True)
class Tally:
    """Counts by code and severity, and for every code its first SHOWN findings."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[str, list[Finding]] = field(default_factory=dict)

    def added(self, findings: Iterable[Finding]) -> Tally:
        """This tally with further findings in it."""
        for finding in findings:
            self.counts[finding.code, finding.severity] += 1
            self._show(finding)
        return self

    def merge(self, other: Tally) -> None:
        """Takes the findings of a later part in."""
        self.counts.update(other.counts)
        for findings in other.first.values():
            for finding in findings:
                self._show(finding)

    def _show(self, finding: Finding) -> None:
        shown = self.first.setdefault(finding.code, [])
        if len(shown) < SHOWN:
            shown.append(finding)

    def has(self, *severities: str) -> bool:
        """Whether there is a finding of one of these severities."""
        return any(count and severity in severities for (_, severity), count in self.counts.items())

    @property
    def total(self) -> int:
        return sum(self.counts.values())
