"""A real Label Studio on loopback, and what its users do."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

CHECKOUT = Path(__file__).parents[1]
EXECUTABLE = CHECKOUT / ".venv-label-studio" / "bin" / "label-studio"
OWNER, OWNER_TOKEN = "owner@example.org", "f" * 40
_START = 400.0  # seconds: a first start migrates its database, for a minute or, on a busy machine, for some


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(frozen=True)
class User:
    """Somebody with an account: address, legacy token, personal access token."""

    address: str
    token: str
    personal: str


class LabelStudio:
    """The server: started, stopped, or killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        settings = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder),
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            # The prediction server of the tests is on loopback too.
            "ML_BLOCK_LOCAL_IP": "false",
            "SSRF_PROTECTION_ENABLED": "false",
            "HOME": str(self.folder),
        }
        command = [
            str(EXECUTABLE),
            "start",
            "--no-browser",
            "--internal-host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--username", OWNER, "--password", "Words-for-tests-1", "--user-token", OWNER_TOKEN]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env={**os.environ, **settings}, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + _START
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.5)
        self.stop()
        raise RuntimeError((self.folder / "server.log").read_text("utf-8", "replace")[-3000:])

    def kill(self) -> None:
        """Ends the server as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends the server."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)

    def environment(self, token: str = OWNER_TOKEN) -> dict[str, str]:
        """What a user sets to reach the server."""
        return {"LABEL_STUDIO_URL": self.url, "LABEL_STUDIO_API_KEY": token}

    def sign_up(self, address: str) -> User:
        """A further user, as one gets there by the invitation of the owner."""
        invitation = httpx.get(
            f"{self.url}/api/invite", headers={"Authorization": f"Token {OWNER_TOKEN}"}
        ).json()
        with httpx.Client(base_url=self.url, follow_redirects=True, timeout=30) as browser:
            link = invitation["invite_url"]
            form = browser.get(link).text
            token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', form)
            assert token is not None
            fields = {"csrfmiddlewaretoken": token[1], "email": address, "password": "Words-for-tests-2"}
            browser.post(link, data=fields, headers={"Referer": self.url + link})
            legacy = browser.get("/api/current-user/token").json()["token"]
            proof = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": self.url}
            personal = browser.post("/api/token/", headers=proof).json()["token"]
        return User(address, legacy, personal)


def started_once(folder: Path) -> None:
    """Fills `folder` with the data of a server that nobody has used: the migrations of its database take half a minute."""
    server = LabelStudio(folder)
    server.start()
    server.stop()


@dataclass(frozen=True)
class Command:
    """The command line, run as a user runs it: in a process of its own, told of the server by the environment."""

    corpus: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, status: int = 0, token: str = "") -> tuple[str, str]:
        done = self.start(*arguments, token=token)
        out, errors = done.communicate(timeout=280)
        assert done.returncode == status, (arguments, done.returncode, out, errors)
        return out, errors

    def start(self, *arguments: str, token: str = "") -> subprocess.Popen[str]:
        """The command, running."""
        environment = {**os.environ, **self.environment}
        if token:
            environment["LABEL_STUDIO_API_KEY"] = token
        return subprocess.Popen(
            [
                str(CHECKOUT / ".venv" / "bin" / "tasrih"),
                "label-studio",
                *arguments,
                "--corpus",
                str(self.corpus),
            ],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


SignedIn = Callable[[str], httpx.Client]


def api(label_studio: LabelStudio, token: str = OWNER_TOKEN) -> httpx.Client:
    """The server's own interface, for what annotators do in their browsers."""
    return httpx.Client(
        base_url=f"{label_studio.url}/api", headers={"Authorization": f"Token {token}"}, timeout=60
    )


def tasks_of(client: httpx.Client, project: int) -> list[dict[str, Any]]:
    """All tasks of a project with what hangs on them."""
    answer = client.get("/tasks", params={"project": project, "fields": "all", "page_size": 500}).json()
    return answer["tasks"]


def project_called(client: httpx.Client, title: str) -> int:
    """The number of the one project with a title."""
    found = [
        one["id"]
        for one in client.get("/projects", params={"page_size": 500}).json()["results"]
        if one["title"] == title
    ]
    assert len(found) == 1, (title, found)
    return found[0]


def submit(client: httpx.Client, task: dict[str, Any], **changes: object) -> dict[str, Any]:
    """Submits a task's pre-annotation unchanged, as an annotator who has nothing to mend."""
    result = task["predictions"][0]["result"] if task.get("predictions") else []
    answer = client.post(f"/tasks/{task['id']}/annotations/", json={"result": result, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()
