"""Gold from two layers: what both agree in by policy, the rest by recorded decisions.

The policy: an annotation goes to gold by itself where both layers have it with the same span, the same values, and
links that lead to the same things. A referent, Wikidata item or list of members that only one of the two writes is
taken from it. Everything else is a case for a decision, and gold is never half an article: it follows from the
layers and the decisions alone, and the same ones always give the same gold.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

import orjson

from tasrih.agree.compare import Comparison
from tasrih.agree.differences import Case, cases, referent_links
from tasrih.model import NOBODY, Annotation, Decision, text_order

Outcome: TypeAlias = Literal["accepted", "merged", "rejected", "undecided"]

# In a work list the second layer's ids have this added to their numbers, new annotations' lie higher still.
OTHERS_FROM = 1000
_LINKS = {"claimers", "about", "holders", "members", "target", "within"}
_NEEDED = {"claimers", "holders", "target"}


@dataclass(slots=True)
class Settled:
    """Gold as layers and decisions give it, and what became of every annotation by layer and id.

    `undecided` are the cases that still want a decision, `problems` what stands in the way of gold.
    """

    cases: list[Case]
    annotations: list[Annotation] = field(default_factory=list)
    outcomes: tuple[dict[str, Outcome], dict[str, Outcome]] = field(default_factory=lambda: ({}, {}))
    undecided: list[Case] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    added: int = 0

    def counts(self) -> list[Counter[str]]:
        """How many annotations of each layer have each outcome."""
        return [Counter(outcomes.values()) for outcomes in self.outcomes]


def others_id(name: str) -> str:
    """The id that the second layer's annotation `name` has in a work list."""
    return f"{name[0]}{int(name[1:]) + OTHERS_FROM}"


