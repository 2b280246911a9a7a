"""The tables and the plot of docs/performance.md and docs/scale.md are those of the figures that the benchmarks keep."""

from __future__ import annotations

import importlib.util

from conftest import CHECKOUT

SPEC = importlib.util.spec_from_file_location(
    "performance_document", CHECKOUT / "benchmarks" / "performance_document.py"
)
assert SPEC and SPEC.loader
SCRIPT = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(SCRIPT)


def test_every_table_is_made_of_the_figures() -> None:
    blocks = []
    for document in SCRIPT.DOCUMENTS:
        there = document.read_text("utf-8")
        blocks += [block[1] for block in SCRIPT.BLOCK.findall(there)]
        assert there == SCRIPT.filled(there), "run «python benchmarks/performance_document.py»"
    assert sorted(blocks) == sorted(SCRIPT.MADE)
    assert SCRIPT.PLOT.read_text("utf-8") == SCRIPT.plot()


def test_figures_have_the_rounds_that_are_promised() -> None:
    assert SCRIPT.kept("performance")["rounds"] >= 5
    assert {row["articles"] for row in SCRIPT.kept("scale")} >= {10_000, 100_000, 1_000_000}
    assert max(row["megabytes"] for row in SCRIPT.kept("scale")) < 600
