r"""The work list of an article: an inline file with both layers' annotations, and one line a case to decide.

Behind the roles stands a section of its own:

    === decisions
    # claim: certainty. reader-a: «الجسر سيُفتح» certainty certain. reader-b: … certainty probable
    c4 c1006 | ? |

The line is completed to `IDS | CHOICE | WHY`. The choice is one, other, both or neither; behind one, other or both
may stand changes as in the roles of the inline format (`one polarity=negated about=e3,e1007`), and `label=`,
`text="…"` and `cue="…"` with the exact words, a content in parts with ` … ` between them. Ids from 1001 on are the
second layer's. An annotation that neither layer has is tagged in the text with an id of its own, and gets a line
`e3001 | new | WHY`. A line `?` stays open. Lines with `#` are remarks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from tasrih.agree.compare import Comparison
from tasrih.agree.differences import Case
from tasrih.agree.settle import OTHERS_FROM, digest, others_id
from tasrih.formats import inline
from tasrih.model import NOBODY, Annotation, Decision, Document, visible
from tasrih.store import Misuse

_SECTION = "=== decisions"
_CHOICES = ("one", "other", "both", "neither", "new")
_OPEN = "?"
_SPAN_KEYS = ("label", "text", "cue")
_GAP = " … "
# What tells one annotation of a type from another, where there is none beside it to differ from.
_TELLING = {
    "entity": ("label", "form"),
    "claim": ("claimers", "cue"),
    "stance": ("label", "holders", "target"),
}


NAME = "work-list"


def combined(document: Document, comparison: Comparison, undecided: Sequence[Case]) -> Document:
    """The article with a layer `work-list`: all of the first layer, and what of the second is in `undecided`.

    The second layer's ids have 1000 added. Raises Misuse where the first layer's ids reach that far.
    """
    one, other = comparison.one, comparison.other
    highest = max((int(line["id"][1:]) for line in one.annotations), default=0)
    if highest > OTHERS_FROM:
        raise Misuse(f"{comparison.article}: {one.name} has an id above {OTHERS_FROM}; number the layer anew")
    header: Any = {
        "type": "layer",
        "article": comparison.article,
        "annotator": NAME,
        "guidelines": one.header["guidelines"],
        "note": f"ids up to {OTHERS_FROM} are {one.name}'s, above it {other.name}'s",
    }
    partners = {theirs: mine for mine, theirs in comparison.partner.items()}
    shown = {case.other["id"] for case in undecided if case.other}
    theirs = [_renumbered(line, partners) for line in other.annotations if line["id"] in shown]
    lines = [header, *one.annotations, *theirs]
    return {"article": document["article"], "text": document["text"], "layers": {NAME: lines}}


def write(document: Document, comparison: Comparison, undecided: Sequence[Case]) -> str:
    """The work list of an article's `undecided` cases."""
    decisions = [
        part
        for case in undecided
        for part in (f"# {_described(comparison, case)}", f"{_ids(case)} | {_OPEN} | ")
    ]
    whole = combined(document, comparison, undecided)
    return inline.write(whole, NAME) + "\n".join([_SECTION, *decisions]) + "\n"


def _renumbered(annotation: Annotation, partners: Mapping[str, str]) -> Annotation:
    """An annotation of the second layer with the ids of a work list: its links lead to the first layer's of a pair."""

    def name_of(name: str) -> str:
        return name if name in NOBODY else partners.get(name, others_id(name))

    record = dict(cast(dict[str, Any], annotation))
    record["id"] = others_id(record["id"])
    for key in ("claimers", "about", "holders", "members"):
        if key in record:
            record[key] = [name_of(name) for name in record[key]]
    for key in ("target", "within"):
        if record.get(key):
            record[key] = name_of(record[key])
    return cast(Annotation, record)


def _ids(case: Case) -> str:
    return " ".join(
        [*([case.one["id"]] if case.one else []), *([others_id(case.other["id"])] if case.other else [])]
    )


def _described(comparison: Comparison, case: Case) -> str:
    """What a case is about, in one line: the words, and what each layer says of them."""
    partners = {theirs: mine for mine, theirs in comparison.partner.items()}
    other = _renumbered(case.other, partners) if case.other else None
    here = [(v.name, line) for v, line in ((comparison.one, case.one), (comparison.other, other)) if line]
    kind = case.first["type"]
    if len(here) == 1:
        return visible(
            f"{kind}, only {here[0][0]}: {_quoted(here[0][1])} {_values(here[0][1], _TELLING[kind])}"
        )
    if "span" in case.differs:
        said = " / ".join(
            f"{name} {_quoted(line)} {_values(line, case.differs)}".rstrip() for name, line in here
        )
        return visible(f"{kind}, {', '.join(case.differs)}: {said}")
    said = " / ".join(f"{name} {_values(line, case.differs)}" for name, line in here)
    return visible(f"{kind}, {', '.join(case.differs)}: {_quoted(here[0][1])} {said}")


