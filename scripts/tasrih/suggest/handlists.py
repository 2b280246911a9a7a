"""Names and titles that newspapers use, as lists in `lists/`: what the tagger may know of a word that gold lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from tasrih.suggest.folded_text import fold
from tasrih.suggest.gazetteer import Name, nationality_forms
from tasrih.text.canonical import sha256

LISTS = (
    "given_names", "family_names", "places", "organisations", "works_events_laws", "nationalities", "offices",
)  # fmt: skip
_DOUBTFUL = "?"


def _content(name: str) -> str:
    return files("tasrih.suggest").joinpath("lists", f"{name}.txt").read_text("utf-8")


@cache
def lists_sha256() -> str:
    """SHA-256 of all lists: a model that learnt with others has to be learnt anew."""
    return sha256("\n".join(map(_content, LISTS)))


def entries(name: str) -> Iterator[tuple[str, str, bool]]:
    """The entries of a list: the words, their label (or the list's name), and whether the words are often no such name."""
    for line in _content(name).splitlines():
        if not line.startswith("#"):
            words, *more = line.split("\t")
            labels = [each for each in more if each != _DOUBTFUL]
            yield words, labels[0] if labels else name, _DOUBTFUL in more


@cache
def listed() -> Mapping[str, Name]:
    """Which lists a folded name is on: `source` has their marks, with a space between."""
    marks: dict[str, list[str]] = defaultdict(list)
    for name in LISTS:
        for words, label, doubtful in entries(name):
            for form in nationality_forms(words) if name == "nationalities" else [words]:
                marks[fold(form).form].append(label + _DOUBTFUL * doubtful)
    return {form: Name("", " ".join(found), 0.0) for form, found in marks.items()}
