"""Near-duplicates among many articles."""

from __future__ import annotations

import multiprocessing
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import texts
from tasrih.match import at_scale
from tasrih.match.at_scale import (
    Near,
    SketchFiles,
    candidate_pairs,
    equal_texts,
    groups,
    near_duplicates_in,
    verified,
)
from tasrih.match.near_duplicates import THRESHOLD, near_duplicates, shingles, words
from tasrih.match.sketches import BANDS, shingle_hashes, sketch

WORDS = [f"كلمة{number}" for number in range(2000)]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


def article(generator: random.Random, length: int) -> list[str]:
    return generator.choices(WORDS, k=length)


def edited(parts: Sequence[str], share: float, generator: random.Random) -> list[str]:
    """`parts` with about `share` of the words changed."""
    return [generator.choice(WORDS) if generator.random() < share else word for word in parts]


def collection(seed: int, originals: int = 120) -> list[str]:
    """Articles with none to three copies each, more or less changed, in no order; some without words."""
    generator = seeded(seed)
    found = ["", "؟!"]
    for _ in range(originals):
        parts = article(generator, generator.randint(1, 120))
        copies = (
            edited(parts, generator.choice([0, 0.01, 0.02, 0.03, 0.06, 0.1]), generator) for _ in range(3)
        )
        found += [" ".join(copy) for copy in [parts, *copies][: generator.randint(1, 4)]]
    generator.shuffle(found)
    return found


def kept(contents: Sequence[str], folder: Path, batch: int = 50) -> SketchFiles:
    files = SketchFiles(folder)
    for start in range(0, len(contents), batch):
        files.add(sketch(contents[start : start + batch]))
    return files


def found_in(contents: Sequence[str], folder: Path) -> list[Near]:
    return list(
        near_duplicates_in(kept(contents, folder), lambda numbers: ((n, contents[n]) for n in numbers))
    )


def share(one: str, other: str) -> float:
    return len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))


