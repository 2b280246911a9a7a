"""Rules about entities."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TypeVar

from tasrih.check.reading import CLEAN
from tasrih.check.rule import Context, Example, Fault, rule
from tasrih.model import GOLD, Annotation, Entity, LayerView, Zone
from tasrih.text.tokens import bare

_A = TypeVar("_A", bound=Annotation)
CONJUNCTIONS, PREPOSITIONS = "وف", "بلك"
_PREFIX = re.compile(rf"[{CONJUNCTIONS}]?[{PREPOSITIONS}]?\Z")
_GAPS = frozenset(' \n.،"')
_TWO = "<e1 ORG>وزارة الصحة</e1> و<e2 GPE>تونس</e2>."


def zone_of(zones: list[Zone], start: int, end: int) -> Zone | None:
    """The zone that [start, end) touches, or None."""
    return next((zone for zone in zones if start < zone["end"] and end > zone["start"]), None)


def in_zones(annotations: Iterable[_A], zones: list[Zone]) -> Iterator[tuple[_A, Zone]]:
    """Those of `annotations` that touch a zone, each with the first that it touches."""
    covered = Covered((zone["start"], zone["end"]) for zone in zones)
    for annotation in annotations:
        start, end = annotation["start"], annotation["end"]
        if covered.touches(start, end) and (zone := zone_of(zones, start, end)):
            yield annotation, zone


class Covered:
    """Answers whether any of many spans touches another, without a look at each of them."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reached = list(accumulate((end for _, end in ordered), max))

    def touches(self, start: int, end: int) -> bool:
        """Whether one of the spans has a code point of [start, end)."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._reached[before - 1] > start


@rule(
    "E105",
    "error",
    "layer",
    mend="begin the span at the word's start, or behind its proclitic",
    bad=Example("ليبر<e1 GPE>تونس</e1>."),
    good=Example("و<e1 GPE>ليبيا</e1> ل<e2 ORG>لأمم المتحدة</e2>."),
)
def starts_inside_a_word(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The entity begins inside a word.

    Only proclitics (و ف ب ل ك) are left out, and only where the rest is the mention itself.
    After لل the span starts at the second ل.
    """
    text = layer.text
    if text is None:
        return
    for entity in layer.entities:
        start = entity["start"]
        if (
            start
            and text[start - 1] not in _GAPS
            and text[start - 1].isalpha()
            and text[start : start + 1].isalpha()
        ):
            word_start = start
            while word_start and (text[word_start - 1].isalpha() or bare(text[word_start - 1]) == ""):
                word_start -= 1
            before = bare(text[word_start:start])
            if not _PREFIX.match(before):
                yield Fault(
                    f"«{before}» of the word is left out",
                    "begin the span where the word begins",
                    entity,
                    ("start",),
                )


