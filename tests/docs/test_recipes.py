"""What the Makefile measures with has the options that it is called with."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from conftest import CHECKOUT

MAKEFILE = (CHECKOUT / "Makefile").read_text("utf-8")


def commands(target: str) -> list[tuple[str, str]]:
    """Scripts of a target's recipe that are called with options, and what they are called with."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    found = re.findall(r"python (benchmarks/\S+)(.*)", recipe[1]) if recipe else []
    return [one for one in found if "--" in one[1]]


@pytest.mark.parametrize(("script", "options"), [*commands("bench"), *commands("bench-suggest")])
def test_a_script_has_the_options_that_it_is_called_with(script: str, options: str) -> None:
    shown = subprocess.run([sys.executable, CHECKOUT / script, "--help"], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    for option in re.findall(r"--[a-z-]+", options):
        assert f"{option} " in shown.stdout


@pytest.mark.parametrize("target", ["bench", "bench-suggest"])
def test_recipes_are_found(target: str) -> None:
    assert len(commands(target)) > 3
