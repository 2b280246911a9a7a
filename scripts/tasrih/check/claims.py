"""Rules about claims."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from tasrih.check.entities import in_zones
from tasrih.check.rule import Context, Example, Fault, rule
from tasrih.model import AUTHOR, GOLD, UNNAMED, UNSPECIFIED, Claim, Cue, LayerView, claim_parts
from tasrih.text.quotes import enclosed

_SAID = "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1"
GOOD = Example(_SAID)
_QUOTED = "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1>: «<c1>الحملة بدأت</c1>».\n=== roles\nc1 claimers=e1 mode=direct"
_NESTED = (
    "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1><e2 ORG>البلدية</e2> <c2#cue>أكدت</c2#cue> أن <c2>الماء نظيف</c2></c1>."
    "\n=== roles\nc1 claimers=e1\nc2 claimers=e2 within=c1"
)


def holds(claim: Claim, start: int, end: int) -> bool:
    """Whether the content of `claim` holds [start, end) in one of its parts."""
    return any(first <= start and end <= last for first, last in claim_parts(claim))


def claims_round(claims: Sequence[Claim], spans: Sequence[tuple[int, int]]) -> list[list[Claim]]:
    """For each of `spans` the claims that hold it in one of their parts, in the order of `claims`.

    One pass over parts and spans in the order of their starts, so that time grows with how deep claims are
    nested and not with the square of their number.
    """
    parts = [(*part, number) for number, claim in enumerate(claims) for part in claim_parts(claim)]
    parts.sort(reverse=True)
    order = sorted(range(len(spans)), key=lambda index: spans[index][0])
    ends = [spans[index][1] for index in order]
    soonest = list(
        itertools.accumulate(reversed(ends), min)
    )  # the least end of this span and of all after it
    found: list[list[Claim]] = [[] for _ in spans]
    reached: list[tuple[int, int, int]] = []
    for index in order:
        start, end = spans[index]
        while parts and parts[-1][0] <= start:
            reached.append(parts.pop())
        least = soonest.pop()
        reached = [part for part in reached if part[1] >= least]
        numbers = {number for _, last, number in reached if last >= end}
        found[index] = [claims[number] for number in sorted(numbers)]
    return found


def innermost(claims: Sequence[Claim]) -> list[str | None]:
    """For each of `claims` the id of the innermost one whose content holds its cue and its content, or None."""
    round_first_parts = claims_round(claims, [claim_parts(claim)[0] for claim in claims])
    return [_innermost_of(claim, others) for claim, others in zip(claims, round_first_parts, strict=True)]


def _innermost_of(claim: Claim, others: Sequence[Claim]) -> str | None:
    """Id of the innermost of `others`, all of which hold the first part of `claim`, or None."""
    cue = claim.get("cue")
    held = claim_parts(claim)[1:] + ([(cue["start"], cue["end"])] if cue else [])
    span = claim["start"], claim["end"]
    fitting = [
        other
        for other in others
        if other["id"] != claim["id"]
        and (other["start"], other["end"]) != span
        and all(holds(other, start, end) for start, end in held)
    ]
    best = min(fitting, key=lambda other: other["end"] - other["start"], default=None)
    return best["id"] if best else None


def mixes_nobody(sources: list[str]) -> bool:
    """Whether author or unnamed stands beside another source."""
    return len(sources) > 1 and (AUTHOR in sources or UNNAMED in sources)


@rule(
    "C105",
    "error",
    "layer",
    mend="name entities, or exactly author, or exactly unnamed",
    bad=Example(_SAID.replace("claimers=e1", "claimers=e1,author")),
    good=GOOD,
)
def claimers_mixed(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Author or unnamed stands beside another claimer, or a claimer stands twice."""
    for claim in layer.claims:
        if mixes_nobody(claim["claimers"]) or len(set(claim["claimers"])) < len(claim["claimers"]):
            yield Fault(
                f"claimers are {', '.join(claim['claimers'])}",
                "entity ids, or author alone, or unnamed alone",
                claim,
                ("claimers",),
            )


