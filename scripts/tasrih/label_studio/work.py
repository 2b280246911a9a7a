"""What people have made of a project's tasks: finished, skipped and draft work, a task at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasrih.check.usable import usable
from tasrih.formats import label_studio
from tasrih.label_studio.server import Server
from tasrih.model import Document
from tasrih.store import Corpus, Misuse

Record = dict[str, Any]


@dataclass(slots=True)
class Work:
    """One task: the finished annotations by layer, who skipped it, and who has a draft of it.

    `asked` are the cases that an adjudication task asks about. `refused` says why a task or an annotation counts for nothing: it is foreign, its article is gone, its text has changed.
    """

    task: int
    article: str
    document: Document | None = None
    asked: list[Any] = field(default_factory=list)
    finished: dict[str, label_studio.Annotated] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def layer_of(address: str, names: Mapping[str, str]) -> str:
    """The layer of a user: as corpus.toml names the address or its hash, else that hash.

    The hash keeps addresses out of a repository that others read. Who already knows an address can tell its hash.
    """
    address = address.strip().lower()
    hashed = "user-" + hashlib.sha256(address.encode()).hexdigest()[:10]
    by_address = {key.strip().lower(): name for key, name in names.items()}
    return by_address.get(address) or by_address.get(hashed) or hashed


def work(server: Server, corpus: Corpus, project: int) -> Iterator[Work]:
    """The tasks of a project in the server's order, each with what was made of it."""
    names = layers_of_users(server, corpus)
    for task in server.tasks(project):
        found = _of_task(task, corpus, names)
        if task.get("draft_exists"):
            given = corpus.settings.get("annotators", {})
            found.drafts = sorted(
                {layer_of(str(draft.get("user")), given) for draft in server.drafts(task["id"])}
            )
        yield found


def layers_of_users(server: Server, corpus: Corpus) -> dict[int, str]:
    """Layers by the users' numbers. Raises Misuse where two users would write one layer."""
    names = {
        number: layer_of(address, corpus.settings.get("annotators", {}))
        for number, address in server.users().items()
    }
    taken: dict[str, int] = {}
    for number, name in names.items():
        if taken.setdefault(name, number) != number:
            raise Misuse(
                f"users {taken[name]} and {number} both have the layer «{name}»; mend [annotators] in corpus.toml"
            )
    return names


def _of_task(task: Record, corpus: Corpus, names: Mapping[int, str]) -> Work:
    data = task.get("data") or {}
    found = Work(task["id"], str(data.get("article") or "")[:80])
    annotations = [entry for entry in task.get("annotations") or [] if isinstance(entry, dict)]
    if "tasrih" not in data:
        if annotations:
            found.refused.append(f"task {found.task}: it is not one that tasrih pushed; left alone")
        return found
    ours = data["tasrih"]
    asked = ours.get("open") if isinstance(ours, dict) else None
    found.asked = asked if isinstance(asked, list) else []
    newest: dict[str, Record] = {}
    for entry in sorted(annotations, key=lambda entry: str(entry.get("updated_at"))):
        name = _by(entry, names)
        if entry.get("was_cancelled"):
            found.skipped.append(name)
            continue
        if name in newest:
            found.notes.append(
                f"task {found.task} ({found.article}): {name} annotated it twice; the newer counts"
            )
        newest[name] = entry
    if newest:
        _read(found, task, newest, corpus)
    return found


def _read(found: Work, task: Record, newest: Mapping[str, Record], corpus: Corpus) -> None:
    where = f"task {found.task}"
    try:
        found.document = usable(corpus, found.article, every_layer=True)
    except Misuse as error:
        found.refused.append(f"{where}: {error}")
        return
    texts = {found.article: found.document["text"]} if found.document["text"] is not None else {}
    if not texts:
        found.refused.append(
            f"{where} ({found.article}): its text is withheld; run «tasrih hydrate FILE» first"
        )
        return
    for name, entry in newest.items():
        alone = {"id": found.task, "data": task["data"]}
        alone["annotations"] = [{"id": entry["id"], "completed_by": name, "result": entry.get("result")}]
        try:
            export = label_studio.read([alone], corpus.settings["labels"], "the server", texts)
        except Misuse as error:
            found.refused.append(str(error))
            continue
        for one in export.results:
            found.finished[name] = one
            found.updated[name] = str(entry.get("updated_at") or "")
            found.notes += [f"{found.article} ({name}): {note}" for note in one.notes]


def _by(entry: Record, names: Mapping[int, str]) -> str:
    by = entry.get("completed_by")
    if isinstance(by, dict):
        by = by.get("id")
    return names.get(by, f"user-{by}") if isinstance(by, int) else "user-unknown"
