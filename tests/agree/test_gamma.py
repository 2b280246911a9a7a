"""Gamma against pygamma-agreement's own bounds: equal layers give 1, unlike ones less; the same seed the same figure."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from layered import ONE, OTHER, SAID, SAID_ROLES, two_layers
from tasrih.agree.compare import compare
from tasrih.agree.gamma import gamma_figures, quiet

pytest.importorskip(
    "pygamma_agreement", reason="pygamma-agreement is not installed: pip install 'tasrih[gamma]'"
)
pytestmark = pytest.mark.filterwarnings("ignore")
WHOLE = SAID + SAID_ROLES


def figures(one: str, other: str) -> dict[str, float | None]:
    documents = [two_layers(one, other, name) for name in ("a", "b")]
    found = gamma_figures([compare(document, ONE, OTHER) for document in documents], 50, lambda items: items)
    return {figure.group: figure.value for figure in found}


def test_equal_layers_give_one() -> None:
    assert figures(WHOLE, WHOLE)["entities"] == pytest.approx(1.0)


def test_unlike_layers_give_less_and_the_same_twice() -> None:
    changed = WHOLE.replace("<e1 ORG>", "<e1 MEDIA>").replace("<e2 GPE>", "<e2 LOC>")
    first: Any = figures(WHOLE, changed)
    assert first["entities"] < 1.0
    assert figures(WHOLE, changed) == first


def test_without_units_it_is_not_defined() -> None:
    assert figures("نص.", "نص.")["entities"] is None


def test_what_solvers_print_stays_out_of_the_report(capfd: pytest.CaptureFixture[str]) -> None:
    """They print from C, which no redirection of `sys.stdout` holds back."""
    c_library = ctypes.CDLL(None)
    with quiet():
        c_library.puts(b"GLPK Integer Optimizer")
    c_library.puts(b"after")
    c_library.fflush(None)
    print("the report")
    assert capfd.readouterr().out == "after\nthe report\n"
