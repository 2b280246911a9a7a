"""What a rule is, and the registry of all of them.

A rule is a pure function that yields `Fault`s; the run turns a fault into a Finding with file and line.
Its docstring is its documentation: the first line says in short what is wrong, the rest says more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tasrih.match.near_duplicates import near_duplicates
from tasrih.model import Annotation, Layer, Settings, Severity, SplitAssignment

Scope: TypeAlias = Literal["reading", "schema", "document", "layer", "corpus", "release"]

FAMILIES = {
    "T": "text",
    "A": "article metadata",
    "E": "entities",
    "C": "claims",
    "S": "stances",
    "L": "layers and references",
    "P": "splits and leakage",
    "Q": "doubtful annotations",
    "R": "corpus settings and releases",
}


@dataclass(slots=True)
class Fault:
    """What a rule says: the message, how to mend it, and the place.

    `at` is the record in whose line the fault lies (None: the article), `pointer` the place within it.
    """

    message: str
    hint: str = ""
    at: Annotation | Layer | None = None
    pointer: tuple[str | int, ...] = ()
    file: str = ""
    line: int = 1


class TooLong:
    """The content of a file whose one line is past every bound; made only where it is written."""

    length = 17_000_000

    def content(self) -> bytes:
        return b'{"type": "' + b"x" * self.length + b'"}\n'


@dataclass(frozen=True, slots=True)
class Example:
    """A small corpus that shows a rule.

    `inline` is a text with tags, with its roles behind a line `=== roles`. `patch` then sets values by
    JSON pointer into the document (`/layers/gold/1/start`), or removes them (REMOVE). `others` are further
    articles, `files` raw contents by path in the corpus folder (None deletes), `settings` goes over
    corpus.toml by dotted key, `splits` are frozen assignments (None: assigned as `check --fix` would).
    """

    inline: str = ""
    patch: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes | TooLong | None] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    splits: list[SplitAssignment] | None = None
    layer: str = "gold"


REMOVE = object()


@dataclass(slots=True)
class Context:
    """What rules may ask of the corpus around a document.

    `broken_ids` are ids of records that are left out because their shape or offsets are wrong: they are there
    all the same. `partial` are layers of which a line could not be read; `text_unread` says that there is a
    text, but none that could be read; `broken_keys` are keys of the article that are not of its shape. A rule that would take what is left out for missing is silent there.
    """

    settings: Settings
    is_hydrated: bool = False
    folder_name: str = ""
    is_shard: bool = False
    broken_ids: set[str] = field(default_factory=set)
    partial: set[str] = field(default_factory=set)
    text_unread: bool = False
    broken_keys: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Summary:
    """What corpus rules need of a document once it is gone.

    `names` are the names that gold annotates, with their labels, `covered` the spans of all entities and of credit
    lines (None where there is no gold), `note` what the header of gold remarks.
    """

    id: str
    event: str
    text: str | None
    file: str
    has_gold: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    covered: Sequence[tuple[int, int]] | None = None
    note: str = ""


@dataclass(slots=True)
class CorpusView:
    """What corpus rules see."""

    settings: Settings
    summaries: list[Summary]
    splits: list[SplitAssignment]
    split_lines: list[int]
    root: str
    guidelines_version: str | None = None
    tags: list[str] | None = None
    strays: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    near_duplicates: Callable[[Iterable[tuple[str, str]]], Iterable[tuple[str, str, float]]] = near_duplicates


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as `tasrih explain` shows it."""

    code: str
    severity: Severity
    scope: Scope
    title: str
    help: str
    mend: str
    bad: Example
    good: Example
    function: Callable[..., Iterable[Fault]] | None = None
    fixable: bool = False


RULES: dict[str, Rule] = {}


def add(rule: Rule) -> None:
    """Registers `rule`; a code stands for one rule only."""
    if rule.code in RULES:
        raise ValueError(f"two rules have the code {rule.code}")
    RULES[rule.code] = rule


def rule(code: str, severity: Severity, scope: Scope, *, mend: str, bad: Example, good: Example,
         fixable: bool = False) -> Callable[[Callable[..., Iterable[Fault]]], Callable[..., Iterable[Fault]]]:  # fmt: skip
    """Registers the decorated function as the rule `code`."""

    def register(function: Callable[..., Iterable[Fault]]) -> Callable[..., Iterable[Fault]]:
        title, _, help_ = (function.__doc__ or "").strip().partition("\n")
        add(
            Rule(code, severity, scope, title.rstrip("."), _dedent(help_), mend, bad, good, function, fixable)
        )
        return function

    return register


def _dedent(text: str) -> str:
    return " ".join(line.strip() for line in text.strip().splitlines())
