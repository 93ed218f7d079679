"""What users write, what they may not do, and what is not there: nothing of it breaks a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from tests.servers.volery import VoleryServer, register, volery_server
from tests.ui.browser import LAPTOP, PHONE, Windows, expect_room, settled, watching
from tests.ui.odd.odd import EVIL
from tests.ui.pace import Answers, elements, looking
from tests.ui.scenario import PATIENCE, PROJECT, serving

from volery.client.options import Options
from volery.client.remote import Remote
from volery.wire.access import NewToken
from volery.wire.projects import NewProject

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ODD = PROJECT.with_name("odd")
MEGABYTES = {"log": 100, "outputs": 50}


# -- addresses of what is not there ------------------------------------------------------------

ELSEWHERE = {
    "/executions/nothing": "It is not here",
    "/executions/nothing/node?node=n0": "It is not here",
    "/executions/brave-fox?node=nothing": "It is not here",
    "/executions/brave-fox/node?node=n0%5B999%5D": "It is not here",
    "/executions/brave-fox?view=nothing&tab=nothing&attempt=x&line=-1": "brave-fox",
    "/executions/sad-heron?node=n0&tab=logs&attempt=99&line=99999999": "Attempt 2",
    "/executions?q=phase:nothing": "phase",
    "/executions?q=%22%22::(%5B&columns=nothing&sort=nothing": "No execution is like that",
    "/executions?project=nothing": "Nothing has been run yet",
    "/tasks/default/development/retail.nothing": "It is not here",
    "/workflows/default/development/retail.solve?version=v99": "It is not here",
    "/nothing/default/development/retail.solve": "There is no such page",
    "/launch?kind=workflow&name=retail.nothing": "It is not here",
    "/launch?from=nothing": "It is not here",
    "/compare?left=nothing&right=brave-fox": "It is not here",
    "/lineage?digest=nothing": "",
    "/fleet?kind=workflow&name=nothing": "",
    "/%FF%00": "There is no such page",
}
"""Addresses, with something that is said there."""


def test_what_is_not_there_is_said_so(windows, subtests):
    page = windows.context().new_page()
    windows.listen(page)
    for path, said in ELSEWHERE.items():
        with subtests.test(path=path):
            page.goto(path)
            expect(settled(page).get_by_text(said).first).to_be_visible()
            expect(page.get_by_text("This page has an error")).to_have_count(0)
            expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


# -- what users write --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoleryServer]:
    """A server with names, texts and values that are meant to harm, and some that are large."""
    folder = tmp_path_factory.mktemp("odd")
    with volery_server(folder / "home") as server:
        where = ("--server", server.url, "--version", "v1")
        register(ODD, folder, *where, "--activate", "trap")
        with Remote(server.url) as remote:
            said = Options(labels={"note": EVIL}, annotations={EVIL: EVIL})
            remote.execute("odd.large", MEGABYTES, name="large")
            remote.execute("odd.harm", {}, name="harm", options=said)
            remote.execute("odd.ask", {}, name="ask")
            remote.execute("odd.brief", {"seconds": 3600.0}, name="gone")
            remote.abort("gone", EVIL)
            for each in ("harm", "large", "gone"):
                remote.wait(each, PATIENCE)
        yield server


@pytest.fixture
def visitors(browser: Browser, odd: VoleryServer) -> Iterator[Windows]:
    """Opens pages of that server."""
    with watching(browser, odd.url) as opened:
        yield opened


PLACE = "default/development"
HARMFUL = {
    "/": "odd.harm",
    "/executions?columns=id,entity,phase,labels,failure": "note=<img",
    f"/executions?q={quote('label:note=' + EVIL)}": "No execution is like that",
    f"/executions?q={quote(EVIL)}": "No execution is like that",
    f"/workflows/{PLACE}/odd.harm": "<script>window.harm='workflow'",
    f"/workflows/{PLACE}/odd.harm?view=graph": "say",
    f"/workflows/{PLACE}/odd.harm?view=spec": "<img",
    f"/tasks/{PLACE}/odd.say": "<script>window.harm='doc'",
    f"/launch-plans/{PLACE}/trap": "<img",
    "/launch?kind=workflow&name=odd.harm": "<b>of it</b>",
    "/launch?from=harm": "<img",
    "/executions/harm": "<img",
    "/executions/harm?view=timeline": "refuse",
    "/executions/harm?view=nodes": "<img",
    "/executions/harm?view=events": "<img",
    "/executions/harm?node=n1&tab=error": "window.harm='img'",
    "/executions/harm?node=n1&tab=inputs": "<img",
    "/executions/harm?node=n1&tab=code": "refuse",
    "/executions/harm?node=n1&tab=more": "n1",
    "/executions/harm?node=n0&tab=logs": "window.harm='script'",
    "/executions/harm?node=n0&tab=outputs": "<img",
    "/executions/harm/node?node=n0&tab=outputs": "<img",
    "/executions/ask": "<img",
    "/executions/gone?view=events": "<img",
    "/executions/gone": "gone",
    "/compare?left=harm&right=ask": "<img",
    "/artifacts": "Artifacts",
    "/fleet?kind=workflow&name=odd.harm&project=default&domain=development": "say",
}
"""Addresses, with something harmful or harmless that they show."""


def test_what_users_write_is_text_and_nothing_else(visitors, subtests):
    page = visitors.context().new_page()
    visitors.listen(page)
    for path, said in HARMFUL.items():
        with subtests.test(path=path):
            page.set_viewport_size(LAPTOP._asdict())
            page.goto(path)
            expect(settled(page).get_by_text(said).first).to_be_visible()
            unharmed(page)
            assert "\u202e" not in page.locator("main").inner_text()
            expect_room(page, PHONE)


def test_the_palette_takes_what_is_typed_as_text(visitors):
    page = settled(visitors.open("/"))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill(EVIL)
    expect(page.get_by_text("Nothing is called that")).to_be_visible()
    unharmed(page)


def unharmed(page: Page) -> None:
    """Nothing that users wrote has become a part of the page, or has run."""
    assert page.evaluate("window.harm ?? null") is None
    assert page.locator("img[src=x], main script, [onerror]").count() == 0
    assert page.locator("a[href^='javascript:' i]").count() == 0


# -- what is large -----------------------------------------------------------------------------

MOST_BYTES = 2_000_000
"""Of all that the API answers, before it is compressed."""
MOST_ELEMENTS = 3_000


def test_a_log_of_100_mb_is_read_where_it_is_looked_at(visitors):
    page = visitors.context().new_page()
    with looking(page, Answers) as answers:
        page.goto("/executions/large?node=n0&tab=logs")
        log = page.get_by_role("log")
        expect(log.get_by_text("x" * 99).first).to_be_visible()
        log.press("End")
        expect(log.get_by_text("the very end")).to_be_visible()
    assert elements(page, "[role=log] *") < MOST_ELEMENTS
    assert 0 < answers.bytes < MOST_BYTES


def test_outputs_of_50_mb_are_previews(visitors):
    page = visitors.context().new_page()
    with looking(page, Answers) as answers:
        page.goto("/executions/large?node=n1&tab=outputs")
        settled(page)
        expect(page.get_by_text("50").first).to_be_visible()
    assert 0 < answers.bytes < MOST_BYTES
    assert page.evaluate("document.body.innerText.length") < 200_000


# -- rights ------------------------------------------------------------------------------------


class Guarded(NamedTuple):
    """A server that asks everybody for a token, and some of these."""

    url: str
    admin: str
    operator: str
    viewer: str
    stranger: str
    """May see another project only."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with serving("odd", tmp_path_factory.mktemp("guarded")) as server:
        with Remote(server.url) as remote:
            remote.execute("odd.brief", {"seconds": 3600.0}, name="steady")
            remote.execute("odd.ask", {}, name="ask")
            remote.backend.create_project(NewProject("elsewhere"))
            admin = remote.backend.create_token(NewToken("root", "admin")).secret
        with Remote(server.url, token=admin) as remote:

            def made(token: NewToken) -> str:
                return remote.backend.create_token(token).secret

            yield Guarded(
                server.url,
                admin=admin,
                operator=made(NewToken("olga", "operator")),
                viewer=made(NewToken("vera", "viewer")),
                stranger=made(NewToken("stan", "operator", ("elsewhere",))),
            )


