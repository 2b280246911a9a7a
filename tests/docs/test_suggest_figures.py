"""The tables of docs/suggest.md are those of the figures that the benchmarks keep."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest

from conftest import CHECKOUT


def test_every_table_is_made_of_the_figures() -> None:
    path = CHECKOUT / "benchmarks" / "suggest_document.py"
    spec = importlib.util.spec_from_file_location("suggest_document", path)
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    there = (CHECKOUT / "docs" / "suggest.md").read_text("utf-8")
    assert len(script.BLOCK.findall(there)) == len(script.MADE)
    assert there == script.filled(there), "run «python benchmarks/suggest_document.py»"


RECIPE = re.search(
    r"^bench-suggest:.*\n((?:\t.*\n)+)", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE
)
COMMANDS = re.findall(r"python (benchmarks/\S+)(.*)", RECIPE[1] if RECIPE else "")


@pytest.mark.parametrize(("script", "options"), [one for one in COMMANDS if "--" in one[1]])
def test_what_measures_them_anew_has_the_options_that_it_is_called_with(script: str, options: str) -> None:
    shown = subprocess.run([sys.executable, CHECKOUT / script, "--help"], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    for option in re.findall(r"--[a-z-]+", options):
        assert f"{option} " in shown.stdout
