"""Inputs that a fuzz found once, and those that it begins with: a result or words for the user, never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import fuzz_targets as targets
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FOUND = sorted((Path(__file__).parent / "found").glob("*/*"))


@pytest.mark.parametrize("name", targets.TARGETS)
def test_what_the_fuzz_begins_with_is_read(name: str) -> None:
    inputs = list(targets.seeds(name))
    assert inputs
    assert {targets.run(name, data) for data in inputs} == {"read"}


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_ends_in_a_result_or_in_words(path: Path) -> None:
    assert targets.run(path.parent.name, path.read_bytes())


@pytest.mark.parametrize("name", targets.TARGETS)
@given(chooser=st.randoms(use_true_random=False), changes=st.integers(1, 6))
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_a_changed_input_ends_in_a_result_or_in_words(
    name: str, chooser: random.Random, changes: int
) -> None:
    data = chooser.choice(list(targets.seeds(name)))
    for _ in range(changes):
        made = targets.changed_json(data, chooser) if chooser.random() < 0.7 else None
        data = made if made is not None else spoilt(data, chooser)
    assert targets.run(name, data)


def spoilt(data: bytes, chooser: random.Random) -> bytes:
    """Bytes cut, doubled or changed at a place."""
    start = chooser.randrange(len(data) + 1)
    end = min(len(data), start + chooser.randrange(1, 40))
    new = chooser.choice(
        [b"", data[start:end] * 2, bytes([chooser.randrange(256)]), b"\r\n", b"\xff", "😀".encode()]
    )
    return data[:start] + new + data[end:]
