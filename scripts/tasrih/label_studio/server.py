"""A Label Studio server, by the vendor's client: what we ask of it, and what it means when it does not answer.

The token comes from the environment and stays in the client: no message, log or file ever holds it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from tasrih.store import Misuse

URL, KEY = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
# The oldest release whose offsets and predictions are what the mapping needs; older ones were never measured.
OLDEST = (1, 20)
PAGE = 50
_SECONDS = 60
_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0

Record = dict[str, Any]
T = TypeVar("T")


class Unreachable(Misuse):
    """The server did not answer, or answered that it cannot now; the same call may succeed later."""


def connect(environment: Mapping[str, str] | None = None) -> Server:
    """The server that LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY name, reached and new enough.

    Both kinds of token do: the legacy one, and a personal access token, which the client changes for short-lived
    ones. Raises Misuse where one of the two is missing or wrong, or the server is too old.
    """
    environment = os.environ if environment is None else environment
    url, key = environment.get(URL, "").strip(), environment.get(KEY, "").strip()
    if not url or not key:
        missing = " and ".join(name for name, value in ((URL, url), (KEY, key)) if not value)
        raise Misuse(
            f"{missing} not set; the address is that of the browser (http://localhost:8080), the token stands in "
            "Label Studio under Account & Settings"
        )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misuse(f"{URL} is no web address; it looks like http://localhost:8080")
    try:
        from label_studio_sdk import LabelStudio
        from label_studio_sdk.core.api_error import ApiError
    except ImportError:
        raise Misuse("talking to Label Studio needs an extra: pip install 'tasrih[label-studio]'") from None
    shown = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    try:
        client: Any = cast(Any, LabelStudio)(
            base_url=url.rstrip("/"), api_key=key, timeout=_SECONDS, max_retries=0
        )
    except ApiError as error:
        raise Misuse(f"{KEY}: {_detail(error.body) or 'the token is not valid'}; make a new one") from None
    server = Server(client, shown)
    server.require()
    return server


class Server:
    """What Tasrih asks of a server. Reads are tried again when the server stumbles; writes never are, for one that
    got no answer may have been done: who writes looks at the server again first."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self.url = url

    def __repr__(self) -> str:
        return f"Server({self.url!r})"

    # --- Reading --------------------------------------------------------------------------------------

    def require(self) -> str:
        """The server's release. Raises Misuse where there is none, it is too old, or the token is refused."""
        release = self._read(lambda: getattr(self._client.versions.get(), "release", None))
        nobody = Misuse(f"{self.url}: there is no Label Studio behind this address; mend {URL}")
        match = re.match(r"(\d+)\.(\d+)", release) if isinstance(release, str) else None
        if match is None:
            raise nobody
        if (int(match[1]), int(match[2])) < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise Misuse(f"{self.url}: Label Studio {release} is too old; {wanted} or newer is needed")
        if not isinstance(getattr(self._read(self._client.users.whoami), "id", None), int):
            raise nobody
        return str(release)

    def projects(self) -> Iterator[Record]:
        """The projects that the token may see, newest first."""
        yield from (
            project.model_dump() for project in self._read(lambda: list(self._client.projects.list()))
        )

    def project(self, number: int) -> Record:
        """One project, with its configuration."""
        return self._read(lambda: self._client.projects.get(number).model_dump())

    def tasks(self, project: int) -> Iterator[Record]:
        """The tasks of a project with all that hangs on them, a page at a time."""
        page = 1
        while True:
            found = self._read(partial(self._page, project, page))
            yield from found
            if len(found) < PAGE:
                return
            page += 1

    def _page(self, project: int, page: int) -> list[Record]:
        from label_studio_sdk.core.api_error import ApiError

        try:
            pager = self._client.tasks.list(project=project, fields="all", page=page, page_size=PAGE)
        except ApiError as error:
            if error.status_code == 404 and page > 1:
                return []
            raise
        return [task.model_dump() for task in pager.items or []]

    def drafts(self, task: int) -> list[Record]:
        """Everybody's drafts of a task; the task itself shows only those of whom the token belongs to."""
        # The vendor's client has no call for this, so its own connection is asked.
        connection = self._client._client_wrapper.httpx_client
        path = f"api/tasks/{task}/drafts"
        found = self._read(lambda: self._decoded(connection.request(path, method="GET")))
        return [draft for draft in found if isinstance(draft, dict)]

    @staticmethod
    def _decoded(response: Any) -> list[Any]:
        from label_studio_sdk.core.api_error import ApiError

        if response.status_code != 200:
            raise ApiError(status_code=response.status_code, body=response.text[:300])
        return list(response.json())

    def task(self, number: int) -> Record:
        """One task with all that hangs on it."""
        return self._read(lambda: self._client.tasks.get(str(number)).model_dump())

    def count(self, project: int) -> int:
        """How many tasks a project has."""
        return int(self.project(project).get("task_number") or 0)

    def users(self) -> dict[int, str]:
        """E-mail addresses by the users' numbers."""
        return {user.id: user.email for user in self._read(lambda: list(self._client.users.list()))}

    # --- Writing --------------------------------------------------------------------------------------

    def create_project(self, settings: Record) -> Record:
        """A new project."""
        with self._said():
            created: Record = self._client.projects.create(**settings).model_dump()
            return created

    def change_project(self, number: int, settings: Record) -> None:
        """New values for settings of a project."""
        with self._said():
            self._client.projects.update(number, **settings)

    def create_tasks(self, project: int, tasks: Sequence[Record]) -> None:
        """New tasks, with their predictions."""
        with self._said():
            self._client.projects.import_tasks(project, request=list(tasks))

    def change_task(self, number: int, data: Record) -> None:
        """Another content for a task."""
        with self._said():
            self._client.tasks.update(str(number), data=data)

    def create_prediction(self, task: int, prediction: Record) -> None:
        """A prediction for a task that is there."""
        with self._said():
            self._client.predictions.create(task=task, **prediction)

    def delete_prediction(self, number: int) -> None:
        """Takes a prediction away."""
        with self._said():
            self._client.predictions.delete(number)

    # --- When it does not answer ----------------------------------------------------------------------

    def _read(self, ask: Callable[[], T]) -> T:
        return patiently(lambda: self._ask(ask))

    def _ask(self, ask: Callable[[], T]) -> T:
        with self._said():
            return ask()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """What went wrong, as one line that names the server and never the token."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except ApiError as error:
            raise self._refused(error.status_code or 0, error.body) from None
        except httpx.TimeoutException:
            raise Unreachable(f"{self.url}: no answer within {_SECONDS} seconds") from None
        except httpx.TransportError as error:
            raise Unreachable(
                f"{self.url}: no answer ({type(error).__name__}); is the server running, and {URL} right?"
            ) from None
        except (ValueError, TypeError, AttributeError):
            raise Misuse(f"{self.url}: the answer is not one of Label Studio; mend {URL}") from None

    def _refused(self, status: int, body: Any) -> Misuse:
        detail = _detail(body)
        if status in (401, 403):
            return Misuse(
                f"{self.url}: the token is refused ({detail or status}); mend {KEY}, and see that its kind of token is "
                "switched on in the organization's settings"
            )
        if status == 404:
            return Misuse(f"{self.url}: it is not there ({detail or 'not found'}); mend {URL} or --project")
        if status in (408, 429) or status >= 500:
            return Unreachable(
                f"{self.url}: the server cannot now (status {status}{detail and ': ' + detail})"
            )
        return Misuse(f"{self.url}: refused (status {status}{detail and ': ' + detail})")


def patiently(
    act: Callable[[], T], attempts: int = _ATTEMPTS, pause: Callable[[float], None] = time.sleep
) -> T:
    """What `act` gives; where the server is out of reach, tried again after pauses that double."""
    for attempt in range(attempts):
        try:
            return act()
        except Unreachable:
            if attempt == attempts - 1:
                raise
            pause(min(0.5 * 2**attempt, _LONGEST_PAUSE))
    raise AssertionError("unreachable")


def _detail(body: Any) -> str:
    """What the server said, cut short and on one line."""
    if isinstance(body, Mapping):
        found = body.get("validation_errors") or body.get("detail") or ""
        if isinstance(found, Mapping):
            found = "; ".join(f"{key}: {_first(value)}" for key, value in found.items())
        body = found
    return " ".join(str(body or "").split())[:300]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
