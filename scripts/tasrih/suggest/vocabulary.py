"""The words that the rules for claims and stances go by: TOML tables beside this module, with their inflected forms."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tasrih.suggest import inflection
from tasrih.suggest.inflection import Form
from tasrih.text.tokens import bare

Entry: TypeAlias = Mapping[str, Any]
Forms: TypeAlias = Mapping[str, Sequence[Form]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Lemmas with what they govern, and their written forms without harakat."""

    entries: Mapping[str, Entry]
    forms: Forms


def table(name: str) -> dict[str, Any]:
    """The table `name`.toml beside this module."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


def vocabulary(entries: Mapping[str, Entry]) -> Vocabulary:
    """The entries with every form of theirs; of forms that are written alike the one of the earlier entry goes first."""
    forms: dict[str, list[Form]] = defaultdict(list)
    for lemma, entry in entries.items():
        for written, form in _inflected(lemma, entry):
            if form not in forms[written] and written not in entry.get("unlike", ()):
                forms[written].append(form)
    return Vocabulary(entries, {written: found for written, found in forms.items() if found})


def _inflected(lemma: str, entry: Entry) -> Iterator[tuple[str, Form]]:
    verbal = entry.get("verbal", "both")
    if verbal in ("both", "perfect"):
        yield from inflection.perfect(lemma, bare(lemma))
    if entry.get("imperfect") and verbal in ("both", "imperfect"):
        yield from inflection.imperfect(lemma, entry["imperfect"])
    if entry.get("masdar"):
        yield from inflection.masdar(lemma, entry["masdar"])
    if entry.get("participle"):
        yield from inflection.participle(lemma, entry["participle"])
    for written in entry.get("passive", ()):
        yield written, Form(lemma, "imperfect" if written[0] == "ي" else "perfect", passive=True)


@cache
def reporting() -> Vocabulary:
    """Verbs that report."""
    return vocabulary(table("reporting")["verbs"])


@cache
def reporting_nouns() -> Vocabulary:
    """Nouns that report where a clause stands behind them."""
    nouns = table("reporting")["nouns"]
    return vocabulary({noun: {**entry, "masdar": noun, "verbal": "none"} for noun, entry in nouns.items()})


@cache
def attitudes() -> Vocabulary:
    """Verbs, participles and masdars that show a stance."""
    return vocabulary(table("stances")["words"])


@cache
def light() -> Vocabulary:
    """Verbs that carry a noun of stance."""
    return vocabulary(table("stances")["light"])


@cache
def feelings() -> Vocabulary:
    """Nouns of feeling that show a stance behind a light verb."""
    nouns = table("stances")["nouns"]
    return vocabulary({noun: {**entry, "masdar": noun, "verbal": "none"} for noun, entry in nouns.items()})


@cache
def claim_nouns() -> frozenset[str]:
    """Nouns that stand for what somebody said."""
    return frozenset(table("stances")["claims"]["words"])


@cache
def predicates() -> Forms:
    """Finite forms of every verb that the tables know: what may be the verb of a main clause."""
    plain = {lemma: {"imperfect": other} for lemma, other in table("clauses")["verbs"].items()}
    forms: dict[str, list[Form]] = defaultdict(list)
    for known in (vocabulary(plain), reporting(), attitudes(), light()):
        for written, readings in known.forms.items():
            forms[written] += [form for form in readings if form.part in ("perfect", "imperfect")]
    return {written: readings for written, readings in forms.items() if readings}


@cache
def clause_words(*keys: str) -> frozenset[str]:
    """A list of clauses.toml as a set: `clause_words("negation", "particles")`."""
    found: Any = table("clauses")
    for key in keys:
        found = found[key]
    return frozenset(found)


@cache
def heads() -> Mapping[str, str]:
    """The label of a nominal by its first word."""
    return {word: label for label, words in table("clauses")["heads"].items() for word in words}
