"""Very much on one page: what is not seen costs nothing.

What can be counted is asserted: elements, requests, the time of the processor that a page takes.
How long it takes on the clock is in the report; `make bench ARGS="--only ui"` has targets for it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.ui.browser import Windows, expect_soon, requests_of, settled, watching
from tests.ui.pace import (
    FRAMES,
    Answers,
    Pace,
    Work,
    answered,
    elements,
    largest_renderer,
    looking,
    moved,
)
from tests.ui.scale import FLEET, LAYERED, MAPPED, large_server, ticking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(300)  # it all has to happen first

EXECUTIONS = 100_000
FRAME = 1 / 30
"""Seconds of the processor that a picture may take of the page's main thread."""
MOST_ELEMENTS = 6_000
"""On any page, however much there is to show."""
MOST_HEAP = 100
"""Megabytes of what scripts hold."""
MOST_MEMORY = 700
"""Megabytes of the process of a page."""
MOST_WORK = 3.0
"""Seconds of the processor that a page may take of its main thread to open."""
PANE = ".react-flow__pane"
GRAPH = f"/executions/{LAYERED}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with large_server(tmp_path_factory.mktemp("large"), EXECUTIONS) as url:
        yield url


@pytest.fixture
def viewers(browser: Browser, server: str) -> Iterator[Windows]:
    with watching(browser, server) as opened:
        yield opened


@pytest.fixture
def look(viewers, browser, record_property):
    """Opens a page, and tells the report what that took, and what the page has held in the end."""

    def opened(path: str) -> Page:
        page = viewers.context().new_page()
        viewers.listen(page)
        with looking(page, Work) as work:
            began = time.perf_counter()
            page.goto(path)
            settled(page)
            record_property("opened_ms", (time.perf_counter() - began) * 1000)
            spent = work.seconds()
        record_property("main_thread_ms_to_open", spent * 1000)
        assert spent < MOST_WORK
        return page

    yield opened
    memory = largest_renderer(browser)
    record_property("memory_mb", memory)
    assert memory < MOST_MEMORY


def keeps_up(page: Page, record_property, selector: str, right: int, down: int) -> None:
    """Whatever moves takes little of the main thread for a picture, and leaves little behind."""
    with looking(page, Work) as work:
        before = work.seconds()
        pace: Pace = moved(page, selector, right, down)
        spent = (work.seconds() - before) / FRAMES
        heap = work.heap()
    record_property("frames_per_second", pace.frames)
    record_property("longest_frame_ms", pace.longest)
    record_property("main_thread_ms_per_frame", spent * 1000)
    record_property("heap_mb", heap)
    assert spent < FRAME
    assert heap < MOST_HEAP
    assert elements(page) < MOST_ELEMENTS


# -- 10,000 nodes ------------------------------------------------------------------------------


def test_a_graph_of_many_nodes_is_painted_from_far(look, record_property):
    page = look(GRAPH)
    page.locator("canvas").last.wait_for()
    expect(page.locator(".react-flow__node")).to_have_count(0)
    keeps_up(page, record_property, PANE, -3, -2)


def test_of_a_graph_of_many_nodes_those_in_view_are_drawn(look, record_property):
    page = look(f"{GRAPH}?node=n5000")
    expect(page.locator("[data-selected=true]")).to_be_visible()
    expect_soon(page, lambda _: elements(page, ".react-flow__node"), lambda count: 0 < count < 300)
    keeps_up(page, record_property, PANE, -9, -5)


@pytest.mark.parametrize(
    ("view", "role", "down"),
    [("timeline", "tree", 60), ("nodes", "tree", 60), ("events", "log", -60)],
)
def test_of_many_lines_those_in_view_are_drawn(look, record_property, view, role, down):
    page = look(f"{GRAPH}?view={view}")
    lines = page.get_by_role(role)
    expect(lines.get_by_text(re.compile("^(step|join)")).first).to_be_visible()
    lines.evaluate(
        """each => (each.scrollHeight > each.clientHeight ? each : each.parentElement)
            .setAttribute('data-moved', '')"""
    )
    keeps_up(page, record_property, "[data-moved]", 0, down)


