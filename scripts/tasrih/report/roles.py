"""What the roles of a layer say, in words: who claims, what is quoted, which mentions are of one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from tasrih.formats.inline import defaults
from tasrih.model import (
    AUTHOR,
    UNNAMED,
    UNSPECIFIED,
    Annotation,
    Claim,
    Document,
    Entity,
    LayerView,
    claim_parts,
    layer_view,
)
from tasrih.store import Misuse

# BCP 47: languages written right to left unless a script says otherwise, and such scripts.
_RTL_LANGUAGES = frozenset(
    (
        "ar",
        "arc",
        "ckb",
        "dv",
        "fa",
        "he",
        "khw",
        "ks",
        "lrc",
        "mzn",
        "nqo",
        "pnb",
        "prs",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
    )
)
_RTL_SCRIPTS = frozenset(("adlm", "arab", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"))
_LONGEST = 2000  # characters of a quote that are shown; the text itself has the rest
SOURCE_WORDS = {AUTHOR: "the article itself", UNNAMED: "nobody named"}
_ATTRIBUTES = {"claim": ("via", "mode", "polarity", "certainty", "checkworthy"), "stance": ("basis",)}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value of a claim or stance; `usual` where the inline format takes it for granted, or nothing is said."""

    name: str
    value: str
    usual: bool

    @property
    def phrase(self) -> str:
        """The value so that it says by itself what it is of: `via dropped`, `negated`, `certainty unknown`."""
        if self.name == "check-worthy" and self.value in ("yes", "no"):
            return "check-worthy" if self.value == "yes" else "not check-worthy"
        if self.name in ("via", "check-worthy") or self.value in ("unknown", UNSPECIFIED):
            return f"{self.name} {self.value}"
        return self.value


@dataclass(slots=True)
class Referent:
    """One thing that the article mentions: its mentions, and the ids of the annotations in which it has a role."""

    name: str
    mentions: list[Entity]
    wikidata: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    subject_of: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    target_of: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The labels of its mentions, each once."""
        return list(dict.fromkeys(mention["label"] for mention in self.mentions))

    @property
    def roles(self) -> list[tuple[str, list[str]]]:
        """Role and ids, for roles that it has."""
        roles = (
            ("claims", self.claims),
            ("subject of", self.subject_of),
            ("holds", self.holds),
            ("target of", self.target_of),
        )
        return [(role, ids) for role, ids in roles if ids]


def view_of(document: Document, layer: str) -> LayerView:
    """Layer `layer` of `document`. Raises Misuse where the article has no such layer."""
    if not document["layers"].get(layer):
        known = ", ".join(document["layers"]) or "none"
        raise Misuse(f"{document['article']['id']}: has no layer «{layer}»; layers: {known}")
    return layer_view(document, layer)


def direction(language: str) -> str:
    """`rtl` or `ltr`, the direction in which BCP 47 language `language` is written."""
    first, *rest = language.lower().split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    return "rtl" if _RTL_SCRIPTS.intersection(scripts) or (not scripts and first in _RTL_LANGUAGES) else "ltr"


def place(start: int, end: int) -> str:
    """Offsets where words are wanting: `[20–48]`."""
    return f"[{start}–{end}]"


def quote(text: str | None, record: Mapping[str, Any]) -> str:
    """The words of an annotation or cue; without the text those that it repeats, else its offsets.

    What is longer than any sentence is cut. Of an entity the label comes before the offsets, for nothing else
    would say what it is.
    """
    if record.get("fragments"):
        parts = claim_parts(cast(Claim, record))
        return _bounded(" … ".join(place(*part) if text is None else text[slice(*part)] for part in parts))
    start, end = record["start"], record["end"]
    found = _bounded(
        (record.get("text") or "") if text is None else text[start : min(end, start + _LONGEST + 1)]
    )
    label = f"{record['label']} " if record.get("type") == "entity" else ""
    return found or label + place(start, end)


def _bounded(words: str) -> str:
    return words if len(words) <= _LONGEST else words[:_LONGEST] + " …"


def source_words(view: LayerView, source: str, by_id: Mapping[str, Annotation]) -> str:
    """A claimer, holder or target in words; an id that leads nowhere is named as such."""
    if source in SOURCE_WORDS:
        return SOURCE_WORDS[source]
    return quote(view.text, by_id[source]) if source in by_id else f"{source}, which is missing"


def attributes(annotation: Annotation) -> list[Attribute]:
    """Every attribute of a claim or stance, those that are not given as `unspecified`."""
    record = cast(dict[str, Any], annotation)
    usual = defaults(annotation["type"], record.get("claimers"))
    return [_attribute(name, record.get(name), usual[name]) for name in _ATTRIBUTES[annotation["type"]]]


def _attribute(name: str, given: object, usual: object) -> Attribute:
    value = _value(given)
    return Attribute(
        name.replace("checkworthy", "check-worthy"), value, value in (_value(usual), UNSPECIFIED)
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return UNSPECIFIED if value is None else str(value)


def is_own(claim: Claim) -> bool:
    """Whether the article itself asserts the claim."""
    return claim["claimers"] == [AUTHOR]


def remarks(annotation: Annotation) -> list[tuple[str, str]]:
    """What people or programs added to the annotation: confidence, by, note."""
    record = cast(dict[str, Any], annotation)
    confidence = record.get("confidence")
    found = [("confidence", f"{confidence:.2f}")] if confidence is not None else []
    return found + [(name, str(record[name])) for name in ("by", "note") if record.get(name)]


def referents(view: LayerView) -> list[Referent]:
    """The things mentioned, in the order of their first mentions; a mention without referent stands alone."""
    found: dict[str, Referent] = {}
    of_mention: dict[str, Referent] = {}
    for entity in sorted(view.entities, key=lambda entity: (entity["start"], -entity["end"])):
        name = entity.get("referent") or ""
        referent = found.setdefault(name or f" {entity['id']}", Referent(name, []))
        referent.mentions.append(entity)
        wikidata = entity.get("wikidata")
        if wikidata and wikidata not in referent.wikidata:
            referent.wikidata.append(wikidata)
        of_mention[entity["id"]] = referent
    _note_roles(view, of_mention)
    return list(found.values())


def _note_roles(view: LayerView, of_mention: Mapping[str, Referent]) -> None:
    def note(ids: list[str], role: Callable[[Referent], list[str]], owner: str) -> None:
        for referent in (of_mention[identifier] for identifier in ids if identifier in of_mention):
            if owner not in role(referent):
                role(referent).append(owner)

    for claim in view.claims:
        note(claim["claimers"], lambda referent: referent.claims, claim["id"])
        note(claim.get("about") or [], lambda referent: referent.subject_of, claim["id"])
    for stance in view.stances:
        note(stance["holders"], lambda referent: referent.holds, stance["id"])
        note([stance["target"]], lambda referent: referent.target_of, stance["id"])
