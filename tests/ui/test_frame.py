"""What stands around every page: ways to others, the palette, and what is chosen for all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from tests.servers.volery import volery_server
from tests.ui.browser import PHONE, Windows, expect_soon, settled

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def test_the_rail_leads_to_pages_and_folds(windows):
    page = settled(windows.open("/"))
    rail = page.get_by_role("navigation", name="Pages")
    rail.get_by_role("link", name="Executions").click()
    expect(page).to_have_url(re.compile("/executions$"))
    expect(page).to_have_title("Executions · Volery")
    rail.get_by_role("button", name="Fold the rail").click()
    page.reload()
    expect(rail.get_by_role("button", name="Unfold the rail")).to_be_visible()
    expect_soon(page, lambda _: width_of(rail), lambda width: width < 60)
    expect(rail.get_by_role("link", name="Tasks")).to_be_visible()


def width_of(each: Locator) -> float:
    box = each.bounding_box()
    return box["width"] if box else inf


def test_on_a_phone_the_rail_opens_over_the_page(windows):
    page = settled(windows.open("/", PHONE))
    page.get_by_role("button", name="Pages").click()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Tasks").click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()
    expect(page.get_by_role("link", name="Workflows")).to_be_hidden()


def test_the_palette_finds_executions_and_opens_them(windows):
    page = settled(windows.open("/tasks"))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("brave")
    expect(page.get_by_role("option", name="brave-fox", selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/executions/brave-fox"))


def ask_palette(page: Page, query: str, taken: str) -> None:
    """Write something into the palette, and take what is offered first."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill(query)
    expect(page.get_by_role("option", name=taken, selected=True)).to_be_visible()
    page.keyboard.press("Enter")


def test_the_palette_acts_on_the_execution_that_is_looked_at(windows):
    page = settled(windows.open("/executions/busy-wren"))
    ask_palette(page, "copy id", "Copy the id busy-wren")
    expect(page.get_by_text("Copied busy-wren")).to_be_visible()
    ask_palette(page, "abo", "Abort busy-wren")
    expect(page.get_by_role("dialog", name="Abort busy-wren?")).to_be_visible()
    page.keyboard.press("Escape")
    ask_palette(page, "with changes", "Relaunch busy-wren with changes")
    expect(page).to_have_url(re.compile(r"/launch\?from=busy-wren"))


def test_the_palette_acts_on_executions_that_are_chosen(windows):
    page = settled(windows.open("/executions?q=phase:running"))
    page.get_by_role("checkbox", name="Choose", exact=True).first.check()
    ask_palette(page, "copy", "Copy the id of 1 execution")
    expect(page.get_by_text("Copied ")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/executions", "/workflows"])
def test_the_palette_acts_on_what_is_named_from_any_page(windows, path):
    page = settled(windows.open(path))
    ask_palette(page, "abo", "Abort …")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("abort ")
    page.keyboard.type("busy")
    expect(page.get_by_role("option", name="Abort busy-wren", selected=True)).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Abort busy-wren?")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    ask_palette(page, "copy calm", "Copy calm-owl")
    expect(page.get_by_text("Copied calm-owl")).to_be_visible()
    ask_palette(page, "launch solve", "Launch retail.solve")
    expect(page).to_have_url(re.compile(r"/launch\?.*name=retail.solve"))


def test_the_palette_toggles_the_theme(windows):
    page = settled(windows.open("/"))
    ask_palette(page, "theme", "Toggle the theme")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_keys_go_to_pages(windows):
    page = settled(windows.open("/"))
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("/workflows$"))


def test_a_project_stays_chosen_from_page_to_page(windows):
    page = settled(windows.open("/"))
    page.get_by_role("button", name="All projects").click()
    page.get_by_role("menuitemradio", name="production").click()
    expect(page).to_have_url(re.compile(r"\?domain=production"))
    page.get_by_role("link", name="Executions", exact=True).click()
    expect(page).to_have_url(re.compile(r"/executions\?domain=production"))
    expect(page.get_by_text("Nothing has been run yet")).to_be_visible()


def test_the_theme_and_the_time_zone_are_kept(windows):
    page = settled(windows.open("/executions"))
    page.get_by_role("button", name=re.compile("Theme")).click()
    page.get_by_role("button", name="Theme: light").click()
    page.get_by_role("button", name=re.compile("Time zone")).click()
    page.get_by_role("combobox", name="Time zone of all times").fill("Asia/Tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    started = page.get_by_role("row").nth(1).locator("button", has=page.locator("time"))
    expect(started).to_have_attribute("title", re.compile(r"GMT\+9"))


def test_dates_that_are_written_are_those_of_the_zone_that_is_chosen(windows):
    page = windows.context().new_page()
    page.add_init_script("localStorage.setItem('volery.zone', 'Asia/Tokyo')")
    with page.expect_request(re.compile("/api/v1/executions")) as asked:
        page.goto("/executions?q=started:2026-01-31")
    midnight = datetime(2026, 1, 31, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp()
    assert parse_qs(urlsplit(asked.value.url).query)["since"] == [f"{midnight:.0f}"]


def test_an_address_that_is_none_says_so(windows):
    page = windows.open("/nowhere/at/all")
    expect(page.get_by_text("There is no such page")).to_be_visible()
    page = windows.open("/workflows/default/development/nothing")
    expect(page.get_by_text("It is not here")).to_be_visible()


def test_the_three_commands_make_the_first_execution(browser, tmp_path):
    with volery_server(tmp_path / "home") as server:
        windows = Windows(browser, server.url)
        page = settled(windows.open("/"))
        steps = page.get_by_role("main").locator("ol code")
        expect(steps).to_have_count(3)
        commands = steps.all_inner_texts()
        script = tmp_path / "first.sh"
        script.write_text("\n".join(["set -e", *commands]))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        said = os.environ | {"PATH": path}
        done = subprocess.run(
            ["bash", script], cwd=tmp_path, env=said, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        expect(page.get_by_role("heading", name="Running")).to_be_visible()
        windows.close()
