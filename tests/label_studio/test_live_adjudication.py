"""Adjudication in Label Studio: what is struck out, kept, changed and added there are decisions, and give gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from live import OWNER, Command, SignedIn, User, project_called, submit, tasks_of
from tasrih.label_studio.work import layer_of

NAME = "wannacry-2017"
PAIR = "reader-a,reader-b"


@pytest.fixture
def undecided(corpus: Path) -> Path:
    """The article as its two readers left it."""
    folder = corpus / "articles" / NAME
    for name in ("gold.jsonl", "decisions.jsonl"):
        (folder / name).unlink()
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def pushed(tasrih: Command, owner: httpx.Client, title: str) -> dict[str, Any]:
    tasrih("push", "--adjudicate", PAIR, "--project", title, NAME)
    (task,) = tasks_of(owner, project_called(owner, title))
    return task


def prediction(task: dict[str, Any], version: str) -> list[dict[str, Any]]:
    return next(one["result"] for one in task["predictions"] if one["model_version"] == version)


def without(result: list[dict[str, Any]], gone: set[str]) -> list[dict[str, Any]]:
    """A result after somebody struck out regions, and with them their relations."""
    whole = gone | {f"{name}-cue" for name in gone}
    return [
        item
        for item in result
        if not whole & {str(item.get("id")), str(item.get("from_id")), str(item.get("to_id"))}
    ]


def test_the_task_shows_both_layers_and_what_is_to_decide(
    tasrih: Command, undecided: Path, owner: httpx.Client
) -> None:
    task = pushed(tasrih, owner, "both shown")
    assert {one["model_version"] for one in task["predictions"]} == {"work-list", "reader-a", "reader-b"}
    asked = {(one, other) for one, other, _ in task["data"]["tasrih"]["open"]}
    shown = {str(item.get("id")) for item in prediction(task, "work-list")}
    assert asked and {f"{other[0]}{int(other[1:]) + 1000}" for _, other in asked if other} <= shown
    out, _ = tasrih("push", "--adjudicate", PAIR, "--project", "both shown", NAME)
    assert "nothing to change" in out


def test_choices_changes_and_additions_become_decisions_and_gold(
    tasrih: Command, undecided: Path, owner: httpx.Client
) -> None:
    task = pushed(tasrih, owner, "decided")
    result = prediction(task, "work-list")
    asked = [(one, other) for one, other, _ in task["data"]["tasrih"]["open"]]
    theirs = {f"{other[0]}{int(other[1:]) + 1000}": one for one, other in asked if other}
    kept = sorted(name for name, one in theirs.items() if one)[0]
    struck = {name for name in theirs if name != kept} | {str(theirs[kept])}
    final = without(result, struck)
    (place,) = [item["value"] for item in final if item.get("id") == "e1" and item["type"] == "labels"]
    place["labels"] = ["ORG"]
    text = task["data"]["text"]
    at = text.index("الشيفرة")
    new = {"start": at, "end": at + 7, "text": "الشيفرة", "labels": ["PROD"]}
    final.append({"id": "fresh", "from_name": "entity", "to_name": "text", "type": "labels", "value": new})
    submit(owner, task, result=final)
    out, _ = tasrih("pull", "--adjudicate", PAIR, "--project", "decided")
    assert "0 open" in out and "written" in out
    decisions = lines(undecided / "decisions.jsonl")
    assert {one["by"] for one in decisions} == {layer_of(OWNER, {})}
    chosen = {(one["one"], one["other"]): one for one in decisions}
    assert [one["choice"] for one in decisions if one["other"] == f"{kept[0]}{int(kept[1:]) - 1000}"] == [
        "other"
    ]
    assert chosen["e1", next(o for a, o in chosen if a == "e1")]["changes"] == {"label": "ORG"}
    assert [one["changes"]["start"] for one in decisions if one["choice"] == "new"] == [at]
    gold = lines(undecided / "gold.jsonl")
    assert [one["label"] for one in gold if one.get("text") == "الشيفرة"] == ["PROD"]
    before = (undecided / "decisions.jsonl").read_bytes(), (undecided / "gold.jsonl").read_bytes()
    out, _ = tasrih("pull", "--adjudicate", PAIR, "--project", "decided")
    assert "stands" in out
    assert ((undecided / "decisions.jsonl").read_bytes(), (undecided / "gold.jsonl").read_bytes()) == before


def test_two_adjudicators_of_one_article_are_refused(
    tasrih: Command, undecided: Path, owner: httpx.Client, signed_in: SignedIn, users: tuple[User, User]
) -> None:
    task = pushed(tasrih, owner, "two deciding")
    submit(owner, task, result=prediction(task, "reader-a"))
    submit(signed_in(users[0].token), task, result=prediction(task, "reader-a"))
    _, errors = tasrih("pull", "--adjudicate", PAIR, "--project", "two deciding", status=1)
    assert "delete the annotation of all but one" in errors
    assert not (undecided / "gold.jsonl").exists()


def test_a_layer_that_changed_since_the_push_is_refused(
    tasrih: Command, undecided: Path, owner: httpx.Client
) -> None:
    task = pushed(tasrih, owner, "layer changed")
    submit(owner, task, result=prediction(task, "reader-a"))
    one, _, _ = next(asked for asked in task["data"]["tasrih"]["open"] if asked[0])
    path = undecided / "layers" / "reader-a.jsonl"
    kept = [line for line in path.read_text("utf-8").splitlines() if f'"id":"{one}"' not in line]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    _, errors = tasrih("pull", "--adjudicate", PAIR, "--project", "layer changed", status=1)
    assert "a layer has changed since the push" in errors
