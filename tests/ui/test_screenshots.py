"""Pictures of every page, light and dark, as `docs/ui/` has them.

They are made anew on each run, of a real server after the same scenario. Where
`VOLERY_TEST_SCREENSHOTS` names a folder they are kept there: that is how those of the documentation
are made (`make test ARGS=tests/ui/test_screenshots.py VOLERY_TEST_SCREENSHOTS=docs/ui`).
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.servers.volery import volery_server
from tests.ui.browser import LAPTOP, PHONE, Scheme, Screen, settled, turned, watching
from tests.ui.scenario import serving

from volery.client.remote import Remote
from volery.wire.access import NewToken

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.ui.browser import Windows

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "ui"
KEPT_IN = os.environ.get("VOLERY_TEST_SCREENSHOTS", "")
LARGEST = 100_000
"""Bytes of a picture: they are in every copy of the sources."""
COLOURS = 256

WORKFLOW = "default/development/retail.train_and_score"
LAUNCH = "/launch?kind=workflow&name=retail.train_and_score"


@dataclass(frozen=True)
class Shot:
    """A page as a picture shows it.

    Attributes:
        path: its address.
        shows: some text that is on it when it is ready.
        then: what is done on it before.
        screen: how large the window is.
    """

    path: str
    shows: str
    then: Callable[[Page], object] = field(default=lambda page: page)
    screen: Screen = LAPTOP


class Tabs(NamedTuple):
    """Pages that are used again, and where their complaints are heard."""

    pages: dict[Screen, Page]
    windows: Windows


def press_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("sol")
    page.get_by_role("option", name="retail.solve").first.wait_for()


def open_box(title: str) -> Callable[[Page], object]:
    """Open a node of the graph in place."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=f"Open {title}").click()
        page.get_by_role("button", name=f"Close {title}").wait_for()
        page.get_by_role("button", name="All of it").click()

    return act


def ask_to_abort(page: Page) -> None:
    page.locator(".react-flow__node").first.wait_for()
    page.get_by_role("button", name="Abort").first.click()
    page.get_by_role("dialog").wait_for()


def write_nonsense(page: Page) -> None:
    page.get_by_role("textbox", name="rows").fill("a few")
    page.get_by_role("button", name="Launch", exact=True).click()
    page.get_by_text("1 problem to mend").wait_for()


SHOTS = {
    "home": Shot("/", "busy-wren"),
    "home-phone": Shot("/", "busy-wren", screen=PHONE),
    "palette": Shot("/", "busy-wren", press_palette),
    "executions": Shot("/executions", "brave-fox"),
    "executions-phone": Shot("/executions", "brave-fox", screen=PHONE),
    "graph": Shot("/executions/brave-fox", "publish"),
    "graph-phone": Shot("/executions/brave-fox", "publish", screen=PHONE),
    "map": Shot("/executions/brave-fox", "publish", open_box("fit")),
    "timeline": Shot("/executions/brave-fox?view=timeline", "publish"),
    "nodes": Shot("/executions/brave-fox?view=nodes", "publish"),
    "events": Shot("/executions/brave-fox?view=events", "thorough"),
    "outputs": Shot("/executions/brave-fox?node=n3&tab=outputs", "kind"),
    "deck": Shot("/executions/brave-fox?node=n3&tab=deck", "Folds"),
    "logs": Shot("/executions/brave-fox?node=n0&tab=logs", "loaded"),
    "cache": Shot("/executions/calm-owl?node=n1&tab=cache", "key"),
    "failure": Shot("/executions/sad-heron?node=n0", "ZeroDivisionError"),
    "failure-phone": Shot("/executions/sad-heron?node=n0", "ZeroDivisionError", screen=PHONE),
    "node": Shot("/executions/sad-heron/node?node=n0&tab=error", "ZeroDivisionError"),
    "gate": Shot("/executions/patient-crane", "headline"),
    "branch": Shot("/executions/brave-fox", "publish", open_box("score")),
    "child": Shot("/executions/long-year", "each_quarter", open_box("each_quarter")),
    "running": Shot("/executions/busy-wren?node=n0&tab=logs", "look"),
    "abort": Shot("/executions/busy-wren", "watch", ask_to_abort),
    "tasks": Shot("/tasks", "retail.publish"),
    "task": Shot("/tasks/default/development/retail.publish", "report"),
    "workflows": Shot("/workflows", "retail.train_and_score"),
    "workflow": Shot(f"/workflows/{WORKFLOW}", "by which each fold counts"),
    "workflow-graph": Shot(f"/workflows/{WORKFLOW}?view=graph", "publish"),
    "workflow-versions": Shot(f"/workflows/{WORKFLOW}?view=versions", "v1"),
    "workflow-diff": Shot(f"/workflows/{WORKFLOW}/diff?left=v1&right=v2", "factor"),
    "launch-plans": Shot("/launch-plans", "nightly"),
    "launch-plan": Shot("/launch-plans/default/development/nightly", "every day at 02:30"),
    "launch": Shot(LAUNCH, "factor"),
    "launch-errors": Shot(LAUNCH, "factor", write_nonsense),
    "launch-phone": Shot(LAUNCH, "factor", screen=PHONE),
    "schedules": Shot("/schedules", "nightly"),
    "artifacts": Shot("/artifacts", "sold.csv"),
    "lineage": Shot("/lineage?execution=refresh-20&path=n0", "add_up"),
    "fleet": Shot("/fleet", "train_and_score"),
    "fleet-grid": Shot("/fleet?kind=workflow&name=retail.refresh", "add_up"),
    "compare": Shot("/compare?left=brave-fox&right=calm-owl", "factor"),
    "settings": Shot("/settings", "staging"),
    "settings-health": Shot("/settings?view=health", "database"),
    "settings-audit": Shot("/settings?view=audit", "executions.abort"),
}


