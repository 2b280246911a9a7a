"""Ids made of names and addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasrih.store import is_id
from tasrih.text.slugs import address_name, slug


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (
            "https://www.example.org/news/2024/%D8%AE%D8%A8%D8%B1-7.html?x=1#top",
            "example.org/news/2024/خبر-7",
        ),
        ("http://example.org/?id=7", "example.org-id=7"),
        ("http://example.org/a/b/", "example.org/a/b"),
        ("", ""),
        ("http://[::1", "http://[::1"),
    ],
)
def test_an_address_is_named_by_its_host_and_path(address: str, name: str) -> None:
    assert address_name(address) == name


@given(st.text(max_size=200))
def test_every_name_makes_an_id(name: str) -> None:
    assert is_id(slug(name)) and is_id(slug(address_name(name)))
    assert slug(name) == slug(name)
