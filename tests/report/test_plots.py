"""Plots: what the data say is in the picture, the picture is well-formed, and the same data give the same bytes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasrih.report import plots
from tasrih.report.plots import Dot, Look, bars, binned, columns, contrast, dots, stacked

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [("PER", 12.0), ("ORG", 6.0), ("GPE", 0.0)]
PLOTS = {
    "bars": lambda look: bars("Labels", ROWS, look=look),
    "stacked": lambda look: stacked(
        "Labels", [("train", [3, 1]), ("test", [0, 0])], ["yes", "no"], look=look
    ),
    "columns": lambda look: columns("Years", ROWS, look=look),
    "dots": lambda look: dots(
        "Kappa", [Dot("label", 0.5, 0.25, 0.75, "entities"), Dot("form", None)], look=look
    ),
}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - of our own making


def boxes(svg: str, kind: str = "bar") -> list[dict[str, float]]:
    found = parsed(svg).iter(f"{SVG}rect")
    return [
        {k: float(r.get(k, "0")) for k in ("x", "y", "width", "height")}
        for r in found
        if r.get("class") == kind
    ]


@pytest.mark.parametrize("look", [Look(), Look(360, rtl=True), Look(alone=True)], ids=str)
@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_well_formed_named_described_and_the_same_twice(name: str, look: Look) -> None:
    svg = PLOTS[name](look)
    root = parsed(svg)
    ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert root.get("role") == "img" and len(ids) == 2
    assert ids[root.get("aria-labelledby", "")] and ids[root.get("aria-describedby", "")]
    assert (root.find(f"{SVG}style") is not None) == look.alone
    assert "style=" not in svg and "<script" not in svg
    assert svg == PLOTS[name](look)


@pytest.mark.parametrize("name", PLOTS)
def test_nothing_is_drawn_outside_of_the_picture(name: str) -> None:
    for look in (Look(), Look(360, rtl=True)):
        root = parsed(PLOTS[name](look))
        width, height = map(float, root.get("viewBox", "").split()[2:])
        for element in root.iter(f"{SVG}rect"):
            x, y, w, h = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
            assert x >= 0 and x + w <= width + 0.1 and y >= 0 and y + h <= height + 0.1
        for element in root.iter(f"{SVG}circle"):
            assert 0 < float(element.get("cx", "-1")) < width


def test_bars_are_as_long_as_their_numbers() -> None:
    long, half, none = boxes(bars("Labels", ROWS))
    assert half["width"] == pytest.approx(long["width"] / 2, abs=0.1) and none["width"] == 0
    assert [text.text for text in parsed(bars("Labels", ROWS)).iter(f"{SVG}text") if text.get("class") == "value"] \
        == ["12", "6", "0"]  # fmt: skip


def test_from_the_right_every_bar_is_the_mirror_of_itself() -> None:
    look = Look(width=400)
    for one, other in zip(
        boxes(bars("t", ROWS, look=look)), boxes(bars("t", ROWS, look=Look(400, rtl=True))), strict=True
    ):
        assert other["x"] == pytest.approx(400 - one["x"] - one["width"], abs=0.11)


def test_parts_of_a_stacked_bar_are_their_shares() -> None:
    svg = stacked("Labels", [("train", [30, 10])], ["yes", "no"])
    yes, no = (next(b for b in boxes(svg, f"series-{place}") if b["width"] > 11) for place in (0, 1))
    assert (yes["width"] + 1) / (no["width"] + 1) == pytest.approx(3, rel=0.01)
    assert "train, yes: 30" in svg and ">no<" in svg


def test_columns_are_as_high_as_their_numbers() -> None:
    high, half, none = boxes(columns("Years", ROWS))
    assert half["height"] == pytest.approx(high["height"] / 2, abs=0.1) and none["height"] == 0
    assert high["y"] + high["height"] == pytest.approx(half["y"] + half["height"], abs=0.1)


def test_dots_and_intervals_lie_on_one_scale() -> None:
    root = parsed(dots("t", [Dot("a", 0.0), Dot("b", 1.0), Dot("c", 0.5, 0.0, 1.0)]))
    first, last, middle = (float(c.get("cx", "")) for c in root.iter(f"{SVG}circle"))
    assert middle == pytest.approx((first + last) / 2, abs=0.1)
    interval = next(path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class") == "interval")
    start, end = (float(found) for found in re.findall(r"[ML]([0-9.]+) ", interval))
    assert (start, end) == (first, last)


def test_a_scale_is_widened_for_a_figure_below_it() -> None:
    root = parsed(dots("t", [Dot("a", -0.31), Dot("b", 0.5)]))
    assert [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "tick"] == ["-0.4", "0.3", "1"]


def test_a_figure_that_is_not_defined_has_no_dot() -> None:
    root = parsed(dots("t", [Dot("a", None)]))
    assert not list(root.iter(f"{SVG}circle")) and "a: –" in dots("t", [Dot("a", None)])


@given(st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_no_words_break_the_picture(title: str, name: str) -> None:
    for svg in (
        bars(title, [(name, 1)]),
        dots(title, [Dot(name, 0.5, group=title)]),
        columns(title, [(name, 2)]),
    ):
        root = parsed(svg)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "title", "desc", "rect", "path", "circle", "text"
        }  # fmt: skip


def test_words_that_look_like_markup_are_words() -> None:
    svg = bars("<script>alert(1)</script>", [('"><style>', 1)])
    assert "<script" not in svg and "<style" not in svg
    assert (parsed(svg).findtext(f"{SVG}title")) == "<script>alert(1)</script>"


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=80), st.integers(2, 20))
def test_every_value_falls_into_one_of_the_ranges(values: list[int], most: int) -> None:
    ranges = binned(values, most)
    assert sum(count for _, count in ranges) == len(values) and 1 <= len(ranges) <= most
    for name, count in ranges:
        low, _, high = name.replace(",", "").partition("–")
        assert sum(int(low) <= value <= int(high or low) for value in values) == count


def test_no_values_no_ranges_and_an_empty_plot() -> None:
    assert binned([]) == []
    for svg in (bars("t", []), columns("t", []), dots("t", []), stacked("t", [], ["a"])):
        assert parsed(svg).findtext(f"{SVG}title") == "t"


def test_numbers_inside_bars_can_be_read_in_both_modes() -> None:
    style = parsed(bars("t", ROWS, look=Look(alone=True))).findtext(f"{SVG}style") or ""
    for mode in style.split("@media"):
        fills = dict(re.findall(r"\.((?:series|on)-[0-9])\{fill:(#[0-9a-f]{6})\}", mode))
        assert len(fills) == 12
        for place in range(6):
            assert contrast(fills[f"series-{place}"], fills[f"on-{place}"]) >= 4.5, place


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21 and contrast("#777777", "#777777") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert plots.number(1234567) == "1,234,567" and plots.number(0.5) == "0.50"
