"""Publishes a release to a dataset repository of the Hugging Face Hub: hf://datasets/OWNER/NAME.

Large files are uploaded first and are seen by nobody. One commit then puts all files of the release on the branch and
takes those of the release before away, so that a reader sees the one or the other. The commit is downloaded and
verified before the tag v<version> is set to it: what loads by its tag has been verified. The token is the one that
huggingface_hub finds in the environment or in its own store.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from tasrih.release.diff import numbers
from tasrih.release.manifest import read_manifest
from tasrih.release.publish import (
    MANIFEST,
    Progress,
    all_files,
    already_published,
    fit_manifest,
    name_of,
    reaching,
    refuse_findings,
)
from tasrih.store import Misuse

_ADDRESS = re.compile(r"hf://datasets/([A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95})/?\Z")
_MAIN = "main"
_THEIRS = (".gitattributes",)  # what the Hub itself puts into a repository


def repository_of(target: str) -> str:
    """OWNER/NAME of an address. Raises Misuse where it is none of a dataset repository."""
    if match := _ADDRESS.match(target):
        return match[1]
    raise Misuse(f"{target}: is no dataset repository; one is written hf://datasets/OWNER/NAME")


def publish(
    release: Path,
    target: str,
    *,
    branch: str = _MAIN,
    private: bool = False,
    progress: Progress = lambda items: items,
) -> str:
    """Puts the release on `branch` of the repository in one commit and tags it v<version>; returns address@tag.

    The repository and the branch are made where they are not there, `private` says how. A version that is there
    already is left alone where it is the same. Raises Misuse where it is another, where the branch holds a newer
    one, where the release may not be published, and where the Hub cannot be reached or does not allow it.
    """
    name = repository_of(target)
    manifest = fit_manifest(release)
    tag = f"v{manifest['version']}"
    place = f"hf://datasets/{name}@{tag}"
    with reaching(place):
        api = _api()
        api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        repository = _Repository(api, name)
        if tag in repository.tags():
            if repository.manifest(tag) != manifest:
                raise already_published(place)
            repository.refuse_other(manifest, tag, release)
            return place
        is_new = branch not in repository.branches()
        if is_new:
            api.create_branch(name, repo_type="dataset", branch=branch)
        there = repository.manifest(branch)
        if not is_new:
            _refuse_newer(there, manifest, f"hf://datasets/{name}@{branch}")
        commit = (
            repository.head(branch)
            if there == manifest
            else repository.commit(release, manifest, branch, progress)
        )
        repository.refuse_other(manifest, commit, release)
        api.create_tag(name, repo_type="dataset", tag=tag, revision=commit)
    return place


def _api() -> Any:
    try:
        from huggingface_hub import HfApi
    except ImportError:
        raise Misuse("huggingface_hub is not installed: pip install 'tasrih[publish]'") from None
    return HfApi()


def _refuse_newer(there: Any, manifest: dict[str, Any], place: str) -> None:
    """Raises Misuse where a branch holds a newer release."""
    if not isinstance(there, dict) or there.get("name") != manifest["name"] or there == manifest:
        return
    version = str(there.get("version"))
    old, new = numbers(version), numbers(manifest["version"])
    if old and new and old > new:
        raise Misuse(
            f"{place}: holds {version}, which is newer; give an older line a branch of its own: --branch"
        )


class _Repository:
    """A dataset repository of the Hub."""

    def __init__(self, api: Any, name: str) -> None:
        self._api = api
        self._name = name

    def tags(self) -> set[str]:
        """Names of its tags."""
        return {tag.name for tag in self._refs().tags}

    def branches(self) -> set[str]:
        """Names of its branches."""
        return {branch.name for branch in self._refs().branches}

    def _refs(self) -> Any:
        return self._api.list_repo_refs(self._name, repo_type="dataset")

    def head(self, revision: str) -> str:
        """The commit that a branch or tag stands at."""
        return str(self._api.repo_info(self._name, repo_type="dataset", revision=revision).sha)

    def manifest(self, revision: str) -> Any:
        """The manifest of the release at `revision`; None where there is none that can be read."""
        from huggingface_hub.errors import EntryNotFoundError

        with tempfile.TemporaryDirectory() as folder:
            try:
                path = self._api.hf_hub_download(
                    self._name, MANIFEST, repo_type="dataset", revision=revision, cache_dir=folder
                )
                return json.loads(Path(path).read_bytes())
            except (EntryNotFoundError, ValueError):
                return None

    def commit(self, release: Path, manifest: dict[str, Any], branch: str, progress: Progress) -> str:
        """Puts the files of the release on the branch in one commit, in the place of what is there; its id.

        The commit fails where somebody else has committed since this began.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        parent = self.head(branch)
        files = dict(all_files(release))
        there = self._api.list_repo_files(self._name, repo_type="dataset", revision=parent)
        operations = [
            *(
                CommitOperationAdd(path_in_repo=name, path_or_fileobj=path)
                for name, path in progress(files.items())
            ),
            *(
                CommitOperationDelete(path_in_repo=name)
                for name in there
                if name not in files and name not in _THEIRS
            ),
        ]
        info = self._api.create_commit(
            self._name,
            operations,
            commit_message=f"Release {name_of(manifest)}",
            repo_type="dataset",
            revision=branch,
            parent_commit=parent,
        )
        return str(info.oid)

    def refuse_other(self, manifest: dict[str, Any], revision: str, release: Path) -> None:
        """Raises Misuse where what `revision` gives back is not the release, to the byte."""
        names = [name for name, _ in all_files(release)]
        with tempfile.TemporaryDirectory() as folder:
            path = self._api.snapshot_download(
                self._name, repo_type="dataset", revision=revision, cache_dir=folder, allow_patterns=names
            )
            refuse_findings(Path(path))
            if read_manifest(Path(path)) != manifest:
                raise already_published(f"hf://datasets/{self._name}@{revision}")
