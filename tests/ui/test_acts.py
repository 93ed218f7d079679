"""What somebody does in the page happens on the server, and the page shows that it has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.servers.volery import VoleryServer, volery_server
from tests.ui.browser import settled, watching
from tests.ui.scenario import PATIENCE, PROJECT, serving

from volery.client.options import Options
from volery.client.remote import Remote
from volery.errors import VoleryError
from volery.wire.access import NewToken

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

ACTING = PROJECT.with_name("acting")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoleryServer]:
    """A server for all that is done here."""
    with serving("acting", tmp_path_factory.mktemp("acts")) as running:
        yield running


def choose(page: Page, button: str, item: str) -> None:
    """Take something of a menu."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.get_by_role("menuitem", name=item).click()


def dialog(page: Page, title: str | re.Pattern[str]) -> Locator:
    """What asks once more."""
    return page.get_by_role("dialog", name=title)


def came_to(page: Page, *, but: str = "") -> str:
    """The id of the execution that the page has come to; another one than `but`."""
    expect(page).to_have_url(re.compile(rf"/executions/(?!{but or '-'}(?:[/?]|$))[a-z]"))
    return page.url.rpartition("/executions/")[2].partition("?")[0]


def header(page: Page) -> Locator:
    return page.locator("main header").first


# -- again -------------------------------------------------------------------------------------


def test_an_execution_is_run_again_as_it_was_and_with_other_inputs(viewers, remote):
    remote.wait(remote.execute("acting.plus", {"x": 1, "y": 2}, name="once"), PATIENCE)
    page = settled(viewers.open("/executions/once"))
    choose(page, "Relaunch", "As it was")
    again = came_to(page, but="once")
    assert remote.wait(again, PATIENCE).outputs == {"o0": 3}
    expect(header(page).get_by_text("succeeded").first).to_be_visible()
    expect(header(page)).to_contain_text("3")

    choose(page, "Relaunch", "With changes")
    field = page.get_by_label("x", exact=True)
    expect(field).to_have_value("1")
    expect(page.get_by_label("y", exact=True)).to_have_value("2")
    field.fill("40")
    page.get_by_role("button", name="Launch", exact=True).click()
    changed = came_to(page, but=again)
    assert remote.wait(changed, PATIENCE).outputs == {"o0": 42}
    expect(header(page)).to_contain_text("42")


def test_what_has_failed_is_recovered_and_what_had_succeeded_is_not_run_again(
    viewers, remote, tmp_path
):
    door = tmp_path / "door"
    remote.wait(remote.execute("acting.pass_door", {"door": str(door)}, name="stuck"), PATIENCE)
    page = settled(viewers.open("/executions/stuck"))
    expect(page.get_by_text("is closed").first).to_be_visible()
    error = page.get_by_role("region", name="Error")
    expect(error.get_by_role("button", name="Recover", exact=True)).to_be_visible()
    door.touch()
    header(page).get_by_role("button", name="Recover").click()
    dialog(page, "Recover stuck?").get_by_role("button", name="Recover").click()
    recovered = came_to(page, but="stuck")
    found = remote.wait(recovered, PATIENCE)
    assert (found.phase, found.outputs) == ("SUCCEEDED", {"o0": 3})
    assert remote.backend.summary(recovered).recovered == 1
    expect(header(page).get_by_text("1 recovered")).to_be_visible()
    expect(header(page).get_by_role("link", name="stuck")).to_be_visible()


# -- stopped -----------------------------------------------------------------------------------


def test_who_wonders_why_it_was_aborted_is_told(viewers, remote):
    remote.execute("acting.long", {}, name="endless")
    page = settled(viewers.open("/executions/endless"))
    page.get_by_role("button", name="Abort").click()
    asked = dialog(page, "Abort endless?")
    asked.get_by_label("Why").fill("the data is <old>")
    asked.get_by_role("button", name="Abort").click()
    expect(header(page).get_by_text("aborted").first).to_be_visible()
    found = remote.wait("endless", PATIENCE)
    assert found.phase == "ABORTED"
    assert "the data is <old>" in reasons(remote, "endless")
    page.get_by_role("tab", name="Events").click()
    expect(page.get_by_role("log", name="Events")).to_contain_text("the data is <old>")


def test_those_that_are_chosen_are_aborted_and_run_again_together(viewers, remote):
    names = ("left-wing", "right-wing")
    for name in names:
        remote.execute("acting.long", {}, name=name, options=Options(labels={"team": "wings"}))
    page = settled(viewers.open("/executions?q=label:team=wings"))
    rows = [page.get_by_role("row", name=re.compile(name)) for name in names]
    bar = page.get_by_role("toolbar", name="Chosen executions")
    for row in rows:
        row.get_by_role("checkbox").check()
    bar.get_by_role("button", name="Abort").click()
    asked = dialog(page, re.compile("^Abort .*2"))
    for name in names:
        expect(asked).to_contain_text(name)
    asked.get_by_label("Why").fill("both of them")
    asked.get_by_role("button", name="Abort 2").click()
    for name, row in zip(names, rows, strict=True):
        expect(row.get_by_text("aborted")).to_be_visible()
        assert remote.wait(name, PATIENCE).phase == "ABORTED"
        assert "both of them" in reasons(remote, name)

    for row in rows:
        row.get_by_role("checkbox").check()
    choose(page, "Relaunch", "All 2 as they were")
    expect(page.get_by_text("2 executions started")).to_be_visible()
    expect(bar).to_have_count(0)  # nothing is chosen any more, and what is new comes by itself
    expect(page.get_by_role("row").filter(has_text="running")).to_have_count(2)
    found = remote.list_executions(labels={"team": "wings"}, phases=("RUNNING",))
    running = [each.id for each in found]
    assert len(running) == 2
    for id in running:
        remote.abort(id)


