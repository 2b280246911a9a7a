"""An empty corpus with label sets of its own: settings, a skeleton of guidelines, and what git is to ignore."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tasrih import schema, store
from tasrih.model import Labels
from tasrih.store import Misuse, json_pointer

# What a corpus has where nothing else is said: the labels that the guidelines of the project's own corpus explain.
LABELS: Labels = {
    "entity": ["PER", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "DATE", "LAW", "PROD", "MEDIA"],
    "stance": ["support", "oppose", "neutral"],
    "topic": ["general"],
}
GUIDELINES = "0.1"
_SHARES = {"train": 80, "validation": 10, "test": 10}


def settings(
    name: str,
    title: str,
    languages: Sequence[str],
    licence: str,
    labels: Labels,
    date: str,
    maintainers: Sequence[str] = (),
) -> dict[str, Any]:
    """The settings of a new corpus. Raises Misuse where a name or a label is not of the schema's shape."""
    made: dict[str, Any] = {
        "name": name, "title": title or name, "version": "0.1.0", "date": date, "languages": list(languages), "licence": licence,
        "guidelines": GUIDELINES, **({"maintainers": list(maintainers)} if maintainers else {}), "labels": dict(labels),
        "splits": {**_SHARES, "salt": name},
    }  # fmt: skip
    empty: Any = {"entity": [], "stance": [], "topic": []}
    for error in schema.faults("corpus", empty, made):
        pattern = error.schema.get("pattern") if isinstance(error.schema, dict) else None
        raise Misuse(
            f"{json_pointer(list(error.absolute_path)).strip('/')}: "
            + (f"«{error.instance}» does not fit {pattern}" if pattern else error.message[:200])
        )
    for kind, given in labels.items():
        names = list(given)  # type: ignore[call-overload]
        if twice := next((one for one in names if names.count(one) > 1), None):
            raise Misuse(f"labels/{kind}: «{twice}» stands twice")
    return made


def files(made: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and content of every file of a new corpus."""
    yield "corpus.toml", _toml(made)
    yield "guidelines.md", _guidelines(made)
    yield ".gitignore", ".tasrih/\n"


def create(root: Path, made: dict[str, Any]) -> list[Path]:
    """Writes a new corpus into the folder `root` and returns its files. Raises Misuse where there is one already."""
    if (root / "corpus.toml").exists():
        raise Misuse(
            f"{root / 'corpus.toml'} is there already; change the corpus there, or name another folder"
        )
    written = []
    for name, content in sorted(files(made), key=lambda file: file[0] == "corpus.toml"):
        path = root / name
        if not path.exists():
            store.write_atomic(path, content.encode())
            written.append(path)
    (root / "articles").mkdir(parents=True, exist_ok=True)
    return written


def _toml(made: dict[str, Any]) -> str:
    plain = {key: value for key, value in made.items() if not isinstance(value, dict)}
    return "\n".join([
        "# The settings of the corpus: name and version of its releases, languages, licence, label sets, shares of the splits.",
        *(f"{key} = {_value(value)}" for key, value in plain.items()),
        "",
        "# A label's id in a release is its place in its list: only ever append.",
        "[labels]",
        *(f"{key} = {_value(value)}" for key, value in made["labels"].items()),
        "",
        "# Per cent of events; an assignment is frozen once an article has one.",
        "[splits]",
        *(f"{key} = {_value(value)}" for key, value in made["splits"].items()),
        "",
    ])  # fmt: skip


def _value(value: Any) -> str:
    """A value in TOML: strings, numbers and lists of strings are written there as in JSON, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _guidelines(made: dict[str, Any]) -> str:
    def section(kind: str, asked: str) -> list[str]:
        return [part for label in made["labels"][kind] for part in (f"### {label}", "", asked, "")]

    return "\n".join([
        f"# Guidelines of {made['title']}",
        f"Version: {GUIDELINES}",
        "",
        "What annotators go by. Say of every label what it is for, give a test, two examples and a hard case. A change that changes what",
        "is annotated gets a new version here and in corpus.toml; layers say after which version they were made.",
        "",
        "## Entities",
        "",
        *section("entity", "What is it? A test. Examples. A hard case."),
        "## Claims",
        "",
        "Whose assertion is it, with which words is it reported, and where does its content begin and end?",
        "",
        "## Stances",
        "",
        *section("stance", "Towards whom or what, and which words show it?"),
    ])  # fmt: skip
