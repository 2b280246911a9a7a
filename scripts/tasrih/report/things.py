"""Which mentions, over all articles, are of one thing; and every stance and attributed claim by those things.

A referent is an article's own name for a thing: the same word in two articles need not be the same thing. Only a
Wikidata item says so, and only where all of a referent's mentions that have one have the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tasrih.model import AUTHOR, NOBODY, UNNAMED, Claim, Entity, LayerView, Stance
from tasrih.report import roles

# Of the mentions of one thing, the name of a person says best who it is.
_LABELS_FIRST = ("PER", "ORG", "GPE", "MEDIA", "NORP", "EVENT", "LAW")

Place = tuple[str, str]  # an article's id and an annotation's


@dataclass(slots=True)
class Thing:
    """What holds, makes or is meant: a thing with its mentions, an article's author, nobody named, or a claim.

    `name` is what it is called, empty where only the page's language can say it; `kind` is entity, claim, author,
    unnamed or missing.
    """

    number: int
    kind: str
    name: str
    label: str = ""
    language: str = ""
    wikidata: str = ""
    places: list[Place] = field(default_factory=list)

    @property
    def articles(self) -> list[str]:
        """The articles that name it."""
        return list(dict.fromkeys(article for article, _ in self.places))


@dataclass(frozen=True, slots=True)
class Held:
    """A stance of one holder on one target."""

    holder: Thing
    target: Thing
    article: str
    stance: Stance


@dataclass(frozen=True, slots=True)
class Made:
    """An attributed claim of one claimer."""

    claimer: Thing
    article: str
    claim: Claim


class Things:
    """The things of all articles, by the annotations that name them."""

    def __init__(self, views: Iterable[LayerView]) -> None:
        self.views = list(views)
        self._found: dict[tuple[str, ...], Thing] = {}
        self._of: dict[Place, Thing] = {}
        self._unquoted: set[int] = set()  # things that only withheld texts name so far
        for view in self.views:
            for referent in roles.referents(view):
                self._add(view, referent.mentions, referent.wikidata)

    def _add(self, view: LayerView, mentions: Sequence[Entity], wikidata: Sequence[str]) -> None:
        article = view.article["id"]
        item = wikidata[0] if len(wikidata) == 1 else ""
        key = (item,) if item else (article, mentions[0]["id"])
        thing = self._found.get(key)
        best = min(mentions, key=_naming)
        if thing is None:
            thing = self._thing(key, "entity", "", best["label"], view.article["language"], item)
        if not thing.name or (view.text is not None and thing.number in self._unquoted):
            thing.name = roles.quote(view.text, best)
            (self._unquoted.add if view.text is None else self._unquoted.discard)(thing.number)
        for mention in mentions:
            thing.places.append((article, mention["id"]))
            self._of[article, mention["id"]] = thing

    def _thing(
        self, key: tuple[str, ...], kind: str, name: str, label: str = "", language: str = "", item: str = ""
    ) -> Thing:
        thing = Thing(len(self._found) + 1, kind, name, label, language, item)
        self._found[key] = thing
        return thing

    def named(self, view: LayerView, source: str, claims: Mapping[str, Claim]) -> Thing:
        """What a role of `view` names: an entity's thing, a claim, nobody, or an id that leads nowhere."""
        article = view.article["id"]
        if (thing := self._of.get((article, source))) is not None:
            return thing
        key = (article, "", source)
        if key not in self._found:
            kind = source if source in NOBODY else "claim" if source in claims else "missing"
            name = (
                roles.quote(view.text, claims[source])
                if kind == "claim"
                else source
                if kind == "missing"
                else ""
            )
            made = self._thing(key, kind, name, language=view.article["language"])
            made.places.append((article, source))
        return self._found[key]

    def stances(self) -> list[Held]:
        """Every stance once for each of its holders, in the order of the articles."""
        found: list[Held] = []
        for view in self.views:
            claims = {claim["id"]: claim for claim in view.claims}
            for stance in view.stances:
                target = self.named(view, stance["target"], claims)
                holders = [self.named(view, holder, claims) for holder in dict.fromkeys(stance["holders"])]
                found += [Held(holder, target, view.article["id"], stance) for holder in holders]
        return found

    def claims(self) -> list[Made]:
        """Every claim that is not the article's own, once for each of its claimers, in the order of the articles."""
        found = []
        for view in self.views:
            claims = {claim["id"]: claim for claim in view.claims}
            for claim in view.claims:
                for claimer in dict.fromkeys(claim["claimers"]):
                    if claimer != AUTHOR:
                        thing = self.named(view, claimer, claims) if claimer != UNNAMED else self.nobody()
                        found.append(Made(thing, view.article["id"], claim))
        return found

    def nobody(self) -> Thing:
        """Whoever is not named, in all articles together."""
        key = ("", UNNAMED)
        return self._found.get(key) or self._thing(key, UNNAMED, "")


def _naming(mention: Entity) -> tuple[bool, int, int, int]:
    """Sort key: names before nominals, persons before others, the longest name first."""
    label = mention["label"]
    place = _LABELS_FIRST.index(label) if label in _LABELS_FIRST else len(_LABELS_FIRST)
    return mention.get("form") == "nominal", place, mention["start"] - mention["end"], mention["start"]
