"""The page of an execution: what is in it can be linked to, and what is read does not move."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.ui.browser import settled
from tests.ui.scenario import PATIENCE

from volery.client.remote import Remote

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def test_an_element_that_is_carried_out_with_others_has_an_address(windows, ui):
    with Remote(ui.url) as remote:
        id = remote.execute("retail.train_and_score", {"rows": 1700}, name="wide-owl").id
        remote.wait(id, PATIENCE)
        start, end = remote.backend.cells(id, "n2").ranges[-1]
    path = f"n2[{end - 1}]"
    page = settled(windows.open(f"/executions/{id}?node={path}&tab=inputs"))
    expect(page.get_by_role("heading", name=f"fit[{end - 1}]")).to_be_visible()
    expect(page.get_by_text("factor").last).to_be_visible()
    tabs = page.get_by_role("tablist").last
    tabs.get_by_role("tab", name="Attempts").click()
    expect(page.get_by_text("attempt 1")).to_be_visible()
    tabs.get_by_role("tab", name="More").click()
    expect(page.get_by_text(f"n2[{start}:{end}]")).to_be_visible()


def test_events_open_at_the_newest(windows):
    page = settled(windows.open("/executions/brave-fox?view=events"))
    for _ in range(2):
        events = page.get_by_role("log", name="Events")
        expect(events.get_by_text("the execution")).to_be_in_viewport()
        expect(events.get_by_text("load")).to_have_count(0)  # it was the first to begin
        page.get_by_role("tab", name="Graph").click()
        page.get_by_role("tab", name="Events").click()


def test_events_have_the_names_of_nodes_that_nobody_has_opened(windows):
    page = settled(windows.open("/executions/brave-fox?view=events"))
    events = page.get_by_role("log", name="Events")
    expect(events.get_by_text("score / size / thorough n5/n0/n1").first).to_be_visible()


def test_the_header_says_what_was_cached_and_tried_again(windows):
    page = settled(windows.open("/executions/calm-owl"))
    header = page.locator("main header").first
    expect(header.get_by_text("1 cached")).to_be_visible()
    expect(header.get_by_text("1 retry")).to_be_visible()


@pytest.mark.parametrize("view", ["graph", "timeline", "nodes"])
def test_an_execution_that_a_launch_plan_has_started_opens_in_place(windows, view):
    page = settled(windows.open(f"/executions/long-year?view={view}"))
    page.get_by_role("button", name="Open each_quarter").click()
    page.get_by_role("button", name="Open quarterly").first.click()
    expect(page.get_by_role("button", name="Close quarterly")).to_be_visible()
    expect(page.get_by_text("load", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(f"long-year.view={view}&open=n0,"))
    page.reload()
    expect(page.get_by_role("button", name="Close quarterly")).to_be_visible()
    page.get_by_role("button", name="Close quarterly").click()
    page.get_by_role("button", name="Close each_quarter").click()
    expect(page).to_have_url(re.compile(f"long-year.view={view}$"))


def test_the_nodes_that_are_listed_stand_in_the_address(windows):
    page = settled(windows.open("/executions/brave-fox?view=nodes"))
    page.get_by_label("Part of a node's path").fill("n5")
    page.get_by_role("group", name="Phases").get_by_title("Only succeeded").click()
    for said in ("find=n5", "phases=succeeded"):
        expect(page).to_have_url(re.compile(said))
    for _ in range(2):
        nodes = page.get_by_role("tree", name="Nodes").get_by_role("treeitem")
        expect(nodes.filter(has_text="n5/n0").first).to_be_visible()
        expect(nodes.filter(has_not_text="n5")).to_have_count(0)
        page.reload()
    expect(page.get_by_label("Part of a node's path")).to_have_value("n5")


@pytest.mark.parametrize("view", ["graph", "timeline", "nodes"])
def test_an_execution_that_a_launch_plan_has_started_has_a_link(windows, view):
    page = settled(windows.open(f"/executions/long-year?view={view}"))
    page.get_by_role("button", name="Open each_quarter").click()
    link = page.get_by_title(re.compile("^The execution ")).first
    where = link.get_attribute("href") or ""
    link.click()
    expect(page).to_have_url(re.compile(f"{re.escape(where)}$"))
    expect(page.get_by_role("link", name=re.compile(r"^long-year\Wn0\W"))).to_be_visible()


def test_edges_are_square_for_those_who_ask(windows):
    page = windows.open("/executions/brave-fox")
    boxes = page.locator(".react-flow__node")
    edges = page.locator("svg path[marker-end]")
    expect(edges.first).to_be_attached()
    expect(boxes.first).to_be_visible()
    assert page.workers == []  # it was laid out in the page, at once
    assert any("C" in d for d in _ways(edges))
    with page.expect_worker() as worker:
        page.get_by_role("button", name="Square edges").press("Enter")
    assert "elk" in worker.value.url
    page.wait_for_function(
        "() => [...document.querySelectorAll('svg path[marker-end]')]"
        ".every(path => !path.getAttribute('d').includes('C'))"
    )
    assert any("Q" in d for d in _ways(edges))
    page.reload()
    expect(page.get_by_role("button", name="Curved edges")).to_be_visible()
    expect(edges.first).to_be_attached()
    assert not any("C" in d for d in _ways(edges))


def _ways(edges: Locator) -> list[str]:
    return edges.evaluate_all("all => all.map(path => path.getAttribute('d'))")
