"""When the server stumbles, is killed or is not there; and that no message ever holds the token."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from live import OWNER_TOKEN, Command, LabelStudio, SignedIn, User, project_called, submit, tasks_of

FEW = ["sahl-clinic-night", "wannacry-2017", "jcpoa-2015"]
Trouble = Callable[[str, str], int | None]


class Proxy:
    """Stands between Tasrih and the server, and answers as `trouble` says: a status, 0 for a dropped answer."""

    def __init__(self, target: str) -> None:
        self.trouble: Trouble = lambda method, path: None
        self.seen: list[tuple[str, str]] = []
        host, port = target.removeprefix("http://").split(":")
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy.seen.append((self.command, self.path))
                status = proxy.trouble(self.command, self.path)
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                connection = http.client.HTTPConnection(host, int(port), timeout=120)
                connection.request(self.command, self.path, body, {**self.headers, "Host": f"{host}:{port}"})
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                if status == 0:
                    # Done by the server, and nobody hears of it.
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers.get("Content-Type") or "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = _pass  # noqa: N815

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def proxy(label_studio: LabelStudio) -> Iterator[Proxy]:
    between = Proxy(label_studio.url)
    yield between
    between.close()


@pytest.fixture
def through(proxy: Proxy, corpus: Path) -> Command:
    return Command(corpus, {"LABEL_STUDIO_URL": proxy.url, "LABEL_STUDIO_API_KEY": OWNER_TOKEN})


@pytest.mark.parametrize("status", [429, 502, 0], ids=["429", "502", "dropped"])
def test_a_stumble_is_overcome_and_nothing_is_done_twice(
    status: int, proxy: Proxy, through: Command, owner: httpx.Client
) -> None:
    """The third of every three requests meets trouble, the making of tasks among them."""
    title = f"stumbling {status}"
    troubled = {"POST": 0, "GET": 0}

    def trouble(method: str, path: str) -> int | None:
        wanted = "/import" in path or (method == "GET" and "/tasks" in path)
        if not wanted or troubled[method] >= 2:
            return None
        troubled[method] += 1
        return status

    proxy.trouble = trouble
    through("push", "--layer", "gold", "--project", title, *FEW)
    assert troubled["POST"] >= 1
    tasks = tasks_of(owner, project_called(owner, title))
    assert sorted(task["data"]["article"] for task in tasks) == sorted(FEW)
    assert all(len(task["predictions"]) == 1 for task in tasks)
    for task in tasks:
        submit(owner, task)
    troubled.update(GET=0)
    out, _ = through("pull", "--project", title)
    assert "3 layers written" in out and troubled["GET"] >= 1


def test_both_kinds_of_token_do(tasrih: Command, users: tuple[User, User]) -> None:
    tasrih("push", "--project", "tokens", FEW[0])
    for token in (users[0].token, users[0].personal):
        out, _ = tasrih("push", "--dry-run", "--project", "tokens", FEW[0], token=token)
        assert "nothing to change" in out


WRONG = "0" * 40


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"LABEL_STUDIO_API_KEY": WRONG}, "the token is refused (Invalid token.)"),
        ({"LABEL_STUDIO_API_KEY": ""}, "LABEL_STUDIO_API_KEY not set"),
        ({"LABEL_STUDIO_URL": ""}, "LABEL_STUDIO_URL not set"),
        ({"LABEL_STUDIO_URL": "localhost:8080"}, "LABEL_STUDIO_URL is no web address"),
        ({"LABEL_STUDIO_URL": "http://127.0.0.1:9"}, "no answer (ConnectError)"),
        ({"LABEL_STUDIO_URL": "URL/health"}, "there is no Label Studio behind this address"),
    ],
)
def test_what_is_wrong_is_said_without_the_token(
    label_studio: LabelStudio, corpus: Path, environment: dict[str, str], said: str
) -> None:
    environment = {key: value.replace("URL", label_studio.url) for key, value in environment.items()}
    tasrih = Command(corpus, {**label_studio.environment(), **environment})
    out, errors = tasrih("status", status=2)
    assert said in errors and "Traceback" not in errors
    for token in (OWNER_TOKEN, WRONG):
        assert token not in out + errors


def test_a_missing_project_is_named(tasrih: Command) -> None:
    _, errors = tasrih("pull", "--project", "nobody made it", status=2)
    assert "there is no project «nobody made it»" in errors
    _, errors = tasrih("pull", "--project", "987654", status=2)
    assert "it is not there" in errors


def test_an_old_server_is_refused(proxy: Proxy, through: Command) -> None:
    class Old(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = b'{"release": "1.4.1"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Old) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        old = Command(
            through.corpus,
            {**through.environment, "LABEL_STUDIO_URL": f"http://127.0.0.1:{server.server_port}"},
        )
        _, errors = old("status", status=2)
        server.shutdown()
        thread.join()
    assert "Label Studio 1.4.1 is too old" in errors


def state(client: httpx.Client, title: str) -> list[object]:
    """What a project holds, without numbers and times."""
    return sorted(
        [
            task["data"]["article"],
            task["data"],
            [(one["model_version"], one["result"]) for one in task["predictions"]],
        ]
        for task in tasks_of(client, project_called(client, title))
    )


def test_a_server_that_is_killed_in_the_middle_of_a_push(
    label_studio: LabelStudio, tasrih: Command, signed_in: SignedIn
) -> None:
    tasrih("push", "--layer", "gold", "--project", "undisturbed")
    running = tasrih.start("push", "--layer", "gold", "--project", "disturbed")
    client = signed_in(OWNER_TOKEN)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = [
            one
            for one in client.get("/projects", params={"page_size": 500}).json()["results"]
            if one["title"] == "disturbed"
        ]
        if found and 0 < found[0]["task_number"] < 80:
            break
    else:
        pytest.fail("the push was never seen in its middle")
    label_studio.kill()
    running.kill()
    running.communicate()
    label_studio.start()
    tasrih("push", "--layer", "gold", "--project", "disturbed")
    assert state(client, "disturbed") == state(client, "undisturbed")
    out, _ = tasrih("push", "--layer", "gold", "--project", "disturbed")
    assert "nothing to change" in out


def test_a_server_that_is_killed_in_the_middle_of_a_pull(
    label_studio: LabelStudio, tasrih: Command, owner: httpx.Client, tmp_path: Path
) -> None:
    tasrih("push", "--layer", "gold", "--project", "for pulls")
    for task in tasks_of(owner, project_called(owner, "for pulls")):
        if task["predictions"]:
            submit(owner, task)
    folder = tasrih.corpus / "articles"
    running = tasrih.start("pull", "--project", "for pulls")
    until = time.monotonic() + 60
    while not list(folder.glob("*/layers/user-*.jsonl")) and time.monotonic() < until:
        time.sleep(0.01)
    label_studio.kill()
    running.kill()
    running.communicate()
    some = {path: path.read_bytes() for path in folder.glob("*/layers/user-*.jsonl")}
    assert some and all(content.endswith(b"\n") for content in some.values())
    label_studio.start()
    tasrih("pull", "--project", "for pulls")
    whole = {path: path.read_bytes() for path in folder.glob("*/layers/user-*.jsonl")}
    assert len(some) < len(whole) and all(whole[path] == content for path, content in some.items())
    for path in whole:
        path.unlink()
    tasrih("pull", "--project", "for pulls")
    assert {path: path.read_bytes() for path in folder.glob("*/layers/user-*.jsonl")} == whole
    assert not list(folder.rglob("*.tmp*"))
