"""Pre-annotation: functions that propose annotations of articles, to be corrected by people.

A suggester is made from a corpus, whose training split it may learn from, and maps a batch of drafts to new
annotations, one list a draft. Suggesters are found by the entry points `tasrih.suggesters`, so that a team's own
stand beside these, and are asked one after the other: a later one sees what the ones before it have proposed, and
gives roles to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from inspect import signature
from typing import Any, TypeAlias, cast

from tasrih import store
from tasrih.model import GOLD, Annotation, Document, Zone
from tasrih.store import Corpus, Misuse

GROUP = "tasrih.suggesters"


@dataclass(frozen=True, slots=True)
class Draft:
    """An article to be annotated: what is known of it, and what has been proposed so far.

    `text` is canonical, offsets are its code points.
    """

    text: str
    zones: Sequence[Zone] = ()
    language: str = "ar"
    annotations: Sequence[Annotation] = field(default_factory=tuple)


# New annotations of each draft. Their ids are unique beside those that the draft has; each has a `confidence`, 0 to 1.
Suggest: TypeAlias = Callable[[Sequence[Draft]], list[list[Annotation]]]
# Made for a corpus; one that can be told more takes what stands behind a colon in its name: tagger:FILE.
Make: TypeAlias = Callable[..., Suggest]


def suggester(names: str, corpus: Corpus) -> Suggest:
    """The suggesters called `names` (with commas between), made for `corpus`, as one.

    Raises Misuse where there is none of a name.
    """
    return chained([_made(name.strip(), corpus) for name in names.split(",")])


def _made(called: str, corpus: Corpus) -> Suggest:
    name, _, argument = called.partition(":")
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        raise Misuse(f"there is no suggester «{name}»; there are {', '.join(sorted(found)) or 'none'}")
    make = cast(Make, found[name].load())
    told = (corpus, argument) if argument else (corpus,)
    try:
        signature(make).bind(*told)
    except TypeError:
        raise Misuse(
            f"the suggester «{name}» takes nothing behind a colon; «{argument}» stands there"
        ) from None
    return checked(name, make(*told))


def checked(name: str, suggest: Suggest) -> Suggest:
    """`suggest`, each of whose annotations gets its words, of the text that it lies in.

    Raises Misuse, naming the suggester, where one lies outside, has an id that is taken, or a draft has no list.
    """

    def suggested(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        found = suggest(drafts)
        if len(found) != len(drafts):
            raise Misuse(
                f"the suggester «{name}» gave {len(found)} lists of annotations for {len(drafts)} drafts"
            )
        for draft, lines in zip(drafts, found, strict=True):
            taken = {line["id"] for line in draft.annotations}
            for line in lines:
                if line["id"] in taken:
                    raise Misuse(
                        f"the suggester «{name}» gave two annotations the id {line['id']}; see fresh_ids"
                    )
                taken.add(line["id"])
                _complete(name, draft.text, line)
        return found

    return suggested


def _complete(name: str, text: str, line: Annotation) -> None:
    record = cast(dict[str, Any], line)
    for span in filter(None, (record, record.get("cue"))):
        start, end = span["start"], span["end"]
        if not 0 <= start < end <= len(text):
            raise Misuse(
                f"the suggester «{name}»: {line['id']} is at [{start}, {end}) of a text of {len(text):,} code points"
            )
        span.setdefault("text", text[start:end])


def chained(suggesters: Sequence[Suggest]) -> Suggest:
    """Suggesters asked one after the other, each of the drafts with what those before it have proposed."""
    if len(suggesters) == 1:
        return suggesters[0]

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        found: list[list[Annotation]] = [[] for _ in drafts]
        for each in suggesters:
            proposed = each(drafts)
            for known, new in zip(found, proposed, strict=True):
                known.extend(new)
            drafts = [
                replace(draft, annotations=(*draft.annotations, *new))
                for draft, new in zip(drafts, proposed, strict=True)
            ]
        return found

    return suggest


def fresh_ids(letter: str, draft: Draft) -> Iterator[str]:
    """Ids that the draft does not have: e1, e2 … for entities, c for claims, s for stances."""
    taken = [int(line["id"][1:]) for line in draft.annotations if line["id"][:1] == letter]
    number = max(taken, default=0)
    while True:
        number += 1
        yield f"{letter}{number}"


def roles(line: Annotation) -> list[str]:
    """Whom a line names as claimer, holder, target or member: what a nominal is annotated for (guidelines 2.1)."""
    record = cast(dict[str, Any], line)
    target = [record["target"]] if "target" in record else []
    return [*record.get("claimers", ()), *record.get("holders", ()), *record.get("members", ()), *target]


def training(corpus: Corpus) -> list[Document]:
    """The articles that a suggester may learn from: with gold and text, in the training split (all without splits)."""
    splits = {record["article"]: record["split"] for record in store.read_splits(corpus)[0]}
    readings: Iterable[store.Reading] = store.read_gold(corpus, local_texts=False)
    return [
        document
        for reading in readings
        if (document := reading.document) is not None
        and document["text"] is not None
        and GOLD in document["layers"]
        and splits.get(document["article"]["id"], "train") == "train"
    ]