def _quoted(annotation: Annotation) -> str:
    return f"«{cast(dict[str, Any], annotation).get('text', '')}»"


def _values(annotation: Annotation, keys: Sequence[str]) -> str:
    record = cast(dict[str, Any], annotation)
    return ", ".join(f"{key} {_shown(record.get(key))}" for key in keys if key != "span")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"«{value['text']}»"
    return (",".join(value) or "none") if isinstance(value, list) else "none" if value is None else str(value)


# --- Reading ------------------------------------------------------------------------------------------


def read(data: str, file: str, comparison: Comparison, by: str) -> list[Decision]:
    """The decisions of a completed work list. Open lines give none.

    Raises Misuse with file and line for what cannot be read, and for a decision without a reason.
    """
    whole, found, block = data.partition(f"\n{_SECTION}\n")
    if not found:
        raise Misuse(
            f"{file}: there is no section «{_SECTION}»; a work list is what «tasrih adjudicate --out» writes"
        )
    parsed = inline.read(whole + "\n", file)
    text = comparison.text or ""
    if difference := inline.first_difference(text, parsed.text):
        raise Misuse(f"{file}: the text is not that of {comparison.article}, {difference}")
    first = whole.count("\n") + 3
    tagged = {line["id"]: line for line in parsed.annotations}
    reader = _Reader(file, comparison, tagged, by)
    lines = enumerate(block.split("\n"), start=first)
    return [decision for number, line in lines for decision in reader.decisions(number, line)]


def without_quotes(annotation: Annotation) -> dict[str, Any]:
    """An annotation with offsets alone, so that no decision repeats the words of a withheld text."""
    record = {key: value for key, value in annotation.items() if key != "text"}
    if cue := record.get("cue"):
        record["cue"] = {"start": cast(Any, cue)["start"], "end": cast(Any, cue)["end"]}
    return record


def article_of(data: str) -> str:
    """The article that a work list says it is of."""
    match = re.search(r"^article: (\S+)$", data[: data.find("\n=== text\n")], re.MULTILINE)
    return match.group(1) if match else ""


def decided(
    comparison: Comparison,
    every: Sequence[Case],
    asked: Sequence[Case],
    offered: Mapping[str, Annotation],
    final: Mapping[str, Annotation],
    told: Mapping[str, str],
) -> Iterator[Decision]:
    """The decisions by which the annotations `offered` became those of `final`, both by the ids of a work list.

    Whoever adjudicates in an editor strikes out, keeps, changes and adds; each of these is a decision of one case.
    A case that was not `asked` about and left as it was is none. `told` is who decided and why.
    """
    record: Any = {
        "type": "decision",
        "article": comparison.article,
        "layers": [comparison.one.name, comparison.other.name],
    }
    added = sorted(final.keys() - offered.keys())
    for case in every:
        names = [case.one["id"] if case.one else "", others_id(case.other["id"]) if case.other else ""]
        here = [name for name in names if name in offered]
        if case not in asked and all(final.get(name) == offered[name] for name in here):
            continue
        mine, theirs = (final.get(name) if name in here else None for name in names)
        if mine and theirs and _changes(offered[names[1]], theirs):
            # A decision for both changes the first alone; the second, changed, stands as one of its own.
            added.append(names[1])
            theirs = None
        choice = "both" if mine and theirs else "one" if mine else "other" if theirs else "neither"
        kept, name = (mine, names[0]) if mine else (theirs, names[1])
        pair = {"one": case.one and case.one["id"], "other": case.other and case.other["id"]}
        changes = _changes(offered[name], kept) if kept else {}
        decision = record | pair | {"digest": digest(case), "choice": choice}
        yield cast(Decision, decision | ({"changes": changes} if changes else {}) | told)
    for name in added:
        new = {"one": None, "other": None, "choice": "new", "changes": without_quotes(final[name])}
        yield cast(Decision, record | new | told)


