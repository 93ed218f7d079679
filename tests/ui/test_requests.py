"""How much a page asks the server for: a click costs no more than two requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import pytest
from playwright.sync_api import expect
from tests.ui.browser import expect_soon, requests_of, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page
    from tests.ui.browser import Windows

MOST = 2

PLAN = "/launch-plans/default/development/nightly"
WORKFLOW = "/workflows/default/development/retail.train_and_score"

ROWS = {
    "home, what runs": ("/", "busy-wren"),
    "home, what failed": ("/", "sad-heron"),
    "what succeeded": ("/executions", "brave-fox"),
    "what failed": ("/executions", "sad-heron"),
    "what waits": ("/executions", "patient-crane"),
    "what runs": ("/executions", "busy-wren"),
    "what has started others": ("/executions", "long-year"),
    "a task": ("/tasks", "retail.publish"),
    "a workflow": ("/workflows", "retail.train_and_score"),
    "a launch plan": ("/launch-plans", "nightly"),
    "a schedule": ("/schedules", "nightly"),
    "an execution of a workflow": (WORKFLOW, "calm-owl"),
}
"""Rows of tables: a page, and what the row says."""

TABS = {
    "an execution": ("/executions/brave-fox", "Graph"),
    "one that runs": ("/executions/busy-wren", "Graph"),
    "one that failed": ("/executions/sad-heron", "Graph"),
    "a node": ("/executions/brave-fox?node=n0", "Inputs"),
    "a node that failed": ("/executions/sad-heron?node=n0", "Error"),
    "a workflow": (WORKFLOW, "overview"),
    "a launch plan": (PLAN, "overview"),
    "the settings": ("/settings", "Projects"),
}
"""Tabs that stand side by side: a page, and the name of one of them."""


GROUPS = {
    # a workflow with a branch in it, and a map, whose elements push what follows out of sight
    "brave-fox": ("score", "fit"),
    # a dynamic task, and in it a launch plan with the execution that it has started
    "long-year": ("each_quarter", "quarterly"),
}
"""What can be opened, by its execution."""


NOTHING_AGAIN = "setInterval = () => 0"
"""What is looked at again and again is looked at once: how often it is while a click is answered
depends on the machine."""


def opened(windows: Windows, path: str) -> Page:
    page = windows.context().new_page()
    windows.listen(page)
    page.add_init_script(NOTHING_AGAIN)
    page.goto(path)
    return settled(page)


def asked_by(page: Page, act: Locator) -> list[str]:
    """What a click asks for, but for streams, which stay open."""
    asked = requests_of(page, act.click)
    return [path for path in asked if not re.match(r"v1/(executions/[^/]+/)?events\b", path)]


def test_no_link_of_the_rail_asks_for_much(windows, record_property):
    page = opened(windows, "/settings")
    rail = page.get_by_role("navigation", name="Pages")
    names = rail.get_by_role("listitem").all_inner_texts()
    asked = {
        name: asked_by(page, rail.get_by_role("link", name=name, exact=True)) for name in names
    }
    record_property("requests", {name: len(paths) for name, paths in asked.items()})
    assert len(asked) > 5
    assert {name: paths for name, paths in asked.items() if len(paths) > MOST} == {}


@pytest.mark.parametrize("row", ROWS)
def test_no_row_asks_for_much(windows, row, record_property):
    path, name = ROWS[row]
    page = opened(windows, path)
    found = page.get_by_role("row", name=re.compile(re.escape(name))).first
    before = page.url
    asked = asked_by(page, found.get_by_role("link").first)
    expect(page).not_to_have_url(before)
    record_property("requests", sorted(asked))
    assert len(asked) <= MOST, asked


@pytest.mark.parametrize("tabs", TABS)
def test_no_tab_asks_for_much(windows, tabs, record_property):
    path, name = TABS[tabs]
    page = opened(windows, path)
    side_by_side = page.get_by_role("tablist").filter(
        has=page.get_by_role("tab", name=name, exact=True)
    )
    side_by_side.wait_for()
    asked = {tab.inner_text(): asked_by(page, tab) for tab in side_by_side.get_by_role("tab").all()}
    record_property("requests", {name: sorted(paths) for name, paths in asked.items()})
    assert len(asked) > 1
    assert {name: paths for name, paths in asked.items() if len(paths) > MOST} == {}


@pytest.mark.parametrize("view", ["graph", "timeline", "nodes"])
def test_no_group_that_opens_in_place_asks_for_much(windows, view, record_property):
    """Repeats count; scripts, as that which lays out graphs, are no requests of the API."""
    asked: dict[str, list[str]] = {}
    for execution, titles in GROUPS.items():
        page = opened(windows, f"/executions/{execution}?view={view}")
        for title in titles:
            closed = page.get_by_role("button", name=f"Open {title}").first
            asked[title] = asked_by(page, closed)
            expect(page.get_by_role("button", name=f"Close {title}")).to_be_visible()
    record_property("requests", {title: sorted(paths) for title, paths in asked.items()})
    assert all(asked.values())
    assert {title: paths for title, paths in asked.items() if len(paths) > MOST} == {}


def test_no_node_asks_for_much(windows):
    page = opened(windows, "/executions/brave-fox?view=nodes")
    nodes = page.get_by_role("tree", name="Nodes")
    asked = {
        name: asked_by(page, nodes.get_by_role("treeitem").filter(has_text=name).first)
        for name in ("load", "clean", "fit", "publish")
    }
    assert {name: paths for name, paths in asked.items() if len(paths) > MOST} == {}


def press_relaunch(page: Page) -> Locator:
    page.get_by_role("button", name="Relaunch").click()
    return page.get_by_role("menuitem", name="With changes")


def press_palette(page: Page) -> Locator:
    page.keyboard.press("Control+k")
    return page.get_by_role("option", name="Launch …")


def launch_link(page: Page) -> Locator:
    return page.get_by_role("link", name="Launch", exact=True)


class Way(NamedTuple):
    """To launch something: a page, what is pressed there, and what is there then."""

    path: str
    pressed: Callable[[Page], Locator]
    role: Literal["button", "option"] = "button"
    name: str = "Launch"


LAUNCHES = {
    "again, with changes": Way("/executions/brave-fox", press_relaunch),
    "of a workflow": Way(WORKFLOW, launch_link),
    "of a launch plan": Way(PLAN, launch_link),
    "from anywhere": Way(
        "/settings", press_palette, "option", "Launch nightly default / development"
    ),
}


@pytest.mark.parametrize("way", LAUNCHES)
def test_no_launch_asks_for_much_before_it_is_one(windows, way, record_property):
    path, pressed, role, name = LAUNCHES[way]
    page = opened(windows, path)
    button = pressed(page)

    def press() -> None:
        button.click()
        page.get_by_role(role, name=name, exact=True).wait_for()

    asked = requests_of(page, press)
    record_property("requests", sorted(asked))
    assert 0 < len(asked) <= MOST, asked


AHEAD = {
    "graph": ["opening"],
    "timeline": ["opening", "timeline"],
    "events": ["opening", "journal"],
}
"""What the page of an execution asks for first, by its view."""


@pytest.mark.parametrize("view", AHEAD)
def test_an_execution_is_asked_for_before_the_code_of_its_page_has_come(windows, view):
    page = windows.context().new_page()
    page.route("**/assets/*.js", lambda route: route.abort())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/executions/brave-fox?view={view}")
    expect_soon(
        page,
        lambda _: [_last(url) for url in asked if "/api/" in url],
        lambda found: found == AHEAD[view],
    )


@pytest.mark.parametrize("view", AHEAD)
def test_what_is_asked_for_ahead_is_not_asked_for_again(windows, view):
    page = windows.context().new_page()
    windows.listen(page)
    page.add_init_script(NOTHING_AGAIN)
    asked = requests_of(page, lambda: settled_at(page, f"/executions/brave-fox?view={view}"))
    times = [[_last(path) for path in asked].count(each) for each in AHEAD[view]]
    assert times == [1 for _ in AHEAD[view]]


def settled_at(page: Page, path: str) -> None:
    page.goto(path)
    settled(page)


def _last(path: str) -> str:
    return path.partition("?")[0].rpartition("/")[2]
