"""One thing in several views: what is chosen in one of them is chosen in all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from tests.ui.browser import LAPTOP, expect_soon, settled

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FOX = "/executions/brave-fox"
MIDDLE = LAPTOP.width / 2


def line_of(page: Page, tree: str, name: str) -> Locator:
    """Of a node, in a view that has a line for each."""
    lines = page.get_by_role("tree", name=tree).get_by_role("treeitem")
    return lines.filter(has=page.get_by_text(name, exact=True))


def show(page: Page, view: str) -> None:
    page.get_by_role("tab", name=view, exact=True).click()


def test_what_is_chosen_in_one_view_is_chosen_in_all_and_the_panel_keeps_its_tab(windows):
    page = settled(windows.open(f"{FOX}?view=timeline"))
    line_of(page, "Timeline", "load").get_by_role("button", name="load").click()
    expect(page.get_by_role("heading", name="load", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Outputs").click()

    show(page, "Nodes")
    expect(line_of(page, "Nodes", "load")).to_have_attribute("aria-selected", "true")
    line_of(page, "Nodes", "clean").click()
    expect(page.get_by_role("heading", name="clean", exact=True)).to_be_visible()
    expect(page.get_by_role("tab", name="Outputs")).to_have_attribute("aria-selected", "true")

    show(page, "Graph")
    chosen = page.locator(".react-flow [data-selected=true]")
    expect(chosen).to_contain_text("clean")
    expect(chosen).to_be_in_viewport()
    show(page, "Timeline")
    expect(line_of(page, "Timeline", "clean")).to_have_attribute("aria-selected", "true")
    expect(line_of(page, "Timeline", "load")).to_have_attribute("aria-selected", "false")


def test_a_stretch_of_the_timeline_is_looked_at_more_closely(windows):
    page = settled(windows.open(f"{FOX}?view=timeline"))
    box = line_of(page, "Timeline", "clean").bounding_box()
    assert box is not None
    down = box["y"] + box["height"] / 2
    whole = axis(page)
    page.mouse.move(box["x"] + 0.6 * box["width"], down)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], down, steps=4)
    page.mouse.move(box["x"] + 0.8 * box["width"], down, steps=4)
    page.mouse.up()
    back = page.get_by_role("button", name="All of it")
    expect(back).to_be_visible()
    expect_soon(page, axis, lambda labels: labels != whole)
    expect(page).to_have_url(re.compile(r"span=[\d.]+\.\.[\d.]+"))
    part = axis(page)
    page.reload()
    expect(back).to_be_visible()
    expect_soon(page, axis, lambda labels: labels == part)
    back.click()
    expect(page).not_to_have_url(re.compile("span="))
    expect(back).to_have_count(0)
    expect_soon(page, axis, lambda labels: labels == whole)


def axis(page: Page) -> str:
    """What stands above the timeline."""
    head = page.get_by_role("tree", name="Timeline").locator("xpath=preceding-sibling::*")
    return head.inner_text()


def test_the_critical_path_is_seen_in_the_graph_and_in_the_timeline(windows):
    page = settled(windows.open(FOX))
    page.get_by_role("button", name="Critical path").click()
    expect(page.locator("[data-critical=true]").first).to_be_visible()
    show(page, "Timeline")
    expect(line_of(page, "Timeline", "enough")).to_have_attribute("data-dim", "true")
    expect(line_of(page, "Timeline", "load")).not_to_have_attribute("data-dim", "true")


def test_the_panel_has_all_the_room_and_gives_it_back(windows):
    page = settled(windows.open(f"{FOX}?node=n0&tab=inputs"))
    heading = page.get_by_role("heading", name="load", exact=True)
    graph = page.get_by_role("tab", name="Graph", exact=True)
    expect(graph).to_be_visible()
    page.get_by_role("button", name="All the room").click()
    expect_soon(
        page, lambda _: left_of(heading), lambda left: left < page.viewport_size["width"] / 3
    )
    page.get_by_role("button", name="Beside the graph").click()
    expect_soon(
        page, lambda _: left_of(heading), lambda left: left > page.viewport_size["width"] / 3
    )
    page.get_by_role("button", name="Close the details").click()
    expect(heading).to_have_count(0)
    expect(graph).to_be_visible()


def left_of(each: Locator) -> float:
    box = each.bounding_box()
    return box["x"] if box else 0.0


def test_the_tab_of_the_browser_says_how_it_stands(windows):
    page = settled(windows.open(FOX))
    icon = page.locator("link[rel=icon]")
    expect(page).to_have_title(re.compile("^✓ brave-fox"))
    expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    succeeded = icon.get_attribute("href")
    page.get_by_role("link", name="Executions").first.click()
    expect(icon).to_have_attribute("href", "/favicon.svg")
    page.get_by_role("link", name="sad-heron").click()
    expect(page).to_have_title(re.compile("^✕ sad-heron"))
    expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    assert icon.get_attribute("href") != succeeded


def test_all_of_a_lineage_is_seen_at_first_where_it_can_be_read(windows):
    page = settled(windows.open("/lineage?execution=refresh-20&path=n0"))
    boxes = page.locator(".react-flow__node")
    for name in ("20", "fetch", "sold.csv", "check", "40", "add_up", "total.txt"):
        expect(boxes.filter(has_text=name).first).to_be_in_viewport(ratio=1)
    picture = page.locator(".react-flow").bounding_box()
    assert picture is not None
    for box in [each.bounding_box() for each in boxes.all()]:
        assert box is not None
        assert picture["x"] < box["x"]
        assert box["x"] + box["width"] < picture["x"] + picture["width"]


def test_lineage_goes_the_way_that_somebody_wants(windows):
    page = settled(windows.open("/lineage?execution=refresh-20&path=n0"))
    picture = page.locator(".react-flow__node")
    made, used = picture.filter(has_text="fetch"), picture.filter(has_text="add_up")
    expect(made.first).to_be_visible()
    expect(used.first).to_be_visible()
    page.get_by_text("Upstream", exact=True).click()
    expect(used).to_have_count(0)
    expect(made.first).to_be_visible()
    expect(page).to_have_url(re.compile("way=upstream"))
    page.get_by_text("Downstream", exact=True).click()
    expect(used.first).to_be_visible()