def reasons(remote: Remote, id: str) -> set[str]:
    """What the journal tells of an execution behind the name of who has acted on it."""
    return {event.detail.partition(": ")[2] for event in remote.backend.events(id)}


def test_an_execution_whose_relaunch_was_not_answered_is_run_again_once(viewers, remote):
    labels = {"team": "again"}
    remote.execute("acting.plus", {"x": 1}, name="lost-once", options=Options(labels=labels))
    remote.wait("lost-once", PATIENCE)
    page = settled(viewers.open("/executions/lost-once"))

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/relaunch", lose, times=1)
    choose(page, "Relaunch", "As it was")
    expect(page.get_by_text("the server does not answer", exact=True)).to_be_visible()
    choose(page, "Relaunch", "As it was")
    again = came_to(page, but="lost-once")
    found = remote.list_executions(labels=labels)
    assert {each.id for each in found} == {"lost-once", again}


# -- gates -------------------------------------------------------------------------------------


def test_a_gate_is_given_what_it_waits_for_and_then_approved(viewers, remote):
    remote.execute("acting.ask", {}, name="asking")
    page = settled(viewers.open("/executions/asking"))
    gate = page.get_by_role("article", name="number")
    field = gate.get_by_role("textbox")
    field.fill("twelve")
    gate.get_by_role("button", name="Send").click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("int|whole number|number"))
    expect(field).to_have_value("twelve")
    assert remote.backend.summary("asking").gates
    field.fill("12")
    gate.get_by_role("button", name="Send").click()
    expect(gate).to_have_count(0)
    page.get_by_role("article", name="agreed").get_by_role("button", name="Approve").click()
    assert remote.wait("asking", PATIENCE).outputs == {"o0": 12}
    expect(header(page).get_by_text("succeeded").first).to_be_visible()
    expect(page.get_by_role("article", name="agreed")).to_have_count(0)


# -- launch plans ------------------------------------------------------------------------------


def test_a_launch_plan_is_activated_and_deactivated(viewers, remote):
    def active() -> str:
        (plan,) = remote.list_launch_plans(name="nightly")
        return plan.active_version

    page = settled(viewers.open("/launch-plans/default/development/nightly"))
    switch = page.get_by_role("switch", name="nightly v1 is active")
    expect(switch).not_to_be_checked()
    for verb, version in (("Activate", "v1"), ("Deactivate", "")):
        switch.locator("xpath=ancestor-or-self::*[contains(@class, 'Switch-root')]").click()
        asked = dialog(page, re.compile(f"^{verb} nightly"))
        expect(asked).to_contain_text("schedule")
        asked.get_by_role("button", name=verb).click()
        expect(switch).to_be_checked(checked=bool(version))
        assert active() == version


# -- elsewhere ---------------------------------------------------------------------------------


