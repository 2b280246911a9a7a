"""Rules about annotations that a reader of gold would doubt. A `note` on the annotation justifies it.

They look at gold alone: an annotator's layer is data, and its slips are what agreement measures.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tasrih.check.entities import Covered
from tasrih.check.rule import Context, CorpusView, Example, Fault, Summary, rule
from tasrih.model import GOLD, Claim, Entity, LayerView
from tasrih.text.sentences import sentences
from tasrih.text.tokens import bare

_WORD = re.compile(r"\S+")
_SAID = "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1>الحملة بدأت</c1>."


@rule(
    "Q101",
    "warning",
    "layer",
    mend="give all of them one label, or say in a note why the same words name two kinds of thing",
    bad=Example("<e1 ORG>ميناء صور</e1> ثم <e2 FAC>ميناء صور</e2>."),
    good=Example("<e1 FAC>ميناء صور</e1> ثم <e2 FAC>ميناء صور</e2>."),
)
def words_with_two_labels(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The same words have two labels in one article.

    The label follows the kind of thing named, not what it does in the sentence; two labels on one span (a title and
    what it names) are not meant.
    """
    if layer.name != GOLD or layer.text is None:
        return
    by_words: dict[str, list[Entity]] = defaultdict(list)
    for entity in layer.entities:
        by_words[layer.text[entity["start"] : entity["end"]]].append(entity)
    for words, found in by_words.items():
        labels = Counter([entity["label"] for entity in found])
        if len(labels) == 1:
            continue
        usual = labels.most_common(1)[0][0]
        places = Counter((entity["start"], entity["end"]) for entity in found)
        for entity in found:
            if (
                entity["label"] != usual
                and places[entity["start"], entity["end"]] == 1
                and not entity.get("note")
            ):
                yield Fault(
                    f"«{words}» is {entity['label']} here, {usual} elsewhere in the article",
                    "mend one of the two, or say in a note why",
                    entity,
                    ("label",),
                )


