"""The page about the live loop, run against a real server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from live import CHECKOUT, LabelStudio, User
from walkthrough import Walkthrough

PAGE = "docs/label-studio.md"


def test_the_page_says_what_happens(
    label_studio: LabelStudio, users: tuple[User, User], tmp_path: Path
) -> None:
    script = CHECKOUT / "tests" / "annotate_for_docs.py"
    tokens = " ".join(user.token for user in users)
    work = f'{sys.executable} {script} "Tasrih News" {tokens}'
    walkthrough = Walkthrough(PAGE, tmp_path, {"xdg-open http://localhost:8080": work})
    walkthrough.environment |= label_studio.environment()
    outcome = walkthrough.run((CHECKOUT / PAGE).read_text("utf-8"))
    assert outcome.ran >= 6
    if outcome.failures:
        pytest.fail("\n\n".join(outcome.failures), pytrace=False)
