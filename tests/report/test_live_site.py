"""The site in a real browser, opened from files: filters, search, roles, keys alone, languages, modes, and its limits."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from annotated_sample import document as plain_document
from site_sample import RICH, SOME, WITHHELD, layered, some_of_the_corpus
from test_site import hostile

from corpora import write_corpus
from tasrih.model import GOLD
from tasrih.release.explore import explore, of_corpus
from tasrih.text.folding import folded

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
KINDS = ("index", "sources", "network", "statistics", "agreement", f"articles/{RICH}", f"articles/{WITHHELD}")
LETTERS, ANNOTATIONS = 200_000, 10_000

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system's packages."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(
            "there is no Chromium on this machine (apt-get install chromium), so nobody looks at the site"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of some articles of the corpus."""
    folder = tmp_path_factory.mktemp("site")
    return explore(of_corpus(some_of_the_corpus(folder / "corpus")), folder / "site").folder


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a hostile article, one with layers, and a very large one."""
    folder = tmp_path_factory.mktemp("small")
    corpus = write_corpus(folder / "corpus", [layered(), hostile(), large()])
    return explore(of_corpus(corpus.root), folder / "site").folder


def large() -> Any:
    """An article of LETTERS characters with ANNOTATIONS annotations."""
    text = "كلمة أخرى " * (LETTERS // 10)
    step = LETTERS * 10 // (9 * ANNOTATIONS)
    lines: list[Any] = [
        {
            "type": "entity",
            "id": f"e{n + 1}",
            "label": "PER",
            "form": "name",
            "start": n * step,
            "end": n * step + 9,
        }
        for n in range(ANNOTATIONS * 9 // 10)
    ]
    lines += [
        {
            "type": "claim",
            "id": f"c{n + 1}",
            "start": n * 200,
            "end": n * 200 + 149,
            "claimers": [f"e{n * 9 + 1}"],
        }
        for n in range(ANNOTATIONS // 10)
    ]
    for line in lines:
        line["text"] = text[line["start"] : line["end"]]
    whole: Any = plain_document(text, lines, title="طويلة")
    whole["article"] |= {"id": "large", "date": "2020-01-01"}
    whole["layers"][GOLD][0]["article"] = "large"
    return whole


@pytest.fixture
def look(browser: Any, site: Path) -> Iterator[Open]:
    """Opens a page of the site; nothing may be refused by the policy, fail, or be asked of the network."""
    contexts, trouble = [], []

    def opened(
        path: str,
        *,
        locale: str = "",
        width: int = 1280,
        scheme: str = "light",
        root: Path = site,
        **more: Any,
    ) -> Any:
        language = locale or ("en-GB" if path.startswith("en/") else "ar")
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": 900}, color_scheme=scheme, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(("file:", "data:")) else trouble.append(asked.url),
        )
        page.goto((root / path).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def shown(page: Any, selector: str) -> list[str]:
    """The ids of the entries of a list that are to be seen."""
    found: list[str] = page.eval_on_selector_all(
        selector, "all => all.filter(one => one.offsetParent !== null).map(one => one.dataset.id ?? one.id)"
    )
    return found


def wait_for_count(page: Any, count: int) -> None:
    page.wait_for_function(
        "count => document.querySelector('output').textContent.split(' ')[0] === String(count)", arg=count
    )


def follow(page: Any, selector: str) -> None:
    """Click on the first such link and wait for the page behind it: a click alone returns before that is there."""
    with page.expect_navigation():
        page.locator(selector).first.click()


# --- Lists --------------------------------------------------------------------------------------------


def test_filters_and_their_sum(look: Open) -> None:
    page = look("index.html")
    wait_for_count(page, len(SOME))
    page.select_option("select[name=invented]", "yes")
    wait_for_count(page, 2)
    assert sorted(shown(page, "#articles > li")) == ["wadi-nour-clubhouse", "zahrat-water-network"]
    page.select_option("select[name=year]", "2024")
    page.select_option("select[name=topic]", "justice")
    wait_for_count(page, 0)
    page.click("button[type=reset]")
    wait_for_count(page, len(SOME))
    page.select_option("select[name=countries]", "GM")
    wait_for_count(page, 1)
    assert shown(page, "#articles > li") == [RICH]


def test_search_finds_what_is_written_otherwise_and_shows_where(look: Open) -> None:
    page = look("index.html")
    page.fill("input[type=search]", "الروهينغــا الاباده")
    wait_for_count(page, 1)
    assert shown(page, "#articles > li") == [RICH]
    assert page.locator(".found mark").first.text_content() == "الروهينغا"
    page.fill("input[type=search]", "zahrat")
    page.wait_for_timeout(300)
    page.fill("input[type=search]", "كلمات ليست في أي مقال")
    wait_for_count(page, 0)
    page.press("input[type=search]", "Escape")
    wait_for_count(page, len(SOME))


def test_claimers_are_found_by_what_they_said(look: Open) -> None:
    page = look("en/sources.html")
    page.fill("input[type=search]", "الأنابيب أكبر سنا")
    wait_for_count(page, 1)
    assert "رامز العطوان" in page.locator("#claimers > li:visible summary").inner_text()


def test_the_script_folds_as_python_does(look: Open) -> None:
    page = look("index.html")
    blocks = [range(0x20, 0x250), range(0x300, 0x370), range(0x600, 0x780), range(0x8A0, 0x900), range(0x2000, 0x2070),
              range(0xFB50, 0xFE00), range(0xFE70, 0xFF00), range(0x1F600, 0x1F610)]  # fmt: skip
    texts = [f"ب{chr(code)}ت" for block in blocks for code in block]
    texts += ["مُحَمَّدٌ ﷺ قال: «لا إلٰه» ٢٠٢٠", "İSTANBUL ΣΑΣ"]
    said = page.evaluate("texts => texts.map(tasrihFolded)", texts)
    assert [(t, s) for t, s in zip(texts, said, strict=True) if s != folded(t)] == []


def test_without_a_script_the_list_and_the_tables_are_there(look: Open) -> None:
    page = look("index.html", java_script_enabled=False)
    assert page.locator("#articles > li:visible").count() == len(SOME)
    assert page.locator("form:visible, #mode:visible").count() == 0
    follow(page, f"a[href='articles/{RICH}.html']")
    assert page.locator(".text .claim").count() > 10
    page.goto(page.url.replace(f"articles/{RICH}.html", "network.html"))
    assert (
        page.locator(".network .node:visible").count() > 5 and page.locator(".network tbody tr").count() > 20
    )


# --- An article ---------------------------------------------------------------------------------------


def lit(page: Any) -> dict[str, list[str]]:
    """The words that are lit by the role that they are labelled with."""
    found: dict[str, list[str]] = {}
    for role, words in page.eval_on_selector_all(
        ".text [data-role]", "all => all.map(one => [one.dataset.role, one.textContent])"
    ):
        found.setdefault(role, []).append(words)
    return found


def test_a_claim_pointed_at_lights_up_its_roles(look: Open) -> None:
    page = look(f"en/articles/{RICH}.html")
    page.hover("#card-c3 .sentence")
    assert lit(page).keys() == {"claimer", "cue", "content", "about"}
    assert lit(page)["cue"] == ["متهمة"] and lit(page)["claimer"] == ["غامبيا"]
    assert page.locator("#card-c3.lit").count() == 1
    page.hover("h1")
    assert lit(page) == {}


def test_a_stance_in_focus_lights_up_holder_and_target(look: Open) -> None:
    page = look(f"articles/{RICH}.html")
    page.focus(".text a#s2")
    assert lit(page) == {"صاحب الموقف": ["غامبيا"], "موقف": ["متهمة"], "المستهدَف": ["ميانمار"]}
    page.keyboard.press("Escape")
    assert lit(page) == {}


def test_a_mention_in_focus_lights_up_what_it_has_a_role_in(look: Open) -> None:
    page = look(f"en/articles/{RICH}.html")
    claimer = page.get_attribute("#card-c3", "data-roles").split("claimer:")[1].split()[0]
    page.focus(f".text a#{claimer}")
    roles = " ".join(lit(page))
    assert "claimer c3" in roles and "holder s2" in roles and "the same thing" in roles


def test_a_link_to_an_annotation_keeps_it_lit_until_escape(look: Open) -> None:
    page = look(f"en/articles/{RICH}.html")
    page.evaluate("location.hash = 'c3'")
    page.wait_for_selector(".text [data-role=content]")
    page.keyboard.press("Escape")
    assert lit(page) == {} and "#" not in page.url


def test_disagreements_stand_below_with_what_was_decided(look: Open) -> None:
    page = look("en/agreement.html")
    follow(page, ".columns a")
    assert page.url.endswith("#differing")
    assert page.locator("#differing .differences > li").count() > 0
    assert page.locator("#differing .decision").count() > 0


# --- The network --------------------------------------------------------------------------------------


def test_neighbours_light_up_and_a_click_lists_the_stances(look: Open) -> None:
    page = look("en/network.html")
    node = page.locator(".node:visible").first
    node.focus()
    number = node.get_attribute("data-node")
    links = page.locator(f".link.lit[data-nodes~='{number}']").count()
    assert links > 0 and links == page.locator(".link.lit").count()
    node.press("Enter")
    figure = page.locator(".network", has=page.locator(".chosen:visible"))
    rows = figure.locator("tbody tr:visible")
    assert rows.count() == figure.locator(f"tbody tr[data-nodes~='{number}']").count() > 0
    assert rows.first.locator("a").first.get_attribute("href").startswith("articles/")
    assert (
        node.locator("title")
        .text_content()
        .startswith(figure.locator(".chosen b").text_content()[len("Stances of ") :])
    )
    page.keyboard.press("Escape")
    assert page.locator(".chosen:visible, .link.lit").count() == 0


def test_more_is_shown_when_asked_for_and_by_topic(look: Open) -> None:
    page = look("network.html")
    before = page.locator(".node:visible").count()
    page.select_option("select[name=level]", "1")
    page.wait_for_function(
        "before => [...document.querySelectorAll('.node')].filter(n => n.getBoundingClientRect().width).length > before",
        arg=before,
    )
    assert page.locator(".node:visible").count() == page.locator(".node").count()
    page.select_option("select[name=level]", "5")
    page.wait_for_function(
        "before => [...document.querySelectorAll('.node')].filter(n => n.getBoundingClientRect().width).length < before",
        arg=before,
    )
    page.select_option("select[name=level]", "1")
    page.select_option("select[name=topic]", "local")
    wait_for_count(page, 2)


# --- Language, mode, keys -----------------------------------------------------------------------------


def test_the_readers_language_comes_first_and_a_choice_is_kept(look: Open) -> None:
    page = look("index.html", locale="fr")
    page.wait_for_url("**/en/index.html")
    page.click("#language")
    page.wait_for_url(lambda url: url.endswith("/index.html") and "/en/" not in url)
    follow(page, f"a[href='articles/{RICH}.html']")
    page.reload()
    assert page.get_attribute("html", "lang") == "ar"
    assert look("en/index.html", locale="ar-EG").get_attribute("html", "dir") == "rtl"


def test_where_nothing_may_be_stored_the_page_stays_and_works(browser: Any, site: Path) -> None:
    with browser.new_context(locale="fr") as context:
        page = context.new_page()
        trouble: list[str] = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        blocked = (
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } });"
        )
        page.add_init_script(blocked)
        page.goto((site / "index.html").as_uri())
        page.click("#mode")
        assert (
            page.get_attribute("html", "data-mode") == "dark" and page.get_attribute("html", "lang") == "ar"
        )
        page.click("#language")
        page.wait_for_url("**/en/index.html")
        assert trouble == []


def test_dark_and_light(look: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (look("index.html", scheme=scheme).evaluate(ground) for scheme in ("light", "dark"))
    assert light != dark
    page = look("index.html")
    page.click("#mode")
    assert page.evaluate(ground) == dark
    page.goto(page.url.replace("index.html", "network.html"))
    assert page.evaluate(ground) == dark and page.locator("#mode").inner_text() == "فاتح"


def test_by_keys_alone(look: Open) -> None:
    page = look("en/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "search"
    for _ in range(8):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#articles h3') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".reading").count() > 0
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen |= set(lit(page))
    assert {"content", "claimer"} <= seen


def test_nothing_moves_by_itself(look: Open) -> None:
    for kind in ("index", "network", f"articles/{RICH}"):
        page = look(f"{kind}.html")
        page.hover("h1")
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


# --- Everybody can read it ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tree", ["", "en/"])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(tree: str, kind: str, look: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # the trees have the same pages in two languages: between them each is seen in all four ways
    for width, scheme in ((360, "light"), (1280, "dark")) if tree else ((1280, "light"), (360, "dark")):
        page = look(f"{tree}{kind}.html", width=width, scheme=scheme)
        page.wait_for_function("document.readyState === 'complete'")
        found = (
            Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
        )
        assert [
            (one["id"], node["html"][:200], node["failureSummary"])
            for one in found
            for node in one["nodes"][:2]
        ] == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)


def test_the_printed_page_is_the_article(look: Open) -> None:
    page = look(f"articles/{RICH}.html", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".top:visible, .steps:visible").count() == 0
    assert page.locator(".text:visible").count() > 3
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


# --- Hostile texts ------------------------------------------------------------------------------------


def test_hostile_text_runs_nothing(look: Open, small_site: Path) -> None:
    for path in (
        "index.html",
        "articles/hostile.html",
        "sources.html",
        "network.html",
        "en/articles/hostile.html",
    ):
        page = look(path, root=small_site)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        assert page.locator("img, main script, main style").count() == 0
        assert page.locator("bdi.control").count() > 0
    page = look("index.html", root=small_site)
    page.fill("input[type=search]", "<script>alert")
    wait_for_count(page, 1)
    assert page.locator(".found mark").text_content() == "<script>alert"


def test_a_turned_direction_ends_where_it_begins(look: Open, small_site: Path) -> None:
    page = look("articles/hostile.html", root=small_site)
    left = """words => { const letters = document.createTreeWalker(document.querySelector('p.text'), NodeFilter.SHOW_TEXT);
      for (let node; (node = letters.nextNode());) { const at = node.data.indexOf(words); if (at < 0) continue;
        const box = (n) => { const r = document.createRange(); r.setStart(node, n); r.setEnd(node, n + 1); return r.getBoundingClientRect().left; };
        return [box(at), box(at + 1)]; } }"""
    first, second = page.evaluate(left, "نص")
    assert first > second  # the Arabic letters still run from the right
    mark = page.locator(".control").first
    assert "RLO" in mark.evaluate("one => getComputedStyle(one, '::before').content")


def test_a_very_large_article_is_quick(look: Open, small_site: Path) -> None:
    start = time.monotonic()
    page = look("articles/large.html", root=small_site)
    assert page.locator(".text .entity").count() >= ANNOTATIONS * 9 // 10
    assert page.evaluate("document.querySelector('p.text').textContent.length") >= LETTERS
    loaded = time.monotonic() - start
    page.focus(".text a#c500")
    assert "المدّعي" in lit(page)
    assert loaded < 20 and time.monotonic() - start < 25, loaded
