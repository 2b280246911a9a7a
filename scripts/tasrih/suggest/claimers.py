"""Who says what is reported: a mention in the clause of the cue, whom a pronoun or a dropped subject means, or who issued a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from tasrih.model import UNNAMED, Entity
from tasrih.suggest.clauses import Sentence
from tasrih.suggest.mentions import SOURCES, Mentions, Sought, issuer, subject_behind
from tasrih.suggest.reports import Report, document_of
from tasrih.suggest.subjects import has_subject, subject_before

_IMPERSONAL = frozenset(("ذكر", "اعتقد", "توقع", "لاحظ", "انتظر", "أشار", "ظن", "رجح", "زعم", "حكى", "افترض"))


def claimers_of(mentions: Mentions, sentence: Sentence, report: Report, first: int) -> tuple[list[str], str]:
    """The claimers of a report and how they are given (3.5, 3.6)."""
    entities, via = _sources(mentions, sentence, report, first)
    names = list(dict.fromkeys(entity["id"] for entity in entities))
    if names and report.is_finite and via in ("mention", "document"):
        feminine = report.form.feminine if via == "mention" else None
        place = sentence.words[report.cue_first].start
        mentions.met(place, entities[0], feminine, report.form.plural, entities[1:])
    return (names, via) if names else ([UNNAMED], "none")


def _sources(
    mentions: Mentions, sentence: Sentence, report: Report, first: int
) -> tuple[Sequence[Entity], str]:
    if report.passive:
        return [], "none"
    if report.phrase is not None:
        return _phrase_source(mentions, sentence, report)
    if report.pattern == "document":
        return _issuer(mentions, sentence, report)
    if report.form.part in ("masdar", "phrase"):
        return _noun_source(mentions, sentence, report)
    if report.form.part == "participle":
        return _dropped(mentions, sentence, report)
    return _subject(mentions, sentence, report, first)


def _issuer(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    """Whose document it is in جاء في البيان; where it is no document, whoever stands there."""
    words = sentence.words
    at = document_of(sentence, report)
    if at >= 0:
        last = report.opener_first if report.opener_first > 0 else report.begins
        return issuer(mentions, sentence, at, last).entities, "document"
    inside = mentions.starting(words[report.cue_behind].start, words[report.begins].start)
    return [one for one in inside if one["label"] in SOURCES][:1], "mention"


def _dropped(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    """Whom a verb or participle without subject means: the subject of the clause before that agrees."""
    place = sentence.words[report.cue_first].start
    return mentions.antecedents(place, report.form.feminine, report.form.plural), "dropped"


def _subject(
    mentions: Mentions, sentence: Sentence, report: Report, first: int
) -> tuple[Sequence[Entity], str]:
    """The subject of a reporting verb: who is relayed, who stands behind it, who opens its clause, else whom it drops."""
    words = sentence.words
    last = report.opener_first if report.opener_first >= 0 else report.begins
    if report.pattern == "postposed":
        last = min(len(words), report.cue_behind + 6)
    relayed = _relayed(mentions, sentence, report.cue_behind, last) if report.entry.get("relay") else None
    if relayed is not None and report.pattern == "relay":  # قوله is his, and the outer claim the newspaper's
        mentions.met(words[report.begins].start - 1, relayed)
        relayed = None
    before = subject_before(mentions, sentence, report.cue_first, report.skipped, first, report.form)
    behind = _behind_verb(mentions, sentence, report, last)
    doubtful = (
        before and behind is not None and (not behind.entities or mentions.is_proposed(behind.entities[0]))
    )
    if relayed is not None:
        found: tuple[Sequence[Entity], str] = [relayed], "mention"
    elif behind is not None and not doubtful and (behind.entities or behind.document):
        found = behind.entities, "document" if behind.document else "mention"
    elif before:
        found = before
    elif _is_impersonal(report, words):
        found = [], "none"
    else:
        found = _dropped(mentions, sentence, report)
    return found


def _behind_verb(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> Sought | None:
    if last <= report.cue_behind or has_subject(report.form):
        return None
    if _takes_object(report):
        return _tagged_behind(mentions, sentence, report, last)
    return subject_behind(mentions, sentence, report.cue_behind, last)


def _takes_object(report: Report) -> bool:
    """Whether what stands behind the verb may be its object and not its subject."""
    if report.form.pronoun:
        return False
    return bool(
        report.entry.get("object") or report.entry.get("responsibility") or report.entry.get("predicate")
    )


def _needs_object(report: Report) -> bool:
    return not report.form.pronoun and (
        report.entry.get("object") == "needed" or report.pattern == "predicate"
    )


def _tagged_behind(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> Sought | None:
    """The subject of a verb that takes an object too: with an attached object the mention behind; else the first of two."""
    at = report.cue_behind
    found = subject_behind(mentions, sentence, at, last, tagged=True)
    if found is None or not found.entities:
        return None
    words = sentence.words
    rest = words[found.behind : last]
    if not rest and _needs_object(report):
        return None
    more = any(
        mentions.at(word) is not None or (word.letters.startswith("ال") and not word.comma)
        for word in rest[:6]
    )
    return found if more or report.form.pronoun or not rest or not _needs_object(report) else None


def _is_impersonal(report: Report, words: Sequence[Any]) -> bool:
    """يُعتقد أن without its harakat: nobody stands before or behind it."""
    letters = words[report.cue_first].letters
    third = letters[report.skipped : report.skipped + 1] == "ي"
    return (
        report.form.part == "imperfect" and third and report.lemma in _IMPERSONAL and not report.form.pronoun
    )


def _relayed(mentions: Mentions, sentence: Sentence, at: int, last: int) -> Entity | None:
    """نقلت الصحيفة عن الوزير أن: the one behind عن (3.4)."""
    words = sentence.words
    for here in range(at, last - 1):
        if words[here].letters == "عن" or (words[here].letters == "لسان" and here + 1 < last):
            found = subject_behind(mentions, sentence, here + 1, last)
            return found.entities[0] if found and found.entities else None
    return None


def _phrase_source(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    words = sentence.words
    begins, ends = cast(tuple[int, int], report.phrase)
    place = words[begins].start
    if report.form.pronoun and report.form.part == "phrase":
        entity = mentions.antecedent(place, _gender_of(report.form.pronoun))
        return ([entity] if entity else []), "pronoun"
    at = report.cue_behind
    if at < ends:
        found = subject_behind(mentions, sentence, at, ends)
        inside = [
            one for one in mentions.starting(words[at].start, words[ends - 1].end) if one["label"] in SOURCES
        ]
        if (
            found is not None
            and found.entities
            and (found.document or not mentions.is_proposed(found.entities[0]) or not inside)
        ):
            return found.entities, "document" if found.document else "mention"
        if inside:
            return [mentions.after_title(inside[0], sentence)], "mention"
        if found is not None:
            return found.entities, "document"
    if report.is_finite:
        entity = mentions.antecedent(place, report.form.feminine)
        return ([entity] if entity else []), "dropped"
    return [], "none"


def _gender_of(pronoun: str) -> bool | None:
    return {"ه": False, "ها": True}.get(pronoun)


def _noun_source(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    """Whose a noun that reports is: a mention right behind it, what its pronoun means, else nobody's."""
    words = sentence.words
    place = words[report.cue_first].start
    if report.form.pronoun:
        entity = mentions.antecedent(place, _gender_of(report.form.pronoun))
        return ([entity] if entity else []), "pronoun"
    last = report.opener_first if report.opener_first > 0 else report.begins
    inside = (
        mentions.starting(words[report.cue_behind - 1].end, words[last].start) if last < len(words) else []
    )
    inside = [one for one in inside if one["label"] in SOURCES]
    return ([mentions.after_title(inside[0], sentence)], "mention") if inside else ([], "none")
