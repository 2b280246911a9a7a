"""Stances proposed by rules: which word shows that who is for or against what.

A word of stance governs its target, as an object or behind a preposition, and its subject holds the stance. What stands there
is a mention of the draft, or becomes a nominal one, as the guidelines let a nominal be annotated for a role (2.1). How much
a word is to be believed is counted in the training split, as for claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from tasrih.model import UNNAMED, Annotation, Document, Entity, LayerView, Stance
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.clauses import Sentence, prose
from tasrih.suggest.confidence import Confidence
from tasrih.suggest.holders import holders_of
from tasrih.suggest.mentions import SOURCES, Mentions
from tasrih.suggest.proposals import Proposal, Rules
from tasrih.suggest.stance_words import Attitude, attitudes_in
from tasrih.suggest.subjects import remember_subjects
from tasrih.suggest.targets import Topics, claim_meant, targets_of

THRESHOLD = 0.5  # below this confidence nothing is proposed; chosen by leaving articles of training out


def make(corpus: Corpus) -> Suggest:
    """A suggester of stances whose confidence is that of the rules on the training gold."""
    return of_documents(training(corpus))


def of_documents(documents: Iterable[Document], threshold: float = THRESHOLD) -> Suggest:
    """A suggester of stances, its confidence counted on the gold of `documents`."""
    return _RULES.suggester(documents, threshold)


def of_draft(draft: Draft, known: Confidence, threshold: float = THRESHOLD) -> list[Annotation]:
    """The stances of a draft that are believed enough, and the mentions that they need, in text order."""
    return _RULES.of_draft(draft, known, threshold)


def _is_right(mine: dict[str, Any], gold: LayerView) -> bool:
    """Whether gold has a stance of that label there."""
    return any(
        theirs["start"] < mine["end"] and mine["start"] < theirs["end"] and theirs["label"] == mine["label"]
        for theirs in gold.stances
    )


def _numbered(draft: Draft, found: Sequence[dict[str, Any]]) -> list[Stance]:
    """The stances in text order with ids; of those with one anchor, holders and target the first."""
    first: dict[Any, dict[str, Any]] = {}
    for one in found:
        first.setdefault((one["start"], tuple(one["holders"]), one["target"]), one)
    ordered = sorted(first.values(), key=lambda stance: (stance["start"], -stance["end"]))
    return [
        cast(Stance, {"type": "stance", "id": name, **one})
        for name, one in zip(fresh_ids("s", draft), ordered, strict=False)
    ]


def proposals(draft: Draft, mentions: Mentions) -> list[Proposal]:
    """Everything that the rules find, believed or not."""
    topics = Topics()
    found: list[Proposal] = []
    for sentence in prose(draft.text, draft.zones):
        remember_subjects(mentions, sentence)
        mentions.read(sentence)
        for attitude in attitudes_in(mentions, sentence):
            found += _stances(draft.text, mentions, sentence, attitude, topics)
    return found


# --- Roles --------------------------------------------------------------------------------------------


def _stances(
    text: str, mentions: Mentions, sentence: Sentence, attitude: Attitude, topics: Topics
) -> Iterator[Proposal]:
    holders, behind = holders_of(mentions, sentence, attitude)
    targets = targets_of(mentions, sentence, attitude, behind, holders, topics)
    if not holders and targets:
        holders = [UNNAMED] if attitude.form.part == "perfect" and attitude.entry.get("elided") else []
    words = sentence.words
    start = words[attitude.first].behind(attitude.skipped if attitude.first == attitude.at else 0)
    if attitude.first != attitude.at and words[attitude.first].letters[0] in "وف":
        start = words[attitude.first].behind(1)
    end = words[attitude.behind - 1].end
    if holders and mentions.named(holders[0]):
        topics.holder = mentions.named(holders[0])
        topics.demanded = bool(attitude.entry.get("demand") or attitude.form.lemma in _PROPOSING)
    for target in targets:
        topics.met.append(target)
        names = [name for name in holders if name != target["id"]]
        if not names:
            continue
        stance = {
            "label": attitude.label, "start": start, "end": end, "text": text[start:end], "holders": names,
            "target": (claim_meant(mentions, target) or target)["id"], "basis": attitude.entry.get("basis", "stated"),
        }  # fmt: skip
        yield Proposal(stance, attitude.pattern, attitude.form.lemma)
    yield from _second_half(text, mentions, sentence, attitude, targets, (start, end))


def _second_half(
    text: str,
    mentions: Mentions,
    sentence: Sentence,
    attitude: Attitude,
    targets: Sequence[Entity],
    anchor: tuple[int, int],
) -> Iterator[Proposal]:
    """The half of a coordination that leaves the verb out: تدعم تونس الخطة والمغرب القرار."""
    if len(targets) != 1 or attitude.form.part not in ("perfect", "imperfect"):
        return
    words = sentence.words
    at = sentence.at(targets[0]["end"])
    if at + 1 >= len(words):
        return
    other = mentions.at(words[at])
    if (
        other is None
        or other["start"] != words[at].start + 1
        or words[at].letters[0] != "و"
        or other["label"] not in SOURCES - {"LAW"}
    ):
        return
    behind = sentence.at(other["end"])
    if behind >= len(words) or words[behind].gap.strip():
        return
    target = mentions.at(words[behind])
    if target is None or target["start"] != words[behind].start or target["label"] == "PER":
        return
    stance = {
        "label": attitude.label, "start": anchor[0], "end": anchor[1], "text": text[slice(*anchor)], "holders": [other["id"]],
        "target": target["id"], "basis": attitude.entry.get("basis", "stated"),
    }  # fmt: skip
    yield Proposal(stance, "second half", attitude.form.lemma)


_PROPOSING = ("اقترح", "طلب", "عرض")

_RULES = Rules(proposals, _is_right, _numbered)
