"""The written forms of Arabic verbs, masdars and participles, made from a lemma's four principal parts.

Writing leaves the short vowels out, so one form stands for several; what a form can be is all that is said of it. The
forms are looked up without harakat, hence the parts are given so: `قال`, `يقول`, `قول`, `قائل`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Part: TypeAlias = Literal["perfect", "imperfect", "masdar", "participle", "phrase"]

OBJECTS = ("ه", "ها", "هم", "هما", "هن", "ني", "نا", "ك", "كم")
_PERSONS = {"ي": False, "ت": True}  # who speaks is left out: أقل and نصف are mostly other words
_WEAK = "يوا"


@dataclass(frozen=True, slots=True)
class Form:
    """One written form: which part of which lemma it is, and what is attached to it.

    `feminine` and `plural` are those of a verb's subject or of a participle, None where the form does not say.
    `pronoun` is the attached one, without its word; `definite` says that ال stands before it.
    """

    lemma: str
    part: Part
    feminine: bool | None = None
    plural: bool = False
    pronoun: str = ""
    passive: bool = False
    definite: bool = False


def perfect(lemma: str, base: str) -> Iterator[tuple[str, Form]]:
    """Third persons of the perfect with and without an object, and the persons who speak."""
    form = Form(lemma, "perfect", feminine=False)
    stem = base[:-1] if base.endswith(("ى", "ا")) else base
    weak = stem != base
    hers = stem + "ت"
    theirs = (stem[:-1] if base.endswith("ي") else stem) + "وا"
    before = ("رآ" if base == "رأى" else stem + "ا") if weak else base
    yield base, form
    yield hers, replace(form, feminine=True)
    yield theirs, replace(form, plural=True)
    if weak:
        yield stem + ("يا" if base.endswith("ى") else "وا"), replace(form, plural=True)
        speaking = stem + ("ي" if base.endswith("ى") else "و")
    else:
        yield base + "ا", replace(form, plural=True)
        speaking = base
    yield stem + "تا", replace(form, feminine=True, plural=True)
    yield speaking + "نا", replace(form, feminine=None, plural=True)
    yield speaking + "ت", replace(form, feminine=None)
    for pronoun in OBJECTS:
        yield before + pronoun, replace(form, pronoun=pronoun)
        yield hers + pronoun, replace(form, feminine=True, pronoun=pronoun)
        yield theirs[:-1] + pronoun, replace(form, plural=True, pronoun=pronoun)


def imperfect(lemma: str, base: str) -> Iterator[tuple[str, Form]]:
    """The third persons of the imperfect, its future with سـ, its jussive, and each with an object."""
    weak = base[-1] in "ىيو"
    stem = base[:-1] if weak else base
    short = stem if weak else base[:2] + base[3] if len(base) == 4 and base[2] in _WEAK else ""
    for person, feminine in _PERSONS.items():
        form = Form(lemma, "imperfect", feminine=feminine)
        single, plural = person + base[1:], person + stem[1:]
        before = single[:-1] + "ا" if base.endswith("ى") else single
        forms = [(single, form), *((before + pronoun, replace(form, pronoun=pronoun)) for pronoun in OBJECTS)]
        if short:
            forms.append((person + short[1:], form))
        many = replace(form, plural=True)
        dual = single[:-1] + "يان" if base.endswith("ى") else single + "ان"
        forms += [(plural + "ون", many), (plural + "وا", many), (dual, many), (dual[:-1], many)]
        forms.append((single + "ن", replace(many, feminine=True)))
        forms += [
            (plural + end + pronoun, replace(many, pronoun=pronoun))
            for pronoun in OBJECTS
            for end in ("ون", "و")
        ]
        yield from forms
        yield from (("س" + written, each) for written, each in forms if not written.startswith("س"))


def masdar(lemma: str, base: str) -> Iterator[tuple[str, Form]]:
    """The masdar, with ال and with each pronoun."""
    form = Form(lemma, "masdar")
    yield base, form
    yield "ال" + base, replace(form, definite=True)
    if not base.endswith(("ة", "ء", "ى")):
        yield base + "ا", form
    before = base[:-1] + {"ة": "ت", "ء": "ئ", "ى": "ا"}[base[-1]] if base[-1] in "ةءى" else base
    for pronoun in OBJECTS:
        yield before + pronoun, replace(form, pronoun=pronoun)
    if base.endswith("ء"):
        yield from ((base + pronoun, replace(form, pronoun=pronoun)) for pronoun in OBJECTS)


def participle(lemma: str, base: str) -> Iterator[tuple[str, Form]]:
    """The active participle in gender, number and case, with ال too; of a weak one (نافي) with and without its last letter."""
    weak = base.endswith("ي")
    stem = base[:-1] if weak else base
    form = Form(lemma, "participle", feminine=False)
    hers, many = replace(form, feminine=True), replace(form, plural=True)
    forms = [
        (base, form), (base + "ا", form), (base + "ة", hers), (base + "ات", replace(hers, plural=True)),
        (base + "تين", replace(hers, plural=True)), (base + "ان", many), (stem + "ين", many), (stem + "ون", many), (stem, form),
    ]  # fmt: skip
    yield from dict(forms).items()
    for written, each in dict(forms).items():
        if not written.endswith(base + "ا"):
            yield "ال" + written, replace(each, definite=True)
    yield stem + "و", many  # before what it governs: معارضو الحكم