@rule(
    "Q102",
    "warning",
    "layer",
    mend="give the claim its cue, or set mode to direct; say in a note why it has neither",
    bad=Example("<e1 ORG>الهيئة</e1>: <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1"),
    good=Example("<e1 ORG>الهيئة</e1>: «<c1>الحملة بدأت</c1>».\n=== roles\nc1 claimers=e1 mode=direct"),
)
def indirect_without_cue(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A claim is marked indirect and has no cue.

    Only a whole quotation behind a colon is a claim without one.
    """
    if layer.name != GOLD:
        return
    for claim in layer.claims:
        if claim.get("mode") == "indirect" and not claim.get("cue") and not claim.get("note"):
            yield Fault(f"{claim['id']} is indirect and has no cue", "give it its cue", claim, ("cue",))


@rule(
    "Q103",
    "warning",
    "layer",
    mend="link the mention that via speaks of, or mend via; a note says why the link leads further",
    bad=Example(
        "<e1 ORG>الهيئة</e1> هنا. <e2 ORG>الهيئة</e2> هنا. و<c1#cue>قالت</c1#cue> إن <c1>الحملة بدأت</c1>."
        "\n=== roles\ne1 referent=x\ne2 referent=x\nc1 claimers=e1 via=dropped"
    ),
    good=Example(
        "<e1 ORG>الهيئة</e1> هنا. <e2 ORG>الهيئة</e2> هنا. و<c1#cue>قالت</c1#cue> إن <c1>الحملة بدأت</c1>."
        "\n=== roles\ne1 referent=x\ne2 referent=x\nc1 claimers=e2 via=dropped"
    ),
)
def claimer_too_far(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A claimer stands further from its claim than its via allows.

    One that is a mention stands in the sentence of its cue. A pronoun, a dropped subject or a document leads to the
    nearest earlier mention of the referent, the person before the title beside it.
    """
    if layer.name != GOLD or layer.text is None:
        return
    bounds = sentences(layer.text)
    mentions = {entity["id"]: entity for entity in layer.entities}
    earlier = _Mentions(layer)
    for claim in layer.claims:
        if claim.get("note"):
            continue
        for name in claim["claimers"]:
            said = _too_far(earlier, claim, mentions[name], bounds) if name in mentions else ""
            if said:
                yield Fault(
                    f"{claim['id']}: {said}", "link the nearer one, or mend via", claim, ("claimers",)
                )


def _too_far(earlier: _Mentions, claim: Claim, mention: Entity, bounds: list[tuple[int, int]]) -> str:
    """Why `mention` is not where the via of `claim` leads, or an empty string."""
    at = (claim.get("cue") or claim)["start"]
    same_sentence = _sentence_at(bounds, mention["start"]) == _sentence_at(bounds, at)
    via = claim.get("via")
    if via == "mention":
        return "" if same_sentence else "via is mention, and the claimer stands in another sentence"
    if via not in ("pronoun", "dropped", "document") or (via == "document" and same_sentence):
        return ""
    if mention["start"] > at:
        return "" if same_sentence else "the claimer stands in a later sentence"
    last = earlier.nearest(mention, at)
    return (
        f"via is {via}, and {last['id']} of the same referent is nearer than {mention['id']}" if last else ""
    )


class _Mentions:
    """The mentions of each referent, the last first, and all titles in text order."""

    def __init__(self, layer: LayerView) -> None:
        self._text = layer.text or ""
        self._of_referent: dict[str, list[Entity]] = defaultdict(list)
        for entity in sorted(layer.entities, key=lambda entity: entity["start"], reverse=True):
            if referent := entity.get("referent"):
                self._of_referent[referent].append(entity)
        titles = (entity for entity in layer.entities if entity["label"] == "OCC")
        self._titles = sorted(titles, key=lambda title: (title["start"], -title["end"]))

    def nearest(self, mention: Entity, at: int) -> Entity | None:
        """The last mention of the same thing between `mention` and code point `at`; titles beside it do not count."""
        same = self._of_referent.get(mention.get("referent") or "", [])
        beside = self._behind_titles(mention) if mention["label"] == "PER" else 0
        for number in range(bisect_left(same, -at, key=lambda other: -other["start"]), len(same)):
            other = same[number]
            if other["start"] < mention["end"]:
                return None
            if other["end"] <= at and (other["label"] != "OCC" or other["end"] > beside):
                return other
        return None

    def _behind_titles(self, mention: Entity) -> int:
        """The code point behind `mention` and the titles that stand right behind it."""
        reach = mention["end"]
        first = bisect_left(self._titles, reach, key=lambda title: title["start"])
        for number in range(first, len(self._titles)):
            title = self._titles[number]
            if title["start"] < reach:
                continue
            if self._text[reach : title["start"]].strip(" ،,()و"):
                break
            reach = title["end"]
        return reach


def _sentence_at(bounds: list[tuple[int, int]], at: int) -> int:
    return bisect_right(bounds, (at, len(bounds) and bounds[-1][1] + 1))


_NAMES_TUNIS = "<e1 ORG>الهيئة العليا للماء</e1> هنا."


@rule(
    "Q104",
    "warning",
    "corpus",
    mend="annotate the name here too, or write «NAME» with its reason into the note of the gold layer's header",
    bad=Example("قرأت عن الهيئة العليا للماء كثيرا.", others={"second": _NAMES_TUNIS}),
    good=Example("قرأت عن <e1 ORG>الهيئة العليا للماء</e1> كثيرا.", others={"second": _NAMES_TUNIS}),
)
def name_of_other_articles(view: CorpusView) -> Iterator[Fault]:
    """A name that is gold in another article stands here without an annotation.

    Headings count, credit lines do not; what stands inside another annotation is passed over.
    """
    known: _Names = {}
    for summary in view.summaries:
        for name, label in sorted(summary.names.items()):
            known.setdefault(name, (label, summary.id))
    by_first_word: dict[str, _Names] = defaultdict(dict)
    for name, where in known.items():
        by_first_word[_first_word(name)][name] = where
    sought = _Sought(by_first_word)
    for summary in view.summaries:
        if summary.covered is not None:
            yield from _unmarked(summary, Covered(summary.covered), sought)


def _first_word(text: str) -> str:
    return bare(text.split(maxsplit=1)[0]).strip(_EDGE_MARKS)


_EDGE_MARKS = "«»“”\"'()،.؛:"
_Names: TypeAlias = dict[str, tuple[str, str]]


class _Sought(dict[str, list[tuple[int, _Names]]]):
    """For each word where in it names may begin, and which; a word that comes again is only looked up."""

    def __init__(self, by_first_word: Mapping[str, _Names]) -> None:
        super().__init__()
        self._by_first_word = by_first_word

    def __missing__(self, word: str) -> list[tuple[int, _Names]]:
        found = [(at, self._by_first_word.get(first)) for at, first in _beginnings(word)]
        self[word] = [(at, names) for at, names in found if names]
        return self[word]


def _unmarked(summary: Summary, covered: Covered, sought: _Sought) -> Iterator[Fault]:
    text = summary.text or ""
    seen: set[str] = set()
    for word in _WORD.finditer(text):
        for offset, names in sought[word.group()]:
            at = word.start() + offset
            for name, (label, other) in names.items():
                end = at + len(name)
                if name in seen or not text.startswith(name, at) or text[end : end + 1].isalpha():
                    continue
                if covered.touches(at, end) or f"«{name}»" in summary.note:
                    continue
                seen.add(name)
                yield Fault(
                    f"«{name}» stands at {at} without an annotation; it is {label} in «{other}»",
                    "annotate it, or name it in the note of the gold layer's header",
                    file=summary.file,
                )


def _beginnings(word: str) -> Iterator[tuple[int, str]]:
    """Where in a word a name may begin: at its start, and behind each of its first letters that may be a proclitic."""
    yield 0, _first_word(word) if word.strip(_EDGE_MARKS) else word
    inner = word.lstrip("«“\"'(")
    lead = len(word) - len(inner)
    if lead:
        yield lead, _first_word(inner) if inner else inner
    for skipped in (1, 2):
        if len(inner) > skipped + 2 and all(letter in "وفبلك" for letter in inner[:skipped]):
            yield lead + skipped, _first_word(inner[skipped:])


@rule(
    "Q105",
    "warning",
    "layer",
    mend="mend the label, or give the mentions referents of their own; a note on one of them says why both are right",
    bad=Example("<e1 ORG>وزارة الصحة</e1> و<e2 GPE>تونس</e2>.\n=== roles\ne1 referent=x\ne2 referent=x"),
    good=Example(
        "<e1 OCC>الرئيس</e1> <e2 PER>سعيد الوافي</e2>.\n=== roles\ne1 referent=said\ne2 referent=said"
    ),
)
def referent_with_labels(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Mentions of one referent have different labels.

    A title and its person (OCC and PER) do not count.
    """
    if layer.name != GOLD:
        return
    groups: dict[str, list[Entity]] = defaultdict(list)
    for entity in layer.entities:
        if referent := entity.get("referent"):
            groups[referent].append(entity)
    for referent, found in groups.items():
        labels = list(dict.fromkeys(entity["label"] for entity in found))
        if (
            len(labels) > 1
            and set(labels) != {"OCC", "PER"}
            and not any(entity.get("note") for entity in found)
        ):
            last = next(entity for entity in found if entity["label"] == labels[-1])
            yield Fault(
                f"«{referent}» is {' and '.join(labels)}", "mend a label or the referent", last, ("referent",)
            )
