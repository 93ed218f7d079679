"""What is on screen is true: soon after it happens, after the server was away, by any clock."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.ui.browser import settled, watching
from tests.ui.scenario import PATIENCE, serving

from volery.client.remote import Remote

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.servers.volery import VoleryServer

SOONEST = 2.0
"""Seconds by which a status on screen may be behind."""
TRIES = 5
"""Another process may take the processor for a moment: the best of a few counts."""
HOUR = 3600


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoleryServer]:
    """A server that tests may kill; it is there again after each of them."""
    with serving("odd", tmp_path_factory.mktemp("live"), "--grace", 0) as running:
        yield running


# -- soon --------------------------------------------------------------------------------------


def is_soon(behind: Callable[[int], float]) -> bool:
    """Whether a status was on screen soon enough; `behind` has it changed, and says when it was."""
    return any(behind(turn) < SOONEST for turn in range(TRIES))


def test_a_status_is_never_older_than_two_seconds(viewers, remote):
    paths = ("/executions/{}", "/executions?q={}", "/executions/{}?view=nodes")
    pages = [viewers.open("/") for _ in paths]

    def behind(turn: int) -> float:
        id = remote.execute("odd.ask", {}, name=f"soon-{turn}").id
        for page, path in zip(pages, paths, strict=True):
            page.goto(path.format(id))
            expect(page.locator("main").get_by_text("running").first).to_be_visible()
        remote.signal(id, "agreed")
        remote.wait(id, PATIENCE)
        ended = time.monotonic()
        for page in pages:
            expect(page.locator("main").get_by_text("succeeded").first).to_be_visible()
        return time.monotonic() - ended

    assert is_soon(behind)


def test_home_tells_what_begins(viewers, remote):
    page = settled(viewers.open("/"))

    def behind(turn: int) -> float:
        id = remote.execute("odd.brief", {"seconds": HOUR}, name=f"begun-{turn}").id
        begun = time.monotonic()
        expect(page.get_by_role("link", name=id).first).to_be_visible()
        soon = time.monotonic() - begun
        remote.abort(id)
        return soon

    assert is_soon(behind)


BELOW = ("Next by schedule", "Health", re.compile("^Failed"))
"""Headings of Home that stand below what comes and goes."""


def test_home_stays_where_it_is_when_a_gate_waits_and_something_runs(browser, tmp_path):
    with (
        serving("odd", tmp_path) as server,
        watching(browser, server.url) as viewers,
        Remote(server.url) as remote,
    ):
        remote.wait(remote.execute("odd.brief", {"seconds": 0.0}).id, PATIENCE)
        page = settled(viewers.open("/"))
        headings = [page.get_by_role("heading", name=name) for name in BELOW]
        before = [each.bounding_box() for each in headings]
        for name, inputs in (("odd.ask", {}), ("odd.brief", {"seconds": HOUR})):
            remote.execute(name, inputs, name=name.partition(".")[2])
        expect(page.get_by_role("link", name="agreed of ask")).to_be_visible()
        expect(page.get_by_role("link", name="brief", exact=True)).to_be_visible()
        assert [each.bounding_box() for each in headings] == before
        remote.abort("brief")
        remote.abort("ask")


def test_the_executions_of_a_workflow_are_live(viewers, remote):
    page = settled(viewers.open("/workflows/default/development/odd.brief?view=executions"))
    remote.execute("odd.brief", {"seconds": HOUR}, name="listed")
    row = page.get_by_role("row", name=re.compile("listed"))
    expect(row.get_by_text("running")).to_be_visible()
    remote.abort("listed")
    expect(row.get_by_text("aborted")).to_be_visible()


# -- the server is away ------------------------------------------------------------------------


def test_nothing_is_lost_while_the_server_is_away(viewers, remote, server):
    remote.execute("odd.brief", {"seconds": 1.0}, name="meanwhile")
    page = settled(viewers.open("/executions/meanwhile"))
    form = settled(viewers.open("/launch?kind=workflow&name=odd.brief"))
    server.kill()
    try:
        for each in (page, form):
            away(each)
        field = form.get_by_label("seconds", exact=True)
        field.fill("0.25")
        form.get_by_role("button", name="Launch", exact=True).click()
        expect(form.get_by_text("The server does not answer").nth(1)).to_be_visible()
        expect(field).to_have_value("0.25")
    finally:
        server.start()
        server.await_ready()
    for each in (page, form):
        expect(each.get_by_text("What you see is as it was")).to_have_count(0)
    expect(page.locator("main").get_by_text("succeeded").first).to_be_visible()
    expect(field).to_have_value("0.25")
    form.get_by_role("button", name="Launch", exact=True).click()
    expect(form).to_have_url(re.compile("/executions/"))


def test_a_server_that_stands_still_is_said_to_be_away(viewers, remote, server):
    remote.execute("odd.brief", {"seconds": HOUR}, name="still")
    page = settled(viewers.open("/executions/still"))
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    server.send(signal.SIGSTOP)
    try:
        away(page)
    finally:
        server.send(signal.SIGCONT)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    remote.abort("still")
    expect(page.locator("main").get_by_text("aborted").first).to_be_visible()


def test_a_server_without_its_database_is_said_to_know_nothing(viewers, remote):
    remote.execute("odd.brief", {"seconds": HOUR}, name="blind")
    page = settled(viewers.open("/executions/blind"))
    problem = {"title": "Not ready", "status": 503, "detail": "no database", "code": "NotReady"}
    page.route("**/api/**", lambda route: route.fulfill(status=503, json=problem))
    expect(page.get_by_text("The server cannot read what it keeps.")).to_be_visible()
    expect(page.locator("main").get_by_text("running").first).to_be_visible()
    page.unroute("**/api/**")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    remote.abort("blind")
    expect(page.locator("main").get_by_text("aborted").first).to_be_visible()


HIDDEN = """
Object.defineProperty(document, 'hidden', {get: () => true})
Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'})
document.dispatchEvent(new Event('visibilitychange'))
"""
"""A tab in a browser without a screen is always seen: this one is not."""


def test_the_title_of_a_tab_that_nobody_sees_says_how_it_stands(viewers, remote):
    remote.execute("odd.brief", {"seconds": HOUR}, name="unseen")
    page = settled(viewers.open("/executions/unseen"))
    expect(page).to_have_title(re.compile("^◔ "))
    page.evaluate(HIDDEN)
    remote.abort("unseen")
    expect(page).to_have_title(re.compile("^■ "))


def test_what_was_typed_outlives_the_page(viewers):
    page = settled(viewers.open("/launch?kind=workflow&name=odd.brief"))
    page.get_by_label("seconds", exact=True).fill("12.5")
    page.reload()
    expect(page.get_by_label("seconds", exact=True)).to_have_value("12.5")


def test_a_page_that_is_opened_meanwhile_comes_by_itself(viewers, server):
    page = settled(viewers.open("/tasks"))
    server.kill()
    try:
        away(page)
        page.get_by_role("link", name="Schedules").click()
        expect(page.get_by_text("The server does not answer").first).to_be_visible()
    finally:
        server.start()
        server.await_ready()
    expect(page.get_by_role("heading", name="Schedules")).to_be_visible()
    expect(page.get_by_text("The server does not answer")).to_have_count(0)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    viewers.complaints.clear()  # parts of the page could not be loaded


def away(page: Page) -> None:
    """The page says that it does not hear of the server any more."""
    expect(page.get_by_role("alert").get_by_text("The server does not answer.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^offline \d+ s"))).to_be_visible()


# -- clocks ------------------------------------------------------------------------------------


WRONG = re.compile(r"\bin \d|\b(59|60|61) min|\b1h|\b59m")
"""How times look that are an hour ahead or behind."""


@pytest.mark.parametrize("wrong", [-HOUR, HOUR])
def test_times_are_those_of_the_server(viewers, remote, wrong):
    name = f"clock-{'behind' if wrong < 0 else 'ahead'}"
    page = viewers.context().new_page()
    viewers.listen(page)
    page.clock.install(time=time.time() + wrong)
    page.goto("/executions")
    remote.execute("odd.brief", {"seconds": HOUR}, name=name)
    for path in (f"/executions/{name}", f"/executions/{name}?view=timeline", "/executions"):
        page.goto(path)
        settled(page)
        expect(page.get_by_text(name).first).to_be_visible()
        # Until it is known how the clocks differ an answer or two have come.
        expect(page.locator("main")).not_to_contain_text(WRONG, use_inner_text=True)
    page.goto("/executions?q=started:10m")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    remote.abort(name)


# -- what moves --------------------------------------------------------------------------------

# The endless ones: what takes a hundredth of a millisecond instead may be caught in the act.
MOVING = """document.getAnimations().filter(
    each => each.playState === 'running' && each.effect.getComputedTiming().endTime > 1
).length"""


def test_nothing_moves_for_who_wants_it_calm(viewers, remote):
    remote.execute("odd.brief", {"seconds": HOUR}, name="turning")
    path = "/executions/turning"
    calm = settled(viewers.open(path, calm=True))
    expect(calm.get_by_text("running").first).to_be_visible()
    assert calm.evaluate(MOVING) == 0
    lively = settled(viewers.open(path, calm=False))
    expect(lively.get_by_text("running").first).to_be_visible()
    assert lively.evaluate(MOVING) > 0
    remote.abort("turning")


# -- without a mouse ---------------------------------------------------------------------------


def test_a_failure_is_reached_by_keys_alone(windows):
    page = settled(windows.open("/executions"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("sad-heron")
    found = page.get_by_role("option", name="sad-heron", selected=True)
    expect(found).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/executions/sad-heron"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    tab_to(settled(page), page.get_by_role("tab", name="Graph"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("view=timeline"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("view=nodes"))
    nodes = page.get_by_role("tree", name="Nodes")
    expect(nodes.get_by_role("treeitem").first).to_be_visible()
    nodes.focus()
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("node=n0"))
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("node=n0"))


def test_an_execution_is_launched_and_aborted_by_keys_alone(viewers):
    page = settled(viewers.open("/launch?kind=workflow&name=odd.brief"))
    tab_to(page, page.get_by_label("seconds", exact=True))
    page.keyboard.type(str(HOUR))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/executions/"))
    tab_to(settled(page), page.get_by_role("button", name="Abort"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why")).to_be_focused()
    page.keyboard.type("it is enough")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text("aborted").first).to_be_visible()


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with the Tab key, until it has the focus."""
    wanted.wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {wanted}")
