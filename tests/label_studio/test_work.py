"""Who is who, how long to wait, and what a server's complaint comes to: all that needs no server."""

from __future__ import annotations

from typing import Any

import pytest

from tasrih.label_studio.server import Unreachable, connect, patiently
from tasrih.label_studio.work import layer_of, layers_of_users
from tasrih.store import Misuse


def test_a_layer_is_a_hash_of_the_address_whatever_its_case() -> None:
    name = layer_of("Amal@Example.org ", {})
    assert name == layer_of("amal@example.org", {}) != layer_of("basim@example.org", {})
    assert name.startswith("user-") and "amal" not in name


@pytest.mark.parametrize("key", ["amal@example.org", "AMAL@example.org", layer_of("amal@example.org", {})])
def test_the_corpus_may_name_an_address_or_its_hash(key: str) -> None:
    assert layer_of("amal@example.org", {key: "amal"}) == "amal"
    assert layer_of("basim@example.org", {key: "amal"}) != "amal"


class Users:
    """A server that knows these users."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    def users(self) -> dict[int, str]:
        return dict(enumerate(self._addresses))


def test_two_people_cannot_have_one_layer() -> None:
    corpus: Any = type(
        "Corpus", (), {"settings": {"annotators": {"a@example.org": "x", "b@example.org": "x"}}}
    )
    server: Any = Users("a@example.org", "b@example.org")
    with pytest.raises(Misuse, match="users 0 and 1 both have the layer «x»"):
        layers_of_users(server, corpus)
    corpus.settings = {"annotators": {"a@example.org": "x", "b@example.org": "y"}}
    assert layers_of_users(server, corpus) == {0: "x", 1: "y"}


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_what_is_out_of_reach_is_asked_again_after_growing_pauses(failures: int) -> None:
    pauses: list[float] = []
    left = [failures]

    def act() -> str:
        if left[0]:
            left[0] -= 1
            raise Unreachable("not now")
        return "done"

    assert patiently(act, pause=pauses.append) == "done"
    assert pauses == [0.5 * 2**number for number in range(failures)]


def test_patience_ends_and_other_trouble_is_not_repeated() -> None:
    pauses: list[float] = []

    def never() -> None:
        raise Unreachable("not now")

    def refused() -> None:
        raise Misuse("no")

    with pytest.raises(Unreachable):
        patiently(never, attempts=4, pause=pauses.append)
    assert len(pauses) == 3
    with pytest.raises(Misuse, match="no"):
        patiently(refused, pause=pauses.append)
    assert len(pauses) == 3


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY not set"),
        ({"LABEL_STUDIO_URL": "http://127.0.0.1:9"}, "LABEL_STUDIO_API_KEY not set"),
        ({"LABEL_STUDIO_URL": "file:///etc", "LABEL_STUDIO_API_KEY": "secret"}, "is no web address"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(Misuse, match=said) as told:
        connect(environment)
    assert "secret" not in str(told.value)
