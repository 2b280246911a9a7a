"""What is said of a run of ingest: lines for people, and a report of JSON Lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tasrih.ingest.encoding import known
from tasrih.ingest.opening import KINDS
from tasrih.ingest.run import Outcome
from tasrih.ingest.source import Options
from tasrih.ingest.table import field_map
from tasrih.model import visible
from tasrih.store import Misuse, beside

# Lines of one kind of outcome a file, and reasons for what was skipped; the report has all.
_MOST_LISTED, _MOST_REASONS = 5, 50
_LISTED = {"note": "notes", "kept": "kept", "duplicate": "duplicates", "near-duplicate": "left out"}


def checked_options(kind: str, fields: list[str], encoding: str, mend: bool) -> Options:
    """The options as a reader needs them. Raises Misuse."""
    if kind and kind not in KINDS:
        raise Misuse(f"--kind: «{kind}» is not one of {', '.join(KINDS)}")
    name = known(encoding) if encoding else None
    if encoding and name is None:
        raise Misuse(
            f"--encoding: «{encoding}» is no encoding of text; try utf-8, utf-16, windows-1256, iso-8859-6"
        )
    return Options(name, field_map(fields), mend)


@dataclass(slots=True)
class Summary:
    """What came of the records of one file."""

    counts: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Counts an outcome."""
        self.counts[outcome.status] += 1
        if outcome.encoding:
            self.encodings[outcome.encoding] += 1
        if outcome.status == "kept" and outcome.near:
            self.counts["near"] += 1

    def said(self, file: str) -> str:
        """`news.jsonl: 3 kept (1 near to another), 1 skipped; utf-8`"""
        near = f" ({self.counts['near']:,} near to another)" if self.counts["near"] else ""
        parts = [f"{self.counts['kept']:,} kept{near}"]
        names = {"skipped": "skipped", "duplicate": "duplicate", "near-duplicate": "near-duplicate left out"}
        for status, noun in names.items():
            if times := self.counts[status]:
                plural = "s" if times > 1 and status == "duplicate" else ""
                parts.append(f"{times:,} {noun}{plural}")
        encodings = ", ".join(self.encodings)
        return visible(f"{file}: {', '.join(parts)}" + (f"; {encodings}" if encodings else ""))


class Printer:
    """Prints what came of each file, and writes the report where one is asked for."""

    def __init__(self, report: Path | None) -> None:
        self._report = report
        self._stream: BinaryIO | None = None
        self._closing = ExitStack()
        self._total = Summary()

    def __enter__(self) -> Printer:
        if self._report is not None:
            new = self._closing.enter_context(beside(self._report))
            self._stream = self._closing.enter_context(new.open("wb"))
        return self

    def __exit__(self, *error: object) -> None:
        self._closing.__exit__(*error)  # type: ignore[arg-type]

    @property
    def kept(self) -> int:
        """How many articles were kept so far."""
        return self._total.counts["kept"]

    def file(self, name: str, outcomes: Iterable[Outcome]) -> None:
        """Prints the lines of a file once all of it was read."""
        summary = Summary()
        listed: dict[str, list[str]] = {status: [] for status in _LISTED}
        reasons: dict[str, list[str]] = {}
        for outcome in outcomes:
            summary.add(outcome)
            self._total.add(outcome)
            if self._stream is not None:
                self._stream.write(outcome.line(name))
            if outcome.status == "skipped":
                self._reason(reasons, outcome)
            elif len(listed[outcome.status]) < _MOST_LISTED:
                listed[outcome.status].append(f"  {outcome}")
        print(summary.said(name))
        for status, lines in listed.items():
            for line in lines:
                print(line)
            if summary.counts[status] > len(lines):
                print(
                    f"  … {summary.counts[status] - len(lines):,} more {_LISTED[status]}; --report FILE lists all"
                )
        for why, places in reasons.items():
            more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
            print(visible(f"  {places[0]}{more}: {why}"))

    def _reason(self, reasons: dict[str, list[str]], outcome: Outcome) -> None:
        """Gathers the places of a reason; of reasons without end those past the bound share a line."""
        why = (
            outcome.why
            if outcome.why in reasons or len(reasons) < _MOST_REASONS
            else "skipped for other reasons"
        )
        reasons.setdefault(why, []).append(outcome.where)

    def end(self, dry_run: bool) -> None:
        """Prints the sum of all files."""
        print(self._total.said("nothing was written; all" if dry_run else "all"))