def test_what_is_copied_from_a_launch_launches_it(viewers, remote, server, subtests, tmp_path):
    page = viewers.context(permissions=CLIPBOARD).new_page()
    viewers.listen(page)
    page.goto("/launch?kind=workflow&name=acting.plus")
    settled(page).get_by_label("x", exact=True).fill("20")
    page.get_by_label("y", exact=True).fill("3")
    page.get_by_text("Options", exact=True).click()
    for way, name in (("Python", "by-python"), ("Command", "by-command"), ("curl", "by-curl")):
        page.get_by_label("Name", exact=True).fill(name)
        text = copied(page, way)
        with subtests.test(way):
            if way == "curl" and shutil.which("curl") is None:
                pytest.skip("no curl")
            ran = run(way, text, shutil.copytree(ACTING, tmp_path / name), server.url)
            assert ran.returncode == 0, f"{text}\n{ran.stderr}"
            assert remote.wait(name, PATIENCE).outputs == {"o0": 23}
    page.goto("/executions")
    for name in ("by-python", "by-command"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


def test_what_is_copied_from_a_launch_plan_launches_it(viewers, remote, server, tmp_path):
    page = viewers.context(permissions=CLIPBOARD).new_page()
    viewers.listen(page)
    page.goto("/launch?kind=launch_plan&name=nightly")
    settled(page).get_by_label("x", exact=True).fill("41")
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("Name", exact=True).fill("by-plan")
    text = copied(page, "Command")
    ran = run("Command", text, shutil.copytree(ACTING, tmp_path / "code"), server.url)
    assert ran.returncode == 0, f"{text}\n{ran.stderr}"
    assert remote.wait("by-plan", PATIENCE).outputs == {"o0": 42}
    assert remote.backend.execution("by-plan").entity.kind == "launch_plan"


def test_what_is_copied_from_a_gate_answers_it(viewers, remote, server, tmp_path):
    remote.execute("acting.ask", {}, name="copied")
    page = viewers.context(permissions=CLIPBOARD).new_page()
    viewers.listen(page)
    page.goto("/executions/copied")
    for name, typed in (("number", "7"), ("agreed", "")):
        gate = page.get_by_role("article", name=name)
        if typed:
            gate.get_by_role("textbox").fill(typed)
        gate.get_by_role("button", name="Copy as").click()
        page.get_by_role("menuitem", name="Command").click()
        ran = run("Command", clipboard(page), tmp_path, server.url)
        assert ran.returncode == 0, ran.stderr
        expect(gate).to_have_count(0)
    assert remote.wait("copied", PATIENCE).outputs == {"o0": 7}
    expect(header(page).get_by_text("succeeded").first).to_be_visible()


def copied(page: Page, way: str) -> str:
    """What the button of a page copies."""
    choose(page, "Copy as", way)
    return clipboard(page)


def clipboard(page: Page) -> str:
    expect(page.get_by_text(re.compile("^Copied ")).last).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def run(way: str, text: str, folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Do what was copied, where the code is: in Python, or in a shell that finds `volery`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-c", text] if way == "Python" else ["sh", "-c", text],
        cwd=folder,
        env=os.environ | {"PATH": path, "VOLERY_HOME": str(folder / "home"), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


# -- who comes in ------------------------------------------------------------------------------


def test_a_project_is_made(viewers, remote):
    page = settled(viewers.open("/settings"))
    page.get_by_role("button", name="New project").click()
    asked = dialog(page, "New project")
    asked.get_by_label("Name").fill("Not A Name")
    asked.get_by_label("Description").fill("What birds do")
    asked.get_by_role("button", name="Make it").click()
    expect(asked.get_by_role("alert")).to_be_visible()
    expect(asked.get_by_label("Description")).to_have_value("What birds do")
    asked.get_by_label("Name").fill("birds")
    asked.get_by_label("Domains").fill("trial, real")
    asked.get_by_role("button", name="Make it").click()
    row = page.get_by_role("row", name=re.compile("^birds"))
    expect(row).to_contain_text("What birds do")
    made = {each.id: each for each in remote.backend.projects()}["birds"]
    assert (made.description, made.domains) == ("What birds do", ("trial", "real"))


def test_who_makes_the_first_token_goes_on_with_it(browser, tmp_path):
    with volery_server(tmp_path / "home") as server, watching(browser, server.url) as viewers:
        page = settled(viewers.open("/settings?view=tokens"))
        page.get_by_role("button", name="New token").click()
        asked = dialog(page, "New token")
        asked.get_by_label("Name").fill("root")
        asked.get_by_role("combobox", name="Role").click()
        page.get_by_role("option", name=re.compile("^admin")).click()
        asked.get_by_role("button", name="Make it").click()
        told = dialog(page, "Here it is, this once")
        expect(told).to_contain_text("This browser goes on with it")
        told.get_by_role("button", name="I have it").click()
        expect(page.get_by_role("row", name=re.compile("root"))).to_contain_text("admin")
        page.get_by_role("link", name="Executions", exact=True).click()
        expect(page.get_by_text("Nothing has been run yet")).to_be_visible()
        expect(page.get_by_label("Token")).to_have_count(0)


def test_a_token_lets_somebody_in_until_it_is_revoked(browser, tmp_path):
    with volery_server(tmp_path / "home") as server, watching(browser, server.url) as viewers:
        with Remote(server.url) as anybody:
            admin = anybody.backend.create_token(NewToken("root", "admin")).secret
        page = settled(viewers.open("/settings?view=tokens", token=admin))
        page.get_by_role("button", name="New token").click()
        asked = dialog(page, "New token")
        asked.get_by_label("Name").fill("nightly-jobs")
        asked.get_by_role("combobox", name="Role").click()
        page.get_by_role("option", name=re.compile("^operator")).click()
        asked.get_by_role("button", name="Make it").click()
        told = dialog(page, "Here it is, this once")
        secret = told.get_by_text(re.compile("^vol_")).inner_text()
        with Remote(server.url, token=secret) as made:
            assert made.backend.identity().role == "operator"
        told.get_by_role("button", name="I have it").click()
        row = page.get_by_role("row", name=re.compile("nightly-jobs"))
        expect(row).to_contain_text("operator")
        expect(page.get_by_text(secret)).to_have_count(0)
        row.get_by_role("button", name="Revoke").click()
        dialog(page, "Revoke nightly-jobs?").get_by_role("button", name="Revoke").click()
        expect(row).to_contain_text("revoked")
        with Remote(server.url, token=secret) as made, pytest.raises(VoleryError):
            made.backend.identity()
