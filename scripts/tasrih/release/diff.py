"""What changed from one edition to another, article by article and annotation by annotation, and the step it calls for.

Annotations are paired as those of two annotators are (`agree.compare`), so ids and slugs may change freely. Where a
text was corrected, the old annotations are brought to the new text first: what moved is what means other words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from tasrih.agree.compare import Comparison, compare
from tasrih.agree.differences import Case, cases
from tasrih.match.reanchor import reanchored
from tasrih.model import GOLD, NOBODY, Document
from tasrih.release.editions import Edition
from tasrih.store import Misuse, with_quotes

KINDS = ("added", "removed", "moved", "relabelled", "reattributed", "changed")
STEPS = ("none", "patch", "minor", "major")
_KIND_OF = {
    "span": "moved",
    "label": "relabelled",
    "claimers": "reattributed",
    "holders": "reattributed",
    "via": "reattributed",
}
_PLAIN = ("wikidata", "note", "confidence")
_LINKS = ("claimers", "holders", "about", "members", "target", "within")
_BEFORE, _AFTER = "before", GOLD


@dataclass(frozen=True, slots=True)
class Change:
    """One annotation that is not as it was.

    `kinds` are of KINDS; `differs` has by name what it said and what it says (None where that is left out), links in words. `id` is the new
    one where there is one. `words` is empty where the text is withheld.
    """

    kinds: tuple[str, ...]
    article: str
    type: str
    id: str
    label: str
    words: str
    differs: Mapping[str, tuple[Any, Any] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the change calls for a version step of at least this size."""

    step: str
    what: str