@rule(
    "E106",
    "error",
    "layer",
    mend="end the span where its word ends",
    bad=Example("<e1 GPE>فلسط</e1>ين."),
    good=Example("<e1 GPE>فلسطين</e1>."),
)
def ends_inside_a_word(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The entity ends inside a word.

    Nothing is annotated inside a word: an attached pronoun belongs to the span or there is no span.
    """
    text = layer.text
    if text is None:
        return
    length = len(text)
    for entity in layer.entities:
        end = entity["end"]
        if end < length and text[end] not in _GAPS and text[end].isalpha() and text[end - 1].isalpha():
            yield Fault(
                f"the word goes on with «{text[end]}»", "end the span where its word ends", entity, ("end",)
            )


@rule(
    "E107",
    "error",
    "layer",
    mend="delete one of the two",
    fixable=True,
    bad=Example("<e1 ORG><e2 ORG>الهيئة</e2></e1> هنا."),
    good=Example("<e1 OCC><e2 PER>الرئيس</e2></e1> هنا."),
)
def stands_twice(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The same mention stands twice.

    Two entities may share a span only with different labels.
    """
    if len({(entity["start"], entity["end"], entity["label"]) for entity in layer.entities}) == len(
        layer.entities
    ):
        return
    seen: dict[tuple[int, int, str], str] = {}
    for entity in layer.entities:
        key = (entity["start"], entity["end"], entity["label"])
        if key in seen:
            yield Fault(
                f"{entity['id']} is the same span and label as {seen[key]}", f"delete {entity['id']}", entity
            )
        seen.setdefault(key, entity["id"])


def _in_roles(layer: LayerView) -> set[str]:
    used: set[str] = set()
    for claim in layer.claims:
        used.update(claim["claimers"])
    for stance in layer.stances:
        used.update(stance["holders"], (stance["target"],))
    for entity in layer.entities:
        used.update(entity.get("members", ()))
    return used


@rule(
    "E108",
    "warning",
    "layer",
    mend="give it its role, or delete it",
    bad=Example("<e1 ORG>الوزارة</e1> هنا.\n=== roles\ne1 form=nominal"),
    good=CLEAN,
)
def nominal_without_role(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A nominal fills no role.

    Names are annotated exhaustively; a nominal such as الوزارة only where it is a claimer, a holder, a target or
    a member. What a claim is about makes no nominal of its own.
    """
    if layer.name != GOLD:
        return
    nominals = [entity for entity in layer.entities if entity.get("form") == "nominal"]
    if not nominals or context.broken_ids or layer.name in context.partial:
        return
    used = _in_roles(layer)
    for entity in nominals:
        if entity["id"] not in used:
            yield Fault(
                f"{entity['id']} is nominal and fills no role",
                "give it its role, or delete it",
                entity,
                ("form",),
            )


@rule(
    "E109",
    "error",
    "layer",
    mend="name the collective's listed members, without itself",
    bad=Example(_TWO + "\n=== roles\ne1 members=e1"),
    good=Example(_TWO + "\n=== roles\ne1 members=e2"),
)
def member_of_itself(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A collective is its own member."""
    for entity in layer.entities:
        if entity["id"] in entity.get("members", ()):
            yield Fault(f"{entity['id']} lists itself", "take it out of members", entity, ("members",))


@rule(
    "E111",
    "error",
    "layer",
    mend="keep the right item for all mentions of the referent",
    bad=Example(_TWO + "\n=== roles\ne1 referent=x wikidata=Q1\ne2 referent=x wikidata=Q2"),
    good=Example(_TWO + "\n=== roles\ne1 referent=x wikidata=Q1\ne2 referent=y wikidata=Q2"),
)
def referent_with_items(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Mentions of one referent name different Wikidata items."""
    items: dict[str, str] = {}
    for entity in layer.entities:
        referent, item = entity.get("referent"), entity.get("wikidata")
        if referent and item and items.setdefault(referent, item) != item:
            yield Fault(
                f"«{referent}» is {items[referent]} elsewhere, {item} here", "keep one", entity, ("wikidata",)
            )


@rule(
    "E112",
    "error",
    "layer",
    mend="delete the entity: credit lines take nothing",
    bad=Example(
        "<e1 ORG>الهيئة</e1> هنا.\nالمصدر: <e2 MEDIA>وكالة</e2>",
        {"/article/zones": [{"kind": "credit", "start": 12, "end": 25}]},
    ),
    good=Example(
        "<e1 ORG>الهيئة</e1> هنا.\nالمصدر: وكالة",
        {"/article/zones": [{"kind": "credit", "start": 12, "end": 25}]},
    ),
)
def entity_in_credits(layer: LayerView, context: Context) -> Iterator[Fault]:
    """An entity stands in a credit line.

    Credit lines are about the article's making; their content is metadata.
    """
    zones = [zone for zone in layer.article["zones"] if zone["kind"] == "credit"]
    for entity, _ in in_zones(layer.entities, zones):
        yield Fault(f"{entity['id']} stands in a credit line", "delete it", entity, ("start",))


SHORTEST_NAME = 4
# Where a name may stand: behind no letter of the commonest, and what else is a letter is looked at then
_BEGINNING = re.compile(rf"(?<![A-Za-z\u0621-\u064a])(?=(.{{{SHORTEST_NAME}}}))", re.DOTALL)
NOT_SOUGHT = frozenset(("DATE", "OCC", "NORP"))


def _stands_free(text: str, start: int, end: int) -> bool:
    """Whether no letter stands right before or behind [start, end)."""
    return not (text[end : end + 1].isalpha() or (start and text[start - 1].isalpha()))


def sought_names(layer: LayerView) -> dict[str, str]:
    """The names of a layer that are looked for where they are not annotated, with their labels."""
    text = layer.text or ""
    return {
        name: entity["label"]
        for entity in layer.entities
        if entity["label"] not in NOT_SOUGHT
        and entity.get("form", "name") == "name"
        and len((name := text[entity["start"] : entity["end"]]).strip()) >= SHORTEST_NAME
    }


def _uncovered(text: str, names: Iterable[str], covered: Covered) -> set[str]:
    """Those of `names` that stand somewhere outside of what is covered, no letter beside them."""
    by_beginning: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if len(name) >= SHORTEST_NAME:
            by_beginning[name[:SHORTEST_NAME]].append(name)
    found: set[str] = set()
    for match in _BEGINNING.finditer(text) if by_beginning else ():
        at = match.start()
        for name in by_beginning.get(match[1], ()):
            end = at + len(name)
            if text.startswith(name, at) and _stands_free(text, at, end) and not covered.touches(at, end):
                found.add(name)
    return found


def left_out(layer: LayerView) -> Iterator[tuple[Entity, int]]:
    """Names of the layer and the code points at which the same words stand outside of every entity."""
    text = layer.text or ""
    credits_ = [zone for zone in layer.article["zones"] if zone["kind"] == "credit"]
    names = [e for e in layer.entities if e["label"] not in NOT_SOUGHT and e.get("form", "name") == "name"]
    covered = Covered((entity["start"], entity["end"]) for entity in layer.entities)
    sought = _uncovered(text, {text[entity["start"] : entity["end"]] for entity in names}, covered)
    for entity in names:
        name = text[entity["start"] : entity["end"]]
        if name not in sought:
            continue
        sought.remove(name)
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if (
                not covered.touches(at, end)
                and _stands_free(text, at, end)
                and not zone_of(credits_, at, end)
            ):
                yield entity, at
            at = text.find(name, end)


@rule(
    "E113",
    "warning",
    "layer",
    mend="annotate the mention too, or say in a note why it is none",
    bad=Example("<e1 GPE>تونس</e1> ثم تونس."),
    good=Example("<e1 GPE>تونس</e1> ثم <e2 GPE>تونس</e2>."),
)
def name_left_out(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A name that is annotated elsewhere in the article is not annotated here.

    Names are annotated exhaustively in gold.
    """
    if layer.name != GOLD or layer.text is None or context.broken_ids or GOLD in context.partial:
        return
    for entity, at in left_out(layer):
        yield Fault(
            f"«{layer.text[entity['start'] : entity['end']]}» stands at {at} too, without an annotation",
            "annotate it there",
            entity,
            ("text",),
        )
