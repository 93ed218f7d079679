"""The form of a launch: one of every type, what is wrong with it, and what is never lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.servers.volery import VoleryServer
from tests.ui.browser import PHONE, Windows, axe, expect_room, settled, watching
from tests.ui.scenario import PATIENCE, serving

from volery.client.remote import Remote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

EVERYTHING = "/launch?kind=task&name=forms.everything"
CODED = "/launch?kind=task&name=forms.coded"

TYPED = {
    "count": "7",
    "large": "1180591620717411303424",
    "share": "0.25",
    "note": "two\nlines",
    "raw": "AAEC",
    "start": "2024-07-01T12:00+02:00[Europe/Berlin]",
    "day": "2024-02-29",
    "clock": "09:30",
    "span": "1h30m",
    "price": "1.10",
    "wave": "1+2j",
    "key": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    "place": "data/sales.csv",
}
"""What is typed into fields of one line, and of more."""

ROWS = {
    "numbers": ("int", ["3", "-4"]),
    "names": ("str", ["b", "a"]),
    "rates": ("float", ["0.5", "2"]),
}
"""What is typed into lists: what their button says, and an element a row."""

GOT = {
    "count": "7",
    "large": "1180591620717411303424",
    "share": "0.25",
    "agreed": "True",
    "note": "'two\\nlines'",
    "raw": "b'\\x00\\x01\\x02'",
    "start": "datetime.datetime(2024, 7, 1, 12, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))",
    "day": "datetime.date(2024, 2, 29)",
    "clock": "datetime.time(9, 30)",
    "span": "datetime.timedelta(seconds=5400)",
    "price": "Decimal('1.10')",
    "wave": "(1+2j)",
    "key": "UUID('1b4e28ba-2fa1-11d2-883f-0016d3cca427')",
    "place": "PosixPath('data/sales.csv')",
    "colour": "<Colour.BLUE: 2>",
    "mode": "'slow'",
    "numbers": "[3, -4]",
    "names": "['a', 'b']",
    "pair": "(1, 'one')",
    "rates": "(0.5, 2.0)",
    "stock": "{'tea': 12}",
    "items": "[Item(name='tea', price=3.5, tags=['hot'])]",
    "point": "Point(x=1, y=-2)",
    "shop": "Shop(owner='Ada', staff=1)",
    "route": "Route(stops=['A'])",
    "address": "{'street': 'High Street'}",
    "either": "'5'",
    "maybe": "0.5",
    "json": "{'deep': [1, None]}",
    "file": "'tea\\n'",
    "folder": "['inside.txt']",
    "table": "{'x': [1, 2], 'y': ['a', 'b']}",
    "engine": "Engine()",
}
"""What the task gets of it, as Python writes it."""


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoleryServer]:
    """A server with tasks that take one of everything."""
    with serving("forms", tmp_path_factory.mktemp("forms")) as server:
        yield server


@pytest.fixture
def windows(browser: Browser, forms: VoleryServer) -> Iterator[Windows]:
    with watching(browser, forms.url) as opened:
        yield opened


def fill(page: Page, folder: Path) -> None:
    """Give one of everything by hand."""
    for name, text in TYPED.items():
        page.get_by_label(name, exact=True).fill(text)
    for name, label in {"agreed": "true", "colour": "BLUE", "mode": "slow"}.items():
        choose(page, name, label)
    for name, (add, elements) in ROWS.items():
        for index, element in enumerate(elements):
            input_of(page, name).get_by_role("button", name=add, exact=True).click()
            page.get_by_label(f"{name}[{index}]", exact=True).fill(element)
    page.get_by_label("pair[0]", exact=True).fill("1")
    page.get_by_label("pair[1]", exact=True).fill("one")
    input_of(page, "stock").get_by_role("button", name="str: int").click()
    page.get_by_label("stock key 0").fill("tea")
    page.get_by_label("stock['tea']").fill("12")
    input_of(page, "items").get_by_role("button", name="Item").click()
    page.get_by_label("items[0].name").fill("tea")
    page.get_by_label("items[0].price").fill("3.5")
    input_of(page, "items").get_by_role("button", name="give it").click()
    input_of(page, "items").get_by_role("button", name="str", exact=True).click()
    page.get_by_label("items[0].tags[0]").fill("hot")
    for path, text in {
        "point.x": "1",
        "point.y": "-2",
        "shop.owner": "Ada",
        "address.street": "High Street",
    }.items():
        page.get_by_label(path, exact=True).fill(text)
    input_of(page, "route").get_by_role("button", name="str", exact=True).click()
    page.get_by_label("route.stops[0]").fill("A")
    choose(page, "type of either", "str")
    page.get_by_label("either", exact=True).fill("5")
    choose(page, "type of maybe", "float")
    page.get_by_label("maybe", exact=True).fill("0.5")
    page.get_by_label("json as JSON").fill('{"deep": [1, null]}')
    give_files(page, folder)


def give_files(page: Page, folder: Path) -> None:
    (folder / "tea.txt").write_text("tea\n")
    (folder / "rows.csv").write_text("x,y\n1,a\n2,b\n")
    inside = folder / "inside"
    inside.mkdir()
    (inside / "inside.txt").touch()
    for name, path in {"file": "tea.txt", "folder": "inside", "table": "rows.csv"}.items():
        chosen = input_of(page, name).locator("input[type=file]")
        chosen.set_input_files(folder / path)
        expect(input_of(page, name).get_by_label("Take another one")).to_be_visible()


def input_of(page: Page, name: str):
    """All that belongs to an input."""
    return page.get_by_role("group", name=f"input {name}", exact=True)


def choose(page: Page, name: str, label: str) -> None:
    group = page.get_by_role("radiogroup", name=name, exact=True)
    group.get_by_text(label, exact=True).click()


def launched(page: Page) -> str:
    """Launch, and give the id of the execution."""
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url(re.compile("/executions/"))
    return page.url.rpartition("/executions/")[2].partition("?")[0]


def got(forms: VoleryServer, execution: str) -> dict[str, str]:
    with Remote(forms.url) as remote:
        ended = remote.wait(execution, PATIENCE)
        return ended.outputs["o0"]


def test_one_of_everything_is_given_by_hand_and_again(windows, forms, tmp_path, subtests):
    page = settled(windows.open(EVERYTHING))
    fill(page, tmp_path)
    with subtests.test("the same state as text"):
        choose(page, "Show inputs as", "JSON")
        text = page.get_by_label("Inputs as JSON")
        expect(text).to_have_value(re.compile('"count"'))
        tree = json.loads(text.input_value())
        assert tree["items"] == [{"name": "tea", "price": 3.5, "tags": ["hot"]}]
        text.fill(json.dumps(tree | {"count": 8}))
        choose(page, "Show inputs as", "YAML")
        text = page.get_by_label("Inputs as YAML")
        expect(text).to_have_value(re.compile("^count: 8$", re.MULTILINE))
        text.fill(text.input_value().replace("count: 8", "count: 7"))
        choose(page, "Show inputs as", "Fields")
        expect(page.get_by_label("count", exact=True)).to_have_value("7")
    with subtests.test("it looks as it should"):
        assert axe(page) == []
        expect_room(page, PHONE)
    first = launched(page)
    with subtests.test("what the task gets"):
        assert got(forms, first) == GOT
    with subtests.test("again, with another number"):
        page = settled(windows.open(f"{EVERYTHING}&from={first}"))
        count = page.get_by_label("count", exact=True)
        expect(count).to_have_value("7")
        expect(input_of(page, "engine")).to_contain_text(f"as in {first}")
        count.press("ArrowUp")
        assert got(forms, launched(page)) == GOT | {"count": "8"}


def test_what_is_wrong_is_told_below_its_field_before_anything_is_sent(windows):
    page = settled(windows.open(EVERYTHING))
    expect(input_of(page, "count").get_by_text("a number from 1 to 12")).to_be_visible()
    page.get_by_label("count", exact=True).fill("13")
    input_of(page, "items").get_by_role("button", name="Item").click()
    page.get_by_label("items[0].price").fill("0")
    page.get_by_role("button", name="Launch").click()
    for field, told in {
        "count": "expected a number from 1 to 12, got 13",
        "items[0].price": "expected a number > 0, got 0",
        "items[0].name": "it is missing",
        "day": "it is missing",
    }.items():
        below = page.get_by_label(field, exact=True)
        expect(below).to_have_accessible_description(re.compile(re.escape(told)))
    expect(page.get_by_label("count", exact=True)).to_be_focused()


def drop(page: Page, field: Locator, file: Path) -> None:
    """Drop a file from outside of the browser: only a real one has a place of its own."""
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for step in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": step, "data": data, **where})
    session.detach()


def test_a_file_is_dropped_or_named_by_its_uri(windows, forms, tmp_path):
    tea = tmp_path / "tea.txt"
    tea.write_text("tea\n")
    page = settled(windows.open("/launch?kind=task&name=forms.first_line"))
    drop(page, page.get_by_role("group", name="file", exact=True), tea)
    taken = input_of(page, "file").get_by_label("Take another one")
    expect(taken).to_be_visible()
    expect(input_of(page, "file")).to_contain_text("tea.txt")
    assert got(forms, launched(page)) == "tea"

    page = settled(windows.open("/launch?kind=task&name=forms.first_line"))
    page.get_by_label("URI of file").fill("no-uri")
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_label("URI of file")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("URI of file")).to_have_value("no-uri")


def test_a_number_steps_within_its_range(windows):
    count = settled(windows.open(EVERYTHING)).get_by_label("count", exact=True)
    count.press("ArrowUp")
    expect(count).to_have_value("1")
    count.press("ArrowDown")
    expect(count).to_have_value("1")
    count.fill("12")
    count.press("ArrowUp")
    expect(count).to_have_value("12")


def test_all_that_the_server_refuses_is_told_below_its_field(windows):
    page = settled(windows.open(CODED))
    codes, by_name = input_of(page, "codes"), input_of(page, "by_name")
    for index, code in enumerate(("1", "a", "2")):
        codes.get_by_role("button", name="str", exact=True).click()
        page.get_by_label(f"codes[{index}]").fill(code)
    by_name.get_by_role("button", name="str: str").click()
    page.get_by_label("by_name key 0").fill("it's")
    page.get_by_label('by_name["it\'s"]').fill("3")
    page.get_by_role("button", name="Launch").click()
    for field, value in {"codes[0]": "1", "codes[2]": "2", 'by_name["it\'s"]': "3"}.items():
        expect(page.get_by_label(field, exact=True)).to_have_accessible_description(
            f"expected text that matches '^(?P<letter>[a-z])', got '{value}'"
        )
    expect(page.get_by_label("codes[1]", exact=True)).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("3 problems to mend")).to_be_visible()


def test_nothing_that_was_typed_is_lost_while_the_server_is_away(windows, forms):
    page = settled(windows.open(CODED))
    input_of(page, "codes").get_by_role("button", name="str", exact=True).click()
    page.get_by_label("codes[0]").fill("a")
    forms.stop()
    try:
        page.get_by_role("button", name="Launch").click()
        expect(page.get_by_text("Nothing that you typed is lost")).to_be_visible()
        expect(page.get_by_label("codes[0]")).to_have_value("a")
    finally:
        forms.start()
        forms.await_ready()
    page.reload()
    expect(page.get_by_label("codes[0]")).to_have_value("a")
    execution = launched(page)
    with Remote(forms.url) as remote:
        assert remote.wait(execution, PATIENCE).outputs == {"o0": 1}