@dataclass(slots=True)
class Diff:
    """What changed from `old` to `new`. The annotations of articles that came or went are counted, not listed."""

    old: Edition
    new: Edition
    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    metadata: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, tuple[str, str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    annotations_came: Counter[str] = field(default_factory=Counter)
    annotations_went: Counter[str] = field(default_factory=Counter)
    reasons: list[Reason] = field(default_factory=list)

    @property
    def step(self) -> str:
        """The greatest step that a reason calls for."""
        return max((reason.step for reason in self.reasons), key=STEPS.index, default="none")

    @property
    def least_version(self) -> str:
        """The least version that the step leads to from the old one, or an empty string where that has no numbers."""
        return stepped(self.old.version, self.step)

    def without_words(self) -> Diff:
        """The same without a quote: what differs is named, its values are left out."""
        bare = [replace(change, words="", differs=dict.fromkeys(change.differs)) for change in self.changes]
        return replace(self, changes=bare)

    def counts(self) -> dict[str, Counter[str]]:
        """By type of annotation how many changes of each kind articles in both editions have."""
        found: dict[str, Counter[str]] = {kind: Counter() for kind in ("entity", "claim", "stance")}
        for change in self.changes:
            found[change.type].update(change.kinds)
        return found


# --- Comparing ----------------------------------------------------------------------------------------


def diff(old: Edition, new: Edition) -> Diff:
    """Everything in which `new` differs from `old`. Raises Misuse where it takes scipy and there is none."""
    found = Diff(old, new)
    found.came = sorted(new.documents.keys() - old.documents.keys())
    found.went = sorted(old.documents.keys() - new.documents.keys())
    found.annotations_came = _annotations(new.documents[name] for name in found.came)
    found.annotations_went = _annotations(old.documents[name] for name in found.went)
    for name in sorted(old.documents.keys() & new.documents.keys()):
        before, after = old.documents[name], new.documents[name]
        if before["article"]["text_sha256"] != after["article"]["text_sha256"]:
            found.texts.append(name)
        if keys := _other_metadata(before, after):
            found.metadata[name] = keys
        if (was := old.splits.get(name)) != (now := new.splits.get(name)) and was and now:
            found.splits[name] = (was, now)
        found.changes += document_changes(before, after)
    found.reasons = list(_reasons(found))
    return found


def _annotations(documents: Iterable[Document]) -> Counter[str]:
    return Counter(cast(Any, line)["type"] for document in documents for line in document["layers"][GOLD][1:])


_OF_THE_TEXT = {"text_sha256", "source_sha256", "length", "zones"}


def _other_metadata(old: Document, new: Document) -> list[str]:
    one, other = _stated(old["article"]), _stated(new["article"])
    return sorted(
        key for key in one.keys() | other.keys() if key not in _OF_THE_TEXT and one.get(key) != other.get(key)
    )


def _stated(value: Any) -> Any:
    """`value` without keys that say nothing: a release states what the corpus leaves out, and the other way round."""
    if isinstance(value, Mapping):
        kept = {key: _stated(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    return [_stated(item) for item in value] if isinstance(value, list) else value


def document_changes(old: Document, new: Document) -> list[Change]:
    """The changes of one article's gold layer, in text order."""
    one, other = old["layers"][GOLD], new["layers"][GOLD]
    if [_stated(line) for line in one[1:]] == [_stated(line) for line in other[1:]]:
        return []
    lost: set[str] = set()
    before = old
    if old["text"] is not None and new["text"] is not None and old["text"] != new["text"]:
        gold_alone = with_quotes({**old, "layers": {GOLD: one}})
        before, missing = reanchored(gold_alone, new["text"])
        placed = {cast(Any, line)["id"] for line in before["layers"][GOLD][1:]}
        lost = {gone.id for gone in missing} - placed
    elif old["article"]["text_sha256"] != new["article"]["text_sha256"]:
        before = {**old, "layers": {GOLD: _at_the_new_places(one, other)}}
    both: Document = {**new, "layers": {_BEFORE: before["layers"][GOLD], _AFTER: other}}
    comparison = compare(both, _BEFORE, _AFTER)
    originals = {cast(Any, line)["id"]: line for line in one[1:]}
    found = [_change(comparison, case, originals) for case in cases(comparison)]
    gone = [
        _whole("removed", new["article"]["id"], record) for name, record in originals.items() if name in lost
    ]
    return [change for change in (*found, *gone) if change is not None]


def _at_the_new_places(old: list[Any], new: list[Any]) -> list[Any]:
    """The old annotations at the places of the new ones with the same id and type.

    Of a corrected text that is withheld nobody can tell what moved, so ids have to do.
    """
    places = {(line.get("id"), line["type"]): line for line in new}

    def moved(line: Any) -> Any:
        place = places.get((line.get("id"), line["type"]))
        if place is None or line["type"] == "layer":
            return line
        spans = {key: place[key] for key in ("start", "end", "fragments", "cue") if key in place}
        return {key: item for key, item in line.items() if key not in ("fragments", "cue")} | spans

    return [moved(line) for line in old]


def _change(comparison: Comparison, case: Case, originals: Mapping[str, Any]) -> Change | None:
    if case.one is None or case.other is None:
        return _whole("removed" if case.one else "added", comparison.article, cast(Any, case.first))
    one, other = cast(Any, originals[case.one["id"]]), cast(Any, case.other)
    names = [*case.differs, *(key for key in _PLAIN if one.get(key) != other.get(key))]
    if not comparison.same_mentions(one.get("members") or [], other.get("members") or []):
        names.append("members")
    if not names:
        return None
    kinds = {_KIND_OF.get(name, "changed") for name in names}
    words = (comparison.one.by_id(), comparison.other.by_id())
    differs = {name: (_value(one, name, words[0]), _value(other, name, words[1])) for name in names}
    return Change(
        tuple(kind for kind in KINDS if kind in kinds),
        comparison.article, other["type"], other["id"], _label(other), other.get("text", ""), differs,
    )  # fmt: skip


def _whole(kind: str, article: str, record: Any) -> Change:
    return Change((kind,), article, record["type"], record["id"], _label(record), record.get("text", ""))


def _label(record: Mapping[str, Any]) -> str:
    return str(record.get("label", record["type"]))


def _value(record: Mapping[str, Any], name: str, words: Mapping[str, Any]) -> Any:
    """What `record` says under `name`, as plain data: spans with their words, links by the words they lead to."""
    if name == "span":
        return {"start": record["start"], "end": record["end"], "text": record.get("text")}
    value = record.get(name)
    if name == "cue":
        return value and {"start": value["start"], "end": value["end"], "text": value.get("text")}
    if name in _LINKS:
        return (
            [_named(link, words) for link in value]
            if isinstance(value, list)
            else value and _named(value, words)
        )
    return value


def _named(link: str, words: Mapping[str, Any]) -> str:
    return link if link in NOBODY else str(words.get(link, {}).get("text") or link)


# --- The step -----------------------------------------------------------------------------------------


def _reasons(found: Diff) -> Iterator[Reason]:
    yield from _label_reasons(found.old, found.new)
    yield from _column_reasons(found.old, found.new)
    for name, (was, now) in found.splits.items():
        yield Reason("major", f"{name} moved from {was} to {now}")
    if found.went:
        yield Reason("minor", f"{_many(len(found.went), 'article')} removed")
    if found.came:
        yield Reason("minor", f"{_many(len(found.came), 'article')} added")
    if found.texts:
        yield Reason("patch", f"{_many(len(found.texts), 'text')} corrected")
    if found.metadata:
        yield Reason("patch", f"{_many(len(found.metadata), 'article')} with other metadata")
    if found.changes:
        yield Reason("patch", f"{_many(len(found.changes), 'annotation')} changed")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _label_reasons(old: Edition, new: Edition) -> Iterator[Reason]:
    """A label's id is its place in its list: an appended one breaks no reader, anything else does."""
    for kind in ("entity", "stance", "topic"):
        before, after = cast(Any, old.labels)[kind], cast(Any, new.labels)[kind]
        if not before or before == after:
            continue
        if after[: len(before)] == before:
            yield Reason("minor", f"{kind} labels appended: {', '.join(after[len(before) :])}")
        else:
            yield Reason(
                "major",
                f"{kind} labels removed or in another order: {', '.join(before)} became {', '.join(after)}",
            )


def _column_reasons(old: Edition, new: Edition) -> Iterator[Reason]:
    if old.schemas and new.schemas and old.schemas.split(".")[0] != new.schemas.split(".")[0]:
        yield Reason("major", f"schemas {old.schemas} became {new.schemas}")
    if not old.columns or not new.columns:
        return
    for config, before in old.columns.items():
        after = new.columns.get(config)
        if after is None:
            yield Reason("major", f"configuration {config} is gone")
            continue
        for column, feature in before.items():
            if column not in after:
                yield Reason("major", f"column {config}.{column} is gone")
            elif _kind(feature) != _kind(after[column]):
                yield Reason("major", f"column {config}.{column} is of another type")
        if added := [column for column in after if column not in before]:
            yield Reason("minor", f"columns added to {config}: {', '.join(added)}")
    if came := [config for config in new.columns if config not in old.columns]:
        yield Reason("minor", f"configurations added: {', '.join(came)}")


def _kind(feature: Any) -> Any:
    """A column's type without the names of its labels, and without columns that were added inside it."""
    if isinstance(feature, list):
        return [_kind(feature[0])]
    return feature.get("_type", "struct")


def numbers(version: str) -> tuple[int, int, int] | None:
    """Major, minor and patch of a version, whatever follows them; None where they are not three numbers."""
    parts = version.split("+", maxsplit=1)[0].split("-", maxsplit=1)[0].split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def stepped(version: str, step: str) -> str:
    """The least version a step away: 0.2.1, patch → 0.2.2. Before 1.0.0 a major change takes a minor step.

    An empty string where `version` is not three numbers.
    """
    given = numbers(version)
    if given is None:
        return ""
    major, minor, patch = given
    if step == "major" and major:
        return f"{major + 1}.0.0"
    if step in ("major", "minor"):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + (step == 'patch')}"


def refuse_small_step(found: Diff, where: str) -> None:
    """Raises Misuse where the new edition's version is smaller than what the change calls for."""
    least, given = numbers(found.least_version), numbers(found.new.version)
    if least and given and given < least:
        why = "; ".join(reason.what for reason in found.reasons if reason.step == found.step)
        raise Misuse(
            f"{where}: version {found.new.version} is too small a step from {found.old.version}: {why}; "
            f"a {found.step} change, so set version to {found.least_version} or more"
        )
