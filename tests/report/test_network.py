"""The network of stances: every stance is in one figure, nothing overlaps, and places are always the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from site_sample import CHECKOUT

from corpora import document
from tasrih import store
from tasrih.model import GOLD, LayerView, layer_view
from tasrih.release.explore import of_corpus
from tasrih.report import network
from tasrih.report.network import LEVELS, MOST_NODES, WIDTH, Figure, drawn, figures, wrapped
from tasrih.report.things import Things


def view(snippet: str, name: str = "example") -> LayerView:
    return layer_view(document(snippet, name), GOLD)


STANCES = (
    "<s1 support>تؤيد</s1> <e1 ORG>النقابة</e1> <e2 EVENT>الإضراب</e2>. و<s2 oppose>يرفضه</s2> <e3 PER>مراد</e3>. "
    "و<s3 support>يساند</s3> <e4 ORG>المجلس</e4> <e5 ORG>الشركة</e5>.\n=== roles\n{}"
    "s1 holders=e1 target=e2\ns2 holders=e3 target=e2\ns3 holders=e4,e1 target=e5"
)


@pytest.fixture(scope="module")
def of_the_corpus() -> list[Figure]:
    return figures(of_corpus(CHECKOUT / "corpus").things.stances())


def boxes(figure: Figure) -> list[tuple[float, float, float, float]]:
    found = []
    for node in figure.nodes:
        width, height = node.size
        found.append((node.x - width / 2, node.y - 8, node.x + width / 2, node.y - 8 + height))
    return found


def test_every_stance_is_in_one_figure_once_for_each_holder(of_the_corpus: list[Figure]) -> None:
    views = of_corpus(CHECKOUT / "corpus").views
    expected = Counter(
        (v.article["id"], s["id"], h) for v in views for s in v.stances for h in set(s["holders"])
    )
    held = [h for figure in of_the_corpus for h in figure.held]
    assert Counter((h.article, h.stance["id"]) for h in held) == Counter(key[:2] for key in expected)
    for figure in of_the_corpus:
        assert sum(len(edge.held) for edge in figure.edges) == len(figure.held)


def test_no_two_names_overlap_and_all_lie_inside(of_the_corpus: list[Figure]) -> None:
    for figure in of_the_corpus:
        found = boxes(figure)
        for left, top, right, bottom in found:
            assert left >= -0.5 and top >= -0.5
            assert right <= figure.width + 0.5 and bottom <= figure.heights[0] + 0.5
        clashes = [
            (one, other)
            for place, one in enumerate(found)
            for other in found[place + 1 :]
            if one[0] < other[2] - 1
            and other[0] < one[2] - 1
            and one[1] < other[3] - 1
            and other[1] < one[3] - 1
        ]
        assert clashes == [], figure.articles


def test_places_are_always_the_same() -> None:
    one, other = (figures(Things([view(STANCES.format(""))]).stances()) for _ in range(2))
    assert [(n.x, n.y) for n in one[0].nodes] == [(n.x, n.y) for n in other[0].nodes]


def test_what_matters_more_stands_higher_and_the_rest_can_be_cut_off(of_the_corpus: list[Figure]) -> None:
    for figure in of_the_corpus:
        assert figure.heights == sorted(figure.heights, reverse=True)
        for level, height in zip(LEVELS, figure.heights, strict=True):
            shown = [box for node, box in zip(figure.nodes, boxes(figure), strict=True) if node.most >= level]
            assert bool(shown) == bool(height)
            assert not shown or max(bottom for _, _, _, bottom in shown) <= height + 0.5


def test_a_thing_counts_its_stances_as_holder_and_as_target() -> None:
    (figure,) = figures(Things([view(STANCES.format(""))]).stances())
    counts = {node.thing.name: (node.count, node.most) for node in figure.nodes}
    assert counts == {
        "النقابة": (2, 2),
        "الإضراب": (2, 2),
        "مراد": (1, 2),
        "المجلس": (1, 2),
        "الشركة": (2, 2),
    }


def test_articles_stand_together_only_where_wikidata_links_their_things() -> None:
    same = "e1 referent=union wikidata=Q7\n"
    linked = Things([view(STANCES.format(same), "one"), view(STANCES.format(same), "two")])
    (figure,) = figures(linked.stances())
    assert figure.articles == ["one", "two"] and figure.width > WIDTH
    assert [node.count for node in figure.nodes if node.thing.wikidata] == [4]
    only_named = "e1 referent=union\n"
    apart = Things([view(STANCES.format(only_named), "one"), view(STANCES.format(only_named), "two")])
    assert [figure.articles for figure in figures(apart.stances())] == [["one"], ["two"]]


def test_a_referent_of_two_items_is_an_articles_own() -> None:
    torn = "e1 referent=x wikidata=Q7\ne3 referent=x wikidata=Q8\n"
    found = Things([view(STANCES.format(torn), "one"), view(STANCES.format(torn), "two")])
    assert {thing.wikidata for h in found.stances() for thing in (h.holder, h.target)} == {""}


def test_claims_authors_nobody_and_missing_ids_are_things_too() -> None:
    made: Any = document(
        "<c1#cue>قال</c1#cue> <e1 PER>مراد</e1> إن <c1>الأجور تأخرت</c1>. <s1 oppose>كذبٌ</s1> و<s2 support>يُرحَّب</s2> به.\n"
        "=== roles\nc1 claimers=e1\ns1 holders=author target=c1\ns2 holders=unnamed target=e1"
    )
    made["layers"][GOLD][-1]["target"] = "e99"
    held = Things([layer_view(made, GOLD)]).stances()
    assert [(h.holder.kind, h.target.kind, h.target.name) for h in held] == [
        ("author", "claim", "الأجور تأخرت"),
        ("unnamed", "missing", "e99"),
    ]
    assert len(figures(held)) == 1


def test_edges_of_the_same_two_things_are_bent_apart() -> None:
    mutual = (
        "<s1 support>تؤيد</s1> <e1 ORG>النقابة</e1> <e2 ORG>المجلس</e2> و<s2 oppose>يرفضها</s2>.\n"
        "=== roles\ns1 holders=e1 target=e2\ns2 holders=e2 target=e1"
    )
    (figure,) = figures(Things([view(mutual)]).stances())
    ends = {node.thing.number: node for node in figure.nodes}
    signs = []
    for mirrored in (False, True):
        lines = [
            drawn(edge, (ends[edge.holder], ends[edge.target]), figure.width, mirrored=mirrored)
            for edge in figure.edges
        ]
        assert abs(lines[0].y - lines[1].y) > 10
        signs.append([(line.x, line.y) for line in lines])
    assert [(pytest.approx(figure.width - x, abs=0.2), y) for x, y in signs[0]] == signs[1]


def test_a_stance_on_oneself_is_a_loop() -> None:
    (figure,) = figures(
        Things(
            [view("<s1 oppose>ينتقد</s1> <e1 PER>مراد</e1> نفسه.\n=== roles\ns1 holders=e1 target=e1")]
        ).stances()
    )
    (edge,), (node,) = figure.edges, figure.nodes
    assert node.count == 1 and "C" in drawn(edge, (node, node), figure.width, mirrored=False).curve


def test_of_a_very_large_part_the_most_connected_are_drawn() -> None:
    count = MOST_NODES + 40
    text = " ".join(f"<e{n} PER>س{n}</e{n}>" for n in range(1, count + 1)) + " <s1 oppose>يرفض</s1>"
    roles = f"s1 holders={','.join(f'e{n}' for n in range(2, count + 1))} target=e1"
    (figure,) = figures(Things([view(f"{text}\n=== roles\n{roles}")]).stances())
    assert len(figure.nodes) == MOST_NODES and figure.left_out == 40
    most = max(figure.nodes, key=lambda node: node.count)
    assert len(figure.held) == most.count == count - 1 and most.thing.name == "س1"


@given(st.integers(3, 14), st.data())
@settings(deadline=None, max_examples=40)
def test_boxes_of_any_connected_part_are_moved_apart(count: int, data: st.DataObject) -> None:
    links = [(data.draw(st.integers(0, place - 1)), place) for place in range(1, count)]
    sizes = np.array(
        [[data.draw(st.integers(20, 130)), data.draw(st.integers(28, 50))] for _ in range(count)], float
    )
    points = network.arranged(count, links, sizes)
    middle = points + np.array([0, 1]) * (sizes / 2 - 8)
    assert np.isfinite(points).all()
    for one in range(count):
        for other in range(one + 1, count):
            gap = np.abs(middle[one] - middle[other]) - (sizes[one] + sizes[other]) / 2
            assert gap.max() > -1, (one, other)


def test_long_names_are_wrapped_and_cut() -> None:
    assert wrapped("منظمة التعاون الإسلامي", 18, 2) == ["منظمة التعاون", "الإسلامي"]
    assert wrapped("أ" * 60, 18, 2) == ["أ" * 17 + "…"]
    assert wrapped("واحد اثنان ثلاثة أربعة خمسة ستة", 12, 2)[-1].endswith("…")
    assert wrapped("", 18, 2) == ["–"]


def test_things_of_a_withheld_text_are_named_by_labels_and_offsets_or_by_another_article() -> None:
    made = document(STANCES.format("e1 referent=union wikidata=Q7\n"), "withheld")
    stripped = layer_view(store.stripped(made), GOLD)
    union, murad = (
        f"{e['label']} [{e['start']}–{e['end']}]" for e in (stripped.entities[0], stripped.entities[2])
    )
    alone = Things([stripped]).stances()
    assert (alone[0].holder.name, alone[1].holder.name) == (union, murad) != ("النقابة", "مراد")
    other = view(STANCES.format("e1 referent=union wikidata=Q7\n"), "whole")
    for views in ([stripped, other], [other, stripped]):
        held = [h for h in Things(views).stances() if h.article == "withheld"]
        assert held[0].holder.name == "النقابة" and held[1].holder.name == murad