def similar(contents: Sequence[str], threshold: float) -> set[tuple[int, int]]:
    """What comparing each with each finds."""
    sets = [(number, parts) for number, parts in enumerate(map(shingles, contents)) if parts]
    return {
        (first, second)
        for (first, one), (second, other) in combinations(sets, 2)
        if len(one & other) / len(one | other) >= threshold
    }


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The smallest number that each can reach, by walking."""
    near: dict[int, set[int]] = {number: set() for number in range(count)}
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    labels = [-1] * count
    for number in range(count):
        waiting = [number] if labels[number] < 0 else []
        while waiting:
            at = waiting.pop()
            if labels[at] < 0:
                labels[at] = number
                waiting += near[at]
    return labels


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))
    )
)
@settings(deadline=None, max_examples=100)
def test_groups_are_what_pairs_reach(given_: tuple[int, list[tuple[int, int]]]) -> None:
    count, pairs = given_
    assert groups(count, pairs).tolist() == joined(count, pairs)


def test_a_long_chain_is_one_group() -> None:
    assert not groups(20_000, ((number - 1, number) for number in range(19_999, 0, -1))).any()
    assert groups(0, []).tolist() == []


@pytest.mark.parametrize("seed", range(4))
def test_groups_are_those_of_comparing_each_with_each(seed: int, tmp_path: Path) -> None:
    contents = collection(seed)
    pairs = found_in(contents, tmp_path)
    expected = similar(contents, THRESHOLD)
    assert {(one, other) for one, other, _ in pairs} <= expected
    labels = groups(len(contents), ((one, other) for one, other, _ in pairs))
    assert labels.tolist() == joined(len(contents), expected)


def test_shares_are_exact_and_pairs_come_once(tmp_path: Path) -> None:
    contents = collection(7)
    pairs = found_in(contents, tmp_path)
    assert all(one < other and part == share(contents[one], contents[other]) for one, other, part in pairs)
    assert len({(one, other) for one, other, _ in pairs}) == len(pairs)


def test_very_similar_ones_are_candidates(tmp_path: Path) -> None:
    contents = collection(8)
    files = kept(contents, tmp_path)
    proposed = {tuple(pair) for block in candidate_pairs(files) for pair in block.tolist()}
    firsts = {number for number, text in enumerate(contents) if words(text)} - set(
        equal_texts(files)[:, 1].tolist()
    )
    near = {pair for pair in similar(contents, 0.7) if firsts.issuperset(pair)}
    assert len(near) > 40
    assert near <= proposed


def test_groups_are_those_of_few_articles(tmp_path: Path) -> None:
    contents = collection(9)
    few = [
        (int(one), int(other))
        for one, other, _ in near_duplicates((str(number), text) for number, text in enumerate(contents))
    ]
    pairs = found_in(contents, tmp_path)
    assert len(few) >= len(pairs) > 50
    labels = groups(len(contents), ((one, other) for one, other, _ in pairs))
    assert labels.tolist() == groups(len(contents), few).tolist()


def test_equal_ones_are_paired_with_the_first(tmp_path: Path) -> None:
    text = " ".join(article(seeded(1), 60))
    contents = ["أول", *[text] * 5000, "آخر", text]
    pairs = found_in(contents, tmp_path)
    assert pairs == [(1, number, 1.0) for number in [*range(2, 5001), 5002]]
    assert [block.tolist() for block in candidate_pairs(SketchFiles(tmp_path))] == [[]]


def test_many_alike_are_one_group_of_few_pairs(tmp_path: Path) -> None:
    """Copies that each differ by a word agree on most bands, each with all others."""
    generator = seeded(2)
    parts = article(generator, 80)
    contents = [" ".join([*parts[:at], f"لفظ{number}", *parts[at + 1 :]])
                for number, at in enumerate(generator.choices(range(80), k=3000))]  # fmt: skip
    pairs = found_in(contents, tmp_path)
    assert not groups(len(contents), ((one, other) for one, other, _ in pairs)).any()
    assert len(pairs) < 60 * len(contents)


@pytest.mark.parametrize("contents", [[], [""], ["", "", " ؟", "\u064e"], ["نص"], ["نص", ""]])
def test_without_pairs(contents: list[str], tmp_path: Path) -> None:
    assert found_in(contents, tmp_path) == []
    assert groups(len(contents), []).tolist() == list(range(len(contents)))


def test_short_texts_are_compared_whole(tmp_path: Path) -> None:
    contents = ["نص قصير", "نص", "نص قصير!", "نص آخر", "قصير نص"]
    assert found_in(contents, tmp_path) == [(0, 2, 1.0)]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("كلمة", "كَلِمَـــةٌ"),
        lambda text: text.replace(" ", "\n"),
        lambda text: text.replace(" ", "، "),
        lambda text: f"«{text}»." + "\u064e",
    ],
    ids=["harakat", "lines", "punctuation", "quoted"],
)
def test_what_is_not_compared_changes_nothing(change: object) -> None:
    text = " ".join(article(seeded(3), 60))
    assert callable(change)
    one, other = sketch([text]), sketch([change(text)])
    assert all(np.array_equal(*columns) for columns in zip(one, other, strict=True))
    assert np.array_equal(*(column.exact for column in (sketch(["Straße COVID"]), sketch(["STRASSE covid"]))))


@given(st.lists(texts(max_pieces=20), max_size=6))
@settings(deadline=None, max_examples=80)
def test_a_sketch_is_that_of_the_words(contents: list[str]) -> None:
    sketches = sketch(contents)
    assert sketches.bands.shape == (len(contents), BANDS)
    for one, other in combinations(range(len(contents)), 2):
        same = words(contents[one]) == words(contents[other])
        if words(contents[one]):
            assert (sketches.exact[one] == sketches.exact[other]) == same
    for number, (text, hashes) in enumerate(zip(contents, shingle_hashes(contents), strict=True)):
        alone = sketch([text])
        assert alone.exact[0] == sketches.exact[number]
        assert np.array_equal(alone.bands[0], sketches.bands[number])
        assert (sketches.exact[number] == 0) == (not words(text))
        assert len(hashes) == len(shingles(text)) <= sketches.sizes[number]


def test_very_long_texts(tmp_path: Path) -> None:
    generator = seeded(4)
    long = article(generator, 60_000)
    contents = [" ".join(long), "", "ب" * 1_000_000, " ".join(edited(long, 0.02, generator))]
    assert [pair[:2] for pair in found_in(contents, tmp_path)] == [(0, 3)]


def test_a_sketch_estimates_the_share() -> None:
    generator = seeded(5)
    shares, agreed = [], []
    for _ in range(150):
        one = article(generator, 150)
        other = edited(one, 0.05, generator)
        shares.append(share(" ".join(one), " ".join(other)))
        minima = sketch([" ".join(one), " ".join(other)]).bands.view(np.uint32)
        agreed.append(np.mean(minima[0] == minima[1]))
    assert np.mean(agreed) == pytest.approx(np.mean(shares), abs=0.02)


def sketched(text: str) -> list[int]:
    return sketch([*["نص"] * 500, text]).bands[-1].tolist()


def test_a_forked_process_sketches_after_its_parent() -> None:
    """rensa's threads do not live on in a forked process, which then waits for them for ever."""
    text = " ".join(article(seeded(6), 1_200_000))
    expected = sketched(text)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(sketched, (text,)).get(timeout=60) == expected


def test_in_small_parts_the_same_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = collection(10)
    expected = found_in(contents, tmp_path)
    for name in ("_MOST_PAIRS", "_MOST_SHINGLES", "_MOST_CHARACTERS"):
        monkeypatch.setattr(at_scale, name, 500)
    asked: list[int] = []

    def texts_of(numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
        assert list(numbers) == sorted(set(numbers))
        asked.append(len(numbers))
        return ((number, contents[number]) for number in numbers)

    files = SketchFiles(tmp_path)
    blocks = list(candidate_pairs(files))
    assert len(blocks) > 3
    found = [
        *((one, other, 1.0) for one, other in equal_texts(files).tolist()),
        *verified(files, blocks, texts_of),
    ]
    assert found == expected
    assert max(asked) < 40 < sum(asked)


def test_files_are_read_by_another_as_they_were_left() -> None:
    contents = collection(11, 20)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        kept(contents, Path(one), 7)
        kept(contents, Path(other), 100)
        again = SketchFiles(Path(one))
        assert len(again) == len(contents)
        names = sorted(file.name for file in Path(one).iterdir())
        assert len(names) == BANDS + 2
        assert all((Path(one) / name).read_bytes() == (Path(other) / name).read_bytes() for name in names)
