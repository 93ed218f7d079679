"""The list of executions: found by a line, live, and acted on together."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.ui.browser import PHONE, requests_of, settled

from volery.client.remote import Remote


def test_the_filter_line_suggests_and_stands_in_the_address(windows):
    page = settled(windows.open("/executions"))
    line = page.get_by_role("textbox", name="Filter")
    line.click()
    page.get_by_role("option", name=re.compile("^phase:")).click()
    page.get_by_role("option", name="failed").click()
    expect(page).to_have_url(re.compile("q=phase:failed"))
    expect(page.get_by_role("link", name="sad-heron")).to_be_visible()
    expect(page.get_by_role("link", name="brave-fox")).to_have_count(0)
    line.fill("phase:failed colour:red")
    line.press("Enter")
    expect(page.get_by_text("there is nothing called colour")).to_be_visible()


def test_the_filter_line_is_written_with_keys_alone(windows):
    page = settled(windows.open("/executions"))
    line = page.get_by_role("textbox", name="Filter")
    line.press_sequentially("wor")
    line.press("Tab")
    expect(line).to_have_value("workflow:")
    line.press_sequentially("sol")
    expect(page.get_by_role("option", name="retail.solve")).to_be_visible()
    line.press("ArrowDown")
    line.press("Enter")
    expect(page).to_have_url(re.compile(r"q=workflow:retail\.solve"))
    expect(line).to_be_focused()
    expect(page.get_by_role("link", name="sad-heron")).to_be_visible()
    expect(page.get_by_role("link", name="brave-fox")).to_have_count(0)
    line.press_sequentially("label:te")
    expect(page.get_by_role("option", name="team=")).to_be_visible()
    line.press("Tab")
    expect(page.get_by_role("option", name="team=maths")).to_be_visible()
    line.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    line.press("Tab")
    expect(line).not_to_be_focused()
    expect(page).to_have_url(re.compile("label:team"))


def test_several_phases_are_suggested_one_after_the_other(windows):
    page = settled(windows.open("/executions"))
    line = page.get_by_role("textbox", name="Filter")
    line.press_sequentially("phase:fa")
    page.get_by_role("option", name="failed").click()
    line.press("Backspace")
    line.press_sequentially(",ab")
    page.get_by_role("option", name="failed,aborted").click()
    expect(page.get_by_role("link", name="sad-heron")).to_be_visible()
    expect(page.get_by_role("link", name="late-lark")).to_be_visible()
    expect(page.get_by_role("link", name="brave-fox")).to_have_count(0)


TYPE = """texts => {
    const line = document.querySelector('[aria-label=Filter]')
    const {set} = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')
    for (const text of texts) {
        set.call(line, text)
        line.dispatchEvent(new Event('input', {bubbles: true}))
    }
}"""
"""Types faster than anybody does."""


def test_the_server_is_asked_for_suggestions_once_a_pause(windows):
    page = settled(windows.open("/executions"))
    page.get_by_role("textbox", name="Filter").click()
    text = "label:team=m"

    def write() -> None:
        page.evaluate(TYPE, [text[:end] for end in range(1, len(text) + 1)])
        expect(page.get_by_role("option", name="team=maths")).to_be_visible()

    asked = [path for path in requests_of(page, write) if "suggestions" in path]
    assert asked == ["v1/suggestions?field=label&prefix=team%3Dm&limit=12"]


def test_a_phase_is_shown_alone_and_with_the_others_again(windows):
    page = settled(windows.open("/executions"))
    chip = page.get_by_role("button", name=re.compile("aborted"))
    chip.click()
    expect(page.get_by_role("link", name="late-lark")).to_be_visible()
    expect(page.get_by_role("link", name="brave-fox")).to_have_count(0)
    chip.click()
    expect(page.get_by_role("link", name="brave-fox")).to_be_visible()


def test_nothing_found_says_what_to_do(windows):
    page = settled(windows.open("/executions?q=workflow:nothing"))
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("link", name="brave-fox")).to_be_visible()


def test_a_filter_is_saved_under_a_name(windows):
    page = settled(windows.open("/executions?q=label:team=maths"))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="Name of the view").fill("Maths")
    page.get_by_role("button", name="Save").click()
    page.goto("/executions")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Maths", exact=True).click()
    expect(page).to_have_url(re.compile("team"))


def test_columns_are_chosen_and_stand_in_the_address(windows):
    page = settled(windows.open("/executions"))
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Failure").check()
    expect(page.get_by_role("columnheader", name="Failure")).to_be_visible()
    expect(page).to_have_url(re.compile("columns=.*failure"))
    expect(page.get_by_text("float division by zero")).to_be_visible()


def test_two_that_are_chosen_can_be_compared(windows):
    page = settled(windows.open("/executions"))
    for name in ("brave-fox", "calm-owl"):
        page.get_by_role("row", name=re.compile(name)).get_by_role("checkbox").check()
    page.get_by_role("toolbar").get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"/compare\?left=brave-fox&right=calm-owl"))


def test_what_is_new_arrives_by_itself_and_moves_nothing_under_a_choice(windows, ui):
    page = settled(windows.open("/executions?q=label:team=live"))
    inputs = {"matrix": [[1.0, 0.0], [0.0, 1.0]]}
    with Remote(ui.url) as remote:
        from volery.client.options import Options

        live = Options(labels={"team": "live"})
        remote.execute("retail.solve", inputs, name="first-lark", options=live)
        expect(page.get_by_role("link", name="first-lark")).to_be_visible()
        page.get_by_role("row", name=re.compile("first-lark")).get_by_role("checkbox").check()
        remote.execute("retail.solve", inputs, name="second-lark", options=live)
        page.get_by_role("button", name="1 new").click()
    expect(page.get_by_role("link", name="second-lark")).to_be_visible()


def test_a_row_opens_its_execution(windows):
    page = settled(windows.open("/executions", PHONE))
    page.get_by_role("row", name=re.compile("brave-fox")).click()
    expect(page).to_have_url(re.compile("/executions/brave-fox"))
