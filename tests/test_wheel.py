"""The wheel alone, in an empty environment, checks and builds a corpus."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from conftest import CHECKOUT
from corpora import write_corpus
from layered import SAID, SAID_ROLES, two_layers
from samples import documents
from tasrih import schema


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=CHECKOUT)
    return next(out.glob("*.whl"))


def test_holds_schemas_and_data_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"tasrih/schemas/{name}.schema.json" for name in schema.NAMES} <= names
    assert {"tasrih/text/known_words.txt", "tasrih/release/default_card.md", "tasrih/py.typed"} <= names
    templates = CHECKOUT / "scripts" / "tasrih" / "report" / "templates"
    shipped = {f"tasrih/report/templates/{path.relative_to(templates)}" for path in templates.rglob("*.*")}
    assert "tasrih/report/templates/site/base.html.jinja" in shipped
    assert shipped <= names
    assert not [name for name in names if name.startswith(("tests/", "corpus/"))]


def test_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment)
    python = environment / "bin" / "python"
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check",
         "--no-compile", wheel],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )  # fmt: skip
    if "No matching distribution" in installed.stderr:
        pytest.skip("no package registry at hand, so the wheel's dependencies cannot be installed")
    assert installed.returncode == 0, installed.stderr
    write_corpus(tmp_path / "corpus", documents())
    tasrih = environment / "bin" / "tasrih"
    assert run(tasrih, "check", cwd=tmp_path) == "no findings\n"
    assert run(tasrih, "build", cwd=tmp_path) == "dist/example-corpus-0.1.0\n"
    run(tasrih, "verify", "dist/example-corpus-0.1.0", cwd=tmp_path)
    run(tasrih, "show", "plain-00", "--html", "article.html", cwd=tmp_path)
    assert run(tasrih, "explore", cwd=tmp_path).endswith("open site/index.html\n")
    abroad: Any = documents()[:1]
    abroad[0]["article"]["countries"] = ["EG"]
    write_corpus(tmp_path / "abroad", abroad)
    refused = subprocess.run(
        [tasrih, "explore", "--corpus", "abroad"], capture_output=True, text=True, cwd=tmp_path
    )
    assert refused.returncode == 2
    assert refused.stderr == "tasrih: the names of countries need babel: pip install 'tasrih[explore]'\n"
    where = run(python, "-c", "from tasrih import schema; print(schema.folder())", cwd=tmp_path)
    assert str(environment) in where
    imported = run(
        python,
        "-c",
        "import sys, tasrih.cli, tasrih.check; print('pyarrow' in sys.modules, 'jinja2' in sys.modules)",
        cwd=tmp_path,
    )
    assert imported == "False False\n"
    write_corpus(tmp_path / "layers", [two_layers(SAID + SAID_ROLES, SAID + SAID_ROLES)])
    for verb in ("agree", "adjudicate"):
        refused = subprocess.run(
            [tasrih, verb, "--corpus", "layers"], capture_output=True, text=True, cwd=tmp_path
        )
        assert refused.returncode == 2
        assert refused.stderr == "tasrih: comparing layers needs scipy: pip install 'tasrih[agree]'\n"
    server = {"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "x"}
    for verb, said in (
        ("push", "talking to Label Studio needs an extra: pip install 'tasrih[label-studio]'"),
        ("backend", "the prediction server needs an extra: pip install 'tasrih[label-studio]'"),
    ):
        refused = subprocess.run(
            [tasrih, "label-studio", verb],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **server},
        )
        assert (refused.returncode, refused.stderr) == (2, f"tasrih: {said}\n")


def test_an_editable_install_reads_the_checkout() -> None:
    assert schema.folder() == CHECKOUT / "schemas"