@rule(
    "C106",
    "error",
    "layer",
    mend="set mode to unattributed exactly where the author is the claimer",
    bad=Example(_SAID + " mode=unattributed"),
    good=Example("<c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=author"),
)
def unattributed(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The mode is unattributed and the claimer is not the author, or the other way round."""
    for claim in layer.claims:
        mode = claim.get("mode", UNSPECIFIED)
        if mode != UNSPECIFIED and (mode == "unattributed") != (claim["claimers"] == [AUTHOR]):
            yield Fault(
                f"mode is {mode}, claimers are {', '.join(claim['claimers'])}",
                "one of the two is wrong",
                claim,
                ("mode",),
            )


@rule(
    "C107",
    "error",
    "layer",
    mend="set via to none exactly where the claimer is author or unnamed",
    bad=Example(_SAID + " via=none"),
    good=GOOD,
)
def via_without_claimer(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Via says how a claimer is given although there is none, or none although there is one."""
    for claim in layer.claims:
        via = claim.get("via", UNSPECIFIED)
        if via != UNSPECIFIED and (via == "none") != (claim["claimers"] in ([AUTHOR], [UNNAMED])):
            yield Fault(
                f"via is {via}, claimers are {', '.join(claim['claimers'])}",
                "one of the two is wrong",
                claim,
                ("via",),
            )


@rule(
    "C108",
    "error",
    "layer",
    mend="give the author's claim no cue: it is attributed where it has one",
    bad=Example("<c1#cue>قالت</c1#cue> إن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=author"),
    good=Example("<c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=author"),
)
def author_with_cue(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A claim of the author has a cue."""
    for claim in layer.claims:
        if claim["claimers"] == [AUTHOR] and claim.get("cue"):
            yield Fault(
                "the author's own claim has a reporting word",
                "name the claimer, or delete the cue",
                claim,
                ("cue",),
            )


@rule(
    "C109",
    "error",
    "layer",
    mend="set mode to indirect, or mend the span: quotation marks stand right round it",
    bad=Example(_SAID + " mode=direct"),
    good=Example(_QUOTED),
)
def direct_without_quotes(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The mode is direct and no quotation marks stand round the whole content.

    A colon alone is indirect. Of an interrupted content every part stands inside quotation marks.
    """
    for claim in layer.claims if layer.text is not None else ():
        if claim.get("mode") != "direct":
            continue
        if not all(inside_quotation(layer.text or "", start, end) for start, end in claim_parts(claim)):
            yield Fault(
                "no quotation marks stand round the whole content",
                "set mode to indirect, or mend the span",
                claim,
                ("mode",),
            )


def inside_quotation(text: str, start: int, end: int) -> bool:
    """Whether [start, end) stands in quotation marks, as a whole or as a sentence among others inside them."""
    if enclosed(text, start, end):
        return True
    return any(text.rfind(o, 0, start) > text.rfind(c, 0, start) and text.find(c, end) >= 0 and
               not 0 <= text.find(o, end) < text.find(c, end)
               for o, c in (("«", "»"), ("“", "”"))) or _inside_straight(text, start, end)  # fmt: skip


def _inside_straight(text: str, start: int, end: int) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    before = text.count('"', line_start, start)
    return before % 2 == 1 and '"' in text[end:] and text.count('"', start, end) % 2 == 0


@rule(
    "C110",
    "warning",
    "layer",
    mend="set mode to direct",
    bad=Example(_QUOTED.replace(" mode=direct", "")),
    good=Example(_QUOTED),
)
def indirect_with_quotes(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The mode is indirect and quotation marks stand right round the whole content."""
    for claim in layer.claims if layer.text is not None else ():
        if claim.get("mode") == "indirect" and all(
            enclosed(layer.text or "", start, end) for start, end in claim_parts(claim)
        ):
            yield Fault(
                "quotation marks stand round the whole content", "set mode to direct", claim, ("mode",)
            )


@rule(
    "C111",
    "error",
    "layer",
    mend="set within to the innermost claim that holds cue and content",
    fixable=True,
    bad=Example(_NESTED.replace(" within=c1", "")),
    good=Example(_NESTED),
)
def within_wrong(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Within is not the innermost claim whose content holds this cue and content."""
    claims = layer.claims if layer.name not in context.partial else []
    for claim, expected in zip(claims, innermost(claims), strict=True):
        if claim.get("within") in context.broken_ids:
            continue
        if claim.get("within") != expected and not (expected is None and "within" not in claim):
            yield Fault(
                f"within is {claim.get('within')}, the innermost claim round it is {expected}",
                f"within should be {expected}",
                claim,
                ("within",),
            )


@rule(
    "C112",
    "error",
    "layer",
    mend="list the parts in text order; start and end are those of the first and the last",
    bad=Example(
        "«<c1#1>الحملة</c1#1>»، <c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1>، «<c1#2>بدأت</c1#2>».\n=== roles\nc1 claimers=e1 mode=direct",
        {"/layers/gold/1/fragments": [[1, 7], [5, 9]]},
    ),
    good=Example(
        "«<c1#1>الحملة</c1#1>»، <c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1>، «<c1#2>بدأت</c1#2>».\n=== roles\nc1 claimers=e1 mode=direct"
    ),
)
def fragments_wrong(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The fragments overlap, are not in text order, or do not fill the claim's span from start to end."""
    for claim in layer.claims:
        fragments = claim.get("fragments")
        if not fragments:
            continue
        flat = [offset for part in fragments for offset in part]
        rising = all(first < second for first, second in itertools.pairwise(flat))
        if not rising or flat[0] != claim["start"] or flat[-1] != claim["end"]:
            yield Fault(
                f"fragments {fragments} for [{claim['start']}, {claim['end']})",
                "parts rise and fill the span",
                claim,
                ("fragments",),
            )


@rule(
    "C113",
    "warning",
    "layer",
    mend="end the content before its claimer, or use fragments",
    bad=Example(
        "<c1>الحملة بدأت كما <c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1></c1>.\n=== roles\nc1 claimers=e1"
    ),
    good=GOOD,
)
def claimer_inside(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The claimer's mention stands inside the content of their own claim.

    A reporting clause is not part of what is reported: use fragments where it interrupts.
    """
    entities = {entity["id"]: entity for entity in layer.entities} if layer.claims else {}
    for claim in layer.claims:
        if claim.get("via") != "mention":
            continue
        for name in claim["claimers"]:
            entity = entities.get(name)
            if entity and holds(claim, entity["start"], entity["end"]):
                yield Fault(
                    f"claimer {name} stands inside the content",
                    "use fragments, or another mention",
                    claim,
                    ("claimers",),
                )


@rule(
    "C114",
    "error",
    "layer",
    mend="use fragments where the cue interrupts the content",
    bad=Example(
        "<c1>الحملة <c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> بدأت</c1>.\n=== roles\nc1 claimers=e1 via=dropped"
    ),
    good=GOOD,
)
def cue_inside(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The cue stands inside the content that it reports."""
    for claim in layer.claims:
        cue = claim.get("cue")
        if cue and any(cue["start"] < end and start < cue["end"] for start, end in claim_parts(claim)):
            yield Fault("the cue overlaps the content", "use fragments", claim, ("cue",))


_ONLY_REPORTS = 2
_WORD = re.compile(r"\S+")
_OPENERS = (
    "إن ",
    "إنّ ",
    "أن ",
    "أنّ ",
    "بأن ",
    "بأنّ ",
    "إلى أن ",
    "إلى أنّ ",
    "أنه ",
    "إنه ",
    "أنها ",
    "إنها ",
    "بأنه ",
    "بأنها ",
)


@rule(
    "C115",
    "warning",
    "layer",
    mend="begin the content behind إنّ، أنّ، بأن، إلى أن and the pronoun on it",
    bad=Example(
        "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> <c1>إن الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1"
    ),
    good=GOOD,
)
def starts_with_particle(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The content begins with the particle that introduces it."""
    for claim in (
        layer.claims if layer.text is not None and layer.article["language"].startswith("ar") else ()
    ):
        if claim["claimers"] != [AUTHOR] and (layer.text or "").startswith(_OPENERS, claim["start"]):
            yield Fault("the content begins with its particle", "begin the span behind it", claim, ("start",))


@rule(
    "C116",
    "error",
    "layer",
    mend="delete one of the two, or let one claim have both claimers",
    bad=Example(
        "<c1#cue><c2#cue>قالت</c2#cue></c1#cue> <e1 ORG>الهيئة</e1> إن <c1><c2>الحملة بدأت</c2></c1>.\n=== roles\nc1 claimers=e1\nc2 claimers=e1"
    ),
    good=GOOD,
)
def claim_stands_twice(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The same content is claimed twice by the same claimers with the same cue."""
    seen: dict[tuple[object, ...], str] = {}
    for claim in layer.claims:
        cue = claim.get("cue")
        key = (*claim_parts(claim), *sorted(claim["claimers"]), cue and (cue["start"], cue["end"]))
        if key in seen:
            yield Fault(f"{claim['id']} says the same as {seen[key]}", f"delete {claim['id']}", claim)
        seen.setdefault(key, claim["id"])


@rule(
    "C117",
    "error",
    "layer",
    mend="delete the claim: headings take entities only, credit lines nothing",
    bad=Example(
        "سطر.\n<c1>الحملة بدأت</c1>\nسطر.\n=== roles\nc1 claimers=author",
        {"/article/zones": [{"kind": "heading", "start": 5, "end": 16}]},
    ),
    good=Example(
        "سطر.\nالحملة بدأت\n<c1>سطر جديد</c1>.\n=== roles\nc1 claimers=author",
        {"/article/zones": [{"kind": "heading", "start": 5, "end": 16}]},
    ),
)
def claim_in_zone(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A claim stands in a heading or a credit line."""
    for claim, zone in in_zones(layer.claims, layer.article["zones"]):
        yield Fault(f"{claim['id']} stands in a {zone['kind']}", "delete it", claim, ("start",))


@rule(
    "C118",
    "warning",
    "layer",
    mend="link to the nearest mention before the cue",
    bad=Example(
        "و<c1#cue>أضافت</c1#cue> أن <c1>الحملة بدأت</c1>، وعادت <e1 ORG>الهيئة</e1>.\n=== roles\nc1 claimers=e1 via=dropped"
    ),
    good=Example(
        "<e1 ORG>الهيئة</e1> حضرت، و<c1#cue>أضافت</c1#cue> أن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1 via=dropped"
    ),
)
def antecedent_behind(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A dropped or pronominal claimer links to a mention behind its cue.

    The link goes to the nearest earlier mention.
    """
    entities = {entity["id"]: entity for entity in layer.entities} if layer.claims else {}
    for claim in layer.claims:
        if claim.get("via") not in ("pronoun", "dropped"):
            continue
        cue = claim.get("cue")
        at = cue["start"] if cue else claim["start"]
        for name in claim["claimers"]:
            if name in entities and entities[name]["start"] > at:
                yield Fault(
                    f"{name} stands behind the cue", "link to an earlier mention", claim, ("claimers",)
                )


@rule(
    "C119",
    "warning",
    "layer",
    mend="state every attribute in gold",
    bad=Example(_SAID + " -polarity"),
    good=GOOD,
)
def gold_unspecified(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A claim in gold leaves an attribute open."""
    if layer.name != GOLD:
        return
    for claim in layer.claims:
        open_ = [
            key
            for key in ("via", "mode", "polarity", "certainty")
            if claim.get(key, UNSPECIFIED) == UNSPECIFIED
        ]
        if claim.get("checkworthy") is None:
            open_.append("checkworthy")
        if open_:
            yield Fault(f"{', '.join(open_)} not stated", "decide", claim)


@rule(
    "C120",
    "warning",
    "layer",
    mend="delete one of the two, or mend the attributed claim's span",
    bad=Example(
        "<c2><c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1>الحملة بدأت</c1></c2>.\n=== roles\nc1 claimers=e1 within=c2\nc2 claimers=author"
    ),
    good=GOOD,
)
def author_over_attributed(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A claim of the author holds a whole attributed claim with its cue.

    A sentence that only reports is the reported person's claim, not the author's as well. Where the author says
    more («رفض المجلس قولهم إن …»), it may be both.
    """
    own = [claim for claim in layer.claims if claim["claimers"] == [AUTHOR]]
    if not own or layer.text is None:
        return
    attributed = [claim for claim in layer.claims if claim["claimers"] != [AUTHOR] and claim.get("cue")]
    held_by = claims_round(own, [(claim["start"], claim["end"]) for claim in attributed])
    mentions = {entity["id"]: entity for entity in layer.entities}
    anchors = sorted((stance["start"], stance["end"]) for stance in layer.stances)
    for claim, round_it in zip(attributed, held_by, strict=True):
        if not round_it:
            continue
        cue = cast(Cue, claim["cue"])
        told = [(cue["start"], cue["end"]), *claim_parts(claim)]
        told += [(mentions[n]["start"], mentions[n]["end"]) for n in claim["claimers"] if n in mentions]
        for outer in round_it:
            if (
                holds(outer, cue["start"], cue["end"])
                and _says_little_besides(layer.text, outer, told)
                and not _tells_of_stance(anchors, outer, claim)
            ):
                yield Fault(
                    f"{outer['id']} (author) holds little but {claim['id']}",
                    "delete or shorten the author's claim",
                    outer,
                    ("start",),
                )


def _says_little_besides(text: str, outer: Claim, told: Iterable[tuple[int, int]]) -> bool:
    """Whether hardly a word of `outer` stands outside of `told`, the spans of a claim in it."""
    left, reached = 0, outer["start"]
    for start, end in [*sorted(span for span in told if span[0] < span[1]), (outer["end"], outer["end"])]:
        gap = _WORD.finditer(text, reached, min(start, outer["end"]))
        left += sum(1 for _ in itertools.islice(gap, _ONLY_REPORTS + 1))
        if left > _ONLY_REPORTS:
            return False
        reached = max(reached, end)
    return True


def _tells_of_stance(anchors: Sequence[tuple[int, int]], outer: Claim, inner: Claim) -> bool:
    """Whether one of `anchors` (the sorted spans of stances) lies in the content of `outer` and not in that of `inner`."""
    return any(
        end <= last and not holds(inner, start, end)
        for first, last in claim_parts(outer)
        for start, end in anchors[bisect_left(anchors, (first, 0)) : bisect_left(anchors, (last, 0))]
    )