@pytest.fixture
def guests(browser: Browser, guarded: Guarded) -> Iterator[Windows]:
    """Opens pages of that server."""
    with watching(browser, guarded.url) as opened:
        yield opened


def test_who_has_no_token_is_asked_for_one(guests, guarded):
    page = guests.open("/executions/steady")
    field = page.get_by_label("Token").first
    field.fill("vol_wrong")
    field.press("Enter")
    expect(field).to_have_attribute("data-invalid", "true")
    expect(field).to_have_value("")
    field.fill(guarded.viewer)
    field.press("Enter")
    expect(page.get_by_text("odd.brief").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/executions", "/executions/steady"])
def test_a_page_that_was_open_asks_for_a_token_once_there_is_one(browser, tmp_path, path):
    with (
        serving("odd", tmp_path) as server,
        watching(browser, server.url) as opened,
        Remote(server.url) as remote,
    ):
        remote.execute("odd.brief", {"seconds": 3600.0}, name="steady")
        page = settled(opened.open(path))
        expect(page.get_by_text("odd.brief").first).to_be_visible()
        secret = remote.backend.create_token(NewToken("root", "admin")).secret
        field = page.get_by_label("Token")
        expect(field).to_be_visible()
        expect(page.get_by_text("odd.brief")).to_have_count(0)
        field.fill(secret)
        field.press("Enter")
        expect(page.get_by_text("odd.brief").first).to_be_visible()
        with Remote(server.url, token=secret) as root:
            root.abort("steady")
        if path == "/executions/steady":
            expect(page.locator("main").get_by_text("aborted").first).to_be_visible()


def test_a_viewer_is_told_what_it_takes_to_act(guests, guarded):
    page = settled(guests.open("/executions/steady", token=guarded.viewer))
    button = page.get_by_role("button", name="Abort")
    expect(button).to_be_disabled()
    button.hover(force=True)
    expect(page.get_by_text("this takes the role operator").first).to_be_visible()
    settled(page).goto("/launch?kind=workflow&name=odd.brief")
    expect(page.get_by_role("button", name="Launch", exact=True)).to_be_disabled()
    expect(page.get_by_text("this takes the role operator").first).to_be_visible()


def test_a_viewer_cannot_answer_a_gate(guests, guarded):
    page = settled(guests.open("/executions/ask", token=guarded.viewer))
    gate = page.get_by_role("article", name="gate agreed")
    expect(gate.get_by_text("this takes the role operator")).to_be_visible()
    expect(gate.get_by_role("button", name=re.compile("^(Approve|Reject)"))).to_have_count(0)


def test_an_operator_may_act_and_makes_no_tokens(guests, guarded):
    page = settled(guests.open("/executions/steady", token=guarded.operator))
    expect(page.get_by_role("button", name="Abort")).to_be_enabled()
    page.goto("/settings?view=tokens")
    expect(page.get_by_text("admin").first).to_be_visible()
    expect(page.get_by_role("button", name="New token")).to_be_disabled()


def test_what_is_in_other_projects_does_not_exist(guests, guarded):
    page = guests.open("/executions/steady", token=guarded.stranger)
    expect(page.get_by_text("It is not here")).to_be_visible()
    page.goto("/executions")
    expect(page.get_by_role("link", name="steady")).to_have_count(0)


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_everybody_is_told_how_the_server_is(guests, guarded, who):
    page = settled(guests.open("/settings?view=health", token=getattr(guarded, who)))
    expect(page.get_by_text("database", exact=True)).to_be_visible()
    expect(page.get_by_text("all well")).to_be_visible()


def test_a_token_that_was_revoked_asks_for_another(guests, guarded, tmp_path):
    with Remote(guarded.url, token=guarded.admin) as remote:
        secret = remote.backend.create_token(NewToken("brief", "viewer")).secret
        page = settled(guests.open("/executions/steady", token=secret))
        expect(page.get_by_text("odd.brief").first).to_be_visible()
        remote.backend.revoke_token("brief")
    page.get_by_role("link", name="Tasks").click()
    expect(page.get_by_label("Token").first).to_be_visible()
