"""Events → frozen splits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import SETTINGS
from tasrih.model import SplitAssignment, SplitShares
from tasrih.splits import Groups, assign, groups_of, split_of

SHARES: SplitShares = SETTINGS["splits"]
EVENTS = st.dictionaries(
    st.integers(0, 60).map("article-{}".format), st.integers(0, 25).map("event-{}".format), max_size=40
)
_QUICK = settings(deadline=None, max_examples=150)


def pairs_of(events: dict[str, str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Pairs of articles that are said to be near-duplicates."""
    if len(events) < 2:
        return st.just([])
    names = st.sampled_from(sorted(events))
    return st.lists(st.tuples(names, names), max_size=4)


def by_article(assignments: list[SplitAssignment]) -> dict[str, str]:
    return {record["article"]: record["split"] for record in assignments}


@given(events=EVENTS, later=EVENTS, data=st.data())
@_QUICK
def test_new_articles_move_no_old_one(
    events: dict[str, str], later: dict[str, str], data: st.DataObject
) -> None:
    first = assign(events, [], groups_of(events, data.draw(pairs_of(events))), SHARES)
    grown = {**later, **events}
    second = assign(grown, first, groups_of(grown, data.draw(pairs_of(grown))), SHARES)
    assert [record for record in second if record["article"] in events] == first
    assert set(by_article(second)) == set(grown)


@given(events=EVENTS, data=st.data())
@_QUICK
def test_articles_that_go_keep_their_place(events: dict[str, str], data: st.DataObject) -> None:
    first = assign(events, [], Groups(), SHARES)
    left = {name: event for name, event in events.items() if data.draw(st.booleans())}
    assert assign(left, first, Groups(), SHARES) == first


@given(events=EVENTS, data=st.data())
@_QUICK
def test_one_event_and_its_near_duplicates_share_a_split(events: dict[str, str], data: st.DataObject) -> None:
    near = data.draw(pairs_of(events))
    splits = by_article(assign(events, [], groups_of(events, near), SHARES))
    for one, event in events.items():
        assert all(splits[one] == splits[other] for other in events if events[other] == event)
    assert all(splits[one] == splits[other] for one, other in near)


@given(events=EVENTS, data=st.data())
@_QUICK
def test_the_order_of_articles_changes_nothing(events: dict[str, str], data: st.DataObject) -> None:
    near = data.draw(pairs_of(events))
    shuffled = dict(data.draw(st.permutations(list(events.items()))))
    turned = [(other, one) for one, other in reversed(near)]
    expected = assign(events, [], groups_of(events, near), SHARES)
    assert assign(shuffled, [], groups_of(shuffled, turned), SHARES) == expected
    assert [record["article"] for record in expected] == sorted(events)


@given(count=st.integers(10, 40), salt=st.text(max_size=5))
@_QUICK
def test_ten_events_fill_every_split(count: int, salt: str) -> None:
    events = {f"a-{number}": f"e-{number}" for number in range(count)}
    shares: Any = {**SHARES, "salt": salt}
    assert set(by_article(assign(events, [], Groups(), shares)).values()) == {"train", "validation", "test"}


def test_nine_events_go_where_the_hash_says() -> None:
    events = {f"a-{number}": f"e-{number}" for number in range(9)}
    assert by_article(assign(events, [], Groups(), SHARES)) == {
        name: split_of(event, SHARES) for name, event in events.items()
    }


def test_a_corpus_that_grows_to_ten_gets_a_test_article() -> None:
    """All that was frozen stays in train, and the newcomers fill test, then validation."""
    frozen = [SplitAssignment(article=f"a-{n}", event=f"e-{n}", split="train") for n in range(9)]
    events = {record["article"]: record["event"] for record in frozen}
    newcomers = {f"new-{event}": event for event in ("n-1", "n-2", "n-3")}
    splits = by_article(assign(events | newcomers, frozen, Groups(), SHARES))
    assert {splits[name] for name in events} == {"train"}
    assert {"test", "validation"} <= {splits[name] for name in newcomers}


def test_a_new_article_follows_its_event_and_its_near_duplicate() -> None:
    frozen = [
        SplitAssignment(article="old", event="flood", split="test"),
        SplitAssignment(article="other", event="strike", split="validation"),
    ]
    events = {"old": "flood", "other": "strike", "new": "flood", "copy": "a-strike-elsewhere"}
    splits = by_article(assign(events, frozen, groups_of(events, [("other", "copy")]), SHARES))
    assert splits == {"old": "test", "other": "validation", "new": "test", "copy": "validation"}


def test_shares_are_about_what_they_say() -> None:
    drawn = [split_of(f"event-{number}", SHARES) for number in range(5000)]
    assert [round(drawn.count(split) / 5000, 1) for split in ("train", "validation", "test")] == [
        0.8,
        0.1,
        0.1,
    ]


def test_the_salt_decides() -> None:
    other: SplitShares = {**SHARES, "salt": "y"}
    assert [split_of(f"e-{n}", SHARES) for n in range(99)] != [split_of(f"e-{n}", other) for n in range(99)]


@pytest.mark.parametrize(("event", "split"), [("event-1", "train"), ("health-campaign-2024", "train")])
def test_assignments_are_the_same_on_every_machine(event: str, split: str) -> None:
    assert split_of(event, SHARES) == split


@given(topics=st.lists(st.sampled_from("abcd"), min_size=10, max_size=120), salt=st.text(max_size=3))
@_QUICK
def test_topics_come_in_proportion(topics: list[str], salt: str) -> None:
    """No split misses its share of a topic by two articles."""
    events = {f"a-{number}": f"e-{number}" for number in range(len(topics))}
    contents = {f"a-{number}": {topic: 1.0} for number, topic in enumerate(topics)}
    shares: Any = {**SHARES, "salt": salt}
    splits = by_article(assign(events, [], Groups(), shares, contents))
    for topic in set(topics):
        names = [name for name in events if topic in contents[name]]
        for split, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
            found = sum(splits[name] == split for name in names)
            assert abs(found - share * len(names)) < 2


@given(events=EVENTS, later=EVENTS)
@_QUICK
def test_contents_move_no_old_article_and_part_no_event(
    events: dict[str, str], later: dict[str, str]
) -> None:
    first = assign(events, [], Groups(), SHARES, {name: {"article": 1.0} for name in events})
    grown = {**later, **events}
    second = assign(grown, first, Groups(), SHARES, {name: {"article": 1.0} for name in grown})
    assert [record for record in second if record["article"] in events] == first
    assert len({(record["event"], record["split"]) for record in second}) == len({r["event"] for r in second})
