"""Articles to a real server and back: pushed, annotated over its interface by two users, pulled."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from live import Command, SignedIn, User, project_called, submit, tasks_of
from tasrih.label_studio.work import layer_of

FEW = ["sahl-clinic-night", "wannacry-2017", "jcpoa-2015"]
NAME = "sahl-clinic-night"


def golds(corpus: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in corpus.glob("articles/*/gold.jsonl")}


def layers(corpus: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(corpus)): path.read_bytes()
        for path in sorted(corpus.glob("articles/*/layers/*"))
    }


def emptied(corpus: Path, names: list[str]) -> None:
    """Takes the annotations out of gold, so that a pull has to bring them."""
    for name in names:
        path = corpus / "articles" / name / "gold.jsonl"
        path.write_bytes(path.read_bytes().split(b"\n", 1)[0] + b"\n")


def test_gold_comes_back_byte_for_byte(
    tasrih: Command, corpus: Path, founding_text: Path, owner: httpx.Client
) -> None:
    """Every article of the corpus, the hydrated founding one too: pushed, submitted unchanged, pulled."""
    local = corpus / ".tasrih" / "texts"
    article = json.loads((corpus / "articles/lavrov-pompeo-call/article.json").read_text("utf-8"))
    local.mkdir(parents=True)
    (local / f"{article['text_sha256']}.txt").write_bytes(founding_text.read_bytes())
    before = golds(corpus)
    tasrih("push", "--layer", "gold", "--project", "all of gold")
    for task in tasks_of(owner, project_called(owner, "all of gold")):
        if task["predictions"]:
            submit(owner, task)
    emptied(corpus, list(before))
    me = layer_of("owner@example.org", {})
    out, _ = tasrih("pull", "--project", "all of gold", "--annotator", me, "--into", "gold")
    assert golds(corpus) == before
    assert f"{len(before)} layers written, 0 as they were" in out
    out, _ = tasrih("pull", "--project", "all of gold", "--annotator", me, "--into", "gold")
    assert f"0 layers written, {len(before)} as they were" in out


def test_pushing_twice_changes_nothing(tasrih: Command, owner: httpx.Client) -> None:
    out, _ = tasrih("push", "--layer", "gold", "--project", "twice", *FEW)
    assert "«twice» will be made" in out and "3 new tasks" in out
    before = tasks_of(owner, project_called(owner, "twice"))
    out, _ = tasrih("push", "--layer", "gold", "--project", "twice", *FEW)
    assert "3 tasks as they should be, nothing to change" in out
    assert tasks_of(owner, project_called(owner, "twice")) == before


def test_a_dry_run_shows_the_plan_and_changes_nothing(
    tasrih: Command, corpus: Path, owner: httpx.Client
) -> None:
    tasrih("push", "--layer", "gold", "--project", "planned", *FEW[:2])
    number = project_called(owner, "planned")
    before = tasks_of(owner, number), owner.get(f"/projects/{number}").json()["label_config"]
    settings = corpus / "corpus.toml"
    settings.write_text(settings.read_text("utf-8").replace('"MEDIA"]', '"MEDIA", "AWARD"]'), "utf-8")
    path = corpus / "articles" / FEW[0] / "gold.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    out, _ = tasrih("push", "--dry-run", "--layer", "gold", "--project", "planned", *FEW)
    assert "setting label_config" in out
    assert f"({FEW[0]}): what travels with it and its pre-annotation" in out
    assert f"1 new task: {FEW[2]}" in out
    assert (tasks_of(owner, number), owner.get(f"/projects/{number}").json()["label_config"]) == before
    tasrih("push", "--layer", "gold", "--project", "planned", *FEW)
    out, _ = tasrih("push", "--layer", "gold", "--project", "planned", *FEW)
    assert "3 tasks as they should be, nothing to change" in out
    assert "AWARD" in owner.get(f"/projects/{number}").json()["label_config"]


def test_a_task_that_somebody_has_begun_is_never_touched(
    tasrih: Command, owner: httpx.Client, signed_in: SignedIn, users: tuple[User, User]
) -> None:
    tasrih("push", "--layer", "gold", "--project", "begun", *FEW)
    number = project_called(owner, "begun")
    first, second, third = tasks_of(owner, number)
    submit(owner, first)
    draft = signed_in(users[0].token).post(
        f"/tasks/{second['id']}/drafts", json={"result": second["predictions"][0]["result"][:3]}
    )
    assert draft.status_code == 201
    submit(owner, third, was_cancelled=True)
    before = tasks_of(owner, number)
    out, _ = tasrih("push", "--layer", "reader-a", "--project", "begun", *FEW)
    assert "nothing to change" in out or "setting" in out
    assert tasks_of(owner, number) == before


def test_two_people_have_a_layer_each(
    tasrih: Command, corpus: Path, signed_in: SignedIn, users: tuple[User, User]
) -> None:
    names = [layer_of(user.address, {}) for user in users]
    tasrih("push", "--layer", "gold", "--project", "of two", *FEW)
    first, second = (signed_in(user.token) for user in users)
    tasks = tasks_of(first, project_called(first, "of two"))
    submit(first, tasks[0])
    submit(first, tasks[1])
    result = [
        item for item in tasks[0]["predictions"][0]["result"] if item.get("id") != "s1" != item.get("from_id")
    ]
    submit(second, tasks[0], result=result)
    submit(second, tasks[1], was_cancelled=True)
    second.post(f"/tasks/{tasks[2]['id']}/drafts", json={"result": result[:1]})
    out, notes = tasrih("pull", "--project", "of two")
    assert "3 layers written" in out
    assert f"{names[1]} skipped it" in notes and f"{names[1]} has a draft, which is not pulled" in notes
    pulled = layers(corpus)
    found = {Path(path).parent.parent.name for path in pulled if names[0] in path}
    assert found == {tasks[0]["data"]["article"], tasks[1]["data"]["article"]}
    assert not any(b"@example.org" in content for content in pulled.values())
    out, _ = tasrih("pull", "--project", "of two")
    assert "0 layers written, 3 as they were" in out and layers(corpus) == pulled
    status = json.loads(tasrih("status", "--project", "of two", "--format", "json")[0])
    assert status["tasks"] == 3
    assert {row.pop("annotator"): row for row in status["annotators"]} == {
        names[0]: {"done": 2, "skipped": 0, "drafts": 0, "open": 1},
        names[1]: {"done": 1, "skipped": 1, "drafts": 1, "open": 1},
    }
    assert status["agreement"]["pairs"]
    shown, _ = tasrih("status", "--project", "of two")
    assert names[0] in shown


def test_the_corpus_may_name_people(
    tasrih: Command, corpus: Path, signed_in: SignedIn, users: tuple[User, User]
) -> None:
    hashed = layer_of(users[1].address, {})
    with (corpus / "corpus.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[annotators]\n"{users[0].address}" = "amal"\n{hashed} = "basim"\n')
    tasrih("push", "--layer", "gold", "--project", "named", NAME)
    for user in users:
        client = signed_in(user.token)
        submit(client, tasks_of(client, project_called(client, "named"))[0])
    tasrih("pull", "--project", "named")
    assert {"amal.jsonl", "basim.jsonl"} <= {
        path.name for path in (corpus / "articles" / NAME / "layers").iterdir()
    }


def test_a_pull_names_what_changed(tasrih: Command, corpus: Path, owner: httpx.Client) -> None:
    tasrih("push", "--layer", "gold", "--project", "changed", "wannacry-2017")
    task = tasks_of(owner, project_called(owner, "changed"))[0]
    made = submit(owner, task)
    tasrih("pull", "--project", "changed")
    kept = [item for item in made["result"] if item.get("id") not in ("s1",) and item.get("from_id") != "s1"]
    owner.patch(f"/annotations/{made['id']}/", json={"result": kept})
    out, notes = tasrih("pull", "--project", "changed")
    assert "1 removed" in out and "deleted since the push: s1" in notes


def test_a_task_over_another_text_is_refused(tasrih: Command, corpus: Path, owner: httpx.Client) -> None:
    tasrih("push", "--layer", "gold", "--project", "other text", *FEW[:2])
    tasks = tasks_of(owner, project_called(owner, "other text"))
    for task in tasks:
        submit(owner, task)
    data = tasks[0]["data"]
    owner.patch(
        f"/tasks/{tasks[0]['id']}/", json={"data": {**data, "text": data["text"].replace("ا", "أ", 1)}}
    )
    before = layers(corpus)
    out, errors = tasrih("pull", "--project", "other text", status=1)
    assert "refused" in errors and data["article"] in errors and "not the one that was pushed" in errors
    new = layers(corpus).keys() - before.keys()
    assert "1 layer written" in out
    assert [Path(path).parent.parent.name for path in new] == [tasks[1]["data"]["article"]]


def test_a_layer_from_elsewhere_is_not_lost(tasrih: Command, corpus: Path, owner: httpx.Client) -> None:
    with (corpus / "corpus.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[annotators]\n"owner@example.org" = "reader-a"\n')
    tasrih("push", "--project", "over a layer", "wannacry-2017")
    task = tasks_of(owner, project_called(owner, "over a layer"))[0]
    submit(owner, task)
    before = layers(corpus)
    _, errors = tasrih("pull", "--project", "over a layer", status=1)
    assert "did not come from a server and would be lost" in errors and layers(corpus) == before


def test_a_foreign_task_is_left_alone(tasrih: Command, corpus: Path, owner: httpx.Client) -> None:
    tasrih("push", "--project", "foreign", NAME)
    number = project_called(owner, "foreign")
    assert owner.post(f"/projects/{number}/import", json=[{"data": {"text": "نص آخر"}}]).status_code == 201
    foreign = next(task for task in tasks_of(owner, number) if "tasrih" not in task["data"])
    submit(owner, foreign)
    _, notes = tasrih("push", "--project", "foreign", NAME)
    assert f"task {foreign['id']} (no article): not one of those pushed" in notes
    _, errors = tasrih("pull", "--project", "foreign", status=1)
    assert f"task {foreign['id']}: it is not one that tasrih pushed" in errors
    assert len(tasks_of(owner, number)) == 2
