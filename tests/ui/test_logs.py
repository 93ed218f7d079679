"""The log of an attempt: found in, linked to, taken away, and read while it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import expect
from tests.ui.acting.acting import LINES
from tests.ui.browser import Windows, expect_soon, settled, watching
from tests.ui.scenario import PATIENCE, serving

from volery.client.remote import Remote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page


class Talker(NamedTuple):
    """A server with an execution that prints a line for each file in a folder."""

    url: str
    id: str
    doors: Path

    def open(self, door: str) -> None:
        (self.doors / door).touch()


@pytest.fixture(scope="module")
def talker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talker]:
    folder = tmp_path_factory.mktemp("logs")
    doors = folder / "doors"
    doors.mkdir()
    with serving("acting", folder) as server:
        with Remote(server.url) as remote:
            remote.execute("acting.talking", {"doors": str(doors)}, name="talker")
        yield Talker(server.url, "talker", doors)


@pytest.fixture
def windows(browser: Browser, talker: Talker) -> Iterator[Windows]:
    with watching(browser, talker.url) as opened:
        yield opened


def opened(windows: Windows, of: str) -> Page:
    page = settled(windows.open(f"/executions/talker?node=n0&tab=logs{of}"))
    expect(log(page, 1 if "attempt=1" in of else 2)).to_be_visible()
    return page


def log(page: Page, attempt: int) -> Locator:
    return page.get_by_role("log", name=f"Log of attempt {attempt}")


def marked(page: Page) -> Locator:
    """The line that was gone to."""
    return page.locator("[data-at]")


# -- of an attempt that has ended --------------------------------------------------------------


def test_a_log_is_searched_and_says_how_often_it_was_found(windows):
    page = opened(windows, "&attempt=1")
    field = page.get_by_role("textbox", name="Search the log")
    count = page.get_by_role("toolbar", name="Log").get_by_role("status")
    field.fill("line 7")
    expect(count).to_have_text("11")
    for key, at, line in (
        ("Enter", "1 / 11", "line 7 of"),
        ("Enter", "2 / 11", "line 70 of"),
        ("Shift+Enter", "1 / 11", "line 7 of"),
        ("Shift+Enter", "11 / 11", "line 79 of"),
    ):
        field.press(key)
        expect(count).to_have_text(at)
        expect(marked(page)).to_contain_text(line)
        expect(marked(page)).to_be_in_viewport()
    field.fill("nobody says this")
    expect(count).to_have_text("0")
    expect(page.get_by_role("button", name="Next match")).to_be_disabled()


def test_a_line_has_an_address_that_opens_at_it(windows):
    page = opened(windows, "&attempt=1&line=150")
    expect(marked(page)).to_contain_text("line 150 of attempt 1")
    expect(marked(page)).to_be_in_viewport()
    page.get_by_role("button", name="Link to line 152").click()
    expect(page).to_have_url(re.compile("line=152"))
    again = opened(windows, page.url.partition("tab=logs")[2])
    expect(marked(again)).to_contain_text("line 152 of attempt 1")
    expect(marked(again)).to_be_in_viewport()


def test_two_attempts_stand_side_by_side(windows):
    page = opened(windows, "&attempt=1&line=1")
    page.get_by_role("button", name="Two attempts side by side").click()
    for attempt in (1, 2):
        beside = page.get_by_role("region", name=f"Attempt {attempt}")
        expect(beside.get_by_text(re.compile(f"of attempt {attempt}$")).first).to_be_visible()
    page.get_by_role("button", name="Two attempts side by side").click()
    expect(log(page, 2)).to_have_count(0)
    expect(log(page, 1)).to_be_visible()


def test_a_log_is_downloaded_and_its_colours_are_those_of_a_terminal(windows):
    page = opened(windows, "&attempt=1")
    red = log(page, 1).get_by_text("red", exact=True)
    plain = log(page, 1).get_by_text("and plain")
    expect(red).to_be_visible()
    expect(log(page, 1)).not_to_contain_text("[31m")
    expect(red).not_to_have_css(
        "color", str(plain.evaluate("each => getComputedStyle(each).color"))
    )
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    assert started.value.suggested_filename == "talker-n0.1.log"
    text = Path(started.value.path()).read_text()
    assert all(f"line {number} of attempt 1" in text for number in (1, LINES - 1))


# -- of an attempt that goes on ----------------------------------------------------------------


def test_a_line_arrives_by_itself_and_the_end_is_followed_as_long_as_somebody_wants(
    windows, talker
):
    page = opened(windows, "")
    lines = log(page, 2)
    follow = page.get_by_role("button", name="Follow the end")
    expect(follow).to_have_attribute("aria-pressed", "true")
    expect(lines.get_by_text("and plain")).to_be_in_viewport()
    talker.open("first")
    expect(lines.get_by_text("the first door is open")).to_be_in_viewport()

    lines.evaluate("each => each.scrollTo(0, 0)")
    expect(follow).to_have_attribute("aria-pressed", "false")
    expect(lines.get_by_text("line 1 of attempt 2", exact=True)).to_be_in_viewport()
    height = lines.evaluate("each => each.scrollHeight")
    talker.open("second")
    expect_soon(
        page, lambda _: lines.evaluate("each => each.scrollHeight"), lambda now: now > height
    )
    expect(lines.get_by_text("line 1 of attempt 2", exact=True)).to_be_in_viewport()

    follow.click()
    expect(lines.get_by_text("the second door is open")).to_be_in_viewport()
    talker.open("last")
    expect(lines.get_by_text("it is over")).to_be_in_viewport()
    expect(follow).to_have_count(0)  # there is nothing more to come
    with Remote(talker.url) as remote:
        assert remote.wait(talker.id, PATIENCE).phase == "SUCCEEDED"


def height(lines: Locator) -> int:
    return lines.evaluate("each => each.scrollHeight")
