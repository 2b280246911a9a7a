"""Fixtures that all tests share."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("COLUMNS", "120")

from live import EXECUTABLE, OWNER_TOKEN, Command, LabelStudio, User, api, started_once

CHECKOUT = Path(__file__).parents[1]
SHARED = CHECKOUT.parent / "shared"

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, fill)` is a folder that `fill` fills, once for all workers of a run; to be read, not changed."""
    own = tmp_path_factory.getbasetemp()
    common = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, unfinished = common / name, common / f"{name}-unfinished"
        with (common / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The checkout under test."""
    return CHECKOUT


@pytest.fixture(scope="session")
def founding_text() -> Path:
    """The founding article's text, which is not part of the repository."""
    path = SHARED / "articles" / "lavrov-pompeo-call.txt"
    if not path.is_file():
        pytest.skip(
            "the founding article's text is not at hand (../shared/articles), so nothing can be hydrated"
        )
    return path


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real public data for measuring, which is not part of the repository."""
    path = SHARED / "real"
    if not path.is_dir():
        pytest.skip("the real public data is not at hand (../shared/real)")
    return path


@pytest.fixture(scope="session")
def label_studio(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    """The running server of this worker."""
    if not EXECUTABLE.is_file():
        pytest.skip(
            f"{EXECUTABLE.parent.parent.name} is not there; «make test-label-studio» makes it and runs this"
        )
    folder = tmp_path_factory.mktemp("label-studio")
    shutil.copytree(once("empty-label-studio", started_once), folder, dirs_exist_ok=True)
    server = LabelStudio(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def users(label_studio: LabelStudio) -> tuple[User, User]:
    """Two annotators."""
    return label_studio.sign_up("amal@example.org"), label_studio.sign_up("basim@example.org")


@pytest.fixture(scope="session")
def releases(once: Once) -> tuple[Path, Path]:
    """A release of this checkout's corpus, and one of a later version of it; to be read, not changed."""
    from published import two_releases

    first, second = sorted((once("releases", two_releases) / "dist").iterdir())
    return first, second


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The corpus of this checkout, to be changed at will."""
    return Path(shutil.copytree(CHECKOUT / "corpus", tmp_path / "corpus"))


@pytest.fixture
def tasrih(label_studio: LabelStudio, corpus: Path) -> Command:
    """The command line over that corpus and the running server."""
    return Command(corpus, label_studio.environment())


@pytest.fixture
def signed_in(label_studio: LabelStudio) -> Iterator[Callable[[str], httpx.Client]]:
    """Clients of the server's interface by token, closed after the test."""
    with ExitStack() as clients:
        yield lambda token: clients.enter_context(api(label_studio, token))


@pytest.fixture
def owner(signed_in: Callable[[str], httpx.Client]) -> httpx.Client:
    """The interface as the owner of the server has it."""
    return signed_in(OWNER_TOKEN)
