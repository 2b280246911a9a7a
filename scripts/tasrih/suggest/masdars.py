"""Verbal nouns by their shape: what may be a content without a verb (أعلنت الشركة إغلاق المصنع)."""

from __future__ import annotations

import re

from tasrih.suggest.vocabulary import clause_words

# The derived patterns that writing tells from most other nouns: إفعال، تفعيل، افتعال، انفعال، استفعال، تفاعل، مفاعلة.
_SHAPES = re.compile(
    r"(?:إ\w{2}ا\w|إ\w{1,2}ا?\wة|إ\wا\wة|ت\w{2}ي\w|ت\w{1,2}ية|ا\wت\w?ا\w|ان\w{2}ا\w|است\w{1,2}ا\wة?|ت\wا\w{2}|م\wا\w{2}ة)\Z"
)
_BEHIND_PREPOSITION = re.compile(r"ت\w{3}\Z|\w{2}و\wة?\Z")
_PRONOUNS = ("ها", "هم", "هما", "ه", "نا")


def is_masdar(letters: str) -> bool:
    """Whether a word without harakat looks like a masdar in the construct state or with a pronoun."""
    if letters.startswith("ال"):
        return False
    return any(
        base in clause_words("masdars", "words") or bool(_SHAPES.match(base)) for base in _bases(letters)
    )


def is_governed_masdar(letters: str) -> bool:
    """Whether a word behind ب looks like a masdar, with ال too, or of the pattern تفعُّل: بالهزيمة، بتفوّق."""
    base = letters.removeprefix("ال")
    return is_masdar(base) or bool(_BEHIND_PREPOSITION.match(base))


def _bases(letters: str) -> list[str]:
    bases = [letters]
    for pronoun in _PRONOUNS:
        if letters.endswith(pronoun) and len(letters) > len(pronoun) + 2:
            rest = letters.removesuffix(pronoun)
            bases += [rest, rest[:-1] + "ة"] if rest.endswith("ت") else [rest]
    return bases