def digest(case: Case) -> str:
    """A short hash of the two annotations of a case as they stand in their layers."""
    whole = orjson.dumps([case.one, case.other], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(whole).hexdigest()[:16]


def settle(comparison: Comparison, decisions: Iterable[Decision]) -> Settled:
    """What gold becomes of the two layers of `comparison` by the policy and by `decisions`."""
    found = cases(comparison)
    settled = Settled(found)
    decided = {(d["one"], d["other"]): d for d in decisions if d["choice"] != "new"}
    new = [d for d in decisions if d["choice"] == "new"]
    kept: list[tuple[dict[str, Any], Sequence[str]]] = []
    for case in found:
        key = (case.one and case.one["id"], case.other and case.other["id"])
        decision = decided.get(key)
        if decision is not None and decision.get("digest") != digest(case):
            decision = None
        if decision is None and not case.agreed:
            settled.undecided.append(case)
            _note(settled, case, "undecided", "undecided")
            continue
        kept += _kept(settled, case, decision)
    slugs = referent_links(comparison)
    for decision in new:
        record = dict(decision.get("changes") or {})
        kept.append((record, [str(record.get("id"))]))
        settled.added += 1
    _finish(settled, kept, slugs)
    if comparison.text is not None:
        for annotation in settled.annotations:
            _quote(cast(Any, annotation), comparison.text)
    return settled


def _kept(
    settled: Settled, case: Case, decision: Decision | None
) -> Iterator[tuple[dict[str, Any], Sequence[str]]]:
    """The annotations of a case that stand in gold, each with the ids that lead to it in a work list."""
    choice = decision["choice"] if decision else "one"
    changes: dict[str, Any] = (decision.get("changes") if decision else None) or {}
    mine = [case.one["id"]] if case.one else []
    theirs = [others_id(case.other["id"])] if case.other else []
    chosen: Outcome = "merged" if changes else "accepted"
    if choice == "neither":
        _note(settled, case, "rejected", "rejected")
    elif choice == "both":
        _note(settled, case, "accepted", "accepted")
        yield _changed(_own(case.one, theirs=False), changes), mine
        yield _own(case.other, theirs=True), theirs
    elif choice == "other" or case.one is None:
        _note(settled, case, "merged", chosen)
        yield _changed(_own(case.other, theirs=True), changes), [*mine, *theirs]
    else:
        _note(settled, case, chosen, "accepted" if case.agreed and not changes else "merged")
        yield _changed(_completed(case), changes), [*mine, *theirs]


def _changed(record: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`record` with `changes`; a new span takes the place of fragments, a new referent is in the first layer's slugs."""
    if "start" in changes:
        record.pop("fragments", None)
    if "referent" in changes:
        record.pop("referent of", None)
    return {**record, **changes}


def _note(settled: Settled, case: Case, mine: Outcome, theirs: Outcome) -> None:
    if case.one:
        settled.outcomes[0][case.one["id"]] = mine
    if case.other:
        settled.outcomes[1][case.other["id"]] = theirs


def _own(annotation: Annotation | None, *, theirs: bool) -> dict[str, Any]:
    """A copy without what an annotator alone remarks; the second layer's links in the ids of a work list."""
    record = {
        key: value for key, value in (annotation or {}).items() if key not in ("by", "note", "confidence")
    }
    if theirs:
        record["referent of"] = "other"
        for key in _LINKS & record.keys():
            record[key] = _translated(record[key], others_id)
    return record


def _completed(case: Case) -> dict[str, Any]:
    """The first layer's annotation with what only the second's says: referent, Wikidata item, members."""
    record = _own(case.one, theirs=False)
    theirs = _own(case.other, theirs=True) if case.other else {}
    for key in ("wikidata", "members"):
        if not record.get(key) and theirs.get(key):
            record[key] = theirs[key]
    if record["type"] == "entity" and not record.get("referent") and theirs.get("referent"):
        record |= {"referent": theirs["referent"], "referent of": "other"}
    return record


def _quote(record: dict[str, Any], text: str) -> None:
    """Puts the words beside the offsets of an annotation and its cue."""
    for part in (record, record.get("cue")):
        if part:
            part["text"] = text[part["start"] : part["end"]]


def _translated(value: Any, names: Any) -> Any:
    if isinstance(value, list):
        return [one if one in NOBODY else names(one) for one in value]
    return value if value is None or value in NOBODY else names(value)


# --- Ids, links and referents of gold -----------------------------------------------------------------


def _finish(
    settled: Settled, kept: Sequence[tuple[dict[str, Any], Sequence[str]]], slugs: Mapping[str, str]
) -> None:
    """Numbers the annotations of gold, and leads links and referents to what stands there."""
    mine = {line["referent"] for line, _ in kept if line.get("referent") and "referent of" not in line}
    for record, _ in kept:
        if record.pop("referent of", None) and record.get("referent"):
            theirs = record["referent"]
            record["referent"] = slugs.get(theirs, f"{theirs}-2" if theirs in mine else theirs)
    ordered = sorted(kept, key=lambda item: (*text_order(cast(Annotation, item[0]))[:3], str(item[1])))
    numbers: Counter[str] = Counter()
    names: dict[str, str] = {}
    for record, leading in ordered:
        letter = record["type"][0]
        numbers[letter] += 1
        names |= dict.fromkeys(leading, f"{letter}{numbers[letter]}")
    for record, leading in ordered:
        record["id"] = names[leading[0]]
        for key in sorted(_LINKS & record.keys()):
            record[key] = _linked(settled, record, key, names)
        settled.annotations.append(cast(Annotation, record))
    settled.annotations.sort(key=text_order)


def _linked(settled: Settled, record: dict[str, Any], key: str, names: Mapping[str, str]) -> Any:
    """A role with the ids of gold. What a rejected annotation filled falls away, or is a problem where it is needed."""
    value = record[key]
    if not isinstance(value, list):
        if value is None:
            return None
        if value in names:
            return names[value]
        if key in _NEEDED:
            settled.problems.append(_lost(record, key, value))
        return None
    found = list(
        dict.fromkeys(one if one in NOBODY else names[one] for one in value if one in NOBODY or one in names)
    )
    if key in _NEEDED and not found:
        settled.problems.append(_lost(record, key, ", ".join(value)))
    return found


def _lost(record: Mapping[str, Any], key: str, value: str) -> str:
    words = str(record.get("text", record["id"]))[:60]
    return f"{record['type']} «{words}»: its {key} {value} does not stand in gold; decide on that, or change {key}"
