"""Decks: shown as they are published, and unable to do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from tests.servers.volery import VoleryServer
from tests.ui.browser import LAPTOP, PHONE, Windows, axe, expect_room, settled, watching
from tests.ui.scenario import PATIENCE, serving

from volery.client.remote import Remote
from volery.engine.nodes.ranges import RANGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page, Response

SHOWING = Path(__file__).with_name("showing")
HOSTILE = "<b>Hostile</b>"
"""The name of the deck that means no good."""


class Shown(NamedTuple):
    """A server on which something has been shown, and the file that what grows waits for."""

    server: VoleryServer
    door: Path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("decks")
    door = folder / "door"
    with serving("showing", folder) as server:
        with Remote(server.url) as remote:
            remote.execute("showing.shown", {"folds": list(range(2 * RANGES))}, name="shown")
            remote.execute("showing.growing", {"door": str(door)}, name="growing")
            remote.wait("shown", PATIENCE)
        yield Shown(server, door)


@pytest.fixture
def windows(browser: Browser, shown: Shown) -> Iterator[Windows]:
    """Opens pages of that server."""
    with watching(browser, shown.server.url) as opened:
        yield opened


def opened(windows: Windows, path: str, **more: object) -> Page:
    return settled(windows.open(f"/executions/{path}", **more))


def paper(page: Page, name: str) -> FrameLocator:
    """What a deck shows."""
    return page.frame_locator(f'iframe[title="{name}"]')


def choose(page: Page, name: str) -> None:
    page.get_by_role("toolbar", name="Decks").get_by_role("button", name=name).click()


def test_a_node_with_decks_has_a_tab_for_them(windows):
    page = opened(windows, "shown?node=n0")
    page.get_by_role("tab", name="Deck").click()
    expect(paper(page, "Scores").get_by_text("attempt 2")).to_be_visible()
    page.get_by_role("button", name="Attempt 1").click()
    expect(paper(page, "Scores").get_by_text("attempt 1")).to_be_visible()
    expect(page).to_have_url(re.compile("attempt=1.*tab=deck|tab=deck.*attempt=1"))


def test_a_node_without_has_none(windows):
    page = opened(windows, "shown?node=n1")
    expect(page.get_by_role("tab", name="Logs")).to_be_visible()
    expect(page.get_by_role("tab", name="Deck")).to_have_count(0)


def test_many_decks_are_a_list_to_search_in(windows):
    page = opened(windows, "shown?node=n2%5B0%3A2%5D&tab=deck")
    names = page.get_by_role("combobox", name="Deck")
    expect(names).to_have_value("[0] a")
    names.fill("[1] d")
    page.get_by_role("option", name="[1] d").click()
    expect(paper(page, "[1] d").get_by_text("d of fold 1")).to_be_visible()


def test_an_element_shows_its_own(windows):
    page = opened(windows, "shown?node=n2%5B0%5D&tab=deck")
    expect(paper(page, "[0] a").get_by_text("a of fold 0")).to_be_visible()
    expect(page.get_by_role("toolbar", name="Decks").get_by_text("[1]")).to_have_count(0)


def test_a_deck_has_an_address(windows):
    page = Watched(windows, "/executions/shown?node=n0&tab=deck").page
    choose(page, "Long")
    expect(page).to_have_url(re.compile("deck=Long"))
    page.reload()
    expect(paper(page, "Long").get_by_text("the first part")).to_be_visible()


def test_a_link_in_a_deck_leads_to_a_part_of_it(windows):
    page = Watched(windows, "/executions/shown?node=n0&tab=deck&deck=Long").page
    frame = paper(page, "Long")
    for told in ("no script has run", "a script has run"):
        expect(frame.get_by_text(told)).to_be_visible()
        expect(frame.get_by_text("the last part")).not_to_be_in_viewport()
        frame.get_by_role("link", name="down").click()
        expect(frame.get_by_text("the last part")).to_be_in_viewport()
        page.get_by_role("button", name="Run its scripts").click()


def test_a_deck_has_all_of_the_screen(windows):
    page = Watched(windows, "/executions/shown?node=n0&tab=deck&deck=Long").page
    page.get_by_role("button", name="All of the screen").click()
    expect(page.locator(":fullscreen iframe")).to_be_visible()
    expect(paper(page, "Long").get_by_text("the first part")).to_be_visible()
    page.evaluate("document.exitFullscreen()")
    expect(page.locator(":fullscreen")).to_have_count(0)
    expect(page.get_by_role("tab", name="Deck")).to_be_visible()


def test_what_is_published_is_seen_while_the_task_goes_on(windows, shown):
    page = opened(windows, "growing?node=n0&tab=deck")
    frame = paper(page, "Progress")
    expect(frame.get_by_text("half of it")).to_be_visible()
    expect(frame.get_by_text("all of it")).to_have_count(0)
    shown.door.touch()
    expect(frame.get_by_text("all of it")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_deck_is_paper_in_both_themes(windows, scheme):
    page = opened(windows, "shown?node=n0&tab=deck", scheme=scheme)
    frame = page.locator("iframe")
    expect(frame).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(paper(page, "Scores").locator("body")).to_have_css("color", "rgb(27, 29, 34)")
    assert axe(page) == []
    for screen in (LAPTOP, PHONE):
        expect_room(page, screen)


# -- what a deck cannot do -------------------------------------------------------------------------


class Watched:
    """A page, and what others than itself have been given.

    What a deck tries and may not is told on the console, so nobody listens to that here.
    """

    def __init__(self, windows: Windows, path: str) -> None:
        self.page = windows.context().new_page()
        self.harmful: list[str] = []
        self.page.on("response", self._hear)
        self.page.context.on("page", lambda page: self.harmful.append(f"a window: {page.url}"))
        self.page.goto(path)
        settled(self.page)

    def _hear(self, response: Response) -> None:
        # Of the frame of a deck nothing is expected but the one file that runs scripts.
        if response.frame != self.page.main_frame and not response.url.endswith("/deck.html"):
            self.harmful.append(response.url)
        if "/harm/" in response.url:
            self.harmful.append(response.url)

    def expect_unharmed(self) -> None:
        assert self.page.evaluate("window.harm") is None
        assert "harm" not in self.page.title()
        assert "/executions/shown" in self.page.url
        assert self.harmful == []


def test_a_hostile_deck_runs_nothing_loads_nothing_and_leads_nowhere(windows):
    watched = Watched(windows, "/executions/shown/node?node=n0&tab=deck")
    page = watched.page
    choose(page, HOSTILE)
    frame = paper(page, HOSTILE)
    expect(frame.get_by_text("the end")).to_be_visible()
    expect(page.locator("iframe")).to_have_attribute("sandbox", "")
    watched.expect_unharmed()
    frame.get_by_text("send").click()
    watched.expect_unharmed()
    frame.get_by_text("out").click()
    expect(page.get_by_role("tab", name="Deck")).to_be_visible()
    watched.expect_unharmed()


def test_scripts_run_when_somebody_says_so_in_an_origin_of_their_own(windows):
    watched = Watched(windows, "/executions/shown/node?node=n0&tab=deck")
    page = watched.page
    expect(paper(page, "Scores").get_by_text("Scores")).to_be_visible()
    run = page.get_by_role("button", name="Run its scripts")
    expect(run).to_have_count(0)  # it has none
    choose(page, "Chart")
    told = paper(page, "Chart").locator("#told")
    expect(told).to_have_text("nothing has run")
    run.click()
    expect(told).to_contain_text("origin null")
    expect(told).to_contain_text("parent SecurityError, top SecurityError, storage SecurityError")
    expect(told).to_contain_text("cookie SecurityError")
    expect(told).to_contain_text("fetch kept away")
    assert "let in" not in (told.text_content() or "")
    expect(page.locator("iframe")).to_have_attribute("sandbox", "allow-scripts")
    watched.expect_unharmed()
    run.click()
    expect(told).to_have_text("nothing has run")


def test_scripts_lead_their_frame_nowhere_else(windows):
    watched = Watched(windows, "/executions/shown/node?node=n0&tab=deck")
    page = watched.page
    choose(page, "Escape")
    expect(paper(page, "Escape").get_by_text("still here")).to_be_visible()
    page.get_by_role("button", name="Run its scripts").click()
    expect(paper(page, "Escape").get_by_text("still here")).to_have_count(0)
    watched.expect_unharmed()


def test_a_deck_that_is_opened_alone_does_nothing_either(windows):
    watched = Watched(windows, "/executions/shown/node?node=n0&tab=deck")
    page = watched.page
    page.goto(f"/api/v1/executions/shown/decks/html?path=n0&attempt=2&name={quote(HOSTILE)}")
    expect(page.get_by_text("the end")).to_be_visible()
    assert "/harm/" not in page.url
    assert [each for each in watched.harmful if "/harm/" in each] == []


def test_the_file_that_runs_scripts_takes_no_word_from_others(windows):
    page = windows.context().new_page()
    answer = page.goto("/deck.html")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith(
        "sandbox allow-scripts; default-src"
    )
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    page.evaluate(
        """new Promise(heard => {
            addEventListener('message', () => setTimeout(heard))
            postMessage('<p>written</p>', '*')
        })"""
    )
    expect(page.get_by_text("written")).to_have_count(0)
