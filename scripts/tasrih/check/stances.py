"""Rules about stances."""

from __future__ import annotations

from collections.abc import Iterator

from tasrih.check.claims import mixes_nobody
from tasrih.check.entities import in_zones
from tasrih.check.rule import Context, Example, Fault, rule
from tasrih.model import GOLD, UNSPECIFIED, Annotation, LayerView

_TEXT = "<e1 ORG>الهيئة</e1> <s1 support>تؤيد</s1> <e2 EVENT>المؤتمر</e2>.\n=== roles\n"
GOOD = Example(_TEXT + "s1 holders=e1 target=e2")


@rule(
    "S105",
    "error",
    "layer",
    mend="name entities, or exactly author, or exactly unnamed",
    bad=Example(_TEXT + "s1 holders=unnamed,e1 target=e2"),
    good=GOOD,
)
def holders_mixed(layer: LayerView, context: Context) -> Iterator[Fault]:
    """Author or unnamed stands beside another holder, or a holder stands twice."""
    for stance in layer.stances:
        if mixes_nobody(stance["holders"]) or len(set(stance["holders"])) < len(stance["holders"]):
            yield Fault(
                f"holders are {', '.join(stance['holders'])}",
                "entity ids, or author alone, or unnamed alone",
                stance,
                ("holders",),
            )


@rule(
    "S106",
    "warning",
    "layer",
    mend="name who or what the stance is towards",
    bad=Example(_TEXT + "s1 holders=e1 target=e1"),
    good=GOOD,
)
def towards_itself(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The holder is the target."""
    for stance in layer.stances:
        if stance["target"] in stance["holders"]:
            yield Fault(
                f"{stance['target']} is holder and target",
                "name who or what the stance is towards",
                stance,
                ("target",),
            )


@rule(
    "S107",
    "error",
    "layer",
    mend="delete one of the two",
    bad=Example(
        "<e1 ORG>الهيئة</e1> <s1 support><s2 support>تؤيد</s2></s1> <e2 EVENT>المؤتمر</e2>.\n=== roles\ns1 holders=e1 target=e2\ns2 holders=e1 target=e2"
    ),
    good=GOOD,
)
def stance_stands_twice(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The same stance stands twice on one predicate."""
    seen: dict[tuple[object, ...], str] = {}
    for stance in layer.stances:
        key = (stance["start"], stance["end"], stance["label"], stance["target"], *sorted(stance["holders"]))
        if key in seen:
            yield Fault(f"{stance['id']} says the same as {seen[key]}", f"delete {stance['id']}", stance)
        seen.setdefault(key, stance["id"])


@rule(
    "S108",
    "error",
    "layer",
    mend="keep the label that the words show",
    bad=Example(
        "<e1 ORG>الهيئة</e1> <s1 support><s2 oppose>تؤيد</s2></s1> <e2 EVENT>المؤتمر</e2>.\n=== roles\ns1 holders=e1 target=e2\ns2 holders=e1 target=e2"
    ),
    good=GOOD,
)
def stance_contradicts(layer: LayerView, context: Context) -> Iterator[Fault]:
    """One predicate shows two stances of one holder to one target."""
    seen: dict[tuple[int, int, str, str], tuple[str, str]] = {}
    for stance in layer.stances:
        for holder in stance["holders"]:
            key = (stance["start"], stance["end"], holder, stance["target"])
            label, other = seen.setdefault(key, (stance["label"], stance["id"]))
            if label != stance["label"]:
                yield Fault(
                    f"{stance['id']} says {stance['label']}, {other} says {label}",
                    "keep one",
                    stance,
                    ("label",),
                )


@rule(
    "S109",
    "error",
    "layer",
    mend="delete the stance: headings take entities only, credit lines nothing",
    bad=Example(
        "سطر.\n<e1 ORG>الهيئة</e1> <s1 support>تؤيد</s1> <e2 EVENT>المؤتمر</e2>\nسطر.\n=== roles\ns1 holders=e1 target=e2",
        {"/article/zones": [{"kind": "heading", "start": 5, "end": 24}]},
    ),
    good=Example(
        "سطر.\n<e1 ORG>الهيئة</e1> في <e2 EVENT>المؤتمر</e2>\nسطر.",
        {"/article/zones": [{"kind": "heading", "start": 5, "end": 22}]},
    ),
)
def stance_in_zone(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A stance stands in a heading or a credit line."""
    for stance, zone in in_zones(layer.stances, layer.article["zones"]):
        yield Fault(f"{stance['id']} stands in a {zone['kind']}", "delete it", stance, ("start",))


@rule(
    "S110",
    "warning",
    "layer",
    mend="state the basis in gold",
    bad=Example(_TEXT + "s1 holders=e1 target=e2 -basis"),
    good=GOOD,
)
def basis_unspecified(layer: LayerView, context: Context) -> Iterator[Fault]:
    """A stance in gold does not say what shows it."""
    for stance in layer.stances if layer.name == GOLD else ():
        if stance.get("basis", UNSPECIFIED) == UNSPECIFIED:
            yield Fault("basis not stated", "decide", stance, ("basis",))


@rule(
    "S111",
    "warning",
    "layer",
    mend="anchor the stance to its predicate, without holder and target",
    bad=Example(
        "<s1 support><e1 ORG>الهيئة</e1> تؤيد <e2 EVENT>المؤتمر</e2></s1>.\n=== roles\ns1 holders=e1 target=e2"
    ),
    good=GOOD,
)
def holds_its_arguments(layer: LayerView, context: Context) -> Iterator[Fault]:
    """The stance's span holds its holder or target.

    A stance is anchored to the predicate that shows it, without its arguments.
    One word may be both: a participle that names its holder (``المطالبين
    بوقف النار``), a loaded word that names its target (``الطغاة``).
    """
    entities = {entity["id"]: entity for entity in layer.entities} if layer.stances else {}
    for stance in layer.stances:
        for name in (*stance["holders"], stance["target"]):
            entity = entities.get(name)
            if entity and _within(entity, stance):
                yield Fault(f"{name} stands inside the span", "leave the arguments out", stance, ("start",))


def _within(inner: Annotation, outer: Annotation) -> bool:
    spans = (inner["start"], inner["end"]), (outer["start"], outer["end"])
    return spans[0] != spans[1] and outer["start"] <= inner["start"] and inner["end"] <= outer["end"]
