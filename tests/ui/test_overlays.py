"""What opens over a page: everybody can use it, by whatever means they have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

import pytest
from playwright.sync_api import expect
from tests.ui.browser import Scheme, axe, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

Role = Literal["dialog", "listbox", "menu"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PLAN = "/launch-plans/default/development/nightly"
WORKFLOW = "/workflows/default/development/retail.train_and_score"
LAUNCH = "/launch?kind=workflow&name=retail.train_and_score"
LOGS = "/executions/brave-fox?node=n0&tab=logs"
OUTPUTS = "/executions/brave-fox?node=n3&tab=outputs"


class Overlay(NamedTuple):
    """Something that opens.

    Attributes:
        path: of the page that has it.
        act: opens it.
        role: of what has opened then.
        name: and a part of its name.
    """

    path: str
    act: Callable[[Page], object]
    role: Role
    name: str = ""


def press(name: str, *, exact: bool = False) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=name, exact=exact).first.click()


def choose(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("combobox", name=name).first.click()


def press_keys(page: Page) -> None:
    page.keyboard.press("Control+k")


def search(page: Page) -> None:
    press_keys(page)
    page.get_by_role("combobox", name="Search").fill("re")
    page.get_by_role("option", name="retail.solve").first.wait_for()


def write_a_filter(page: Page) -> None:
    page.get_by_role("textbox", name="Filter").press_sequentially("pha")


def ask_for_a_zone(page: Page) -> None:
    page.get_by_role("button", name="Time zone").click()
    page.get_by_role("combobox", name="Time zone of all times").click()


def abort_two(page: Page) -> None:
    boxes = page.get_by_role("checkbox", name="Choose", exact=True)
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Abort", exact=True).click()


def switch_off(page: Page) -> None:
    page.get_by_role("switch").first.click()


OVERLAYS = {
    "palette": Overlay("/", press_keys, "dialog", "Search or do"),
    "palette with what was found": Overlay("/", search, "listbox"),
    "projects": Overlay("/", press("All projects"), "menu"),
    "time zones": Overlay("/", ask_for_a_zone, "listbox"),
    "suggestions": Overlay("/executions", write_a_filter, "listbox", "Suggestions"),
    "views": Overlay("/executions?q=phase:failed", press("Views"), "dialog"),
    "columns": Overlay("/executions", press("Columns"), "dialog"),
    "abort several": Overlay(
        "/executions?q=phase:running", abort_two, "dialog", "Abort 2 executions?"
    ),
    "suggestions of artifacts": Overlay(
        "/artifacts", lambda page: page.get_by_role("textbox", name="Filter").click(), "listbox"
    ),
    "abort": Overlay("/executions/busy-wren", press("Abort"), "dialog", "Abort busy-wren?"),
    "recover": Overlay("/executions/sad-heron", press("Recover"), "dialog", "Recover sad-heron?"),
    "relaunch": Overlay("/executions/brave-fox", press("Relaunch"), "menu"),
    "copy as": Overlay("/executions/brave-fox", press("Copy as"), "menu"),
    "log filter": Overlay(LOGS, press("Filter", exact=True), "menu"),
    "value": Overlay(OUTPUTS, press("More about"), "menu"),
    "versions": Overlay(WORKFLOW, press("v2"), "menu"),
    "versions of a difference": Overlay(
        f"{WORKFLOW}/diff?left=v1&right=v2", choose("Was"), "listbox"
    ),
    "deactivate": Overlay(PLAN, switch_off, "dialog", "Deactivate nightly?"),
    "copy a launch": Overlay(LAUNCH, press("Copy as"), "menu"),
    "version of a launch": Overlay(LAUNCH, choose("Version"), "listbox"),
    "steps of a lineage": Overlay(
        "/lineage?execution=refresh-20&path=n0", choose("Steps"), "listbox"
    ),
    "new project": Overlay("/settings", press("New project"), "dialog", "New project"),
}


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_opens_is_for_everybody(windows, name, subtests):
    path, act, role, named = OVERLAYS[name]
    page = settled(windows.open(path))
    act(page)
    opened = page.get_by_role(role, name=re.compile(re.escape(named))).first
    expect(opened).to_be_visible()
    for scheme in SCHEMES:
        with subtests.test(scheme=scheme):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
            expect(opened).to_be_visible()
            assert axe(page) == []
