"""The page of an entity: its versions, and what is different between them."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.ui.browser import settled

WORKFLOW = "/workflows/default/development/retail.train_and_score"


def test_a_version_is_chosen_and_stands_in_the_address(windows):
    page = settled(windows.open(WORKFLOW))
    page.get_by_role("button", name="Version v2").click()
    page.get_by_role("menuitem", name=re.compile("v1")).click()
    expect(page).to_have_url(re.compile("version=v1"))
    expect(page.get_by_role("row", name=re.compile("factor"))).to_contain_text("1.0")


def test_two_versions_are_compared(windows):
    page = settled(windows.open(f"{WORKFLOW}?view=versions"))
    page.get_by_role("checkbox", name="Choose all").check()
    expect(page.get_by_text("input factor: float = 1.5, was float = 1.0")).to_be_visible()
    default = page.get_by_role("row", name="interface.inputs[factor].default")
    expect(default.get_by_role("cell")).to_have_text(["1.0", "1.5"])


def test_lines_of_the_code_that_changed_are_told(windows):
    page = settled(windows.open(f"{WORKFLOW}/diff?left=v1&right=v2"))
    edit = page.get_by_role("table", name="What is different in retail.py")
    changed = edit.get_by_role("row").filter(has_text="def train_and_score")
    expect(changed).to_have_text([re.compile("def.*= 1.0"), re.compile("def.*= 1.5")])


def test_who_deactivates_a_launch_plan_is_told_what_its_schedule_does(windows):
    page = settled(windows.open("/launch-plans/default/development/nightly"))
    page.get_by_role("switch", name="nightly v2 is active").click()
    asked = page.get_by_role("dialog", name="Deactivate nightly?")
    expect(asked).to_contain_text(
        "Its schedule (every day at 02:30 (Europe/Berlin)) starts nothing from now on."
    )
    asked.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("switch", name="nightly v2 is active")).to_be_checked()