def test_a_large_execution_is_read_in_one_request(viewers, record_property):
    page = viewers.context().new_page()
    with looking(page, Answers) as answers:
        asked = requests_of(page, lambda: page.goto(GRAPH))
    of_it = [each for each in asked if each.startswith(f"v1/executions/{LAYERED}")]
    record_property("answers_mb", answers.bytes / 1e6)
    assert of_it == [f"v1/executions/{LAYERED}/opening"]


def test_of_a_large_spec_the_beginning_is_shown_and_all_of_it_saved(look):
    page = look("/workflows/default/development/large.layered?view=spec")
    expect(page.get_by_text("The download has all of them.")).to_be_visible()
    shown = page.get_by_role("region", name="Spec").inner_text()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download the spec").click()
    saved = Path(saving.value.path()).read_text()
    assert len(json.loads(saved)["graph"]["nodes"]) > 1_000
    assert len(shown) < len(saved) / 2


# -- 100,000 elements --------------------------------------------------------------------------


def test_a_map_of_many_elements_is_a_grid(look, record_property):
    page = look(f"/executions/{MAPPED}")
    asked = requests_of(page, page.get_by_role("button", name="Open odd_one").click)
    assert len(asked) <= 2, asked
    expect(page.get_by_text("a cell is")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("100 failed|failed.*100"))).to_be_visible()
    keeps_up(page, record_property, PANE, -4, -2)


# -- the fleet ---------------------------------------------------------------------------------


def test_a_grid_of_many_nodes_by_many_executions_scrolls(look, record_property):
    page = look(f"/fleet?kind=workflow&name={FLEET}&runs=100")
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", "201")
    expect(grid).to_have_attribute("aria-colcount", "104")
    keeps_up(page, record_property, "[role=grid]", -2, 12)


def test_a_cell_of_the_grid_is_reached_by_keys(look):
    page = look(f"/fleet?kind=workflow&name={FLEET}&runs=20")
    page.get_by_role("grid").focus()
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_role("gridcell", name=re.compile("^check succeeded"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/executions/.*node=n1\b"))


# -- 100,000 executions ------------------------------------------------------------------------


def test_a_list_of_many_executions_scrolls_page_by_page(look, record_property):
    page = look("/executions")
    rows = page.get_by_role("table", name="Executions")
    scroller = "main div:has(> table)"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    keeps_up(page, record_property, scroller, 0, 60)
    assert elements(page, "tbody tr") < 100
    pages = expect_soon(page, lambda _: [each for each in asked if "cursor=" in each], bool)
    assert len(pages) <= FRAMES
    expect(rows).to_be_visible()


def test_a_filter_and_an_order_are_one_page_each(look, record_property):
    page = look("/executions?q=workflow:flows.w17")
    for act in (
        page.get_by_role("button", name="Duration").click,
        page.get_by_role("button", name=re.compile("failed")).first.click,
    ):
        asked = requests_of(page, act)
        lists = [each for each in asked if re.match(r"v1/executions\?.*sort=", each)]
        assert len(lists) == 1, asked
    record_property("answers_ms", [took for took, _ in answered(page)])


def test_suggestions_are_there_while_somebody_writes(look, record_property):
    page = look("/executions")
    line = page.get_by_role("textbox", name="Filter")
    for text, suggested in (("workflow:large.ch", FLEET), ("label:team=t", "team=t3")):
        line.press_sequentially(text)
        expect(page.get_by_role("option", name=suggested, exact=True)).to_be_visible()
        line.clear()
    answers = [took for took, name in answered(page) if "suggestions" in name]
    record_property("answers_ms", answers)
    assert len(answers) > 1


# -- what goes on ------------------------------------------------------------------------------

SECONDS = 4


def test_a_live_execution_in_which_much_happens_leaves_the_page_free(
    viewers, server, record_property
):
    with ticking(server) as id:
        page = settled(viewers.open(f"/executions/{id}"))
        page.locator("canvas").last.wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with looking(page, Work) as work:
            before, began = work.seconds(), time.perf_counter()
            frames = 0
            while time.perf_counter() - began < SECONDS:
                moved(page, PANE, -1, 0, 30)
                frames += 30
            took = time.perf_counter() - began
            busy = (work.seconds() - before) / took
        record_property("frames_per_second", frames / took)
        record_property("main_thread_busy", busy)
        record_property("requests_per_second", len(asked) / took)
        assert len(asked) / took < 10
        assert busy < 0.8
