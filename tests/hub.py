"""A Hub on this machine: the calls of the Hugging Face Hub that uploading, tagging, downloading and loading make.

Repositories are kept in memory. Every commit is whole or not there, as on the Hub itself. Who writes needs TOKEN.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "hf_of_the_tests_alone"  # noqa: S105 - of a server that lives as long as a test
_DATE = "2026-01-01T00:00:00.000Z"


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


@dataclass
class Repository:
    """Commits by id, each all of its files; branches and tags by name."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    private: bool = False

    def commit(self, branch: str, files: dict[str, bytes]) -> str:
        parent = self.branches.get(branch, "")
        listed = sorted((name, _sha1(content)) for name, content in files.items())
        oid = _sha1(json.dumps([parent, len(self.commits), listed]).encode())
        self.commits[oid] = files
        self.branches[branch] = oid
        return oid

    def at(self, revision: str) -> str | None:
        found = self.branches.get(revision) or self.tags.get(revision) or revision
        return found if found in self.commits else None


@dataclass
class Hub:
    """The running server. `calls` counts requests by method and what they are for, `large` holds uploaded files."""

    address: str = ""
    repositories: dict[str, Repository] = field(default_factory=dict)
    large: dict[str, bytes] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    uploading: Callable[[str], None] = lambda sha256: None

    def environment(self) -> dict[str, str]:
        """What a client of this Hub has in its environment; the upload protocol is LFS over HTTP."""
        return {"HF_ENDPOINT": self.address, "HF_TOKEN": TOKEN, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1",
                "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}  # fmt: skip

    def files(self, name: str, revision: str) -> dict[str, bytes]:
        """What a reader sees at a revision."""
        repository = self.repositories[name]
        return repository.commits[repository.at(revision) or ""]


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse(
        {"error": message}, status_code=status, headers={"X-Error-Code": code, "X-Error-Message": message}
    )


def _is_large(path: str) -> bool:
    return path.endswith(".parquet")


class _Calls:
    """One method a call of the Hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def routes(self) -> list[Route]:
        repository = "/api/datasets/{owner}/{name}"
        return [
            Route("/api/repos/create", self._writing(self.create), methods=["POST"]),
            Route("/api/validate-yaml", self.validate, methods=["POST"]),
            Route("/api/whoami-v2", self.whoami),
            Route(repository, self._reading(self.info)),
            Route(repository + "/refs", self._reading(self.refs)),
            Route(repository + "/revision/{revision:path}", self._reading(self.info)),
            Route(repository + "/tree/{revision}", self._reading(self.tree)),
            Route(repository + "/tree/{revision}/{path:path}", self._reading(self.tree)),
            Route(repository + "/paths-info/{revision}", self._reading(self.paths), methods=["POST"]),
            Route(repository + "/preupload/{revision}", self._writing(self.preupload), methods=["POST"]),
            Route(repository + "/commit/{revision}", self._writing(self.commit), methods=["POST"]),
            Route(repository + "/branch/{branch}", self._writing(self.branch), methods=["POST"]),
            Route(repository + "/tag/{revision}", self._writing(self.tag), methods=["POST"]),
            Route("/datasets/{owner}/{name}.git/info/lfs/objects/batch", self._writing(self.batch), methods=["POST"]),
            Route("/upload/{sha256}", self.upload, methods=["PUT"]),
            Route("/datasets/{owner}/{name}/resolve/{revision}/{path:path}", self._reading(self.resolve)),
        ]  # fmt: skip

    def _reading(self, call: Any) -> Any:
        async def handled(request: Request) -> Response:
            name = f"{request.path_params['owner']}/{request.path_params['name']}"
            self.hub.calls[f"{request.method} {call.__name__}"] += 1
            repository = self.hub.repositories.get(name)
            if repository is None:
                return _error(404, "RepoNotFound", "Repository not found")
            oid = repository.at(request.path_params.get("revision", "main"))
            if oid is None:
                return _error(404, "RevisionNotFound", "Invalid rev id")
            answer: Response = await call(request, name, repository, oid)
            return answer

        return handled

    def _writing(self, call: Any) -> Any:
        async def handled(request: Request) -> Response:
            self.hub.calls[f"{request.method} {call.__name__}"] += 1
            if request.headers.get("authorization") not in (f"Bearer {TOKEN}", _basic()):
                return _error(401, "", "Invalid username or password.")
            answer: Response = await call(request)
            return answer

        return handled

    def _repository(self, request: Request) -> Repository:
        return self.hub.repositories[f"{request.path_params['owner']}/{request.path_params['name']}"]

    # Reading

    async def whoami(self, request: Request) -> Response:
        return JSONResponse({"type": "user", "name": "tests", "auth": {"accessToken": {"role": "write"}}})

    async def info(self, request: Request, name: str, repository: Repository, oid: str) -> Response:
        return JSONResponse(
            {"_id": "0", "id": name, "sha": oid, "private": repository.private, "gated": False, "disabled": False,
             "tags": [], "downloads": 0, "likes": 0, "createdAt": _DATE, "lastModified": _DATE, "cardData": {},
             "siblings": [{"rfilename": path} for path in sorted(repository.commits[oid])]}
        )  # fmt: skip

    async def refs(self, request: Request, name: str, repository: Repository, oid: str) -> Response:
        def listed(kind: str, refs: dict[str, str]) -> list[dict[str, str]]:
            return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": c} for n, c in refs.items()]

        return JSONResponse(
            {
                "branches": listed("heads", repository.branches),
                "tags": listed("tags", repository.tags),
                "converts": [],
            }
        )

    def _entry(self, path: str, content: bytes) -> dict[str, Any]:
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": _sha1(content)}
        if _is_large(path):
            entry["lfs"] = {
                "oid": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "pointerSize": 130,
            }
        return entry

    def _listed(self, files: dict[str, bytes], folder: str, deep: bool) -> Iterator[dict[str, Any]]:
        inside = folder + "/" if folder else ""
        seen: set[str] = set()
        for path, content in sorted(files.items()):
            if not path.startswith(inside):
                continue
            *parents, _ = path[len(inside) :].split("/")
            for depth in range(1, len(parents) + 1 if deep else min(len(parents), 1) + 1):
                parent = inside + "/".join(parents[:depth])
                if parent not in seen:
                    seen.add(parent)
                    yield {"type": "directory", "path": parent, "size": 0, "oid": _sha1(parent.encode())}
            if deep or not parents:
                yield self._entry(path, content)

    async def tree(self, request: Request, name: str, repository: Repository, oid: str) -> Response:
        deep = request.query_params.get("recursive", "").lower() in ("true", "1")
        entries = list(self._listed(repository.commits[oid], request.path_params.get("path", ""), deep))
        if not entries:
            return _error(404, "EntryNotFound", "not there")
        return JSONResponse(entries)

    async def paths(self, request: Request, name: str, repository: Repository, oid: str) -> Response:
        files = repository.commits[oid]
        body = await request.body()
        asked = json.loads(body)["paths"] if body[:1] == b"{" else (await request.form()).getlist("paths")
        found: list[dict[str, Any]] = []
        for path in map(str, asked):
            if path in files:
                found.append(self._entry(path, files[path]))
            elif any(other.startswith(path.rstrip("/") + "/") for other in files):
                found.append({"type": "directory", "path": path, "size": 0, "oid": _sha1(path.encode())})
        return JSONResponse(found)

    async def resolve(self, request: Request, name: str, repository: Repository, oid: str) -> Response:
        path = request.path_params["path"]
        content = repository.commits[oid].get(path)
        if content is None:
            return _error(404, "EntryNotFound", "Entry not found")
        digest = hashlib.sha256(content).hexdigest() if _is_large(path) else _sha1(content)
        headers = {"X-Repo-Commit": oid, "ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
        if _is_large(path):
            headers |= {"X-Linked-ETag": f'"{digest}"', "X-Linked-Size": str(len(content))}
        if asked := request.headers.get("range"):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            end = min(int(last), len(content) - 1) if last else len(content) - 1
            headers["Content-Range"] = f"bytes {first}-{end}/{len(content)}"
            return Response(content[int(first) : end + 1], 206, headers)
        if request.method == "HEAD":
            return Response(headers=headers | {"Content-Length": str(len(content))})
        return Response(content, headers=headers)

    # Writing

    async def create(self, request: Request) -> Response:
        asked = await request.json()
        name = "/".join(part for part in (asked.get("organization"), asked["name"]) if part)
        answer = {"url": f"{self.hub.address}/datasets/{name}", "name": name, "id": name}
        if name in self.hub.repositories:
            return JSONResponse({**answer, "error": "You already created this dataset repo"}, status_code=409)
        repository = Repository(private=bool(asked.get("private") or asked.get("visibility") == "private"))
        repository.commit("main", {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"})
        self.hub.repositories[name] = repository
        return JSONResponse(answer)

    async def validate(self, request: Request) -> Response:
        return JSONResponse({"warnings": [], "errors": []})

    async def preupload(self, request: Request) -> Response:
        files = (await request.json())["files"]
        return JSONResponse(
            {"files": [{"path": f["path"], "uploadMode": "lfs" if _is_large(f["path"]) else "regular", "shouldIgnore": False}
                       for f in files]}
        )  # fmt: skip

    async def batch(self, request: Request) -> Response:
        base = f"{request.url.scheme}://{request.headers['host']}"
        objects: list[dict[str, Any]] = []
        for wanted in (await request.json())["objects"]:
            answer: dict[str, Any] = {"oid": wanted["oid"], "size": wanted["size"], "authenticated": True}
            if wanted["oid"] not in self.hub.large:
                answer["actions"] = {"upload": {"href": f"{base}/upload/{wanted['oid']}", "header": {}}}
            objects.append(answer)
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def upload(self, request: Request) -> Response:
        sha256 = request.path_params["sha256"]
        content = await request.body()
        if hashlib.sha256(content).hexdigest() != sha256:
            return _error(400, "", "the bytes are not those of the hash")
        self.hub.large[sha256] = content
        self.hub.calls["PUT upload"] += 1
        self.hub.uploading(sha256)
        return Response(status_code=200)

    async def commit(self, request: Request) -> Response:
        repository, branch = self._repository(request), request.path_params["revision"]
        files = dict(repository.commits[repository.branches[branch]])
        for line in (await request.body()).splitlines():
            item = json.loads(line)
            value = item["value"]
            if (
                item["key"] == "header"
                and value.get("parentCommit", repository.branches[branch]) != repository.branches[branch]
            ):
                return _error(412, "", "A commit has happened since. Please refresh and try again.")
            if item["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "lfsFile":
                files[value["path"]] = self.hub.large[value["oid"]]
            elif item["key"] == "deletedFile":
                del files[value["path"]]
        oid = repository.commit(branch, files)
        name = f"{request.path_params['owner']}/{request.path_params['name']}"
        return JSONResponse(
            {
                "success": True,
                "commitOid": oid,
                "commitUrl": f"{self.hub.address}/datasets/{name}/commit/{oid}",
                "hookOutput": "",
            }
        )

    async def branch(self, request: Request) -> Response:
        repository, name = self._repository(request), request.path_params["branch"]
        if name in repository.branches:
            return _error(409, "", "Reference already exists")
        repository.branches[name] = repository.branches["main"]
        return JSONResponse({})

    async def tag(self, request: Request) -> Response:
        repository, name = self._repository(request), (await request.json())["tag"]
        oid = repository.at(request.path_params["revision"])
        if name in repository.tags:
            return _error(409, "", "Tag reference exists already")
        if oid is None:
            return _error(404, "RevisionNotFound", "Invalid rev id")
        repository.tags[name] = oid
        return JSONResponse({})


def _basic() -> str:
    return "Basic " + base64.b64encode(f"user:{TOKEN}".encode()).decode()


@contextmanager
def running() -> Iterator[Hub]:
    """A Hub on a free port of the loopback, stopped at the end."""
    hub = Hub()
    config = uvicorn.Config(
        Starlette(routes=_Calls(hub).routes()), host="127.0.0.1", port=0, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the Hub of the tests did not start")
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    hub.address = f"http://127.0.0.1:{port}"
    try:
        yield hub
    finally:
        server.should_exit = True
        thread.join(10)
