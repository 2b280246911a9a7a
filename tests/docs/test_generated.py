"""docs/reference.md, docs/rules.md and docs/formats.md are what scripts/make_docs.py makes of the present sources."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from conftest import CHECKOUT
from tasrih.check.rule import RULES
from tasrih.formats.catalogue import FORMATS
from tasrih.schema import NAMES

SCRIPT = CHECKOUT / "scripts" / "make_docs.py"


@pytest.fixture(scope="module")
def make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_docs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["reference.md", "rules.md", "formats.md"])
def test_the_file_is_what_the_script_makes(name: str, make_docs: ModuleType) -> None:
    path = CHECKOUT / "docs" / name
    made = make_docs.made()[path]
    there = path.read_text("utf-8") if path.is_file() else ""
    if there != made:
        lines = zip(there.splitlines(), made.splitlines(), strict=False)
        number, pair = next(((n, p) for n, p in enumerate(lines, start=1) if p[0] != p[1]), (0, ("", "")))
        where = (
            f"line {number} is\n  {pair[0]}\nand should be\n  {pair[1]}"
            if number
            else "one is longer than the other"
        )
        pytest.fail(f"docs/{name} is not what its sources give now: run make docs\n{where}", pytrace=False)


def test_every_schema_and_every_rule_has_a_section(make_docs: ModuleType) -> None:
    assert {name for name, _, _ in make_docs.RECORDS} == set(NAMES)
    headings = set(re.findall(r"^### ([A-Z][0-9]{3})$", make_docs.rules(), re.MULTILINE))
    assert headings == set(RULES)
    assert any(code.startswith("R2") for code in headings)


def test_every_format_has_a_section_with_its_losses(make_docs: ModuleType) -> None:
    page = make_docs.formats()
    for one in FORMATS.values():
        section = page.split(f"\n## {make_docs.format_heading(one)}\n")[1].split("\n## ")[0]
        assert all(f"- {loss.said}" in section for loss in one.losses)
        assert ("Nothing is lost." in section) == (not one.losses)


def test_every_label_with_guidelines_has_a_meaning(make_docs: ModuleType) -> None:
    section = make_docs.reference().split("\n## Labels\n")[1].split("\n## ")[0]
    assert not re.findall(r"^\| \d+ \| `\w+` \|  \|$", section, re.MULTILINE)


@pytest.mark.parametrize("name", ["reference.md", "rules.md", "formats.md"])
def test_every_link_leads_to_a_heading(name: str, make_docs: ModuleType) -> None:
    text = make_docs.made()[CHECKOUT / "docs" / name]
    anchors = [make_docs._anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\((#[^)]+)\)", text)) <= set(anchors)


def test_hand_written_pages_link_to_files_that_are_there() -> None:
    for page in (
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/annotating.md",
        "docs/releases.md",
        "docs/evaluation.md",
    ):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (CHECKOUT / page).read_text("utf-8")):
            assert ((CHECKOUT / page).parent / target).resolve().exists(), f"{page} links to {target}"
            assert not Path(target).is_absolute()
