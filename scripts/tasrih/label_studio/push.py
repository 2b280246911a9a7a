"""Articles to a project: first what would change, then the change. What was annotated is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tasrih.label_studio.project import Record, Wanted, find
from tasrih.label_studio.server import Server, patiently

# Tasks in one request: small enough for a server's bound on a body, and for a short time without an answer.
_BATCH = 25
Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(slots=True)
class Plan:
    """What a push would change. Tasks are named, not held: a project may have thousands."""

    title: str
    project: int | None = None
    settings: Record = field(default_factory=dict)
    make: list[str] = field(default_factory=list)
    # Article, task, and what of it differs.
    change: list[tuple[str, int, str]] = field(default_factory=list)
    same: int = 0
    # Whether a task has a prediction of the layer already: a server lets no other version be chosen.
    shown: bool = False
    kept: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether the project is as it should be."""
        return self.project is not None and not (self.settings or self.make or self.change)


def plan(server: Server, wanted: Wanted, named: str) -> Plan:
    """What a push to the project `named` (number or title) would change."""
    project = find(server, named or wanted.title)
    settings = wanted.settings()
    if project is None:
        return Plan(wanted.title, settings=settings, make=list(wanted.ids))
    if named.isdecimal():
        settings.pop("title")
    found = Plan(project["title"], project["id"], _differing(project, settings))
    chosen, there = set(wanted.ids), set()
    for task in server.tasks(project["id"]):
        article = task["data"].get("article")
        if article not in chosen or "tasrih" not in task["data"]:
            found.kept.append(f"task {task['id']} ({article or 'no article'}): not one of those pushed")
        elif article in there:
            found.kept.append(f"task {task['id']} ({article}): a second task of the article")
        else:
            found.shown |= any(
                one.get("model_version") == wanted.layer for one in task.get("predictions") or []
            )
            if _compare(found, task, wanted.task(article), article):
                there.add(article)
    found.make = [article for article in wanted.ids if article not in there]
    return found


def _differing(project: Record, settings: Record) -> Record:
    return {key: value for key, value in settings.items() if _plain(project.get(key)) != _plain(value)}


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _compare(found: Plan, task: Record, wanted: Record, article: str) -> bool:
    """Notes what of `task` is not as wanted; false where the article needs another task."""
    same_text = task["data"].get("text_sha256") == wanted["data"]["text_sha256"]
    if _touched(task):
        if same_text:
            found.same += 1
        else:
            found.kept.append(f"task {task['id']} ({article}): annotated, over a text that has changed since")
        return bool(same_text)
    what = [] if task["data"] == wanted["data"] else ["its text" if not same_text else "what travels with it"]
    if _shown(ours(task, wanted)) != _shown(wanted.get("predictions", [])):
        what.append("its pre-annotation")
    if what:
        found.change.append((article, task["id"], " and ".join(what)))
    else:
        found.same += 1
    return True


def _touched(task: Record) -> bool:
    """Whether somebody has begun: an annotation, a skip, or a draft."""
    return any(task.get(key) for key in ("annotations", "total_annotations", "drafts", "draft_exists"))


def ours(task: Record, wanted: Record) -> list[Record]:
    """The predictions of a task that a push made or would make, and not a prediction server."""
    versions = {one["model_version"] for one in wanted.get("predictions", [])}
    versions.add((task["data"].get("tasrih") or {}).get("layer") or "")
    return [one for one in task.get("predictions") or [] if one.get("model_version") in versions - {""}]


def _shown(predictions: Sequence[Record]) -> list[tuple[Any, Any]]:
    shown = [(one.get("model_version"), one.get("result")) for one in predictions]
    return sorted(shown, key=lambda one: str(one[0]))


def push(
    server: Server, wanted: Wanted, named: str, *, progress: Progress, say: Callable[[Plan], None]
) -> Plan:
    """Makes the project what it should be, and returns what was changed at last.

    Whatever was interrupted, by a dropped answer or by an end of this process, is found by the next plan: a request
    without an answer is never sent again blindly. `say` is told each plan before it is carried out.
    """

    def once() -> Plan:
        found = plan(server, wanted, named)
        say(found)
        _carry_out(server, wanted, found, progress)
        return found

    return patiently(once)


def _carry_out(server: Server, wanted: Wanted, found: Plan, progress: Progress) -> None:
    number = found.project
    if number is None:
        number = int(server.create_project(found.settings)["id"])
    elif found.settings:
        server.change_project(number, found.settings)
    for article, task, _ in found.change:
        _change(server, wanted.task(article), task)
    for batch in progress(list(_batches(found.make))):
        server.create_tasks(number, [wanted.task(article) for article in batch])
    articles = [*found.make, *(article for article, _, _ in found.change)]
    if wanted.layer and (found.shown or wanted.shows_layer(articles)):
        _choose_predictions(server, number, wanted.layer)


def _change(server: Server, wanted: Record, number: int) -> None:
    """Predictions before content: content is what says whose the predictions are."""
    task = server.task(number)
    if _touched(task):
        return
    for prediction in ours(task, wanted):
        server.delete_prediction(prediction["id"])
    server.change_task(number, wanted["data"])
    for prediction in wanted.get("predictions", []):
        server.create_prediction(number, prediction)


def _choose_predictions(server: Server, project: int, layer: str) -> None:
    """Shows the layer's predictions to annotators, and not those of another version."""
    if server.project(project).get("model_version") != layer:
        server.change_project(project, {"model_version": layer})


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    items = iter(ids)
    while batch := list(islice(items, _BATCH)):
        yield batch
