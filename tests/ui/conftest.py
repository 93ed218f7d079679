"""A browser and a server on which something has happened, for all tests of the web UI.

A test opens pages through `windows`, and fails when one of them has complained about anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.servers.volery import VoleryServer, volery_server
from tests.ui.scenario import Scenario, play

from volery.api.pages import BUILT
from volery.client.remote import Remote

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from tests.ui.browser import Windows


PATIENCE = 180
"""Seconds that a test may take, with all that has to happen on its server first."""


def pytest_itemcollected(item: pytest.Item) -> None:
    if Path(__file__).parent not in item.path.parents:
        return
    item.add_marker(pytest.mark.keeps_running("the browser and the server are for all tests"))
    if item.get_closest_marker("timeout") is None:
        item.add_marker(pytest.mark.timeout(PATIENCE))


class Ui(NamedTuple):
    """A server, and what has happened on it."""

    url: str
    scenario: Scenario


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For the tests of a file: as long as it runs, an event loop does, which others would meet."""
    pytest.importorskip("playwright", reason="no playwright: make test installs it")
    from tests.ui.browser import INSTALL, chromium, started

    program = chromium()
    if program is None:
        pytest.skip(INSTALL)
    if not (BUILT / "index.html").is_file():
        pytest.skip("the web UI is not built: make ui")
    with started(program) as running:
        yield running


@pytest.fixture(scope="session")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """A server for all tests that leave it as it is; the others start one of their own."""
    folder = tmp_path_factory.mktemp("ui")
    with volery_server(folder / "home") as server:
        yield Ui(server.url, play(server.url, folder))


@pytest.fixture
def windows(browser: Browser, ui: Ui) -> Iterator[Windows]:
    """Opens pages of that server."""
    from tests.ui.browser import watching

    with watching(browser, ui.url) as opened:
        yield opened


@pytest.fixture
def remote(server: VoleryServer) -> Iterator[Remote]:
    """Talks to the server that a file has for its own tests, as `server`."""
    with Remote(server.url) as each:
        yield each


@pytest.fixture
def viewers(browser: Browser, server: VoleryServer) -> Iterator[Windows]:
    """Opens pages of that server."""
    from tests.ui.browser import watching

    with watching(browser, server.url) as opened:
        yield opened
