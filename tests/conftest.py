"""Fixtures that all tests share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("COLUMNS", "120")

CHECKOUT = Path(__file__).parents[1]
SHARED = CHECKOUT.parent / "shared"


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