def _changes(before: Annotation, after: Annotation) -> dict[str, Any]:
    """What of an annotation has another value; offsets go together, and a new span has no old fragments."""
    old, new = without_quotes(before), without_quotes(after)
    changes = {key: value for key, value in new.items() if old.get(key) != value}
    changes |= {key: None for key in old.keys() - new.keys() if key != "fragments" and old[key] is not None}
    if changes.keys() & {"start", "end", "fragments"} or "fragments" in old.keys() - new.keys():
        changes |= {key: new[key] for key in ("start", "end", "fragments") if key in new}
    return changes


class _Reader:
    """Reads the lines of one work list."""

    def __init__(self, file: str, comparison: Comparison, tagged: dict[str, Annotation], by: str) -> None:
        self.file = file
        self.comparison = comparison
        self.tagged = tagged
        self.by = by
        self._ones, self._others = comparison.one.by_id(), comparison.other.by_id()

    def decisions(self, number: int, line: str) -> Iterator[Decision]:
        """The decision of a line, if it is one."""
        if not line.strip() or line.startswith("#"):
            return
        parts = [part.strip() for part in line.split("|", 2)]
        if len(parts) != 3:
            raise self._fail(number, f"«{line[:60]}»: a line is «IDS | CHOICE | WHY»")
        ids, chosen, why = parts
        choice, _, rest = chosen.partition(" ")
        if choice == _OPEN:
            return
        if choice not in _CHOICES:
            raise self._fail(number, f"«{choice}» is not one of {', '.join(_CHOICES)}, {_OPEN}")
        if not why:
            raise self._fail(number, f"{ids}: say why behind the second «|»")
        yield self._decision(number, ids.split(), choice, rest.strip(), why)

    def _decision(self, number: int, ids: list[str], choice: str, rest: str, why: str) -> Decision:
        one = next((self._ones[name] for name in ids if name in self._ones), None)
        others = {others_id(name): line for name, line in self._others.items()}
        other = next((others[name] for name in ids if name in others), None)
        record: Any = {"type": "decision", "article": self.comparison.article,
                       "layers": [self.comparison.one.name, self.comparison.other.name],
                       "one": one and one["id"], "other": other and other["id"]}  # fmt: skip
        if choice == "new":
            if len(ids) != 1 or ids[0] not in self.tagged or one or other:
                raise self._fail(
                    number, f"{' '.join(ids)}: a new annotation is tagged in the text with an id of its own"
                )
            return cast(
                Decision,
                record
                | {
                    "choice": choice,
                    "changes": without_quotes(self.tagged[ids[0]]),
                    "by": self.by,
                    "why": why,
                },
            )
        if len(ids) != (one is not None) + (other is not None):
            raise self._fail(
                number,
                f"{' '.join(ids)}: one id of {self.comparison.one.name}, one of {self.comparison.other.name}, or one of the two",
            )
        if choice in ("one", "other") and (one if choice == "one" else other) is None:
            raise self._fail(number, f"{ids[0]}: «{choice}» has no annotation here")
        record |= {"digest": digest(Case(one, other)), "choice": choice}
        chosen = other if choice == "other" else one or other
        if rest:
            record["changes"] = self._changes(number, cast(Any, chosen), rest)
        return cast(Decision, record | {"by": self.by, "why": why})

    def _changes(self, number: int, chosen: dict[str, Any], rest: str) -> dict[str, Any]:
        changes = inline.read_values(rest, chosen["id"], f"{self.file}:{number}", _SPAN_KEYS)
        words = changes.pop("text", None)
        if words is not None:
            changes |= self._place(number, chosen["type"] == "claim", str(words), chosen["start"])
        if changes.get("cue") is not None:
            start = (chosen.get("cue") or chosen)["start"]
            changes["cue"] = self._place(number, False, str(changes["cue"]), start)
        return changes

    def _place(self, number: int, may_part: bool, words: str, near: int) -> dict[str, Any]:
        """Span and quote of the occurrence of `words` that is nearest to code point `near`."""
        text = self.comparison.text or ""
        parts = words.split(_GAP) if may_part and words not in text else [words]
        spans: list[list[int]] = []
        for part in parts:
            starts = [match.start() for match in re.finditer(re.escape(part), text)]
            starts = [start for start in starts if not spans or start >= spans[-1][1]]
            if not starts or not part:
                raise self._fail(number, f"«{part[:60]}» does not stand in the text")
            start = min(starts, key=lambda at: abs(at - near))
            spans.append([start, start + len(part)])
        start, end = spans[0][0], spans[-1][1]
        place: dict[str, Any] = {"start": start, "end": end}
        return place | ({"fragments": spans} if len(spans) > 1 else {})

    def _fail(self, number: int, message: str) -> Misuse:
        return Misuse(visible(f"{self.file}:{number}: {message}"))
