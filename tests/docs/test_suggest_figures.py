"""The tables of docs/suggest.md are those of the figures that the benchmarks keep."""

from __future__ import annotations

import importlib.util

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