ELSEWHERE = ("home-empty", "settings-tokens", "sign-in", "offline")
"""Pictures of other servers."""
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@pytest.fixture(scope="module")
def tabs(browser, ui) -> Iterator[Tabs]:
    """A page for each size of window, which keeps what it has read from one test to the next."""
    from tests.ui.browser import Windows

    windows = Windows(browser, ui.url)
    yield Tabs({screen: windows.open("/", screen) for screen in (LAPTOP, PHONE)}, windows)
    windows.close()


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_of(tabs, name):
    shot = SHOTS[name]
    page = tabs.pages[shot.screen]
    page.goto(shot.path)
    settled(page)
    page.get_by_text(shot.shows).first.wait_for()
    shot.then(page)
    take(name, page)
    assert tabs.windows.complaints == []


def test_pictures_of_a_server_on_which_nothing_has_run_and_who_may_come_in(browser, tmp_path):
    with volery_server(tmp_path / "home") as server, watching(browser, server.url) as windows:
        page = windows.open("/")
        settled(page).get_by_text("Nothing has been run yet").wait_for()
        take("home-empty", page)
        secret = some_tokens(server.url)
        page.get_by_text("Who are you?").wait_for()
        take("sign-in", page)
        page = windows.open("/settings?view=tokens", token=secret)
        settled(page).get_by_text("nightly-jobs").wait_for()
        take("settings-tokens", page)


def some_tokens(url: str) -> str:
    """Make some; the secret of the first, which is an admin's."""
    with Remote(url) as anybody:
        secret = anybody.backend.create_token(NewToken("ada", "admin")).secret
    with Remote(url, token=secret) as ada:
        ada.backend.create_token(NewToken("nightly-jobs", "operator", ("default",), days=90))
        ada.backend.create_token(NewToken("dashboard", "viewer"))
        ada.backend.create_token(NewToken("intern", "viewer", days=30))
        ada.backend.revoke_token("intern")
    return secret


def test_a_picture_of_a_page_whose_server_is_away(browser, tmp_path):
    with serving("odd", tmp_path) as server, watching(browser, server.url) as windows:
        with Remote(server.url) as remote:
            remote.execute("odd.brief", {"seconds": 3600.0}, name="steady-swan")
        page = settled(windows.open("/executions/steady-swan"))
        server.kill()
        page.get_by_role("alert").get_by_text("The server does not answer.").wait_for()
        take("offline", page)


def take(name: str, page: Page) -> None:
    """A picture in each theme."""
    page.mouse.move(0, 0)
    for scheme in SCHEMES:
        settled(turned(page, scheme))
        keep(f"{name}-{scheme}.png", page.screenshot(animations="disabled", caret="hide"))


def keep(name: str, picture: bytes) -> None:
    """Where somebody wants it."""
    small = smaller(picture)
    assert len(small) < LARGEST
    if KEPT_IN:
        folder = ROOT / KEPT_IN
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(small)


def smaller(picture: bytes) -> bytes:
    """With a palette, which a page of few colours needs no more than."""
    from PIL import Image

    widest = Image.Quantize.MAXCOVERAGE  # the others give up the few pixels of a mark
    with Image.open(io.BytesIO(picture)) as whole:
        few = whole.convert("RGB").quantize(COLOURS, widest, 1, dither=Image.Dither.NONE)
    found = io.BytesIO()
    few.save(found, "PNG", optimize=True)
    return found.getvalue()


def test_the_documentation_has_a_picture_of_each_and_no_other():
    wanted = {f"{name}-{scheme}.png" for name in (*SHOTS, *ELSEWHERE) for scheme in SCHEMES}
    assert {path.name for path in PICTURES.iterdir()} == wanted
