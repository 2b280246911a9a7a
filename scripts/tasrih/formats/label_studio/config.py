"""The labelling configuration: which controls there are, and how they look to an annotator.

Three groups of labels lie over one text, one each for entities, claims and stances; attributes are choices
of one region, shown only where a region of their kind is selected; roles are labelled relations. Values come
from the schemas and labels from the corpus, so that a changed enum needs no change here.
"""

from __future__ import annotations

from itertools import cycle
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tasrih import schema
from tasrih.formats import inline
from tasrih.model import AUTHOR, UNNAMED, Labels

TEXT = "text"
CONTENT, CUE, FRAGMENT = "content", "cue", "fragment"
CLAIM_LABELS = (CONTENT, CUE, FRAGMENT)
CLAIMER_IS, HOLDER_IS = "claimer-is", "holder-is"
NOBODY = {"claim": CLAIMER_IS, "stance": HOLDER_IS}
CHECKWORTHY = {"true": True, "false": False}

# By kind of annotation, the attributes that are a choice of its region.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "entity": ("form",),
    "claim": ("via", "mode", "polarity", "certainty", "checkworthy"),
    "stance": ("basis",),
}

# By role, the kinds of region at which its relation starts and may end.
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "claimer": ("claim", ("entity",)),
    "cue": ("claim", ("cue",)),
    "about": ("claim", ("entity",)),
    "within": ("claim", ("claim",)),
    "part-of": ("fragment", ("claim",)),
    "holder": ("stance", ("entity",)),
    "target": ("stance", ("entity", "claim")),
    "member": ("entity", ("entity",)),
}

_RTL_LANGUAGES = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]
)
_RTL_SCRIPTS = frozenset(["arab", "hebr", "syrc", "thaa", "nkoo"])

# As far apart as 18 colours get in normal sight, protanopia and deuteranopia together (Machado and others, 2009),
# dark enough for a name in them on white, and light enough for black text on them. A test holds all of this.
_ENTITY_COLOURS = (
    "#6622FF", "#BB1111", "#0099EE", "#DD7755", "#9900CC", "#6699BB",
    "#CC0088", "#5577FF", "#BB6655", "#BB11AA", "#FF5588", "#6655FF",
)  # fmt: skip
_CLAIM_COLOURS = {CONTENT: "#669988", CUE: "#994433", FRAGMENT: "#226677"}
_STANCE_COLOURS = ("#0077BB", "#CC5500", "#775555")
_HOTKEYS = "1234567890qwertyiopasfgjklzxcvbnm"

# The choices stand beside the text, so that it does not jump when a region is selected; lines are far apart to
# leave room for the arrows between them.
_STYLE = """
.tasrih-labels { position: sticky; top: 0; z-index: 2; background: var(--color-neutral-background, #fff); }
.tasrih-page { display: grid; grid-template-columns: minmax(0, 1fr) 13em; gap: 1.5em; }
.tasrih-choices { position: sticky; top: 9em; }
.tasrih-choices * { font-size: 13px; line-height: 1.4; margin-top: 0; margin-bottom: 0; }
.tasrih-choices :is(h1, h2, h3, h4, h5, h6) { font-weight: 600; padding-top: .6em; }
.tasrih-text { padding-top: 1.5em; }
.tasrih-text * { font-size: 20px; line-height: 2.8; }
"""


def choices(kind: str, attribute: str) -> tuple[str, ...]:
    """What may be chosen for `attribute` of an annotation of `kind`, as the schema lists it."""
    if attribute == "checkworthy":
        return tuple(CHECKWORTHY)
    return tuple(schema.load("annotation")["$defs"][kind]["properties"][attribute]["enum"])


def label_sets(labels: Labels) -> dict[str, tuple[str, ...]]:
    """The labels of each group of the configuration, by the group's name."""
    return {"entity": tuple(labels["entity"]), "claim": CLAIM_LABELS, "stance": tuple(labels["stance"])}


def is_right_to_left(language: str) -> bool:
    """Whether `language`, a BCP 47 tag, is written from right to left."""
    primary, *rest = language.lower().replace("_", "-").split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    return script in _RTL_SCRIPTS if script else primary in _RTL_LANGUAGES


def config(labels: Labels, language: str) -> str:
    """The labelling configuration (XML) for the label sets `labels` and texts in `language` (BCP 47)."""
    view = Element("View")
    SubElement(view, "Style").text = _STYLE
    _add_labels(SubElement(view, "View", className="tasrih-labels"), labels)
    page = SubElement(view, "View", className="tasrih-page")
    _add_text(page, language)
    _add_choices(SubElement(page, "View"), labels)
    relations = SubElement(view, "Relations")
    for role in ROLES:
        SubElement(relations, "Relation", value=role)
    indent(view)
    return tostring(view, encoding="unicode") + "\n"


def _add_labels(view: Element, labels: Labels) -> None:
    hotkeys = iter(_HOTKEYS)
    colours = {
        "entity": dict(zip(labels["entity"], cycle(_ENTITY_COLOURS), strict=False)),
        "claim": _CLAIM_COLOURS,
        "stance": dict(zip(labels["stance"], cycle(_STANCE_COLOURS), strict=False)),
    }
    for group, names in label_sets(labels).items():
        tag = SubElement(view, "Labels", name=group, toName=TEXT, showInline="true")
        for name in names:
            label = SubElement(tag, "Label", value=name, background=colours[group][name])
            if hotkey := next(hotkeys, None):
                label.set("hotkey", hotkey)


def _add_choices(view: Element, labels: Labels) -> None:
    shown_for = {"entity": labels["entity"], "claim": [CONTENT], "stance": labels["stance"]}
    for kind, names in shown_for.items():
        when = {"visibleWhen": "region-selected", "whenTagName": kind, "whenLabelValue": ",".join(names)}
        box = SubElement(view, "View", {"className": "tasrih-choices"} | when)
        usual = inline.defaults(kind)
        controls: list[tuple[str, tuple[str, ...], str]] = []
        if kind in NOBODY:
            controls.append((NOBODY[kind], (AUTHOR, UNNAMED), "else a relation"))
        controls += [(key, choices(kind, key), f"else {str(usual[key]).lower()}") for key in ATTRIBUTES[kind]]
        for name, values, hint in controls:
            part = SubElement(box, "View")
            SubElement(part, "Header", value=f"{name} ({hint})", size="6")
            fixed = {"perRegion": "true", "choice": "single-radio"}
            tag = SubElement(part, "Choices", {"name": name, "toName": TEXT} | fixed | when)
            for value in values:
                SubElement(tag, "Choice", value=value)


def _add_text(view: Element, language: str) -> None:
    direction = "rtl" if is_right_to_left(language) else "ltr"
    style = f"direction: {direction}; text-align: {'right' if direction == 'rtl' else 'left'};"
    box = SubElement(view, "View", className="tasrih-text", style=style)
    SubElement(box, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol", showLabels="true")
